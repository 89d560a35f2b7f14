"""One YAML document -> plain values and the line of each, with duplicate keys refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
_LARGEST = 1_000_000
_DEEPEST = 50


@dataclass(frozen=True)
class Place:
    """Where a value stands, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong with a task file."""

    place: Place
    key: str
    found: str
    expected: str = ""


@dataclass(frozen=True)
class Document:
    """The values of a document, the place of each, and what is wrong already."""

    value: Any
    places: Mapping[Path, Place]
    complaints: tuple[Complaint, ...]

    def place(self, path: Path) -> Place:
        """Where the value at a path stands, or the nearest one around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1, 1))


def key_text(path: Path) -> str:
    """A path as people write it.

    >>> key_text(("properties", 0, "when"))
    'properties[0].when'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_document(text: str) -> Document:
    """The document; what makes it unreadable is among its complaints, never raised."""
    import yaml

    if len(text) > _LARGEST:
        return _broken(Place(1, 1), "the file is too large", "at most a million characters")
    try:
        aliased = _first_alias(text)
        if aliased is not None:
            return _broken(
                aliased, "anchors and aliases (`&`, `*`) are not allowed", "plain values"
            )
        nodes = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        return _broken(place, f"this is not YAML: {problem.problem or problem.context}")
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, int(problem.position)) + 1
        return _broken(Place(line, 1), f"this is not YAML: {problem.reason}")
    except yaml.YAMLError as problem:
        return _broken(Place(1, 1), f"this is not YAML: {problem}")
    except RecursionError:
        return _broken(Place(1, 1), "it is nested too deeply", "a flat task file")
    if len(nodes) != 1:
        place = _place(nodes[1]) if nodes else Place(1, 1)
        found = "there is a second document" if nodes else "the file is empty"
        return _broken(place, found, "one YAML mapping of a task's keys")
    return _Reader().read(nodes[0])


def _first_alias(text: str) -> Place | None:
    """Where one is; `RecursionError` for a nesting that no task needs (and that takes for ever)."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecursionError
        mark = event.start_mark
        if getattr(event, "anchor", None) and mark is not None:
            return Place(mark.line + 1, mark.column + 1)
    return None


def _broken(place: Place, found: str, expected: str = "") -> Document:
    return Document(None, {}, (Complaint(place, "", found, expected),))


def _place(node: Any) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


class _Reader:
    """Walks the composed nodes once."""

    def __init__(self) -> None:
        self.places: dict[Path, Place] = {}
        self.complaints: list[Complaint] = []

    def read(self, node: Any) -> Document:
        try:
            value = self.value(node, ())
        except RecursionError:
            return _broken(Place(1, 1), "it is nested too deeply", "a flat task file")
        return Document(value, self.places, tuple(self.complaints))

    def value(self, node: Any, path: Path) -> Any:
        import yaml

        self.places[path] = _place(node)
        match node:
            case yaml.MappingNode():
                return self.mapping(node, path)
            case yaml.SequenceNode():
                return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
            case _:
                return self.scalar(node, path)

    def mapping(self, node: Any, path: Path) -> dict[str, Any]:
        import yaml

        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = _place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.complain(place, path, "a key is a list or mapping", "a word")
                continue
            # The text as written: `on` and `no` are words here, not truth values.
            key = str(key_node.value)
            if key in values:
                first = self.places[(*path, key)].line
                where = (*path, key)
                self.complain(place, where, f"the key stands twice (line {first} too)", "it once")
                continue
            values[key] = self.value(value_node, (*path, key))
            self.places[(*path, key)] = place
        return values

    def scalar(self, node: Any, path: Path) -> Any:
        import yaml

        try:
            loader = yaml.SafeLoader("")
            return loader.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError) as problem:
            reason = getattr(problem, "problem", None) or problem
            self.complain(_place(node), path, f"the value can't be read: {reason}", "a plain value")
            return ""

    def complain(self, place: Place, path: Path, found: str, expected: str) -> None:
        self.complaints.append(Complaint(place, key_text(path), found, expected))
