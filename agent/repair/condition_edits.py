"""Edits of one condition: negated, a part dropped, a part added, another in its place."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from verify_agent.agent.repair.edits import Edit, EditClass
from verify_agent.agent.repair.sites import AND, NOT, Source
from verify_agent.agent.repair.vocabulary import Vocabulary
from verify_agent.verifier.ir.types import BoolType

REPLACED, STRENGTHENED = 0.3, 0.6
RANKED = 0.004


def condition_edits(source: Source, words: Vocabulary) -> Iterator[Edit]:
    """Every edit of a condition: what `if`, `while` and filters test, and bool results."""
    atoms = words.atoms()
    for node in conditions(source, words):
        text = source.operand(node, NOT)
        yield source.replaced(EditClass.CONDITION, node, f"not {source.operand(node)}", 0.1)
        if isinstance(node, cst.BooleanOperation):
            for part in (node.left, node.right):
                yield source.replaced(EditClass.CONDITION, node, source.code(part), 0.1)
        for position, atom in enumerate(atoms):
            extra = RANKED * position
            yield source.replaced(EditClass.CONDITION, node, atom, REPLACED + extra)
            for word, level in (("and", NOT), ("or", AND)):
                put = f"{source.operand(node, level)} {word} {atom}"
                yield source.replaced(EditClass.CONDITION, node, put, STRENGTHENED + extra)
                if word == "and" and _may_be_undefined(text):
                    put = f"{atom} and {text}"
                    yield source.replaced(EditClass.CONDITION, node, put, STRENGTHENED + extra)


def conditions(source: Source, words: Vocabulary) -> Iterator[cst.BaseExpression]:
    """The conditions of a function's body, each once."""
    for node in source.body():
        match node:
            case cst.If(test=test) | cst.While(test=test) | cst.IfExp(test=test):
                yield test
            case cst.CompIf(test=test):
                yield test
            case cst.Return(value=cst.BaseExpression() as value):
                if isinstance(words.returns, BoolType):
                    yield value
            case cst.BooleanOperation(left=left, right=right):
                yield from (n for n in (left, right) if isinstance(n, cst.Comparison))
            case _:
                pass


def _may_be_undefined(text: str) -> bool:
    """Whether an evaluation may raise, so that a guard must stand before it."""
    return any(sign in text for sign in ("[", "/", "%"))
