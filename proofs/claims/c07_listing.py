"""C7: Listing 1 as printed returns a wrong policy; traced on two states."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify_agent.proofs.algebra import lift, reals_named
from verify_agent.proofs.model import (
    Claim,
    Evidence,
    Exhibit,
    Finding,
    Lemma,
    Outcome,
    Table,
    Witness,
)

GAMMA = Fraction(9, 10)
#: state -> tool -> (reward, next state): staying at `a` pays 1 for ever, moving to `b` 2 for ever.
PROCESS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "a": {"stay": (1, "a"), "move": (0, "b")},
    "b": {"work": (2, "b")},
}

Values = dict[str, Fraction]


def _expected(state: str, tool: str, values: Values) -> Fraction:
    reward, successor = PROCESS[state][tool]
    return reward + GAMMA * values[successor]


def _sweep(values: Values) -> Values:
    return {s: max(_expected(s, tool, values) for tool in PROCESS[s]) for s in PROCESS}


def _policy(values: Values) -> dict[str, str]:
    return {s: max(PROCESS[s], key=lambda tool: _expected(s, tool, values)) for s in PROCESS}


def as_printed(iterations: int, tolerance: Fraction) -> tuple[dict[str, str], list[Values]]:
    """Listing 1 with the indentation that it has: `values = new_values` stands after the loop.

    Returns the policy and the `new_values` of each iteration.
    """
    values = dict.fromkeys(PROCESS, Fraction(0))
    new_values, trace = values, []
    for _ in range(iterations):
        new_values = _sweep(values)
        trace.append(new_values)
        if all(abs(values[s] - new_values[s]) < tolerance for s in PROCESS):
            break
    values = new_values
    return _policy(values), trace


def corrected(iterations: int, tolerance: Fraction) -> tuple[dict[str, str], list[Values]]:
    """The same with the assignment inside the loop."""
    values, trace = dict.fromkeys(PROCESS, Fraction(0)), []
    for _ in range(iterations):
        new_values = _sweep(values)
        trace.append(new_values)
        done = all(abs(values[s] - new_values[s]) < tolerance for s in PROCESS)
        values = new_values
        if done:
            break
    return _policy(values), trace


def _trace() -> Finding:
    wrong, printed = as_printed(500, Fraction(1, 10**6))
    right, mended = corrected(500, Fraction(1, 10**6))
    rows = [
        (str(i + 1), *(str(float(v)) for t in (printed, mended) for v in t[i].values()))
        for i in (0, 1, 2, 3, 9)
    ]
    rows.append(("policy in a", wrong["a"], "", right["a"], ""))
    heading = ("iteration", "a, as printed", "b, as printed", "a, corrected", "b, corrected")
    frozen = all(row == printed[0] for row in printed) and len(printed) == 500
    holds = frozen and (wrong["a"], right["a"]) == ("stay", "move")
    says = (
        f"As printed, all {len(printed)} iterations compute the same numbers and the policy is to "
        f"`{wrong['a']}`; corrected, {len(mended)} iterations settle and the policy is to "
        f"`{right['a']}`, which is worth 18 and not 10."
    )
    return Finding(holds, says, Table(heading, tuple(rows)))


def _obligations() -> list[Evidence]:
    a, b, stay, move, g, value = reals_named("V_a V_b stay move gamma v")
    exact = lift(GAMMA)
    return [
        Lemma(
            "optimum",
            "The optimal values are 18 and 20: the one solution of the optimality equations.",
            (
                b.equals(2 + exact * b),
                stay.equals(1 + exact * a),
                move.equals(exact * b),
                a >= stay,
                a >= move,
                (a - stay) * (a - move) <= 0,
            ),
            a.equals(18),
        ),
        Lemma(
            "staying",
            "Staying for ever is worth 10.",
            (value.equals(1 + exact * value),),
            value.equals(10),
            "QF_LRA",
        ),
        Witness(
            "printed-listing-errs",
            "With the values that the printed listing returns (1 and 2), staying looks better "
            "(19/10 against 18/10).",
            (
                g.equals(GAMMA),
                a.equals(1),
                b.equals(2),
                stay.equals(1 + g * a),
                move.equals(g * b),
                stay > move,
            ),
            {
                "gamma": GAMMA,
                "V_a": Fraction(1),
                "V_b": Fraction(2),
                "stay": Fraction(19, 10),
                "move": Fraction(18, 10),
            },
        ),
    ]


def claim() -> Claim:
    """The claim with its trace."""
    return Claim(
        id="C7",
        title="Listing 1 computes the optimal policy",
        source="Listing 1, appendix B.1",
        words="The listing computes the optimal policy by value iteration.",
        formal="for every finite process, select_optimal_tool returns a policy with V_pi = V*",
        outcome=Outcome.REFUTED,
        finding=(
            "Refuted as printed: `values = new_values` stands outside the loop, so each iteration "
            "starts from the initial values and the result looks only two steps ahead. (The "
            "indentation may have been lost on the way to the text that we have.) With the line "
            "inside the loop it is value iteration, and C5 and C6 hold of it."
        ),
        assumptions=("the listing's indentation is as in our text",),
        axioms=(),
        evidence=(*_obligations(), Exhibit("trace", "Both listings, run in rationals.", _trace)),
    )
