"""C15: the complexity of tool selection is that of one sweep of value iteration."""

from __future__ import annotations

from verify_agent.proofs.model import Claim, Exhibit, Finding, OnProject, Outcome, Table


def operations_of_a_sweep(states: int, actions: int) -> int:
    """Multiplications of one sweep on a dense process, counted one by one."""
    counted = 0
    for _state in range(states):
        for _action in range(actions):
            for _successor in range(states):
                counted += 1
    return counted


def _counted() -> Finding:
    sizes = ((5, 2), (10, 2), (20, 2), (40, 2), (20, 4), (20, 8))
    rows = tuple(
        (str(s), str(a), str(operations_of_a_sweep(s, a)), str(a * s * s)) for s, a in sizes
    )
    return Finding(
        all(row[2] == row[3] for row in rows),
        "One sweep makes exactly |A| |S|^2 multiplications on a dense process: one sweep, not the "
        "whole solution, which takes O(log(1/epsilon) / (1 - gamma)) sweeps.",
        Table(("|S|", "|A|", "counted", "|A| |S|^2"), rows),
    )


def claim() -> Claim:
    """The claim with its counts and measurements."""
    return Claim(
        id="C15",
        title="Tool selection costs O(|A| |S|^2)",
        source="section 5.1",
        words="Value iteration solves the process in O(|A| |S|^2).",
        formal="the work of one sweep is at most c |A| |S|^2 for some c",
        outcome=Outcome.MEASURED,
        finding=(
            "True of one sweep: counted exactly, and its time measured with a fitted exponent and "
            "interval. Not of the whole solution, whose number of sweeps depends on gamma and the "
            "accuracy. Policy iteration, which this agent uses, is measured apart: it solves a "
            "linear system, O(|S|^3), each round."
        ),
        assumptions=("a dense process: every successor is possible",),
        axioms=(),
        evidence=(
            Exhibit("counted", "Multiplications of a sweep, counted.", _counted),
            OnProject("sweep", "Time of a sweep over sizes, with the fitted exponent."),
            OnProject("policy-iteration", "Time of policy iteration over sizes."),
        ),
    )
