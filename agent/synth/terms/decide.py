"""Decision lists over enumerated terms and predicates, on sets of examples as bit masks.

Divide and conquer after Alur, Radhakrishna, Udupa, "Scaling enumerative program synthesis via
divide and conquer", TACAS 2017, with exact search for the small lists that people write.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from verify_agent.agent.synth.meter import Meter
from verify_agent.agent.synth.terms.bank import Term


@dataclass(frozen=True)
class Leaf:
    """A term that is right on the examples of the mask."""

    mask: int
    term: Term


@dataclass(frozen=True)
class Branch:
    """A predicate and the mask of the examples where it holds."""

    mask: int
    term: Term


@dataclass(frozen=True)
class Tree:
    """A leaf, or a test with a tree for each outcome."""

    cost: int
    leaf: Term | None = None
    test: Term | None = None
    yes: Tree | None = None
    no: Tree | None = None

    def tree(self) -> ast.expr:
        """The conditional expression."""
        if self.leaf is not None:
            return self.leaf.tree()
        assert self.test is not None
        assert self.yes is not None
        assert self.no is not None
        return ast.IfExp(test=self.test.tree(), body=self.yes.tree(), orelse=self.no.tree())


class Decider:
    """Collects terms and predicates; finds the cheapest small decision list over them."""

    MAX_LEAVES = 300
    MAX_BRANCHES = 700
    WIDTHS = (0, 10_000, 40, 12, 6, 4, 3)
    """How many first tests are looked into, by the number of tests still allowed."""

    def __init__(self, full: int, meter: Meter) -> None:
        self.full = full
        self.meter = meter
        self.leaves: list[Leaf] = []
        self.branches: list[Branch] = []
        self._leaf_of: dict[int, Term | None] = {}
        self._solved: dict[tuple[int, int], Tree | None] = {}

    def add_leaf(self, mask: int, term: Term) -> None:
        """A term that is right exactly on the mask; dropped where a cheaper one is as good."""
        if not mask or len(self.leaves) >= self.MAX_LEAVES:
            return
        if all(mask & ~leaf.mask for leaf in self.leaves):
            self.leaves.append(Leaf(mask, term))
            self._forget()

    def add_branch(self, mask: int, term: Term) -> None:
        """A predicate that holds exactly on the mask."""
        if mask in (0, self.full) or len(self.branches) >= self.MAX_BRANCHES:
            return
        self.branches.append(Branch(mask, term))
        self._forget()

    def _forget(self) -> None:
        if self._leaf_of or self._solved:
            self._leaf_of, self._solved = {}, {}

    def solve(self, tests: int) -> Tree | None:
        """The cheapest list found with at most this many tests."""
        covered = 0
        for leaf in self.leaves:
            covered |= leaf.mask
        if covered != self.full:
            return None
        return self._solve(self.full, tests)

    def _leaf(self, rows: int) -> Term | None:
        if rows not in self._leaf_of:
            self.meter.spend(1 + len(self.leaves) // 16)
            fits = (leaf.term for leaf in self.leaves if not rows & ~leaf.mask)
            self._leaf_of[rows] = next(fits, None)
        return self._leaf_of[rows]

    def _solve(self, rows: int, tests: int) -> Tree | None:
        term = self._leaf(rows)
        if term is not None:
            return Tree(term.cost, leaf=term)
        if tests == 0:
            return None
        key = (rows, tests)
        if key not in self._solved:
            self._solved[key] = self._split(rows, tests)
        return self._solved[key]

    def _split(self, rows: int, tests: int) -> Tree | None:
        best: Tree | None = None
        for branch, on_yes, term, rest in self._first_tests(rows, tests):
            if best is not None and branch.term.cost + term.cost + 1 >= best.cost:
                continue
            other = self._solve(rest, tests - 1)
            if other is None:
                continue
            leaf = Tree(term.cost, leaf=term)
            yes, no = (leaf, other) if on_yes else (other, leaf)
            cost = branch.term.cost + yes.cost + no.cost + 1
            if best is None or cost < best.cost:
                best = Tree(cost, test=branch.term, yes=yes, no=no)
        return best

    def _first_tests(self, rows: int, tests: int) -> Iterator[tuple[Branch, bool, Term, int]]:
        """Tests that leave one side to a single term, the widest such sides first."""
        found: list[tuple[int, int, Branch, bool, Term, int]] = []
        for branch in self.branches:
            yes, no = rows & branch.mask, rows & ~branch.mask
            if not yes or not no:
                continue
            for side, rest, on_yes in ((yes, no, True), (no, yes, False)):
                term = self._leaf(side)
                if term is not None:
                    rank = branch.term.cost + term.cost - 2 * side.bit_count()
                    found.append((rank, len(found), branch, on_yes, term, rest))
        self.meter.spend(len(self.branches) * 2 + len(found))
        found.sort(key=lambda item: item[:2])
        width = self.WIDTHS[min(tests, len(self.WIDTHS) - 1)]
        for _, _, branch, on_yes, term, rest in found[:width]:
            yield branch, on_yes, term, rest
