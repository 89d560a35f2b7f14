"""Calls in a function by a keyword that the callee has not: the keyword renamed at the call."""

from __future__ import annotations

import ast
import difflib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verify_agent.agent.repair.starting import origin_of
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import find_node
from verify_agent.contracts.functions import functions_of, signature_of
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import read_source

if TYPE_CHECKING:
    import libcst as cst

    from verify_agent.agent.repair.rename.calls import Module
    from verify_agent.agent.repair.rename.tree import Tree

MOST = 60


@dataclass(frozen=True)
class Mended:
    """A module's text in which a function's calls use keywords that there are."""

    text: str
    told: str


@dataclass(frozen=True)
class _Way:
    """Keywords of one call under other names, and how much they look like the old ones."""

    names: Mapping[cst.Name, str]
    told: str
    likeness: float


def mended_calls(task: Task, text: str) -> list[Mended]:
    """The texts in which the task's function calls others by keywords that they have.

    The names that are most alike come first; none where every keyword is known.
    """
    if not any(k.arg for k in _keywords(find_node(text, task.qualname))):
        return []
    from verify_agent.agent.repair.rename.calls import Module
    from verify_agent.agent.repair.rename.tree import Tree

    subject = origin_of(task).subject
    tree = Tree.of(text)
    module = Module(tree, subject.module, Path(subject.path).name == "__init__.py")
    ways: list[list[_Way]] = []
    for node in _calls(tree, text, task.qualname):
        callee = _callee(task, text, module, node)
        if callee is not None and (found := _ways(tree, node, callee)) is not None:
            ways.append(found)
    if not ways:
        return []
    chosen = [*itertools.islice(itertools.product(*ways), MOST)]
    chosen.sort(key=lambda several: -sum(w.likeness for w in several))
    return [_mended(tree, several) for several in chosen]


def _keywords(node: ast.AST) -> Iterator[ast.keyword]:
    return (n for n in ast.walk(node) if isinstance(n, ast.keyword))


def _mended(tree: Tree, several: Sequence[_Way]) -> Mended:
    names = {node: name for way in several for node, name in way.names.items()}
    return Mended(tree.written(names), " and ".join(dict.fromkeys(w.told for w in several)))


def _calls(tree: Tree, text: str, qualname: str) -> Iterator[cst.Call]:
    """The calls in a function's body."""
    import libcst as cst

    node = find_node(text, qualname)
    function = tree.function_at(node.name, node.lineno)
    for found in list(tree.positions):
        if isinstance(found, cst.Call) and any(n is function.body for n in tree.around(found)):
            yield found


def _callee(task: Task, text: str, module: Module, node: cst.Call) -> ast.FunctionDef | None:
    """The function that is called, without the receiver of a method; None where it is not clear."""
    import libcst as cst

    from verify_agent.agent.repair.rename.calls import Target

    match node.func:
        case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)):
            owner = task.qualname.rpartition(".")[0]
            return _function(text, f"{owner}.{name}") if owner else None
        case _:
            pass
    subject = origin_of(task).subject
    meanings = module.tree.meanings(node.func)
    if len(meanings) != 1:
        return None
    dotted = module.whole(next(iter(meanings)), Target("", "", ()))
    if dotted.startswith(f"{subject.module}."):
        return _function(text, dotted.removeprefix(f"{subject.module}."))
    return _imported(dotted, subject.roots)


def _imported(dotted: str, roots: Sequence[str]) -> ast.FunctionDef | None:
    """A function of another module of the codebase, through modules that hand it on."""
    from verify_agent.agent.repair.rename.calls import FURTHEST, exports_of

    for _ in range(FURTHEST):
        name, _, last = dotted.rpartition(".")
        place = Path(*name.split("."))
        files = [
            Path(r) / p for r in roots for p in (place.with_suffix(".py"), place / "__init__.py")
        ]
        file = next((f for f in files if name and f.is_file()), None)
        if file is None:
            return None
        try:
            text = read_source(file)
            found = _function(text, last)
            exports = exports_of(text, name, file.name == "__init__.py")
        except (BadSource, SyntaxError, ValueError):
            return None
        if found is not None or dotted not in exports:
            return found
        dotted = exports[dotted]
    return None


def _function(text: str, qualname: str) -> ast.FunctionDef | None:
    """A function that takes its parameters and nothing else; None where a decorator may add to
    them."""
    found = next((f for f in functions_of(text) if f.qualname == qualname), None)
    if found is None or found.unread or not isinstance(found.node, ast.FunctionDef):
        return None
    return found.node


def _ways(tree: Tree, node: cst.Call, callee: ast.FunctionDef) -> list[_Way] | None:
    """The ways to name a call's keywords; None where each is known, or can't be."""
    given = {a.keyword.value: a.keyword for a in node.args if a.keyword is not None}
    parameters = list(signature_of(callee).names)
    if parameters[:1] in (["self"], ["cls"]):
        parameters = parameters[1:]
    unknown = [name for name in given if name not in parameters]
    count = sum(1 for a in node.args if a.keyword is None)
    free = [p for p in parameters[count:] if p not in given]
    if not unknown or len(unknown) > len(free) or any(a.star for a in node.args):
        return None
    called = tree.code(node.func)
    return [
        _Way(
            {given[old]: new for old, new in zip(unknown, way, strict=True)},
            " and ".join(
                f"the keyword `{old}` of the call of `{called}` is `{new}`"
                for old, new in zip(unknown, way, strict=True)
            ),
            sum(_alike(old, new) for old, new in zip(unknown, way, strict=True)),
        )
        for way in itertools.islice(itertools.permutations(free, len(unknown)), MOST)
    ]


def _alike(first: str, second: str) -> float:
    return difflib.SequenceMatcher(None, first, second).ratio()
