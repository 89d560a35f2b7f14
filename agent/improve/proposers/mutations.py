"""Mutations of a skill's syntax tree with libcst: everything else of the text stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import libcst as cst


def mutated(name: str, source: str, rng: Random) -> str:
    """The text after one mutation, drawn at random; the same text where none applies.

    The decorators are left alone: what a skill promises is no matter of chance.
    """
    module = cst.parse_module(source)
    for _ in range(8):
        kind = rng.choice(KINDS)
        changer = kind(name, rng)
        counted = module.visit(changer)
        if not changer.places:
            continue
        changer.chosen, changer.places = rng.randrange(changer.places), 0
        counted = module.visit(changer)
        if counted.code != source:
            return counted.code
    return source


class _Mutation(cst.CSTTransformer):
    """Counts its places on a first visit, and changes the chosen one on a second."""

    def __init__(self, name: str, rng: Random) -> None:
        super().__init__()
        self.name = name
        self.rng = rng
        self.places = 0
        self.chosen = -1

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return node.name.value == self.name

    def visit_Decorator(self, node: cst.Decorator) -> bool:
        return False

    def visit_Parameters(self, node: cst.Parameters) -> bool:
        return False

    def here(self) -> bool:
        """Whether this place is the one to change."""
        self.places += 1
        return self.places - 1 == self.chosen


class Constant(_Mutation):
    """Another number."""

    def leave_Integer(self, original_node: cst.Integer, updated_node: cst.Integer) -> cst.Integer:
        if not self.here():
            return updated_node
        value = int(updated_node.value)
        moved = (value + 1, max(0, value - 1), value * 2, value // 2)
        return updated_node.with_changes(value=str(self.rng.choice(moved)))


class Operator(_Mutation):
    """Another arithmetic operator."""

    OPERATORS = (cst.Add, cst.Subtract, cst.Multiply, cst.FloorDivide)

    def leave_BinaryOperation(
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BinaryOperation:
        if not self.here():
            return updated_node
        return updated_node.with_changes(operator=self.rng.choice(self.OPERATORS)())


class Comparison(_Mutation):
    """Another comparison."""

    OPERATORS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.Equal, cst.NotEqual)

    def leave_ComparisonTarget(
        self, original_node: cst.ComparisonTarget, updated_node: cst.ComparisonTarget
    ) -> cst.ComparisonTarget:
        if not self.here():
            return updated_node
        return updated_node.with_changes(operator=self.rng.choice(self.OPERATORS)())


class Dropped(_Mutation):
    """A branch is left out."""

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If | cst.RemovalSentinel:
        return cst.RemoveFromParent() if self.here() else updated_node


class Swapped(_Mutation):
    """Two sides of an operation change places."""

    def leave_BinaryOperation(
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BinaryOperation:
        if not self.here():
            return updated_node
        return updated_node.with_changes(left=updated_node.right, right=updated_node.left)


KINDS: Sequence[type[_Mutation]] = (Constant, Constant, Operator, Comparison, Dropped, Swapped)
