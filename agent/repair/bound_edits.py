"""Edits of where something begins, ends or is: off by one, bounds of loops and slices, rounding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from verify_agent.agent.repair.edits import Edit, EditClass
from verify_agent.agent.repair.expression_edits import STEP_COST, stored
from verify_agent.agent.repair.expression_types import is_int, type_of
from verify_agent.agent.repair.sites import PLUS, Source
from verify_agent.agent.repair.vocabulary import Vocabulary
from verify_agent.verifier.ir.types import INT


def bound_edits(source: Source, words: Vocabulary) -> Iterator[Edit]:
    """Every edit that moves a bound, an index or a number by a little, in source order."""
    for node in source.body():
        match node:
            case cst.Slice():
                yield from _slices(source, node)
            case cst.Call(func=cst.Name(value="range")):
                yield from _ranges(source, node, [a.value for a in node.args])
            case _:
                pass
        if isinstance(node, cst.BaseExpression):
            yield from _off_by_one(source, words, node)


def _ranges(source: Source, node: cst.Call, plain: Sequence[cst.BaseExpression]) -> Iterator[Edit]:
    """Other bounds of a `range`."""
    texts = [source.code(p) for p in plain]
    found: list[str] = []
    match texts:
        case [stop]:
            found = [f"1, {stop}", f"1, {stop} + 1", f"{stop} - 1, -1, -1"]
        case [start, stop]:
            found = [stop, f"{stop} + 1", f"{start}, {stop}, 2", f"{start}, {stop}, -1"]
            found += [f"{stop}, {start}, -1"]
        case [start, stop, step]:
            found = [f"{start}, {stop}", f"{start}, {stop}, -{step}"]
    for position, text in enumerate(found):
        extra = STEP_COST * position + 0.1
        yield source.replaced(EditClass.OFF_BY_ONE, node, f"range({text})", extra)


def _slices(source: Source, node: cst.Slice) -> Iterator[Edit]:
    lower = source.code(node.lower) if node.lower else ""
    upper = source.code(node.upper) if node.upper else ""
    if node.step is not None:
        return
    others = [(lower, ""), ("", upper), ("1", upper), (lower, "-1"), (upper, lower)]
    for position, (low, high) in enumerate(dict.fromkeys(others)):
        if (low, high) != (lower, upper):
            extra = STEP_COST * position
            yield source.token(EditClass.OFF_BY_ONE, node, f"{low}:{high}", extra)


def _off_by_one(source: Source, words: Vocabulary, node: cst.BaseExpression) -> Iterator[Edit]:
    if stored(source, node) or isinstance(node, cst.Integer):
        return
    parent = source.parents[node]
    if isinstance(parent, cst.Attribute) or (isinstance(parent, cst.Call) and parent.func is node):
        return
    text = source.operand(node, PLUS)
    if isinstance(node, cst.BinaryOperation):
        for part in (node.left, node.right):
            extra = 0.0 if isinstance(part, cst.BaseExpression) else 0.1
            yield source.replaced(EditClass.OFF_BY_ONE, node, source.code(part), extra)
    if not is_int(source, words, node):
        yield from _shortened(source, words, node)
        return
    if isinstance(node, cst.UnaryOperation) and isinstance(node.expression, cst.Integer):
        for number in words.ints:
            yield source.replaced(EditClass.CONSTANT, node, str(number), 0.2)
        return
    if _shifted(node) or _shifted(parent):
        return
    for sign in ("+", "-"):
        yield source.replaced(EditClass.OFF_BY_ONE, node, f"{text} {sign} 1")
    yield source.replaced(EditClass.OPERATOR, node, f"-{source.operand(node)}", 0.4)
    if not isinstance(
        parent, cst.BinaryOperation | cst.Comparison | cst.ComparisonTarget
    ) or isinstance(node, cst.Name | cst.Attribute):
        yield from _by_more(source, words, node, text)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.FloorDivide):
        yield from _rounding(source, node)


def _by_more(
    source: Source, words: Vocabulary, node: cst.BaseExpression, text: str
) -> Iterator[Edit]:
    """The number and a constant of the function, or a variable, added or taken away."""
    for number in words.ints:
        if abs(number) > 1:
            sign = "+" if number > 0 else "-"
            other = "-" if number > 0 else "+"
            for rank, op in enumerate((other, sign)):
                put = f"{text} {op} {abs(number)}"
                yield source.replaced(EditClass.OFF_BY_ONE, node, put, 0.3 + STEP_COST * rank)
    for name in words.of_type(INT):
        if name != text:
            for op in ("+", "-"):
                yield source.replaced(EditClass.EXPRESSION, node, f"{text} {op} {name}")
            if isinstance(node, cst.Name | cst.Attribute):
                yield source.replaced(EditClass.EXPRESSION, node, f"{text} * {name}", 0.1)


def _shifted(node: cst.CSTNode) -> bool:
    """Whether a number is added already: then another number is tried there."""
    return (
        isinstance(node, cst.BinaryOperation)
        and isinstance(node.operator, cst.Add | cst.Subtract)
        and isinstance(node.right, cst.Integer)
    )


def _rounding(source: Source, node: cst.BinaryOperation) -> Iterator[Edit]:
    """A division that is rounded up, or to the nearest."""
    left, right = source.operand(node.left, PLUS), source.code(node.right)
    divided = source.operand(node.left)
    divisor = source.operand(node.right)
    if isinstance(node.right, cst.Integer):
        number = int(node.right.value.replace("_", ""), 0)
        yield source.replaced(
            EditClass.OFF_BY_ONE, node, f"({left} + {number - 1}) // {right}", 0.1
        )
        yield source.replaced(
            EditClass.OFF_BY_ONE, node, f"({left} + {number // 2}) // {right}", 0.2
        )
    else:
        up = f"({left} + {divisor} - 1) // {divisor}"
        yield source.replaced(EditClass.OFF_BY_ONE, node, up, 0.1)
    yield source.replaced(EditClass.OFF_BY_ONE, node, f"-(-{divided} // {divisor})", 0.2)


def _shortened(source: Source, words: Vocabulary, node: cst.BaseExpression) -> Iterator[Edit]:
    """What a loop goes over without its first or last item; or the whole of it."""
    parent = source.parents[node]
    looped = isinstance(parent, cst.For | cst.CompFor) and parent.iter is node
    if isinstance(node, cst.Subscript) and looped:
        yield source.replaced(EditClass.OFF_BY_ONE, node, source.code(node.value))
    if looped and type_of(source, words, node) is not None:
        text = source.code(node)
        if isinstance(node, cst.Name | cst.Attribute):
            yield source.replaced(EditClass.OFF_BY_ONE, node, f"{text}[1:]", 0.1)
            yield source.replaced(EditClass.OFF_BY_ONE, node, f"{text}[:-1]", 0.1)
            yield source.replaced(EditClass.OFF_BY_ONE, node, f"reversed({text})", 0.3)
