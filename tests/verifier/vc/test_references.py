"""Values known by their identity: what holds is proved, and what a run breaks never is.

Each false promise is run under CPython too: the witness shows that it is false.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from verify_agent.contracts.functions import functions_of
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Proved, prove
from verify_agent.verifier.subject import Subject

HEAD = """
from __future__ import annotations
import enum
import random
from dataclasses import dataclass, replace
from typing import Protocol
from icontract import ensure, require

class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"

@dataclass(frozen=True)
class Point:
    x: int
    y: int = 2

@dataclass(frozen=True)
class Shape:
    colour: Colour
    corners: tuple[Point, ...] = ()
    centre: Point | None = None
    weight: float = 0.0

class Source(Protocol):
    @ensure(lambda result: result >= 0)
    def number(self) -> int: ...

    def anything(self) -> int: ...

seen: list[int] = []

def changing(shape: Shape) -> int:
    seen.append(1)
    return len(seen)

def drawn(shape: Shape) -> float:
    return random.random()

def named(shape: Shape, names: frozenset[str]) -> str:
    return next((name for name in names if shape.weight == 0.0), "")

def first(corners: tuple[Point, ...], wanted: int) -> int:
    return next(p.x for p in corners if p.x == wanted)
"""


def subject(text: str) -> Subject:
    source = HEAD + text
    found = next(f for f in functions_of(source) if f.qualname == "f")
    return Subject(source, "f", found.signature, found.contract, unread=found.unread)


def proved(text: str) -> bool:
    return isinstance(prove(subject(text), Limits(seconds=20, per_query_ms=2_000)), Proved)


HOLDS = {
    "replace keeps the other fields": """
@ensure(lambda result, s: result.corners == s.corners)
@ensure(lambda result: result.colour is Colour.GREEN)
def f(s: Shape) -> Shape:
    return replace(s, colour=Colour.GREEN)
""",
    "one of two members": """
@require(lambda c: c is not Colour.RED)
@ensure(lambda result: result in (Colour.GREEN, None))
def f(c: Colour) -> Colour | None:
    return c
""",
    "a field of one that may be missing": """
@require(lambda s: s.centre is not None)
@ensure(lambda result, s: result == s.centre.x)
def f(s: Shape) -> int:
    return s.centre.x
""",
    "a tuple with one more": """
@ensure(lambda result, many: len(result) == len(many) + 1)
@ensure(lambda result, many, s: result == (*many, s))
def f(many: tuple[Shape, ...], s: Shape) -> tuple[Shape, ...]:
    return (*many, s)
""",
    "a protocol's promise": """
@ensure(lambda result: result > 0)
def f(source: Source) -> int:
    return source.number() + 1
""",
}


@pytest.mark.parametrize("text", HOLDS.values(), ids=HOLDS.keys())
def test_what_holds_is_proved(text: str) -> None:
    assert proved(text)


BREAKS = {
    "a field that was replaced": (
        """
@ensure(lambda result, s: result.colour is s.colour)
def f(s: Shape) -> Shape:
    return replace(s, colour=Colour.GREEN)
""",
        "f(Shape(Colour.RED))",
    ),
    "equal to itself, with a NaN in it": (
        """
@ensure(lambda result: result)
def f(s: Shape) -> bool:
    return s.weight == s.weight
""",
        "f(Shape(Colour.RED, weight=float('nan')))",
    ),
    "the members of an enumeration are one": (
        """
@ensure(lambda result: result)
def f(a: Colour, b: Colour) -> bool:
    return a is b
""",
        "f(Colour.RED, Colour.GREEN)",
    ),
    "a function that counts its calls": (
        """
@ensure(lambda result: result)
def f(s: Shape) -> bool:
    return changing(s) == changing(s)
""",
        "f(Shape(Colour.RED))",
    ),
    "a function that draws lots": (
        """
@ensure(lambda result: result)
def f(s: Shape) -> bool:
    return drawn(s) == drawn(s)
""",
        "f(Shape(Colour.RED))",
    ),
    "a function that may raise": (
        """
@ensure(lambda result, s: result == 7)
def f(s: Shape) -> int:
    return first(s.corners, 7)
""",
        "f(Shape(Colour.RED))",
    ),
    "a protocol's method without a promise": (
        """
@ensure(lambda result: result >= 0)
def f(source: Source) -> int:
    return source.anything()
""",
        "f(type('Here', (), {'anything': lambda self: -1})())",
    ),
    "a missing field": (
        """
@ensure(lambda result: result == result)
def f(s: Shape) -> int:
    return s.centre.x
""",
        "f(Shape(Colour.RED))",
    ),
    "a sum of tuples is no longer than a part": (
        """
@ensure(lambda result, many: len(result) == len(many))
def f(many: tuple[Shape, ...], s: Shape) -> tuple[Shape, ...]:
    return (*many, s)
""",
        "f((), Shape(Colour.RED))",
    ),
    "a sum of tuples is no list": (
        """
@ensure(lambda result, a, b: result != a)
def f(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return a + b
""",
        "f((1,), ())",
    ),
    "a list that the other may know": (
        """
@require(lambda items: len(items) == 0)
@ensure(lambda result: result == 0)
def f(source: Source, items: list[int]) -> int:
    source.number()
    return len(items)
""",
        "(lambda xs: f(type('S', (), {'number': lambda self: xs.append(1) or 1})(), xs))([])",
    ),
    "a list of the caller that the other may know": (
        """
def asked(source: Source) -> int:
    return source.number()

@require(lambda items: len(items) == 0)
@ensure(lambda result: result == 0)
def f(source: Source, items: list[int]) -> int:
    asked(source)
    return len(items)
""",
        "(lambda xs: f(type('S', (), {'number': lambda self: xs.append(1) or 1})(), xs))([])",
    ),
    "an equality of its own": (
        """
@dataclass(frozen=True)
class Odd:
    colour: Colour

    def __eq__(self, other: object) -> bool:
        return True

@ensure(lambda result: not result)
def f(odd: Odd) -> bool:
    return odd == None  # noqa: E711
""",
        "f(Odd(Colour.RED))",
    ),
    "nothing could be equal to another": (
        """
@ensure(lambda result: not result)
def f(a: Shape, b: Shape) -> bool:
    return (a,) == (b,) and a.weight == 1.0
""",
        "f(Shape(Colour.RED, weight=1.0), Shape(Colour.RED, weight=1.0))",
    ),
}


@pytest.mark.parametrize(("text", "witness"), BREAKS.values(), ids=BREAKS.keys())
def test_what_a_run_breaks_is_not_proved(
    text: str, witness: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from icontract import ViolationError

    file = tmp_path / "candidate_of_references.py"
    file.write_text(HEAD + text)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, file.stem, made)
    spec.loader.exec_module(made)
    with pytest.raises((ViolationError, AttributeError, StopIteration)):
        eval(witness, made.__dict__)
    assert not proved(text)


def test_an_order_that_equal_sets_need_not_share_is_not_relied_upon() -> None:
    """A set's order depends on how it came about, so an equal one may give another name."""
    text = """
@require(lambda a, b: a == b)
@ensure(lambda result: result)
def f(s: Shape, a: frozenset[str], b: frozenset[str]) -> bool:
    return named(s, a) == named(s, b)
"""
    assert not proved(text)
