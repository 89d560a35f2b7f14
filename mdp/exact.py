"""The exact value of a policy in rationals, one strongly connected block at a time.

A dense exact solve in `Fraction` grows too fast (300 states did not finish in a minute); a run's
states form a graph whose blocks are small, and each is solved on its own, the later ones first.
A block that is large all the same goes to python-flint (Dixon's lifting) where it is installed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from verify_agent.mdp.model import Model

#: Blocks of more states than this are left to python-flint.
LARGE_BLOCK = 40


class NoEnding(ValueError):
    """No ending is reached from a state, so that a sum over the whole way has no value."""


def exact_values(model: Model, policy: Mapping[str, str]) -> dict[str, Fraction]:
    """`V_pi` exactly: the solution of `V = R_pi + gamma P_pi V`, terminal states worth 0."""
    return expected(
        model,
        policy,
        lambda state: model.choices[state][policy[state]].reward,
        {s: Fraction(0) for s in model.terminal},
        model.discount,
    )


def expected(
    model: Model,
    policy: Mapping[str, str],
    gain: Callable[[str], Fraction],
    endings: Mapping[str, Fraction],
    discount: Fraction = Fraction(1),
) -> dict[str, Fraction]:
    """The expected sum of `gain` along the way plus what the ending counts, for each state.

    With no gain and one ending counted as 1: the probability of that ending. Undiscounted by
    default; raises `NoEnding` where the way from some state may go on for ever.
    """
    values = dict(endings)
    for block in _blocks(model, policy):
        if block[0] not in model.terminal:
            values |= _solve_block(_equations(model, policy, gain, discount, block, values), block)
    return values


def _solve_block(rows: list[list[Fraction]], block: list[str]) -> dict[str, Fraction]:
    large = len(rows) > LARGE_BLOCK and importlib.util.find_spec("flint") is not None
    return dict(zip(block, _by_flint(rows) if large else _eliminate(rows, block), strict=True))


def _equations(
    model: Model,
    policy: Mapping[str, str],
    gain: Callable[[str], Fraction],
    discount: Fraction,
    block: list[str],
    known: Mapping[str, Fraction],
) -> list[list[Fraction]]:
    """The equations of one block, everything that it leads to outside being known."""
    inside = {s: i for i, s in enumerate(block)}
    rows: list[list[Fraction]] = []
    for state in block:
        row = [Fraction(int(state == other)) for other in block] + [gain(state)]
        for successor, probability in model.choices[state][policy[state]].successors:
            if successor in inside:
                row[inside[successor]] -= discount * probability
            else:
                row[-1] += discount * probability * known[successor]
        rows.append(row)
    return rows


def _by_flint(rows: list[list[Fraction]]) -> list[Fraction]:
    from flint import fmpq, fmpq_mat

    def matrix(part: list[list[Fraction]]) -> Any:
        flat = [fmpq(x.numerator, x.denominator) for row in part for x in row]
        return fmpq_mat(len(part), len(part[0]), flat)

    try:
        found = matrix([row[:-1] for row in rows]).solve(matrix([row[-1:] for row in rows]))
    except ZeroDivisionError:
        raise NoEnding("a block of states that is never left") from None
    return [Fraction(int(x.p), int(x.q)) for x in found.entries()]


def _eliminate(rows: list[list[Fraction]], block: list[str]) -> list[Fraction]:
    """Gauss and Jordan on rows with the right-hand side last.

    No pivot is zero with a discount, as `I - gamma P` is strictly diagonally dominant and stays
    so; without one a zero pivot is a block that is never left.
    """
    size = len(rows)
    for pivot in range(size):
        scale = rows[pivot][pivot]
        if not scale:
            raise NoEnding(f"from {block[pivot]} no ending is reached")
        rows[pivot] = [x / scale for x in rows[pivot]]
        for other in range(size):
            factor = rows[other][pivot]
            if other != pivot and factor:
                rows[other] = [
                    x - factor * y for x, y in zip(rows[other], rows[pivot], strict=True)
                ]
    return [row[-1] for row in rows]


def _blocks(model: Model, policy: Mapping[str, str]) -> list[list[str]]:
    """Strongly connected components of the policy's graph, successors first (Tarjan 1972).

    Written without recursion: the graph may be deeper than the stack.
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    blocks: list[list[str]] = []
    for root in model.states:
        if root in order:
            continue
        work = [(root, iter(_successors(model, policy, root)))]
        _enter(root, order, low, stack, on_stack)
        while work:
            state, rest = work[-1]
            child = next(rest, None)
            if child is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[state])
                if low[state] == order[state]:
                    blocks.append(_leave(state, stack, on_stack))
            elif child not in order:
                _enter(child, order, low, stack, on_stack)
                work.append((child, iter(_successors(model, policy, child))))
            elif child in on_stack:
                low[state] = min(low[state], order[child])
    return blocks


def _successors(model: Model, policy: Mapping[str, str], state: str) -> list[str]:
    if state in model.terminal:
        return []
    return [t for t, _ in model.choices[state][policy[state]].successors]


def _enter(
    state: str, order: dict[str, int], low: dict[str, int], stack: list[str], on_stack: set[str]
) -> None:
    order[state] = low[state] = len(order)
    stack.append(state)
    on_stack.add(state)


def _leave(root: str, stack: list[str], on_stack: set[str]) -> list[str]:
    block: list[str] = []
    while not block or block[-1] != root:
        block.append(stack.pop())
        on_stack.discard(block[-1])
    return block
