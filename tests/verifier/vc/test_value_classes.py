"""Frozen dataclasses as values: what a run breaks is never proved, what holds of them is.

Each false promise is run under CPython too: the witness shows that it is false.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from judged import answer, assert_broken

from verify_agent.verifier.engines.deductive import Proved, Unknown

HEAD = """
from __future__ import annotations
from dataclasses import dataclass, field, replace
from typing import Optional
from icontract import ensure, invariant, require, snapshot

@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0

@dataclass(frozen=True)
class Measured:
    size: float

@invariant(lambda self: self.low < self.high)
@dataclass(frozen=True)
class Span:
    low: int
    high: int

    def width(self) -> int:
        return self.high - self.low
"""


BREAKS = {
    "equal is not the same": (
        """
@ensure(lambda a, b, result: result == (a is b))
def f(a: Point, b: Point) -> bool:
    return a == b
""",
        "f(Point(1), Point(1))",
    ),
    "a copy is another": (
        """
@ensure(lambda result: result)
def f(a: Point) -> bool:
    return replace(a) is a
""",
        "f(Point(1))",
    ),
    "no order": (
        """
@ensure(lambda result: result or not result)
def f(a: Point, b: Point) -> bool:
    return a < b
""",
        "f(Point(1), Point(2))",
    ),
    "no tuple": (
        """
@ensure(lambda result: result)
def f(a: Point) -> bool:
    return a == (a.x, a.y)
""",
        "f(Point(1))",
    ),
    "nothing is there": (
        """
@ensure(lambda result: result == result)
def f(a: Optional[Point]) -> int:
    return a.x
""",
        "f(None)",
    ),
    "nothing in a list": (
        """
@ensure(lambda result: result >= 0 or result < 0)
def f(many: list[Optional[Point]]) -> int:
    return sum(p.x for p in many)
""",
        "f([None])",
    ),
    "a field that can't be set": (
        """
@ensure(lambda a: a.x == 1)
def f(a: Point) -> None:
    a.x = 1
""",
        "f(Point(1))",
    ),
    "an equality of its own": (
        """
@dataclass(frozen=True)
class Odd:
    x: int

    def __eq__(self, other: object) -> bool:
        return True

@ensure(lambda a, many, result: result == any(a.x == b.x for b in many))
def f(a: Odd, many: list[Odd]) -> bool:
    return a in many
""",
        "f(Odd(1), [Odd(2)])",
    ),
    "an equality of its own, held": (
        """
@dataclass(frozen=True)
class Odd:
    x: int

    def __eq__(self, other: object) -> bool:
        return True

@dataclass(frozen=True)
class Pair:
    one: Odd
    other: Odd

@ensure(lambda a, b, result: result == (a.one.x == b.one.x and a.other.x == b.other.x))
def f(a: Pair, b: Pair) -> bool:
    return a == b
""",
        "f(Pair(Odd(1), Odd(2)), Pair(Odd(3), Odd(4)))",
    ),
    "an instance of a class that derives from it": (
        """
@dataclass(frozen=True)
class Base:
    x: int

@dataclass(frozen=True)
class Derived(Base):
    y: int = 0

@ensure(lambda a, b, result: result == (a.x == b.x))
def f(a: Base, b: Derived) -> bool:
    return a == b
""",
        "f(Base(1), Derived(1))",
    ),
    "not a number": (
        """
@ensure(lambda result: result)
def f(a: Measured) -> bool:
    return a == Measured(a.size + 0.0)
""",
        "f(Measured(float('nan')))",
    ),
    "not a number in a list": (
        """
@ensure(lambda result: result)
def f(a: Measured) -> bool:
    return Measured(a.size * 1.0) in [a]
""",
        "f(Measured(float('nan')))",
    ),
    "a bool where an int is declared": (
        """
@ensure(lambda result: result == "1")
def f(flag: bool) -> str:
    return str(Point(1 if not flag else flag).x)
""",
        "f(True)",
    ),
    "a list inside is shared": (
        """
@dataclass(frozen=True)
class Held:
    items: list[int]

@snapshot(lambda b: len(b.items), name="before")
@ensure(lambda b, OLD: len(b.items) == OLD.before)
def f(a: Held, b: Held) -> None:
    a.items.append(1)
""",
        "(lambda h: f(h, h))(Held([]))",
    ),
    "a list inside, through another instance": (
        """
@dataclass(frozen=True)
class Held:
    items: list[int]

@ensure(lambda result: result == 0)
def f(xs: list[int]) -> int:
    held = Held(xs)
    other = replace(held)
    other.items.append(1)
    return len(xs) - 1
""",
        "f([1])",
    ),
    "an invariant that nobody keeps": (
        """
@ensure(lambda result: result.high >= 0)
def f(low: int, high: int) -> Span:
    return Span(low, abs(high))
""",
        "f(3, 1)",
    ),
    "an invariant past the end of a list": (
        """
def fourth(many: list[Span]) -> bool:
    return many[3].low < many[3].high if len(many) > 3 else False

@ensure(lambda many, result: result == fourth(many))
def f(many: list[Span]) -> bool:
    return True
""",
        "f([])",
    ),
    "an invariant of what is not there": (
        """
@ensure(lambda span, result: result == (span is not None and span.low < span.high))
def f(span: Optional[Span]) -> bool:
    return True
""",
        "f(None)",
    ),
    "a list of a field, changed through its second name": (
        """
class Line:
    def __init__(self, points: list[Point]) -> None:
        self.points = points

    @snapshot(lambda self: len(self.points), name="before")
    @ensure(lambda self, OLD: len(self.points) == OLD.before)
    def f(self, points: list[Point]) -> None:
        points.append(Point(0))
