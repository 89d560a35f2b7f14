"""The names that mean a parameter: in a function's signature, its body and its conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import libcst as cst
from libcst import matchers, metadata

from verify_agent.agent.repair.rename.tree import CannotRename, Tree
from verify_agent.agent.task_origin import Function, find_node
from verify_agent.contracts.expressions import argument_names
from verify_agent.contracts.parse import scope_of

#: What sees the names of variables while the program runs.
_SEES_NAMES = frozenset({"locals", "vars", "eval", "exec", "dir"})


def names_of(tree: Tree, text: str, qualname: str, new: Mapping[str, str]) -> dict[cst.Name, str]:
    """The nodes to change where parameters of a function are to be called otherwise.

    `CannotRename` where the body can see its variables' names, or where a condition is a function
    of the module that takes a parameter by the old name.
    """
    node = find_node(text, qualname)
    _check_body(node, qualname)
    function = tree.function_at(node.name, node.lineno)
    found = dict(_of_parameters(tree, function.params, function.body, new))
    kinds = _kinds(text, node, new)
    for decorator, kind in zip(function.decorators, kinds, strict=True):
        if isinstance(decorator.decorator, cst.Call):
            found |= _of_decorator(tree, decorator.decorator, new)
            if kind == "snapshot":
                saved = _saved_as(decorator.decorator, new)
                found |= {n: new[n.value] for n in _olds(function, saved)}
    return found


def _check_body(node: Function, qualname: str) -> None:
    seen = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & _SEES_NAMES
    if seen:
        found = f"`{qualname}` calls `{min(seen)}`, which sees the names of its variables"
        raise CannotRename(found)


def _kinds(text: str, node: Function, new: Mapping[str, str]) -> list[str]:
    """The kind of contract that each decorator states; empty for another decorator."""
    scope = scope_of(text, ast.parse(text))
    for given in (g for d in node.decorator_list if isinstance(d, ast.Call) for g in _given(d)):
        if isinstance(given, ast.Name) and given.id in scope.callables:
            taken = argument_names(scope.callables[given.id]) & set(new)
            if taken:
                found = f"the condition `{given.id}` is a function that takes `{min(taken)}`"
                raise CannotRename(found)
    calls = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return [scope.spelling.kind_of(c) for c in calls]


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(k.value for k in call.keywords)]


def _of_decorator(tree: Tree, call: cst.Call, new: Mapping[str, str]) -> dict[cst.Name, str]:
    found: dict[cst.Name, str] = {}
    for given in call.args:
        if isinstance(given.value, cst.Lambda):
            found |= _of_parameters(tree, given.value.params, given.value.body, new)
    return found


def _of_parameters(
    tree: Tree, parameters: cst.Parameters, body: cst.CSTNode, new: Mapping[str, str]
) -> dict[cst.Name, str]:
    """The nodes that mean one of the parameters of a function or lambda."""
    every = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    found: dict[cst.Name, str] = {}
    for parameter in every:
        name = parameter.name.value
        scope = tree.scopes.get(parameter.name) or tree.scopes.get(parameter)
        if name in new and scope is not None:
            found |= dict.fromkeys(_bound(tree, parameter, scope, body), new[name])
    return found


def _bound(
    tree: Tree, parameter: cst.Param, scope: metadata.Scope, body: cst.CSTNode
) -> Iterator[cst.Name]:
    """The parameter's own name, where it is bound again, and where it is read."""
    name = parameter.name.value
    yield parameter.name
    for assignment in scope[name]:
        if assignment.scope is not scope:
            continue
        if isinstance(assignment, metadata.Assignment) and isinstance(assignment.node, cst.Name):
            yield assignment.node
        for access in assignment.references:
            if isinstance(access.node, cst.Name):
                yield access.node
    for statement in matchers.findall(body, matchers.Nonlocal()):
        inner = tree.scopes.get(statement)
        same = inner is not None and any(a.scope is scope for a in inner[name])
        if same and isinstance(statement, cst.Nonlocal):
            yield from (n.name for n in statement.names if n.name.value == name)


def _saved_as(call: cst.Call, new: Mapping[str, str]) -> set[str]:
    """The name of a snapshot that is called by its parameter, where that is renamed."""
    plain = [a for a in call.args if a.keyword is None]
    if len(plain) > 1 or any(
        a.keyword is not None and a.keyword.value == "name" for a in call.args
    ):
        return set()
    captures = [a.value for a in call.args if isinstance(a.value, cst.Lambda)]
    return {p.name.value for c in captures for p in c.params.params} & set(new)


def _olds(function: cst.FunctionDef, saved: set[str]) -> Iterator[cst.Name]:
    """The names in `OLD.name` of a function's conditions."""
    for decorator in function.decorators:
        for node in matchers.findall(
            decorator, matchers.Attribute(value=matchers.Name("OLD"), attr=matchers.Name())
        ):
            if isinstance(node, cst.Attribute) and node.attr.value in saved:
                yield node.attr
