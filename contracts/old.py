"""`old(expr)` of a task's postconditions -> snapshots and `OLD.name`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from verify_agent.contracts.expressions import (
    NotAnExpression,
    canonical,
    free_names,
    names_with_scope,
    parse_expression,
)
from verify_agent.contracts.model import Snapshot

#: Annotations whose values can't change, so that no copy is needed.
_IMMUTABLE = frozenset({"int", "bool", "str", "float", "complex", "bytes", "None"})


def immutable(annotation: str) -> bool:
    """Whether a value of the annotated type can never change.

    >>> immutable("tuple[int, str]"), immutable("tuple[list[int], int]"), immutable("")
    (True, False, False)
    """
    if not annotation:
        return False
    try:
        return _immutable(ast.parse(annotation, mode="eval").body)
    except SyntaxError:
        return False


def _immutable(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=None):
            return True
        case ast.Constant(value=str(text)):
            return immutable(text)
        case ast.Name(id=name):
            return name in _IMMUTABLE
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _immutable(left) and _immutable(right)
        case ast.Subscript(value=ast.Name(id="tuple" | "Tuple" | "frozenset"), slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return all(
                _immutable(i) or (isinstance(i, ast.Constant) and i.value is ...) for i in items
            )
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _immutable(inner)
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=items)):
            return all(_immutable(i) for i in items)
        case ast.Subscript(value=ast.Name(id="Literal")):
            return True
        case _:
            return False


def lift_old(
    text: str, annotations: dict[str, str], known: Iterable[Snapshot] = ()
) -> tuple[str, tuple[Snapshot, ...]]:
    """The expression with `OLD.name` for each `old(expr)`, and the snapshots it takes.

    `annotations` are the parameters' types; `known` are snapshots that other conditions made
    already, which are used again where the expression is the same. Raises `NotAnExpression`
    where `old` is no call with one argument, stands inside another `old`, or speaks of
    something that does not exist on entry (`result`, a name bound in the expression).

    >>> lift_old("xs == sorted(old(xs))", {"xs": "list[int]"})
    ('xs == sorted(OLD.old_xs)', (Snapshot(name='old_xs', text='xs', deep=True),))
    """
    tree = parse_expression(text)
    calls = _calls(tree, frozenset(annotations))
    snapshots = list(known)
    replaced: dict[int, str] = {}
    for call in calls:
        snapshot = _snapshot_for(ast.unparse(call.args[0]), annotations, snapshots)
        if snapshot not in snapshots:
            snapshots.append(snapshot)
        replaced[id(call)] = snapshot.name
    lifted = _replaced(text, tree, calls, replaced)
    return lifted, tuple(snapshots)


def _calls(tree: ast.expr, parameters: frozenset[str]) -> list[ast.Call]:
    """The calls of our `old`, outermost only because none may stand inside another."""
    ours = {id(n): bound for n, bound in names_with_scope(tree) if n.id == "old"}
    ours = {key: bound for key, bound in ours.items() if "old" not in bound | parameters}
    calls: list[ast.Call] = []
    called: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name() as name) if id(name) in ours:
                called.add(id(name))
                _check(node, ours[id(name)])
                calls.append(node)
            case _:
                pass
    if set(ours) - called:
        raise NotAnExpression("`old` must be called, as in `old(xs)`")
    return calls


def _check(call: ast.Call, bound: frozenset[str]) -> None:
    if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        raise NotAnExpression("`old` takes one expression")
    inner = ast.unparse(call.args[0])
    if any(isinstance(n, ast.NamedExpr) for n in ast.walk(call.args[0])):
        raise NotAnExpression(f"`old({inner})` binds a name")
    names = free_names(inner)
    if "old" in names:
        raise NotAnExpression("`old` inside `old` has no meaning: it is the state on entry already")
    if "result" in names:
        raise NotAnExpression(f"`old({inner})` speaks of `result`, which is not there on entry")
    if names & bound:
        name = min(names & bound)
        raise NotAnExpression(
            f"`old({inner})` speaks of `{name}`, which is bound inside the expression and not "
            f"there on entry; take `old` of the whole and select after, as in `old(xs)[i]`"
        )


def _snapshot_for(inner: str, annotations: dict[str, str], taken: Sequence[Snapshot]) -> Snapshot:
    inner = canonical(inner)
    for snapshot in taken:
        if snapshot.text == inner:
            return snapshot
    slug = re.sub(r"\W+", "_", inner).strip("_")[:30].strip("_").lower() or "value"
    base = name = f"old_{slug}"
    names = {s.name for s in taken}
    number = 2
    while name in names:
        name, number = f"{base}_{number}", number + 1
    return Snapshot(name, inner, deep=not _stays(inner, annotations))


def _stays(inner: str, annotations: dict[str, str]) -> bool:
    match ast.parse(inner, mode="eval").body:
        case ast.Name(id=name):
            return immutable(annotations.get(name, ""))
        case ast.Call(func=ast.Name(id="len")):
            return "len" not in annotations
        case ast.Subscript(value=ast.Name(id=name), slice=index) if not isinstance(
            index, ast.Slice
        ):
            return _element_stays(annotations.get(name, ""))
        case _:
            return False


def _element_stays(annotation: str) -> bool:
    match ast.parse(annotation or "None", mode="eval").body:
        case ast.Subscript(value=ast.Name(id="list" | "List"), slice=inner):
            return _immutable(inner)
        case _:
            return False


def _replaced(text: str, tree: ast.expr, calls: Sequence[ast.Call], names: dict[int, str]) -> str:
    """The text with the calls spliced out; all else stays as it was written."""
    if canonical(text) != text.strip():
        return ast.unparse(_Rewrite(names).visit(tree))
    encoded = text.strip().encode()
    for call in sorted(calls, key=lambda c: c.col_offset, reverse=True):
        assert call.end_col_offset is not None
        new = f"OLD.{names[id(call)]}".encode()
        encoded = encoded[: call.col_offset] + new + encoded[call.end_col_offset :]
    return encoded.decode()


class _Rewrite(ast.NodeTransformer):
    def __init__(self, names: dict[int, str]) -> None:
        self.names = names

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if id(node) in self.names:
            attribute = ast.Attribute(ast.Name("OLD", ast.Load()), self.names[id(node)], ast.Load())
            return ast.copy_location(attribute, node)
        return self.generic_visit(node)
