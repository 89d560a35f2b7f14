"""C9: compatibility of at least beta: kept for ever at beta = 1, worth nothing below it."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import between, reals_named
from verify_agent.proofs.model import (
    Claim,
    Evidence,
    Exhibit,
    Finding,
    Lemma,
    Line,
    Outcome,
    Plot,
    Table,
    Witness,
)
from verify_agent.verifier.smt import terms as t


def _obligations() -> list[Evidence]:
    solved, before, after, replays = (
        t.var(n, t.BOOL) for n in ("solved_once", "solved_by_I_t", "solved_by_I_t1", "replays")
    )
    b, alive, old, new = reals_named("beta alive solved replayed")
    everything = reals_named("lost")[0]
    return [
        Lemma(
            "all-means-each",
            "A share of 1 leaves out no task: if replayed / solved >= 1 and `lost` of the solved "
            "tasks do not replay, none is lost.",
            (old > 0, everything >= 0, new.equals(old - everything), b.equals(1), new >= b * old),
            everything.equals(0),
        ),
        Lemma(
            "kept-base",
            "A task is solved by the generation that solves it first.",
            (t.implies(solved, before), solved),
            before,
            "QF_UF",
        ),
        Lemma(
            "kept-step",
            "At beta = 1 what I_t solves I_(t+1) solves: so a task once solved stays solved, by "
            "every later generation.",
            (
                t.implies(solved, before),
                t.implies(before, replays),
                t.implies(replays, after),
            ),
            t.implies(solved, after),
            "QF_UF",
        ),
        Lemma(
            "decay-step",
            "Below 1 all that is promised of the tasks of the first generation is beta^t of them, "
            "and only if they are lost evenly: the factor below 1 comes back each generation.",
            (between(0, b, 1), b < 1, alive > 0, new <= b * alive),
            new < alive,
        ),
    ]


def _counter_model() -> list[Evidence]:
    a, b, c, n, beta = reals_named("old_0 old_1 old_2 solved beta")
    return [
        Witness(
            "two-generations",
            "Ten tasks, beta = 9/10: each generation loses one of the first ten and wins a new "
            "one. Every step is compatible at 9/10, after two only 8 of the first ten are left.",
            (
                beta.equals(Fraction(9, 10)),
                a.equals(n),
                b.equals(a - 1),
                c.equals(b - 1),
                n - 1 >= beta * n,
                c < beta * a,
            ),
            {
                "old_0": Fraction(10),
                "old_1": Fraction(9),
                "old_2": Fraction(8),
                "solved": Fraction(10),
                "beta": Fraction(9, 10),
            },
        )
    ]


def _decay() -> Finding:
    """Ten tasks, sets written out: each generation replays nine of its predecessor's ten."""
    first = set(range(10))
    solved, left, shares = set(first), [10], list[Fraction]()
    for generation in range(10):
        after = (solved - {generation}) | {10 + generation}
        shares.append(Fraction(len(solved & after), len(solved)))
        solved = after
        left.append(len(first & solved))
    holds = min(shares) >= Fraction(9, 10) and left[-1] == 0
    plot = Plot(
        "Tasks of the first generation that are still solved",
        "generation",
        "tasks",
        (
            Line("beta = 9/10, each step compatible", tuple(_pairs(left)), "steps"),
            Line("beta = 1", ((0.0, 10.0), (10.0, 10.0))),
        ),
    )
    rows = tuple((str(t), str(k)) for t, k in enumerate(left))
    says = (
        f"Every step replays {min(shares)} of its predecessor's tasks; after ten generations "
        f"{left[-1]} of the first ten tasks are left."
    )
    return Finding(holds, says, Table(("generation", "of the first ten"), rows), plot)


def _pairs(numbers: list[int]) -> list[tuple[float, float]]:
    return [(float(i), float(n)) for i, n in enumerate(numbers)]


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C9",
        title="BC(I_t, I_(t-1)) >= beta keeps compatibility",
        source="figure 3, section 3.3 (the paper's gamma is called beta here)",
        words=(
            "Keeping the compatibility between neighbours at beta or more keeps the agent "
            "backward compatible."
        ),
        formal=(
            "BC(J, I) = |{tasks that I verified and J replays}| / |{tasks that I verified}|; "
            "BC(I_t, I_(t-1)) >= beta for all t  |-?  BC(I_t, I_0) >= beta"
        ),
        outcome=Outcome.CORRECTED,
        finding=(
            "True for beta = 1: a task once solved stays solved by every later generation. False "
            "below: at beta = 9/10 ten steps, each compatible, can lose all ten tasks of the first "
            "generation."
        ),
        assumptions=("a task replays if its stored answer passes with its evidence again",),
        axioms=("induction",),
        correction="beta must be 1",
        evidence=(
            *_obligations(),
            *_counter_model(),
            Exhibit("decay", "The decay, with the sets written out.", _decay),
        ),
    )
