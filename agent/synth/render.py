"""Body -> the text of a plain, typed function, with the guards that `raises` asks for."""

from __future__ import annotations

import ast
import copy

from verify_agent.agent.synth.problem import Body, SynthesisProblem

_NATURAL = frozenset({"ZeroDivisionError", "IndexError", "KeyError", "OverflowError"})


def function_node(problem: SynthesisProblem, body: Body, *, guarded: bool) -> ast.FunctionDef:
    """The function definition; `guarded` adds `if condition: raise ...` for each `raises`."""
    signature = problem.signature
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(arg=p.name, annotation=_parse(p.annotation)) for p in signature.parameters],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[_parse(p.default) for p in signature.parameters if p.default],
    )
    guards = [_guard(r.exception, r.condition.text) for r in problem.contract.raises if guarded]
    node = ast.FunctionDef(
        name=signature.name,
        args=arguments,
        body=guards + [copy.deepcopy(s) for s in body.statements],
        decorator_list=[],
        returns=_parse(signature.returns),
    )
    fixed = ast.fix_missing_locations(node)
    # A tree put together from shared parts is parsed again, so that every node is its own.
    parsed = ast.parse(ast.unparse(fixed)).body[0]
    assert isinstance(parsed, ast.FunctionDef)
    return parsed


def may_raise_by_itself(problem: SynthesisProblem) -> bool:
    """Whether the exceptions asked for could come from the body's own operations."""
    raises = problem.contract.raises
    return bool(raises) and all(r.exception in _NATURAL for r in raises)


def _parse(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def _guard(exception: str, condition: str) -> ast.stmt:
    error = ast.Call(func=ast.Name(id=exception), args=[ast.Constant(value=condition)], keywords=[])
    return ast.If(test=_parse(condition), body=[ast.Raise(exc=error)], orelse=[])


def size(node: ast.FunctionDef) -> int:
    """Syntax-tree nodes of the body."""
    return sum(1 for statement in node.body for _ in ast.walk(statement))
