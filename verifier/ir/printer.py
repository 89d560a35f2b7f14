"""The intermediate representation as Python text, for people.

An expression's text means in Python what the node means, as long as the names are bound. Of
statements the hidden parts (labels, counters) stand in comments.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import EnumType

#: How tightly an expression binds; a part that binds less tightly stands in parentheses.
_LAMBDA, _TERNARY, _OR, _AND, _NOT, _COMPARE = range(6)
_BINARY = {"|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10}
_BINARY |= {"*": 11, "/": 11, "//": 11, "%": 11}
_UNARY, _POWER, _PRIMARY = 12, 13, 14


def expression(node: ir.Expr) -> str:
    """The expression as Python.

    >>> from verify_agent.verifier.evidence import Span
    >>> from verify_agent.verifier.ir.types import INT
    >>> x = ir.Var(INT, Span(1), "x")
    >>> expression(ir.Binary(INT, Span(1), "*", ir.Binary(INT, Span(1), "+", x, x), x))
    '(x + x) * x'
    """
    return _expression(node)[0]


def _part(node: ir.Expr, least: int) -> str:
    text, level = _expression(node)
    return text if level >= least else f"({text})"


def _expression(node: ir.Expr) -> tuple[str, int]:
    match node:
        case ir.Const():
            return _constant(node)
        case ir.Var(name=name):
            return name, _PRIMARY
        case ir.EnumMember(type=EnumType(owner), name=name):
            return f"{owner}.{name}", _PRIMARY
        case ir.Old(name=name):
            return f"OLD.{name}", _PRIMARY
        case ir.Unary(op="not", operand=operand):
            return f"not {_part(operand, _NOT)}", _NOT
        case ir.Unary(op=op, operand=operand):
            return f"{op}{_part(operand, _UNARY)}", _UNARY
        case ir.Binary(op="**", left=left, right=right):
            return f"{_part(left, _PRIMARY)} ** {_part(right, _UNARY)}", _POWER
        case ir.Binary(op=op, left=left, right=right):
            level = _BINARY[op]
            return f"{_part(left, level)} {op} {_part(right, level + 1)}", level
        case ir.Compare(op=op, left=left, right=right):
            return f"{_part(left, 6)} {op} {_part(right, 6)}", _COMPARE
        case ir.Chain(operands=operands, ops=ops):
            pairs = zip(ops, operands[1:], strict=True)
            tail = " ".join(f"{op} {_part(operand, 6)}" for op, operand in pairs)
            return f"{_part(operands[0], 6)} {tail}", _COMPARE
        case ir.Logic(op=op, operands=operands):
            level = _OR if op == "or" else _AND
            return f" {op} ".join(_part(o, level + 1) for o in operands), level
        case ir.IfExp(test=test, then=then, orelse=orelse):
            parts = (_part(then, _OR), _part(test, _OR), _part(orelse, _TERNARY))
            return "{} if {} else {}".format(*parts), _TERNARY
        case ir.Lambda(parameters=parameters, body=body):
            names = ", ".join(p.name for p in parameters)
            return f"lambda {names}: {_part(body, _TERNARY)}", _LAMBDA
        case ir.Walrus(name=name, value=value):
            return f"({name} := {expression(value)})", _PRIMARY
        case _:
            return _primary(node), _PRIMARY


def _constant(node: ir.Const) -> tuple[str, int]:
    value = node.value
    if isinstance(value, float) and (math.isinf(value) or math.isnan(value)):
        return f"float('{value}')", _PRIMARY
    negative = (
        isinstance(value, int | float) and not isinstance(value, bool) and repr(value)[0] == "-"
    )
    return repr(value), _UNARY if negative else _PRIMARY


def _primary(node: ir.Expr) -> str:
    match node:
        case ir.TupleExpr(items=items):
            return f"({_all(items)}{',' if len(items) == 1 else ''})"
        case ir.ListExpr(items=items):
            return f"[{_all(items)}]"
        case ir.SetExpr(items=items):
            return f"{{{_all(items)}}}" if items else "set()"
        case ir.DictExpr(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return f"{{{', '.join(f'{expression(k)}: {expression(v)}' for k, v in pairs)}}}"
        case ir.Index(base=base, index=index):
            return f"{_part(base, _PRIMARY)}[{expression(index)}]"
        case ir.Slice(base=base, lower=lower, upper=upper, step=step):
            return f"{_part(base, _PRIMARY)}[{_bounds(lower, upper, step)}]"
        case ir.Attribute(base=base, name=name):
            return f"{_part(base, _PRIMARY)}.{name}"
        case ir.Builtin(name="isinstance", args=(value, ir.Const(value=str(kinds)))):
            return f"isinstance({expression(value)}, {' | '.join(kinds.split('|'))})"
        case ir.Builtin(name=name, args=args, keywords=keywords):
            return f"{name}({_arguments(args, keywords)})"
        case ir.Method(base=base, name=name, args=args, keywords=keywords):
            return f"{_part(base, _PRIMARY)}.{name}({_arguments(args, keywords)})"
        case ir.Call(function=function, args=args):
            return f"{function}({_all(args)})"
        case ir.Construct(name=name, args=args):
            return f"{name}({_all(args)})"
        case ir.FormatString(parts=parts):
            return f"''.join([{_all(parts)}])"
        case ir.Comprehension():
            return _comprehension(node)
        case _:
            raise TypeError(f"no such expression: {type(node).__name__}")


def _all(items: Sequence[ir.Expr]) -> str:
    return ", ".join(_part(i, _TERNARY) for i in items)


def _arguments(args: tuple[ir.Expr, ...], keywords: tuple[tuple[str, ir.Expr], ...]) -> str:
    if len(args) == 1 and not keywords and _is_generator(args[0]):
        return expression(args[0])[1:-1]
    return ", ".join([*map(expression, args), *(f"{k}={expression(v)}" for k, v in keywords)])


def _is_generator(node: ir.Expr) -> bool:
    return isinstance(node, ir.Comprehension) and node.kind == "generator"


def _bounds(lower: ir.Expr | None, upper: ir.Expr | None, step: ir.Expr | None) -> str:
    parts = ["" if p is None else expression(p) for p in (lower, upper)]
    return ":".join([*parts, expression(step)] if step is not None else parts)


def _comprehension(node: ir.Comprehension) -> str:
    element = expression(node.element)
    if node.kind == "dict" and isinstance(node.element, ir.TupleExpr):
        key, value = node.element.items
        element = f"{expression(key)}: {expression(value)}"
    clauses = "".join(
        f" for {target(g.target)} in {_part(g.iterable, _OR)}"
        + "".join(f" if {_part(c, _OR)}" for c in g.conditions)
        for g in node.generators
    )
    brackets = {"list": "[]", "set": "{}", "dict": "{}"}.get(node.kind, "()")
    return f"{brackets[0]}{element}{clauses}{brackets[1]}"


def target(node: ir.Target) -> str:
    """The target of an assignment or loop as Python."""
    match node:
        case ir.NameTarget(name):
            return name
        case ir.ItemTarget(base, index):
            return f"{_part(base, _PRIMARY)}[{expression(index)}]"
        case ir.SliceTarget(base, lower, upper, step):
            return f"{_part(base, _PRIMARY)}[{_bounds(lower, upper, step)}]"
        case ir.AttributeTarget(base, name):
            return f"{_part(base, _PRIMARY)}.{name}"
        case ir.TupleTarget(items, star):
            parts = [f"*{target(t)}" if n == star else _inner(t) for n, t in enumerate(items)]
            return f"{', '.join(parts)}{',' if len(parts) == 1 else ''}"
        case _:
            raise TypeError(f"no such target: {type(node).__name__}")


def _inner(node: ir.Target) -> str:
    text = target(node)
    return f"({text})" if isinstance(node, ir.TupleTarget) else text


def function(node: ir.Function) -> str:
    """The function as Python, its contract in comments above the body."""
    names = ", ".join(p.name for p in node.parameters)
    lines = [f"def {node.name}({names}):"]
    lines += [f"    # requires {c.text}" for c in node.requires]
    lines += [f"    # invariant {c.text}" for c in node.invariants]
    lines += [f"    # OLD.{s.name} = {expression(s.expr)}" for s in node.snapshots]
    lines += [f"    # raises {r.exception} exactly when {r.condition.text}" for r in node.raises]
    lines += [f"    # ensures {c.text}" for c in node.ensures]
    return "\n".join([*lines, *block(node.body, 1)])


def block(statements: ir.Block, depth: int = 0) -> list[str]:
    """Statements as lines of Python."""
    indent = "    " * depth
    if not statements:
        return [f"{indent}pass"]
    return [f"{indent}{line}" for s in statements for line in _statement(s)]


def _statement(node: ir.Stmt) -> Iterator[str]:
    match node:
        case ir.Assign(to, value):
            yield f"{target(to)} = {expression(value)}"
        case ir.AugAssign(to, op, value):
            yield f"{target(to)} {op}= {expression(value)}"
        case ir.Delete(to):
            yield f"del {target(to)}"
        case ir.Evaluate(value):
            yield expression(value)
        case ir.Break():
            yield "break"
        case ir.Continue():
            yield "continue"
        case ir.Return(value):
            yield f"return {expression(value)}"
        case ir.Assert(test, _):
            yield f"assert {expression(test)}"
        case ir.Raise(None, _):
            yield "raise"
        case ir.Raise(name, args):
            yield f"raise {name}({_all(args)})"
        case _:
            yield from _compound(node)


def _compound(node: ir.Stmt) -> Iterator[str]:
    match node:
        case ir.If(test, then, orelse):
            yield f"if {expression(test)}:"
            yield from block(then, 1)
            yield from _else(orelse)
        case ir.While(label, test, body, orelse):
            yield f"while {expression(test)}:  # {label}"
            yield from block(body, 1)
            yield from _else(orelse)
        case ir.For(label, index, to, iterable, body, orelse):
            yield f"for {target(to)} in {expression(iterable)}:  # {label}, {index} taken"
            yield from block(body, 1)
            yield from _else(orelse)
        case ir.Try(body, handlers, orelse, final):
            yield "try:"
            yield from block(body, 1)
            for handler in handlers:
                yield (
                    f"except ({', '.join(handler.exceptions)}):"
                    if handler.exceptions
                    else ("except BaseException:")
                )
                yield from block(handler.body, 1)
            yield from _else(orelse)
            if final:
                yield "finally:"
                yield from block(final, 1)
        case _:
            raise TypeError(f"no such statement: {type(node).__name__}")


def _else(statements: ir.Block) -> Iterator[str]:
    if statements:
        yield "else:"
        yield from block(statements, 1)


def program(node: ir.Program) -> str:
    """All functions of a program as Python, the entry first."""
    rest = [f for key, f in node.functions.items() if key != node.entry]
    return "\n\n".join(function(f) for f in [node.functions[node.entry], *rest])
