"""C16: the agent's protocol delivers nothing without evidence, and ends."""

from __future__ import annotations

from verify_agent.proofs.algebra import between, reals_named
from verify_agent.proofs.model import Claim, Lemma, OnProject, Outcome


def claim() -> Claim:
    """The claim with its obligations."""
    p, alive, bound, after = reals_named("p alive (1-p)^k alive_later")
    return Claim(
        id="C16",
        title="Nothing is delivered without its evidence, and every run ends",
        source="section 3.1.2 and figure 2 (tool execution with error handling)",
        words=(
            "The tool-selection automaton delivers only with the evidence that was asked for, and "
            "reaches delivery or giving up with probability 1."
        ),
        formal=(
            "for every reachable (state, action) of the policy's automaton: action = deliver "
            "implies the state is deliverable; from every reachable state an ending is reachable"
        ),
        outcome=Outcome.PROVED,
        finding=(
            "Proved by walking every state that the policy in use can reach, and every state that "
            "any choice of enabled actions could; and linked to the code: each step of recorded "
            "and generated runs of the real loop is a step of the automaton."
        ),
        assumptions=(
            "the process is finite, and its probabilities are positive where it says so",
            "the link to the code is checked on runs, not proved for all",
        ),
        axioms=("induction", "geometric"),
        evidence=(
            Lemma(
                "ends-step",
                "If from every state an ending is reached within |S| steps with probability at "
                "least p > 0, the chance to be alive after k such rounds is at most (1 - p)^k.",
                (between(0, p, 1), alive <= bound, after <= alive * (1 - p), alive >= 0),
                after <= bound * (1 - p),
            ),
            OnProject("automaton", "Every reachable state of the automaton, walked."),
            OnProject("simulation", "Every step of recorded and generated runs is its step."),
        ),
    )
