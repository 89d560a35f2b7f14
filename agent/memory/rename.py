"""Functions under other names and with their parameters in another order, meaning unchanged.

An identifier is renamed wherever it stands for a variable, and only to a name that stands nowhere
else in the text, so that no scope can be confused. What that does not cover is refused.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verify_agent.verifier.frontend.renaming import bound_names, with_names

#: Characters of a text above which it is not looked at: deep trees end the interpreter.
LONGEST = 2_000
_REFUSED = (ast.Global, ast.Nonlocal, ast.Match, ast.Import, ast.ImportFrom, ast.ClassDef)


@dataclass(frozen=True)
class Definitions:
    """Functions as one text in which nothing but builtins has its own name."""

    text: str
    names: Mapping[str, str]


def renamed_definitions(source: str) -> Definitions:
    """The functions of a text with names by their order; `names` maps the old to the new."""
    if not source.strip():
        return Definitions("", {})
    tree = ast.parse(source)
    defined = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    names = {name: f"d{i}" for i, name in enumerate(defined)}
    locals_ = [n for n in bound_names(tree) if n not in names]
    inner = {name: f"v{i}" for i, name in enumerate(locals_)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return Definitions(ast.unparse(with_names(tree, {**inner, **names})), names)


def moved(
    source: str, name: str, names: Mapping[str, str], order: Sequence[int]
) -> ast.FunctionDef | None:
    """The function of that name with `names` in the place of its own, parameters in an order.

    Its new parameter `i` is what was parameter `order[i]`; calls of itself follow. None where it
    can't be done exactly: more than one function, other parameters than positional ones, a name
    of a builtin hidden, and what `_REFUSED` lists.
    """
    if len(source) > LONGEST:
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match tree.body:
        case [ast.FunctionDef(name=found) as node] if found == name and _plain(node, order):
            pass
        case _:
            return None
    made = copy.deepcopy(node)
    if ast.get_docstring(made) is not None and len(made.body) > 1:
        made.body = made.body[1:]
    if any(isinstance(n, _REFUSED) for n in ast.walk(made)) or not _reordered(made, order):
        return None
    return _all_at_once(made, names)


def _plain(node: ast.FunctionDef, order: Sequence[int]) -> bool:
    a = node.args
    odd = a.vararg or a.kwarg or a.kwonlyargs or a.posonlyargs or a.defaults
    return not odd and not node.decorator_list and len(a.args) == len(order)


def _reordered(node: ast.FunctionDef, order: Sequence[int]) -> bool:
    """Put the parameters in an order, in all calls too; whether that can be done."""
    own = [a.arg for a in node.args.args]
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    itself = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == node.name]
    mentions = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == node.name]
    if len(mentions) != len(itself):
        return False
    local = {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef)} - {node.name}
    for call in calls:
        named = isinstance(call.func, ast.Name) and call.func.id in local
        if call.keywords and (named or not isinstance(call.func, ast.Name | ast.Attribute)):
            return False
    for call in itself:
        given = {k.arg: k.value for k in call.keywords}
        given.update(zip(own, call.args, strict=False))
        starred = any(isinstance(a, ast.Starred) for a in call.args)
        if starred or set(given) != set(own) or len(call.args) + len(call.keywords) != len(own):
            return False
        call.args, call.keywords = [given[own[place]] for place in order], []
    node.args.args = [node.args.args[place] for place in order]
    return True


def _all_at_once(node: ast.FunctionDef, names: Mapping[str, str]) -> ast.FunctionDef | None:
    """All of `names` renamed at once; what stands in their way is moved out of it."""
    bound = {*bound_names(node), node.name}
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | bound
    free = used - bound
    new = {names[old] for old in used if old in names}
    if new & {n for n in free if n not in names}:
        return None
    taken = used | set(names.values()) | set(names)
    whole = {old: names[old] for old in used if old in names}
    for name in sorted((bound - set(names)) & set(names.values())):
        whole[name] = next(
            fresh for i in itertools.count(1) if (fresh := f"{name}_{i}") not in taken
        )
        taken.add(whole[name])
    made = with_names(node, whole)
    assert isinstance(made, ast.FunctionDef)
    return made
