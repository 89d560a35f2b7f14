"""What `verify-agent check` was pointed at: paths and module names -> the functions to check."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from verify_agent.agent.cli.check_settings import Settings
from verify_agent.verifier.context import Skipped
from verify_agent.verifier.errors import BadInput, BadSource
from verify_agent.verifier.frontend.definitions import other_definitions
from verify_agent.verifier.frontend.foreign import foreign_contracts, protocol_methods
from verify_agent.verifier.frontend.load import Module, load, named, read_source
from verify_agent.verifier.frontend.places import import_name
from verify_agent.verifier.subject import Subject

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})


@dataclass(frozen=True)
class Selection:
    """The modules, each with `contracted` as the functions to check, and what is left out."""

    modules: tuple[Module, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def count(self) -> int:
        """How many functions there are to check."""
        return sum(len(m.subjects) for m in self.modules)


def selected(targets: Sequence[str], settings: Settings) -> Selection:
    """Each module with its functions to check: those under contract, or the one that is named.

    A function with an `assert` has something to show too, unless it is a test. All files are read
    before anything is checked; `BadSource` has a line for each broken one.
    """
    chosen: dict[str, tuple[Module, dict[str, Subject]]] = {}
    skipped: dict[str, Skipped] = {}
    problems: list[str] = []
    for target in targets:
        text, _, qualname = target.partition("::")
        for path in _files(_place(text, settings), settings):
            try:
                module = chosen[str(path)][0] if str(path) in chosen else _loaded(path, settings)
                found = (named(module, qualname),) if qualname else _to_check(module)
            except BadSource as problem:
                problems.append(str(problem))
                continue
            _, subjects = chosen.setdefault(str(path), (module, {}))
            subjects.update({s.qualname: s for s in found})
            if not qualname:
                skipped.update({f"{s.id}:{s.line}": s for s in _left_out(module)})
    if problems:
        raise BadSource("\n".join(dict.fromkeys(problems)))
    modules = (replace(m, contracted=frozenset(found)) for m, found in chosen.values())
    return Selection(tuple(modules), tuple(skipped.values()))


def _loaded(path: Path, settings: Settings) -> Module:
    source = read_source(path)
    name, root = import_name(path, source, settings.root, settings.roots)
    return load(source, str(path), name, (str(root),))


def _to_check(module: Module) -> tuple[Subject, ...]:
    promised = protocol_methods(module.source)
    return tuple(
        f
        for f in module.functions
        if _has_something_to_show(f, module) and f.qualname not in promised
    )


def _has_something_to_show(function: Subject, module: Module) -> bool:
    return function.qualname in module.contracted or bool(function.asserts and not _test(function))


def _test(function: Subject) -> bool:
    return Path(function.path).name.startswith("test_") or function.signature.name.startswith(
        "test"
    )


def _left_out(module: Module) -> Iterator[Skipped]:
    foreign = foreign_contracts(module.source)
    promised = protocol_methods(module.source)
    for function in module.functions:
        if function.qualname in promised and function.qualname in module.contracted:
            why = "a protocol's method: its contract is for whoever implements it"
            yield Skipped(function.id, function.path, function.line, why)
        elif not _has_something_to_show(function, module):
            why = foreign.get(function.line) or _why(function)
            yield Skipped(function.id, function.path, function.line, why)
    for definition in other_definitions(module):
        name = f"{module.name}:{definition.qualname}"
        yield Skipped(name, module.path, definition.line, definition.why)


def _why(function: Subject) -> str:
    if function.asserts:
        return "a test: its asserts are examples, no contract"
    return "no contract and no assert"


def _place(text: str, settings: Settings) -> Path:
    """The file or folder that a target means: a path, else the dotted name of a module."""
    path = Path(text)
    dotted = all(part.isidentifier() for part in text.split(".")) and path.suffix != ".py"
    if path.exists() or not dotted:
        return path
    inside = text.replace(".", "/")
    for root in dict.fromkeys((*settings.roots, "src", ".", str(settings.root))):
        base = settings.root / root
        for found in (base / inside / "__init__.py", base / f"{inside}.py", base / inside):
            if found.exists():
                return found.parent if found.name == "__init__.py" else found
    if "." not in text:
        return path
    raise BadInput(
        f"there is no module `{text}`",
        expected=f"a path, or a module under {settings.root} or its `src`",
    )


def _files(path: Path, settings: Settings) -> Iterator[Path]:
    if path.is_dir():
        yield from _below(path, settings)
    elif path.exists() and path.suffix != ".py":
        raise BadInput("it is no Python file", expected="a `.py` file or a folder", where=str(path))
    else:
        yield path


def _below(folder: Path, settings: Settings) -> Iterator[Path]:
    """The Python files of a folder in a fixed order, without hidden, generated, excluded ones."""
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith(".")
            and f not in _SKIPPED
            and not (Path(current, f) / "pyvenv.cfg").exists()
            and not _excluded(Path(current, f), settings)
        )
        for name in sorted(files):
            path = Path(current, name)
            hidden = name.startswith(".")
            if name.endswith(".py") and not hidden and not _excluded(path, settings):
                yield path


def _excluded(path: Path, settings: Settings) -> bool:
    if not settings.exclude:
        return False
    resolved = Path(os.path.abspath(path))
    inside = resolved.is_relative_to(settings.root)
    name = resolved.relative_to(settings.root).as_posix() if inside else resolved.as_posix()
    return any(fnmatch.fnmatch(name, p) or name == p.rstrip("/") for p in settings.exclude)
