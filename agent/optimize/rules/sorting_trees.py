"""Branches that put a few named values in order, and the sorting networks for them.

Networks are shown to sort by the 0-1 principle (Knuth, The Art of Computer Programming 3, section
5.3.4, theorem Z): one that sorts every sequence of zeros and ones sorts every sequence. The code
that is made is proved again as code.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence

from verify_agent.agent.optimize.model import expression, statements

Leaf = Callable[[Sequence[str]], list[ast.stmt]]

#: Comparators (i, j), i < j, of the smallest networks (Knuth, section 5.3.4).
NETWORKS: dict[int, tuple[tuple[int, int], ...]] = {
    2: ((0, 1),),
    3: ((0, 1), (1, 2), (0, 1)),
    4: ((0, 1), (2, 3), (0, 2), (1, 3), (1, 2)),
    5: ((0, 1), (3, 4), (2, 4), (2, 3), (0, 3), (0, 2), (1, 4), (1, 3), (1, 2)),
}


def sorts(network: Sequence[tuple[int, int]], count: int) -> bool:
    """Whether a network sorts: on all inputs, by trying it on all of zeros and ones.

    >>> all(sorts(network, count) for count, network in NETWORKS.items())
    True
    >>> sorts([(0, 1), (1, 2)], 3)
    False
    """
    for values in itertools.product((0, 1), repeat=count):
        row = list(values)
        for i, j in network:
            row[i], row[j] = min(row[i], row[j]), max(row[i], row[j])
        if row != sorted(row):
            return False
    return True


def network_code(names: Sequence[str]) -> list[ast.stmt]:
    """Compare and exchange in place; `KeyError` for a count without a network."""
    network = NETWORKS[len(names)]
    if not sorts(network, len(names)):
        raise ValueError(f"the network for {len(names)} does not sort")
    made: list[ast.stmt] = []
    for i, j in network:
        a, b = names[i], names[j]
        made += statements(f"if {b} < {a}:\n    {a}, {b} = {b}, {a}")
    return made


def tree(names: Sequence[str], leaf: Leaf) -> list[ast.stmt]:
    """Nested comparisons down to one leaf an order; equal values keep their order.

    Each name is inserted in turn by bisection; branches that end alike are joined.
    """
    return _grown([names[0]], names[1:], leaf)


def insertion(names: Sequence[str], leaf: Leaf) -> list[ast.stmt]:
    """All names but the last put in order in place, the last one inserted down to the leaves."""
    made: list[ast.stmt] = []
    for count in range(1, len(names) - 1):
        made += _inserted(names[:count], names[count], _assigning(names[: count + 1]))
    return [*made, *_inserted(names[:-1], names[-1], leaf)]


def leaves(body: Sequence[ast.stmt]) -> int:
    """The number of branches' ends."""
    ends = 0
    for statement in body:
        if isinstance(statement, ast.If):
            ends += leaves(statement.body) + (leaves(statement.orelse) if statement.orelse else 0)
        else:
            ends += 1
    return ends


def _grown(order: list[str], rest: Sequence[str], leaf: Leaf) -> list[ast.stmt]:
    if not rest:
        return leaf(order)
    return _inserted(order, rest[0], lambda wider: _grown(list(wider), rest[1:], leaf))


def _inserted(order: Sequence[str], name: str, leaf: Leaf) -> list[ast.stmt]:
    """Where the name goes by bisection; `leaf` gets the wider order."""

    def between(low: int, high: int) -> list[ast.stmt]:
        if low == high:
            return leaf([*order[:low], name, *order[low:]])
        middle = (low + high) // 2
        return _branch(f"{name} < {order[middle]}", between(low, middle), between(middle + 1, high))

    return between(0, len(order))


def _assigning(names: Sequence[str]) -> Leaf:
    """The leaf that stores the order in the names themselves."""

    def leaf(order: Sequence[str]) -> list[ast.stmt]:
        moved = [n for n, o in zip(names, order, strict=True) if n != o]
        return list(_rotated(moved)) if moved else []

    return leaf


def _rotated(names: Sequence[str]) -> Iterator[ast.stmt]:
    """The last value moved to the first name, all others one further.

    Two or three at a time: CPython makes no tuple for those.
    """
    rest = list(names)
    while len(rest) > 1:
        part = rest[-3:]
        values = [part[-1], *part[:-1]]
        yield from statements(f"{', '.join(part)} = {', '.join(values)}")
        rest = rest[: 1 - len(part)]


def _branch(test: str, yes: list[ast.stmt], no: list[ast.stmt]) -> list[ast.stmt]:
    """An `if`; without `else` where the first side returns, none where both do the same."""
    if [ast.dump(s) for s in yes] == [ast.dump(s) for s in no]:
        return yes
    if not yes:
        return [ast.If(expression(f"not {test}"), no, [])]
    if _returns(yes):
        return [ast.If(expression(test), yes, []), *no]
    return [ast.If(expression(test), yes, no)]


def _returns(body: Sequence[ast.stmt]) -> bool:
    match body[-1]:
        case ast.Return():
            return True
        case ast.If(body=yes, orelse=no):
            return bool(no) and _returns(yes) and _returns(no)
        case _:
            return False