""",
        "(lambda ps: Line(ps).f(ps))([])",
    ),
    "a field of a base class is one more": (
        """
@dataclass(frozen=True)
class Base:
    x: int

@dataclass(frozen=True)
class Derived(Base):
    y: int = 0

@ensure(lambda result: result)
def f(x: int) -> bool:
    return Derived(x, 1) == Derived(x, 2)
""",
        "f(0)",
    ),
    "what the constructor computes": (
        """
@dataclass(frozen=True)
class Even:
    x: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", 2 * self.x)

@ensure(lambda x, result: result.x == x)
def f(x: int) -> Even:
    return Even(x)
""",
        "f(1)",
    ),
    "a default that is made once": (
        """
@dataclass(frozen=True)
class Bag:
    items: list[int] = field(default_factory=list)

@ensure(lambda result: result)
def f(x: int) -> bool:
    return Bag().items is Bag().items
""",
        "f(0)",
    ),
    "a constant that is made once": (
        """
ORIGIN = Point(0)

@ensure(lambda result: not result)
def f(x: int) -> bool:
    return ORIGIN is ORIGIN
""",
        "f(0)",
    ),
    "a default value that is made once": (
        """
def kept(point: Point = Point(0)) -> Point:
    return point

@ensure(lambda result: not result)
def f(x: int) -> bool:
    return kept() is kept()
""",
        "f(0)",
    ),
    "a method of what is not there": (
        """
@dataclass(frozen=True)
class Fixed:
    x: int

    def three(self) -> int:
        return 3

@ensure(lambda result: result == 3)
def f(fixed: Optional[Fixed]) -> int:
    return fixed.three()
""",
        "f(None)",
    ),
    "a module that counts what it makes": (
        """
@dataclass(frozen=True)
class Counted:
    x: int

    def __post_init__(self) -> None:
        seen.append(1)

seen: list[int] = []
FIRST = Counted(0)

@ensure(lambda result: result == 0)
def f(x: int) -> int:
    return len(seen)
""",
        "f(0)",
    ),
    "a field of numbers by the name of theirs": (
        """
@dataclass(frozen=True)
class Complex:
    real: int

@ensure(lambda result: result == 7)
def f(z: int | Complex) -> int:
    try:
        return z.real
    except AttributeError:
        return 7
""",
        "f(1)",
    ),
}


@pytest.mark.parametrize(("text", "witness"), BREAKS.values(), ids=BREAKS.keys())
def test_what_a_run_breaks_is_not_proved(
    text: str, witness: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert_broken(HEAD + text, witness, monkeypatch, tmp_path)
    assert not isinstance(answer(HEAD + text), Proved)


HOLDS = {
    "equal by what is held": """
@ensure(lambda a, b, result: result == (a.x == b.x and a.y == b.y))
def f(a: Point, b: Point) -> bool:
    return a == b
""",
    "an instance of another class": """
@dataclass(frozen=True)
class Other:
    x: int
    y: int = 0

@ensure(lambda result: not result)
def f(a: Point, b: Other) -> bool:
    return a == b
""",
    "one of several in a tuple": """
@ensure(lambda pair, result: result == pair[0].x - pair[1].x)
def f(pair: tuple[Point, Point]) -> int:
    one, other = pair
    return one.x - other.x
""",
    "the invariant of an item": """
@ensure(lambda many, result: result >= len(many))
def f(many: list[Span]) -> int:
    found = 0
    for span in many:
        found += span.width()
    return found
""",
    "the invariant of a field": """
class Holder:
    def __init__(self, span: Span) -> None:
        self.span = span

    @ensure(lambda result: result > 0)
    def f(self) -> int:
        return self.span.width()
""",
    "a constant of the module": """
ORIGIN = Point(0)
CORNERS = [Point(0, 0), Point(1, 1)]

@ensure(lambda p, result: result == (p.x == 0 and p.y == 0))
def f(p: Point) -> bool:
    return p == ORIGIN and p in CORNERS
""",
    "a default": """
def moved(p: Point, by: Point = Point(0, 1)) -> Point:
    return Point(p.x + by.x, p.y + by.y)

@ensure(lambda p, result: result.x == p.x and result.y == p.y + 1)
def f(p: Point) -> Point:
    return moved(p)
""",
    "a method of what is there": """
@ensure(lambda span, result: result >= 0)
def f(span: Optional[Span]) -> int:
    return span.width() if span is not None else 0
""",
    "a field that another takes": """
@ensure(lambda result: result == 3)
def f(p: Point) -> int:
    q = replace(p, y=3)
    return q.y
""",
    "floats that are numbers": """
@ensure(lambda result: result >= 0.0)
def f(many: list[Measured]) -> float:
    for one in many:
        if one.size >= 0.0:
            return one.size
    return 0.0
""",
    "changed in a list, not in another": """
@require(lambda many: len(many) > 0)
@snapshot(lambda many: many[0], name="first")
@ensure(lambda many, OLD: many[0].x == OLD.first.x + 1 and many[0].y == OLD.first.y)
def f(many: list[Point]) -> None:
    many[0] = Point(many[0].x + 1, many[0].y)
""",
}


@pytest.mark.parametrize("text", HOLDS.values(), ids=HOLDS.keys())
def test_what_holds_is_proved(text: str) -> None:
    found = answer(HEAD + text)
    assert isinstance(found, Proved), found


def test_identity_is_refused_where_it_is_asked() -> None:
    text = "@ensure(lambda result: result)\ndef f(a: Point) -> bool:\n    return a is a\n"
    found = answer(HEAD + text)
    assert isinstance(found, Unknown)
    assert found.unsupported is not None
    assert "identity" in found.unsupported.construct
