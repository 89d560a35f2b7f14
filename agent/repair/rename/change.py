"""Parameters of one function renamed in the whole codebase, as one change."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import libcst as cst

from verify_agent.agent.repair.codebase import codebase_around
from verify_agent.agent.repair.rename.calls import (
    Call,
    Module,
    Target,
    calls_of,
    exports_of,
    handed_on,
)
from verify_agent.agent.repair.rename.definition import names_of
from verify_agent.agent.repair.rename.same import same_program
from verify_agent.agent.repair.rename.tree import CannotRename, Tree
from verify_agent.agent.task_origin import Origin, Renamed, find_node, read_exactly
from verify_agent.contracts.spelling import own_level
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import module_name


@dataclass(frozen=True)
class File:
    """A module of the codebase that mentions the function; inline source has no path."""

    path: Path | None
    text: str
    module: Module

    @property
    def shown(self) -> str:
        """What it is called in a note."""
        return self.path.name if self.path is not None else "source"


@dataclass(frozen=True)
class Surroundings:
    """A function and the modules that may call it, its own the first."""

    target: Target
    files: tuple[File, ...]

    @classmethod
    def of(cls, origin: Origin) -> Surroundings:
        """The modules that mention the function by name; those that don't parse are left out."""
        subject = origin.subject
        node = find_node(origin.text, subject.qualname)
        marks = [d.id for d in node.decorator_list if isinstance(d, ast.Name)]
        module = subject.module
        static = "staticmethod" in marks
        target = Target(module, subject.qualname, subject.signature.names, static)
        texts = dict(_texts(origin, target.name))
        exports: dict[str, str] = {}
        classes: list[ast.ClassDef] = []
        for path, text in texts.items():
            name, package = _named(path, module)
            exports |= exports_of(text, name, package)
            classes += [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ClassDef)]
        target = replace(target, exports=exports, heirs=_heirs(classes, target))
        _check_inheritance(classes, target)
        files = [
            File(path, text, Module(Tree.of(text), *_named(path, module)))
            for path, text in texts.items()
            if path in (None, _own(origin)) or _may_call(text)
        ]
        return cls(target, tuple(files))

    def calls(self) -> Iterator[tuple[File, Call]]:
        """Every call of the function, and those that may be one."""
        for file in self.files:
            for call in calls_of(file.module, self.target):
                yield file, call


def rename(origin: Origin, around: Surroundings, new: Mapping[str, str]) -> Renamed:
    """The change after which parameters are called as `new` says.

    `CannotRename` where that would change what a module does, as Python's compiler sees it.
    """
    texts: list[tuple[File, str]] = []
    notes: list[str] = []
    qualname = origin.subject.qualname
    for position, file in enumerate(around.files):
        names: dict[cst.Name, str] = {}
        if position == 0:
            names = names_of(file.module.tree, file.text, qualname, new)
            notes += _mentions(file, qualname, new)
        for call in calls_of(file.module, around.target):
            names |= _keywords(file, call, new)
            notes += _doubts(file, call, new)
        for line, told in handed_on(file.module, around.target, new):
            notes.append(f"{file.shown}:{line}: not changed: {told}")
        text = file.module.tree.written(names)
        if not same_program(file.text, text, new):
            shown = ", ".join(f"`{a}` can't be called `{b}`" for a, b in new.items())
            raise CannotRename(f"{shown}: the names in {file.shown} would mean something else")
        if position == 0 or text != file.text:
            texts.append((file, text))
    told = " and ".join(f"`{a}` of `{qualname}` is called `{b}`" for a, b in new.items())
    others = tuple((str(f.path), t) for f, t in texts[1:])
    return Renamed(texts[0][1], others, told, notes=tuple(dict.fromkeys(notes)))


def _keywords(file: File, call: Call, new: Mapping[str, str]) -> dict[cst.Name, str]:
    """The keywords to change at a call that is one of the function's for certain."""
    given = call.keywords
    both = [(a, b) for a, b in new.items() if a in given and b in given]
    if call.certain and both:
        found = f"{file.shown}:{call.line}: the call passes `{both[0][0]}` and `{both[0][1]}`"
        raise CannotRename(found)
    return {given[a]: b for a, b in new.items() if call.certain and a in given}


def _doubts(file: File, call: Call, new: Mapping[str, str]) -> list[str]:
    starred = any(a.star == "**" for a in call.node.args)
    if call.unclear and (starred or set(call.keywords) & set(new)):
        return [f"{file.shown}:{call.line}: not changed: {call.unclear}"]
    return []


def _mentions(file: File, qualname: str, new: Mapping[str, str]) -> list[str]:
    told = ast.get_docstring(find_node(file.text, qualname)) or ""
    return [
        f"the docstring of {qualname} speaks of `{name}` still"
        for name in new
        if re.search(rf"\b{re.escape(name)}\b", told)
    ]


def _own(origin: Origin) -> Path | None:
    return origin.path.resolve() if origin.path is not None else None


def _texts(origin: Origin, name: str) -> Iterator[tuple[Path | None, str]]:
    """The texts that mention a name, the function's own module the first."""
    own = _own(origin)
    yield own, origin.text
    if origin.path is None:
        return
    for path in codebase_around(origin).files:
        try:
            text = read_exactly(path)[0]
            if path != own and name in text:
                ast.parse(text)
                yield path, text
        except (BadSource, SyntaxError, ValueError):
            continue


def _named(path: Path | None, module: str) -> tuple[str, bool]:
    """A module's import name, and whether it is a package's own."""
    if path is None:
        return module, False
    return module_name(path)[0], path.name == "__init__.py"


def _may_call(text: str) -> bool:
    """Whether a module passes anything by keyword."""
    calls = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call))
    return any(call.keywords for call in calls)


def _heirs(classes: list[ast.ClassDef], target: Target) -> frozenset[str]:
    """The classes that inherit from the method's, by name, through others too."""
    known = {target.owner.rpartition(".")[2]} if target.owner else set()
    size = 0
    while size != len(known):
        size = len(known)
        known |= {c.name for c in classes if known & _bases(c)}
    return frozenset(known - {target.owner.rpartition(".")[2]})


def _bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(b).partition("[")[0].rpartition(".")[2] for b in node.bases}


def _check_inheritance(classes: list[ast.ClassDef], target: Target) -> None:
    """`CannotRename` where another class has a method of that name which this one overrides, or
    which overrides this one: both must take the same names."""
    if not target.owner or target.constructor:
        return
    own = target.owner.rpartition(".")[2]
    above = {own}
    for _ in classes:
        above |= {b for c in classes if c.name in above for b in _bases(c)}
    related = (above | target.heirs) - {own}
    for node in classes:
        defined = {s.name for s in own_level(node.body) if isinstance(s, ast.FunctionDef)}
        if node.name in related and target.last in defined:
            found = f"`{node.name}.{target.last}` must take the same names as `{target.qualname}`"
            raise CannotRename(found)
