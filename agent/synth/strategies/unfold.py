"""The contract says `result == d(...)` with a definition that may not be called: d's own body.

A recursion whose last step is the call becomes a loop (tail calls), one that adds or multiplies
becomes a loop with an accumulator (Burstall, Darlington, "A transformation system for developing
recursive programs", JACM 24(1), 1977); any other stays a recursion of the function itself.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.rules.boolean import negated
from verify_agent.agent.synth.strategies.names import fresh_names


@dataclass(frozen=True)
class Recursion:
    """`return base if test else step`, over the function's own parameters."""

    name: str
    parameters: tuple[str, ...]
    test: ast.expr
    base: ast.expr
    step: ast.expr


class Unfold:
    """Writes out the definition that the result is said to be equal to."""

    waits = False

    def __init__(self, *, loops: bool = True) -> None:
        self.loops = loops
        self.name = "unfold" if loops else "recursion"

    def price(self, context: Context) -> float | None:
        """Applies where the result is defined by a call of one hidden definition."""
        return None if _called(context) is None else 4.1 if self.loops else 4.3

    def search(self, context: Context) -> Iterator[Body | None]:
        """The loops that a recursion is equal to, or the recursion as it stands."""
        found = _called(context)
        assert found is not None
        call, definition = found
        recursion = _recursion(definition)
        yield None
        if recursion is None or not _is_identity(call, context):
            return
        here = _renamed(recursion, context.problem.signature.names)
        if not self.loops:
            yield _itself(context, here)
            return
        for body in (_tail_loop(context, here), _accumulated(context, here)):
            if body is not None:
                yield body


def _called(context: Context) -> tuple[ast.Call, ast.FunctionDef] | None:
    """The defining call and the definition that it calls."""
    problem = context.problem
    match context.spec.definition:
        case ast.Call(func=ast.Name(id=name), keywords=[]) as call if not problem.modifies:
            try:
                tree = ast.parse(problem.contract.definitions)
            except SyntaxError:
                return None
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    return call, node
    return None


def _is_identity(call: ast.Call, context: Context) -> bool:
    given = [a.id if isinstance(a, ast.Name) else None for a in call.args]
    return given == list(context.problem.signature.names)


def _recursion(node: ast.FunctionDef) -> Recursion | None:
    """A definition of the form `if test: return base; return step`, or the same as one line."""
    body = [s for s in node.body if not isinstance(s, ast.Expr)]
    parameters = tuple(a.arg for a in node.args.args)
    match body:
        case [ast.Return(value=ast.IfExp(test=test, body=base, orelse=step))]:
            pass
        case [
            ast.If(test=test, body=[ast.Return(value=ast.expr() as base)], orelse=[]),
            ast.Return(value=ast.expr() as step),
        ]:
            pass
        case _:
            return None
    if _calls(base, node.name) and not _calls(step, node.name):
        test, base, step = negated(copy.deepcopy(test), {}), step, base
    if _calls(base, node.name) or _calls(test, node.name):
        return None
    return Recursion(node.name, parameters, test, base, step)


def _calls(node: ast.expr, name: str) -> list[ast.Call]:
    return [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name
    ]


class _Rename(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(id=self.names.get(node.id, node.id), ctx=node.ctx)


def _renamed(recursion: Recursion, names: tuple[str, ...]) -> Recursion:
    rename = _Rename(dict(zip(recursion.parameters, names, strict=True)))
    test, base, step = (
        rename.visit(copy.deepcopy(e)) for e in (recursion.test, recursion.base, recursion.step)
    )
    return Recursion(recursion.name, names, test, base, step)


def _moved(recursion: Recursion, call: ast.Call) -> str | None:
    """The assignment that gives the parameters the values of a call; None for a partial call."""
    if len(call.args) != len(recursion.parameters) or call.keywords:
        return None
    pairs = [
        (name, ast.unparse(arg))
        for name, arg in zip(recursion.parameters, call.args, strict=True)
        if not (isinstance(arg, ast.Name) and arg.id == name)
    ]
    if len(pairs) == 1:
        from verify_agent.agent.synth.strategies.folds import update

        ((name, text),) = pairs
        return update(name, ast.parse(text, mode="eval").body)
    return f"{', '.join(n for n, _ in pairs)} = {', '.join(v for _, v in pairs)}" if pairs else None


def _tail_loop(context: Context, recursion: Recursion) -> Body | None:
    """`while not test: parameters = arguments; return base` for a tail call."""
    match recursion.step:
        case ast.Call(func=ast.Name(id=name)) as call if name == recursion.name:
            move = _moved(recursion, call)
            if move is None or any(_calls(arg, name) for arg in call.args):
                return None
            going = ast.unparse(negated(copy.deepcopy(recursion.test), context.problem.types))
            source = f"while {going}:\n    {move}\nreturn {ast.unparse(recursion.base)}"
            return Body(tuple(ast.parse(source).body))
    return None


def _accumulated(context: Context, recursion: Recursion) -> Body | None:
    """`while not test: result op= part; parameters = arguments` for `part op d(arguments)`.

    The base is a constant, so that the order of the parts is all that changes; the examples and
    the engines judge whether that matters.
    """
    if not isinstance(recursion.base, ast.Constant):
        return None
    match recursion.step:
        case ast.BinOp(left=left, op=(ast.Add() | ast.Mult()) as op, right=right):
            for call, part in ((right, left), (left, right)):
                if _calls(part, recursion.name) or call not in _calls(call, recursion.name):
                    continue
                assert isinstance(call, ast.Call)
                move = _moved(recursion, call)
                if move is None:
                    continue
                result = fresh_names(context, ("result",))["result"]
                going = ast.unparse(negated(copy.deepcopy(recursion.test), context.problem.types))
                symbol = "+" if isinstance(op, ast.Add) else "*"
                source = (
                    f"{result} = {ast.unparse(recursion.base)}\nwhile {going}:\n"
                    f"    {result} {symbol}= {ast.unparse(part)}\n    {move}\nreturn {result}"
                )
                return Body(tuple(ast.parse(source).body))
    return None


def _itself(context: Context, recursion: Recursion) -> Body:
    """The recursion, calling the function that is asked for."""
    rename = _Rename({recursion.name: context.problem.signature.name})
    parts = (recursion.base, recursion.step)
    base, step = (ast.unparse(rename.visit(copy.deepcopy(e))) for e in parts)
    source = f"if {ast.unparse(recursion.test)}:\n    return {base}\nreturn {step}"
    return Body(tuple(ast.parse(source).body))
