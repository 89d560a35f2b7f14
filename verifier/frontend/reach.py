"""What a function can reach: the text of everything that its verdict can depend on, as a digest.

Names are followed as an over-approximation: a name that is spelled anywhere in a part, also in a
string, reaches the function of that name. What a module does on import is always reached, and
code that looks things up by a name made at run time reaches the whole module. The position of a
function in its file is left out, so that a function that only moved has the same digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verify_agent.verifier.frontend.canonical import INTROSPECTION, canonical
from verify_agent.verifier.frontend.parts import DYNAMIC, Import, Part, Parts, file_of, parts_of

_ALL = "*"
_REST = ""


@dataclass(frozen=True)
class _Known:
    """A module that was read: its parts, or its whole text where that can't be taken apart."""

    name: str
    path: str
    text: str
    parts: Parts | None


@dataclass
class Reach:
    """Answers for the modules of a project; reads each file once."""

    _known: dict[tuple[str, tuple[str, ...]], _Known | None] = field(default_factory=dict)

    def enter(self, name: str, path: str, source: str, roots: tuple[str, ...]) -> None:
        """Take a module's text from memory instead of its file."""
        self._known[name, roots] = _read(name, path, source)

    def of_function(self, module: str, qualname: str, roots: tuple[str, ...]) -> str:
        """The digest of what the function reaches, itself included."""
        return _digest(self.parts(module, qualname.partition(".")[0], roots))

    def form_of_function(self, module: str, qualname: str, roots: tuple[str, ...]) -> str:
        """As `of_function`, the same for texts that differ in layout, comments and locals' names.

        Empty where the code may look at its own text.
        """
        return _form(self.parts(module, qualname.partition(".")[0], roots))

    def form_of_module(self, module: str, roots: tuple[str, ...]) -> str:
        """As `of_module`, the same for texts that differ in layout and comments alone."""
        return _form(self.parts(module, _ALL, roots), renamed=False)

    def of_module(self, module: str, roots: tuple[str, ...]) -> str:
        """The digest of the module and all that it imports under its roots."""
        return _digest(self.parts(module, _ALL, roots))

    def parts(self, module: str, name: str, roots: tuple[str, ...]) -> dict[tuple[str, str], str]:
        """The texts that are reached, by module and name (empty for what runs on import)."""
        found: dict[tuple[str, str], str] = {}
        pending = [(module, name), (module, _REST)]
        while pending:
            place = pending.pop()
            if place in found:
                continue
            known = self._module(place[0], roots)
            if known is None:
                continue
            found[place] = ""
            for part in _pieces(known, place[1]):
                found[place] += part.text
                pending += _reached(known, part.names)
            if known.parts is not None:
                pending += [p for i in known.parts.imported for p in self._run(i, roots)]
        return found

    def _run(self, imported: Import, roots: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """What an import runs: the module, the packages above it, a submodule that is named."""
        names = imported.origin.split(".")
        for count in range(1, len(names) + 1):
            yield ".".join(names[:count]), _REST
        if imported.attribute == _ALL:
            yield imported.origin, _ALL
        elif imported.attribute:
            yield f"{imported.origin}.{imported.attribute}", _REST

    def _module(self, name: str, roots: tuple[str, ...]) -> _Known | None:
        key = (name, roots)
        if key not in self._known:
            path = file_of(name, roots) if name else None
            self._known[key] = _from_file(name, path) if path else None
        return self._known[key]


def _from_file(name: str, path: Path) -> _Known:
    return _read(name, str(path), path.read_bytes().decode("utf-8", "surrogateescape"))


def _read(name: str, path: str, source: str) -> _Known:
    try:
        parts = parts_of(source, name, package=Path(path).name == "__init__.py")
    except (SyntaxError, ValueError, RecursionError):
        return _Known(name, path, source, None)
    return _Known(name, path, source, parts)


def _pieces(known: _Known, name: str) -> list[Part]:
    """The pieces of a module that a name stands for; all of them where it can't be told."""
    parts = known.parts
    if parts is None:
        return [Part(known.text, frozenset())]
    if name == _ALL:
        return [Part(known.text, Part.of(known.text).names)]
    if name == _REST:
        return [parts.rest]
    if name in parts.functions:
        return [parts.functions[name]]
    return [Part("", frozenset({name}))] if name in parts.imports else []


def _reached(known: _Known, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Where the names of a part lead."""
    assert known.parts is not None or not names
    if known.parts is None:
        return
    if names & DYNAMIC:
        yield known.name, _ALL
    for name in names & known.parts.functions.keys():
        yield known.name, name
    for name in names & known.parts.imports.keys():
        for imported in known.parts.imports[name]:
            yield from _named(imported)


def _named(imported: Import) -> Iterator[tuple[str, str]]:
    """What the use of an imported name leads to; `import a.b` gives a way to all of `a` too."""
    if imported.attribute:
        yield imported.origin, imported.attribute
        yield f"{imported.origin}.{imported.attribute}", _ALL
        return
    names = imported.origin.split(".")
    for count in range(1, len(names) + 1):
        yield ".".join(names[:count]), _ALL


def _form(found: dict[tuple[str, str], str], renamed: bool = True) -> str:
    if any(Part.of(text).names & INTROSPECTION for text in found.values()):
        return ""
    return _digest({place: canonical(text, renamed) for place, text in found.items()})


def _digest(found: dict[tuple[str, str], str]) -> str:
    whole = hashlib.sha256()
    for (module, name), text in sorted(found.items()):
        piece = f"{len(module)}:{module}{len(name)}:{name}{len(text)}:{text}"
        whole.update(piece.encode("utf-8", "surrogateescape"))
    return whole.hexdigest()
