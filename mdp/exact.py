"""The exact value of a policy in rationals, one strongly connected block at a time.

A dense exact solve grows too fast (300 states did not finish in a minute); a run's states form
a graph whose blocks are small, and each is eliminated on its own, the later ones first.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify_agent.mdp.model import Model


def exact_values(model: Model, policy: Mapping[str, str]) -> dict[str, Fraction]:
    """`V_pi` exactly: the solution of `V = R_pi + gamma P_pi V`, terminal states worth 0."""
    values = {s: Fraction(0) for s in model.terminal}
    for block in _blocks(model, policy):
        if block[0] not in model.terminal:
            values |= _solve_block(model, policy, block, values)
    return values


def _solve_block(
    model: Model, policy: Mapping[str, str], block: list[str], known: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """Solve the equations of one block, everything that it leads to outside being known."""
    inside = {s: i for i, s in enumerate(block)}
    rows: list[list[Fraction]] = []
    for state in block:
        choice = model.choices[state][policy[state]]
        row = [Fraction(int(state == other)) for other in block] + [choice.reward]
        for successor, probability in choice.successors:
            if successor in inside:
                row[inside[successor]] -= model.discount * probability
            else:
                row[-1] += model.discount * probability * known[successor]
        rows.append(row)
    return dict(zip(block, _eliminate(rows), strict=True))


def _eliminate(rows: list[list[Fraction]]) -> list[Fraction]:
    """Gauss and Jordan on rows with the right-hand side last.

    No pivot is zero: `I - gamma P` is strictly diagonally dominant, and stays so.
    """
    size = len(rows)
    for pivot in range(size):
        scale = rows[pivot][pivot]
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
