"""Simple changes of arguments that may make a false precondition true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def changes_of(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The values with one argument sorted, made of distinct items, shortened, and so on."""
    for name, value in values.items():
        match value:
            case list():
                for other in _list_changes(value):
                    yield {**values, name: other}
            case str():
                for text in _string_changes(value):
                    yield {**values, name: text}
            case int() if type(value) is int:
                for number in (-value, value + 1, value - 1, value * 2):
                    yield {**values, name: number}
            case _:
                continue
    yield from _even_lengths(values)


def _list_changes(items: list[Any]) -> Iterator[list[Any]]:
    distinct = [v for i, v in enumerate(items) if v not in items[:i]]
    yield distinct
    try:
        yield sorted(items)
        yield sorted(distinct)
        yield sorted(items, reverse=True)
        yield sorted(distinct, reverse=True)
    except TypeError:
        pass
    yield items + items[::-1]
    if all(type(v) is int for v in items):
        yield [v + i for i, v in enumerate(sorted(items))]
    for kept in (lambda v: v > 0, lambda v: v >= 0, lambda v: v != 0, lambda v: bool(v)):
        try:
            yield [v for v in items if kept(v)]
        except TypeError:
            continue
    yield items[:1]
    if items and all(isinstance(v, list) for v in items):
        width = len(items[0])
        yield [v[:width] + v[-1:] * (width - len(v)) for v in items if v]
        yield [sorted(v) for v in items]


def _string_changes(text: str) -> Iterator[str]:
    yield text.lower()
    yield text.upper()
    yield text.strip()
    yield "".join(str(ord(c) % 10) for c in text)
    yield "".join(chr(97 + ord(c) % 26) for c in text)
    yield "".join(chr(48 + ord(c) % 2) for c in text)
    yield "".join(c for c in text if c.isalnum())
    yield "".join("()"[ord(c) % 2] for c in text)
    yield text + text[::-1]
    yield (text or "a")[:1]
    yield "1" + "".join(str(ord(c) % 10) for c in text[1:])


def _even_lengths(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sized = {n: v for n, v in values.items() if isinstance(v, list | str | tuple)}
    if len(sized) > 1:
        least = min(len(v) for v in sized.values())
        yield {**values, **{n: v[:least] for n, v in sized.items()}}
