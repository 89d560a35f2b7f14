"""A fold as `sum`, `any` or `all` of a generator, where its step has that form."""

from __future__ import annotations

import ast

from verify_agent.agent.synth.contract.specification import mentions
from verify_agent.agent.synth.problem import Body


def folded(
    step: ast.expr, start: str, names: dict[str, str], items: str, auxiliary: str
) -> Body | None:
    """The one-line form of `result = start; for item in items: result = step`, if there is one.

    >>> step = ast.parse("result + x if x > 0 else result", mode="eval").body
    >>> body = folded(step, "0", {"result": "result", "item": "x", "i": "i"}, "xs", "")
    >>> ast.unparse(body.statements[0])
    'return sum((x for x in xs if x > 0))'
    """
    result = names["result"]
    if auxiliary == "sum":
        return None
    head = f"for {names['item']} in {items}"
    if auxiliary == "index":
        head = f"for {names['i']}, {names['item']} in enumerate({items})"
    name, value, test = _shape(step, start, result)
    if value is None or mentions(value, result) or (test is not None and mentions(test, result)):
        return None
    condition = "" if test is None else f" if {ast.unparse(test)}"
    inner = f"{ast.unparse(value)} {head}{condition}"
    if name == "sum" and ast.unparse(value) == names["item"] and test is None:
        inner = items
    return Body.of(ast.parse(f"{name}({inner})", mode="eval").body)


def _shape(step: ast.expr, start: str, result: str) -> tuple[str, ast.expr | None, ast.expr | None]:
    match step:
        case ast.IfExp(test=test, body=body, orelse=ast.Name(id=name)) if (
            name == result and start == "0"
        ):
            return "sum", _added(body, result), test
        case ast.BinOp() if start == "0":
            return "sum", _added(step, result), None
        case ast.BoolOp(op=op, values=[left, right]):
            wanted, found = ("False", "any") if isinstance(op, ast.Or) else ("True", "all")
            if start == wanted:
                for state, value in ((left, right), (right, left)):
                    if isinstance(state, ast.Name) and state.id == result:
                        return found, value, None
    return "", None, None


def _added(node: ast.expr, result: str) -> ast.expr | None:
    match node:
        case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=value) if name == result:
            return value
        case ast.BinOp(left=value, op=ast.Add(), right=ast.Name(id=name)) if name == result:
            return value
    return None
