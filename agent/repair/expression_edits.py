"""Edits of one expression: operators, constants, variables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from verify_agent.agent.repair.edits import Edit, EditClass, Splice
from verify_agent.agent.repair.sites import Source
from verify_agent.agent.repair.vocabulary import Vocabulary

#: What stands in for an operator, the likeliest first.
COMPARISONS = {
    "<": ("<=", ">", ">=", "!=", "=="),
    "<=": ("<", ">=", ">", "==", "!="),
    ">": (">=", "<", "<=", "!=", "=="),
    ">=": (">", "<=", "<", "==", "!="),
    "==": ("!=", "<=", ">=", "<", ">"),
    "!=": ("==", "<", ">", "<=", ">="),
    "in": ("not in",),
    "not in": ("in",),
    "is": ("is not",),
    "is not": ("is",),
}
ARITHMETIC = {
    "+": ("-", "*", "//", "%"),
    "-": ("+", "*", "//", "%"),
    "*": ("+", "//", "-", "**", "%"),
    "//": ("%", "/", "*", "-", "+"),
    "/": ("//", "*", "%"),
    "%": ("//", "*", "-", "+"),
    "**": ("*", "+"),
    "&": ("|", "^"),
    "|": ("&", "^"),
    "^": ("&", "|"),
    "<<": (">>",),
    ">>": ("<<",),
}
LOGIC = {"and": ("or",), "or": ("and",)}
STEPS = {
    "+=": ("-=", "*=", "=", "//=", "%="),
    "-=": ("+=", "//=", "=", "%=", "*="),
    "*=": ("+=", "//=", "=", "-=", "**="),
    "//=": ("%=", "-=", "*=", "="),
    "/=": ("//=", "*="),
    "%=": ("//=", "-=", "="),
    "|=": ("&=", "^="),
    "&=": ("|=", "^="),
    "=": ("+=", "-=", "*="),
}
OPERATORS = {**COMPARISONS, **ARITHMETIC, **LOGIC, **STEPS}
#: Functions and methods that are taken for each other.
CALLED = (
    ("min", "max"),
    ("any", "all"),
    ("sum", "len", "max", "min"),
    ("upper", "lower", "title", "capitalize", "swapcase"),
    ("strip", "lstrip", "rstrip"),
    ("startswith", "endswith"),
    ("find", "rfind"),
    ("index", "rindex"),
    ("append", "remove", "extend"),
    ("add", "discard", "remove"),
    ("union", "intersection", "difference"),
    ("isdigit", "isalpha", "isalnum"),
    ("isupper", "islower"),
    ("split", "rsplit"),
    ("keys", "values", "items"),
    ("sorted", "list", "reversed"),
)
STEP_COST = 0.05


def expression_edits(source: Source, words: Vocabulary) -> Iterator[Edit]:
    """Every edit that changes one expression or operator, in source order."""
    for node in source.body():
        match node:
            case cst.BaseCompOp() | cst.BaseBinaryOp() | cst.BaseBooleanOp() | cst.BaseAugOp():
                yield from _operators(source, node)
            case cst.Integer() | cst.Float() | cst.BaseString():
                yield from _constants(source, words, node)
            case cst.Name():
                yield from _names(source, words, node)
            case cst.Attribute():
                yield from _attributes(source, words, node)
            case cst.Call():
                yield from _calls(source, words, node)
            case cst.UnaryOperation():
                yield source.replaced(EditClass.OPERATOR, node, source.code(node.expression), 0.1)
            case cst.IfExp():
                yield _exchanged(source, EditClass.BRANCHES, node.body, node.orelse)
            case cst.Assign():
                yield from _assignments(source, node)
            case _:
                pass


def _operators(source: Source, node: cst.CSTNode) -> Iterator[Edit]:
    text = " ".join(source.code(node).split())
    for position, other in enumerate(OPERATORS.get(text, ())):
        extra = STEP_COST * position
        parent = source.parents[node]
        if isinstance(parent, cst.BinaryOperation):
            yield _reassociated(source, parent, text, other, extra, node)
        else:
            yield source.token(EditClass.OPERATOR, node, other, extra)


def _reassociated(
    source: Source,
    parent: cst.BinaryOperation,
    text: str,
    other: str,
    extra: float,
    node: cst.CSTNode,
) -> Edit:
    """Another operator between the same operands: parentheses where it binds otherwise."""
    plain = source.token(EditClass.OPERATOR, node, other, extra)
    tight = {"*", "/", "//", "%", "**"}
    if (text in tight) == (other in tight) and "**" not in (text, other):
        return plain
    left, right = (source.operand(n) for n in (parent.left, parent.right))
    return source.replaced(EditClass.OPERATOR, parent, f"{left} {other} {right}", extra)


def _assignments(source: Source, node: cst.Assign) -> Iterator[Edit]:
    """`x = e` where `x += e` or such is meant."""
    if len(node.targets) != 1:
        return
    target = node.targets[0].target
    start, end = source.span(target)[1], source.span(node.value)[0]
    between = source.data[start:end].decode()
    if between.strip() != "=":
        return
    for position, step in enumerate(STEPS["="]):
        splice = Splice(start, end, between.replace("=", step))
        yield Edit(EditClass.OPERATOR, (splice,), source.line(node), 0.3 + STEP_COST * position)


def _constants(source: Source, words: Vocabulary, node: cst.CSTNode) -> Iterator[Edit]:
    match node:
        case cst.Integer(value=text):
            number = int(text.replace("_", ""), 0)
            others = [number + 1, number - 1, *words.ints, 2, 10, -number, 2 * number]
            for position, value in enumerate(dict.fromkeys(o for o in others if o != number)):
                yield source.replaced(EditClass.CONSTANT, node, str(value), STEP_COST * position)
            for name in _ints(words):
                yield source.replaced(EditClass.VARIABLE, node, name, 0.3)
        case cst.Float(value=text):
            for other in (float(text) + 1, float(text) - 1, 0.0, 1.0, -float(text)):
                yield source.replaced(EditClass.CONSTANT, node, repr(other))
        case cst.BaseString():
            for other_text in words.texts:
                yield source.replaced(EditClass.CONSTANT, node, repr(other_text))


def _ints(words: Vocabulary) -> tuple[str, ...]:
    from verify_agent.verifier.ir.types import INT

    return tuple(t for t in words.terms(INT) if not t.lstrip("-").isdigit())


def _names(source: Source, words: Vocabulary, node: cst.Name) -> Iterator[Edit]:
    parent = source.parents[node]
    if node.value in ("True", "False"):
        yield source.token(EditClass.CONSTANT, node, str(node.value == "False"))
        return
    if isinstance(parent, cst.Attribute | cst.Param | cst.NameItem) and parent.__class__ is not (
        cst.Attribute
    ):
        return
    if isinstance(parent, cst.Attribute) and parent.attr is node:
        return
    if isinstance(parent, cst.Arg) and parent.keyword is node:
        return
    if holds(source, node):
        yield from _containers(source, words, node)
    if node.value not in words.variables:
        return
    type_ = words.variables[node.value]
    for position, other in enumerate(words.of_type(type_)):
        if other != node.value:
            yield source.token(EditClass.VARIABLE, node, other, STEP_COST * position)
    if not stored(source, node):
        for position, other in enumerate(words.terms(type_)):
            if other not in words.places:
                extra = 0.3 + STEP_COST * position
                yield source.replaced(EditClass.VARIABLE, node, other, extra)


def holds(source: Source, node: cst.CSTNode) -> bool:
    """Whether an expression stands where only something with items can: `for x in it`, `it[0]`."""
    match source.parents[node]:
        case cst.For(iter=held) | cst.CompFor(iter=held) | cst.Subscript(value=held):
            return held is node
        case cst.Arg() as argument:
            call = source.parents[argument]
            return isinstance(call, cst.Call) and source.code(call.func) == "len"
        case _:
            return False


def _containers(source: Source, words: Vocabulary, node: cst.Name) -> Iterator[Edit]:
    """Variables with items in the place of one that has none: their types differ."""
    from verify_agent.verifier.ir import types

    found = (types.ListType, types.StrType, types.DictType, types.SetType, types.TupleType)
    own = words.variables.get(node.value)
    for position, (name, type_) in enumerate(words.variables.items()):
        if name != node.value and type_ != own and isinstance(type_, found):
            yield source.token(EditClass.VARIABLE, node, name, STEP_COST * position)


def stored(source: Source, node: cst.CSTNode) -> bool:
    parent = source.parents[node]
    match parent:
        case cst.AssignTarget() | cst.AnnAssign() | cst.CompFor():
            return True
        case cst.AugAssign() | cst.For():
            return parent.target is node
        case cst.Element() | cst.Tuple():
            return stored(source, parent)
        case _:
            return False


def _attributes(source: Source, words: Vocabulary, node: cst.Attribute) -> Iterator[Edit]:
    text = source.code(node)
    if text not in words.attributes:
        return
    type_ = words.attributes[text]
    for position, other in enumerate(words.of_type(type_)):
        if other != text:
            yield source.token(EditClass.VARIABLE, node, other, STEP_COST * position)


def _calls(source: Source, words: Vocabulary, node: cst.Call) -> Iterator[Edit]:
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    text = source.code(name)
    for group in CALLED:
        if text in group:
            for other in group:
                if other != text:
                    yield source.token(EditClass.OPERATOR, name, other, 0.2)
    plain = [a.value for a in node.args if a.keyword is None and not a.star]
    for one, two in pairwise(plain):
        yield _exchanged(source, EditClass.VARIABLE, one, two)
    if len(plain) == 1 and isinstance(node.func, cst.Name) and text not in ("len", "range"):
        yield source.replaced(EditClass.EXPRESSION, node, source.code(plain[0]))


def _exchanged(
    source: Source, kind: EditClass, one: cst.BaseExpression, two: cst.BaseExpression
) -> Edit:
    """Two expressions in each other's place."""
    first = source.replaced(kind, one, source.code(two))
    second = source.replaced(kind, two, source.code(one))
    return Edit(kind, (*first.splices, *second.splices), first.line, 0.1)
