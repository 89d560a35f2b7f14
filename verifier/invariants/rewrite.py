"""Building and rewriting expressions of the intermediate representation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

NOWHERE = Span(0)


def integer(value: int) -> n.Expr:
    """An int literal."""
    return n.Const(ir.INT, NOWHERE, value)


def name(text: str, type_: ir.Type = ir.INT) -> n.Expr:
    """A variable."""
    return n.Var(type_, NOWHERE, text)


def add(a: n.Expr, b: n.Expr) -> n.Expr:
    """a + b; constants folded where that is plain."""
    if isinstance(a, n.Const) and isinstance(b, n.Const):
        return integer(int(str(a.value)) + int(str(b.value)))
    if isinstance(a, n.Const) and a.value == 0:
        return b
    if isinstance(b, n.Const) and b.value == 0:
        return a
    return n.Binary(ir.INT, NOWHERE, "+", a, b)


def sub(a: n.Expr, b: n.Expr) -> n.Expr:
    """a - b."""
    if isinstance(b, n.Const) and b.value == 0:
        return a
    if isinstance(a, n.Const) and isinstance(b, n.Const):
        return integer(int(str(a.value)) - int(str(b.value)))
    return n.Binary(ir.INT, NOWHERE, "-", a, b)


def mul(a: n.Expr, b: n.Expr) -> n.Expr:
    """a * b."""
    if isinstance(a, n.Const) and a.value == 1:
        return b
    return n.Binary(ir.INT, NOWHERE, "*", a, b)


def compare(op: str, a: n.Expr, b: n.Expr) -> n.Expr:
    """A comparison."""
    return n.Compare(ir.BOOL, NOWHERE, op, a, b)


def conjunction(*parts: n.Expr) -> n.Expr:
    """All of them."""
    return parts[0] if len(parts) == 1 else n.Logic(ir.BOOL, NOWHERE, "and", parts)


def disjunction(*parts: n.Expr) -> n.Expr:
    """One of them."""
    return parts[0] if len(parts) == 1 else n.Logic(ir.BOOL, NOWHERE, "or", parts)


def negation(a: n.Expr) -> n.Expr:
    """Not a."""
    return n.Unary(ir.BOOL, NOWHERE, "not", a)


def length(a: n.Expr) -> n.Expr:
    """len(a)."""
    return n.Builtin(ir.INT, NOWHERE, "len", (a,))


def prefix(a: n.Expr, end: n.Expr) -> n.Expr:
    """a[:end]."""
    return n.Slice(a.type, NOWHERE, a, None, end, None)


def suffix(a: n.Expr, start: n.Expr) -> n.Expr:
    """a[start:]."""
    return n.Slice(a.type, NOWHERE, a, start, None, None)


def item(a: n.Expr, index: n.Expr) -> n.Expr:
    """a[index]."""
    return n.Index(item_type(a.type), NOWHERE, a, index)


def item_type(type_: ir.Type) -> ir.Type:
    """The type of a list's, str's or tuple's items."""
    match type_:
        case ir.ListType(inner) | ir.VariadicTupleType(inner):
            return inner
        case ir.StrType():
            return ir.STR
        case _:
            return ir.INT


def for_all(variable: str, lower: n.Expr, upper: n.Expr, body: n.Expr) -> n.Expr:
    """all(body for variable in range(lower, upper))."""
    return _quantified("all", variable, lower, upper, body)


def _quantified(kind: str, variable: str, lower: n.Expr, upper: n.Expr, body: n.Expr) -> n.Expr:
    domain = n.Builtin(ir.RANGE, NOWHERE, "range", (lower, upper))
    generator = n.Generator(n.NameTarget(variable, ir.INT), domain, ())
    made = n.Comprehension(ir.BOOL, NOWHERE, "generator", body, (generator,))
    return n.Builtin(ir.BOOL, NOWHERE, kind, (made,))


Change = Callable[[Any], n.Expr | None]


def rewritten(root: Any, change: Change) -> Any:
    """The root with every expression that `change` answers for replaced, from the outside in."""
    if isinstance(root, tuple):
        return tuple(rewritten(x, change) for x in root)
    if not is_dataclass(root) or isinstance(root, type | Span | ir.Type):
        return root
    if isinstance(root, n.Node):
        made = change(root)
        if made is not None:
            return made
    names = [f.name for f in fields(root) if f.name not in ("type", "span")]
    parts = {key: rewritten(getattr(root, key), change) for key in names}
    if all(parts[key] is getattr(root, key) or parts[key] == getattr(root, key) for key in names):
        return root
    return replace(root, **parts)


def with_variables(root: n.Expr, values: dict[str, n.Expr]) -> n.Expr:
    """The expression with variables replaced."""

    def change(node: n.Expr) -> n.Expr | None:
        return values.get(node.name) if isinstance(node, n.Var) else None

    made = rewritten(root, change)
    assert isinstance(made, n.Node)
    return made  # type: ignore[return-value]


def replaced(root: n.Expr, part: n.Expr, by: n.Expr) -> n.Expr:
    """The expression with every occurrence of a part replaced."""
    made: n.Expr = rewritten(root, lambda node: by if node == part else None)
    return made


def variables(root: object) -> Iterator[n.Var]:
    """Every variable that occurs."""
    from verify_agent.verifier.ir.walk import walk

    return (x for x in walk(root) if isinstance(x, n.Var))


def conjuncts(expr: n.Expr) -> Iterator[n.Expr]:
    """The parts of a conjunction, chained comparisons taken apart."""
    if isinstance(expr, n.Logic) and expr.op == "and":
        for part in expr.operands:
            yield from conjuncts(part)
    elif isinstance(expr, n.Chain):
        for k, op in enumerate(expr.ops):
            yield compare(op, expr.operands[k], expr.operands[k + 1])
    else:
        yield expr


def number(expr: n.Expr) -> int | None:
    """The int that a literal (or its negation) denotes."""
    match expr:
        case n.Const(value=bool()):
            return None
        case n.Const(value=int(value)):
            return value
        case n.Unary(op="-", operand=n.Const(value=int(value))):
            return -value
        case _:
            return None


def plus(expr: n.Expr, offset: int) -> n.Expr:
    """The expression and a constant added up, constants in it folded.

    >>> from verify_agent.verifier.ir.printer import expression
    >>> expression(plus(plus(name("i"), 1), -2))
    'i - 1'
    """
    match expr:
        case n.Const(value=int(value)):
            return integer(value + offset)
        case n.Binary(op="+", left=left, right=n.Const(value=int(value))):
            return plus(left, value + offset)
        case n.Binary(op="+", left=n.Const(value=int(value)), right=right):
            return plus(right, value + offset)
        case n.Binary(op="-", left=left, right=n.Const(value=int(value))):
            return plus(left, offset - value)
        case _ if offset < 0:
            return sub(expr, integer(-offset))
        case _:
            return add(expr, integer(offset))


def bound_names(expr: object) -> Iterator[str]:
    """The names that comprehensions and lambdas in an expression bind."""
    from verify_agent.verifier.ir.walk import walk

    for node in walk(expr):
        if isinstance(node, n.Generator):
            for target in walk(node.target):
                if isinstance(target, n.NameTarget):
                    yield target.name
        if isinstance(node, n.Lambda):
            yield from (p.name for p in node.parameters)
