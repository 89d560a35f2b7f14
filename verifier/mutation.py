"""Mutants of a function: small changes of its body, one at a time, layout kept.

The operators are the usual ones of mutation testing (DeMillo, Lipton, Sayward 1978): relations,
arithmetic, connectives, constants, variables of the same type, statements left out. They are
syntax alone: a mutant may well be equal to the function, or not type-check.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from verify_agent.contracts.functions import functions_of

_RELATIONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLED = {"min": "max", "max": "min", "all": "any", "any": "all", "append": "extend"}


@dataclass(frozen=True)
class Mutant:
    """A changed module: `before` at `line` (from 1) became `after`; `source` is the whole text."""

    line: int
    column: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        """What was changed, in words."""
        what = f"becomes `{self.after}`" if self.after else "is left out"
        return f"line {self.line}: `{self.before}` {what}"


def mutants(source: str, qualname: str) -> tuple[Mutant, ...]:
    """All mutants of one function, in the order of the text; no two have the same syntax.

    The contract, the annotations and the docstring stay. `KeyError` where there is no such
    function.

    >>> for mutant in mutants("def f(x: int) -> bool:\\n    return x < 3\\n", "f"):
    ...     print(mutant)
    line 2: `x < 3` becomes `x <= 3`
    line 2: `x < 3` becomes `x > 3`
    line 2: `3` becomes `4`
    line 2: `3` becomes `2`
    """
    found: dict[str, Mutant] = {}
    tree = ast.parse(source)
    original = ast.dump(tree)
    for node, new in _changes(_function(source, qualname)):
        made = _made(source, tree, node, new)
        if made is not None:
            key = ast.dump(ast.parse(made.source))
            if key != original:
                found.setdefault(key, made)
    return tuple(sorted(found.values(), key=lambda m: (m.line, m.column)))


def _function(source: str, qualname: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    for function in functions_of(source):
        if function.qualname == qualname:
            return function.node
    raise KeyError(qualname)


def _changes(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[tuple[ast.expr | ast.stmt, ast.AST]]:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    alike = _alike(function)
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.expr):
                yield from ((node, new) for new in _expressions(node, alike))
            elif isinstance(node, ast.stmt):
                yield from ((node, new) for new in _statements(node))


def _alike(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[str]]:
    """For each parameter the others of the same type."""
    every = [(a.arg, ast.unparse(a.annotation)) for a in function.args.args if a.annotation]
    return {name: [n for n, k in every if k == kind and n != name] for name, kind in every}


def _expressions(node: ast.expr, alike: dict[str, list[str]]) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                for other in _RELATIONS[type(op)]:
                    yield _with(node, ops=[*ops[:i], other(), *ops[i + 1 :]])
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC:
            yield _with(node, op=_ARITHMETIC[type(op)]())
        case ast.BoolOp(op=ast.And()):
            yield _with(node, op=ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield _with(node, op=ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=inner):
            yield inner
        case ast.IfExp(test=test):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=value):
            yield from (ast.Constant(v) for v in _constants(value))
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield _with(node, func=ast.Name(_CALLED[name], ast.Load()))
        case ast.Name(id=name, ctx=ast.Load()):
            yield from (ast.Name(other, ast.Load()) for other in alike.get(name, [])[:1])


def _constants(value: object) -> tuple[bool | int | float | str, ...]:
    match value:
        case bool():
            return (not value,)
        case int():
            return (value + 1, value - 1) if value else (1, -1)
        case float():
            return (value + 1.0,)
        case str():
            return ("",) if value else ("x",)
        case _:
            return ()


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.AugAssign(op=op):
            if type(op) in _ARITHMETIC:
                yield _with(node, op=_ARITHMETIC[type(op)]())
            yield ast.Pass()
        case ast.Expr(value=ast.Call()) | ast.Break() | ast.Continue() | ast.Raise():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()


def _with(node: ast.AST, **fields: object) -> ast.expr:
    """The same node with other fields."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    assert isinstance(changed, ast.expr | ast.stmt)
    return changed  # type: ignore[return-value]


def _made(source: str, tree: ast.Module, node: ast.expr | ast.stmt, new: ast.AST) -> Mutant | None:
    """The mutant's text, in parentheses where it would else be read otherwise."""
    wanted = _expected(tree, node, new)
    text = ast.unparse(ast.fix_missing_locations(new))
    for put in (text, f"({text})"):
        changed = _put(source, node, put)
        try:
            if ast.dump(ast.parse(changed)) == wanted:
                before = " ".join((ast.get_source_segment(source, node) or "").split())
                after = "" if isinstance(new, ast.Pass) else text
                return Mutant(node.lineno, node.col_offset, before, after, changed)
        except SyntaxError:
            continue
    return None


def _expected(tree: ast.Module, node: ast.AST, new: ast.AST) -> str:
    """The syntax of the module with the node replaced."""
    place = (type(node), getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    end = (getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0))

    class Replace(ast.NodeTransformer):
        def generic_visit(self, found: ast.AST) -> ast.AST:
            here = (type(found), getattr(found, "lineno", 0), getattr(found, "col_offset", 0))
            there = (getattr(found, "end_lineno", 0), getattr(found, "end_col_offset", 0))
            if here == place and there == end:
                return new
            return super().generic_visit(found)

    return ast.dump(Replace().visit(copy.deepcopy(tree)))


def _put(source: str, node: ast.expr | ast.stmt, text: str) -> str:
    lines = source.split("\n")
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head = lines[first].encode()[: node.col_offset].decode()
    tail = lines[last].encode()[node.end_col_offset or 0 :].decode()
    lines[first : last + 1] = [head + text + tail]
    return "\n".join(lines)
