"""Frozen dataclasses that are values: in fields, lists, dicts, tuples, in one another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Optional

from icontract import ensure, invariant, require, snapshot


@dataclass(frozen=True)
class Point:
    """A point of the plane's grid."""

    x: int
    y: int

    @property
    @ensure(lambda self, result: result >= self.x and result >= self.y)
    def norm(self) -> int:  # expect: proved
        return abs(self.x) + abs(self.y)

    @ensure(lambda self, result: result == self.norm)
    def norm_broken(self) -> int:  # expect: refuted
        return abs(self.x + self.y)

    @ensure(lambda self, other, result: result.x == self.x + other.x)
    @ensure(lambda self, other, result: result.y == self.y + other.y)
    def plus(self, other: Point) -> Point:  # expect: proved
        return Point(self.x + other.x, self.y + other.y)

    @ensure(lambda self, other, result: result.y == self.y + other.y)
    def plus_broken(self, other: Point) -> Point:  # expect: refuted
        return replace(self, x=self.x + other.x)


@dataclass(frozen=True)
class Segment:
    """From one point to another."""

    start: Point
    end: Point


class Unit(Enum):
    """What a price is in."""

    CENT = 1
    EURO = 2


@dataclass(frozen=True)
class Price:
    """A price, with a note where there is one."""

    amount: int
    unit: Unit = Unit.CENT
    note: Optional[str] = None


@invariant(lambda self: self.low <= self.high)
@dataclass(frozen=True)
class Span:
    """From a number up to another."""

    low: int
    high: int

    @ensure(lambda self, x, result: self.low <= result <= self.high)
    def clamp(self, x: int) -> int:  # expect: proved
        return max(self.low, min(self.high, x))

    @ensure(lambda self, x, result: self.low <= result <= self.high)
    def clamp_broken(self, x: int) -> int:  # expect: refuted
        return min(self.high, x)


@ensure(lambda s, result: result.start == s.end and result.end == s.start)
def reversed_(s: Segment) -> Segment:  # expect: proved
    return Segment(s.end, s.start)


@ensure(lambda s, result: result.start == s.end and result.end == s.start)
def reversed_broken(s: Segment) -> Segment:  # expect: refuted
    return Segment(s.end, s.end)


@ensure(lambda a, b, result: result == (a.start == b.start and a.end == b.end))
def same(a: Segment, b: Segment) -> bool:  # expect: proved
    return a == b


@ensure(lambda a, b, result: result == (a.start == b.start))
def same_broken(a: Segment, b: Segment) -> bool:  # expect: refuted
    return a == b


@ensure(lambda points, result: result == sum(p.x for p in points))
def total(points: list[Point]) -> int:  # expect: proved
    found = 0
    for point in points:
        found += point.x
    return found


@ensure(lambda points, result: result == sum(p.x for p in points))
def total_broken(points: list[Point]) -> int:  # expect: refuted
    found = 0
    for i in range(1, len(points)):
        found += points[i].x
    return found


@require(lambda points: len(points) > 0)
@ensure(lambda points, result: result in points)
@ensure(lambda points, result: all(p.x <= result.x for p in points))
def rightmost(points: list[Point]) -> Point:  # expect: proved
    best = points[0]
    for point in points:
        if point.x > best.x:
            best = point
    return best


@require(lambda points: len(points) > 0)
@ensure(lambda points, result: all(p.x <= result.x for p in points))
def rightmost_broken(points: list[Point]) -> Point:  # expect: refuted
    best = points[0]
    for point in points:
        if point.y > best.y:
            best = point
    return best


@ensure(lambda points, result: len(result) == len(points))
@ensure(lambda points, result: all(r.x == p.x + 1 for r, p in zip(result, points)))
def shifted(points: list[Point]) -> list[Point]:  # expect: proved
    return [replace(p, x=p.x + 1) for p in points]


@ensure(lambda points, result: all(r.y == p.y for r, p in zip(result, points)))
def shifted_broken(points: list[Point]) -> list[Point]:  # expect: refuted
    return [Point(p.x + 1, p.x) for p in points]


@ensure(lambda points, x, result: (result is None) == all(p.x != x for p in points))
@ensure(lambda x, result: result is None or result.x == x)
def find(points: list[Point], x: int) -> Optional[Point]:  # expect: proved
    for point in points:
        if point.x == x:
            return point
    return None


@ensure(lambda x, result: result is None or result.x == x)
def find_broken(points: list[Point], x: int) -> Optional[Point]:  # expect: refuted
    for point in points:
        if point.x >= x:
            return point
    return None


@ensure(lambda p, result: result == (0 if p is None else abs(p.x) + abs(p.y)))
def norm(p: Optional[Point]) -> int:  # expect: proved
    return abs(p.x) + abs(p.y) if p is not None else 0


@ensure(lambda result: result >= 0)
def norm_broken(p: Optional[Point]) -> int:  # expect: refuted
    return abs(p.x) + abs(p.y)


@ensure(lambda points, name, result: result == (points[name].x if name in points else 0))
def x_of(points: dict[str, Point], name: str) -> int:  # expect: proved
    if name in points:
        return points[name].x
    return 0


@ensure(lambda points, name, result: result == (points[name].x if name in points else 0))
def x_of_broken(points: dict[str, Point], name: str) -> int:  # expect: refuted
    return points[name].x


@ensure(lambda price, result: result.unit is Unit.CENT and result.note == price.note)
@ensure(lambda price, result: price.unit is Unit.EURO or result == price)
def in_cents(price: Price) -> Price:  # expect: proved
    if price.unit is Unit.CENT:
        return price
    return replace(price, amount=100 * price.amount, unit=Unit.CENT)


@ensure(lambda price, result: result.unit is Unit.CENT and result.note == price.note)
def in_cents_broken(price: Price) -> Price:  # expect: refuted
    return Price(price.amount)


@ensure(lambda result: result >= 0)
def widths(spans: list[Span]) -> int:  # expect: proved
    found = 0
    for span in spans:
        found += span.high - span.low
    return found


@ensure(lambda spans, result: result > len(spans))
def widths_broken(spans: list[Span]) -> int:  # expect: refuted
    found = 0
    for span in spans:
        found += span.high - span.low
    return found


@ensure(lambda a, b, result: result.low <= a.low and b.high <= result.high)
def hull(a: Span, b: Span) -> Span:  # expect: proved
    return Span(min(a.low, b.low), max(a.high, b.high))


@ensure(lambda a, b, result: result.low <= a.low and b.high <= result.high)
def hull_broken(a: Span, b: Span) -> Span:  # expect: refuted
    return Span(min(a.low, b.low), a.high if a.high > b.low else b.high)


class Track:
    """Where something is, where it has been, and the farthest of these."""

    def __init__(self, start: Point) -> None:
        self.here = start
        self.trail: list[Point] = [start]
        self.farthest: Optional[Point] = None

    @snapshot(lambda self: self.trail[:], name="trail")
    @ensure(lambda self, to, OLD: self.here == to and self.trail == OLD.trail + [to])
    def go(self, to: Point) -> None:  # expect: proved
        self.here = to
        self.trail.append(to)

    @snapshot(lambda self: self.trail[:], name="trail")
    @ensure(lambda self, to, OLD: self.here == to and self.trail == OLD.trail + [to])
    def go_broken(self, to: Point) -> None:  # expect: refuted
        self.trail.append(self.here)
        self.here = to

    @snapshot(lambda self: self.here, name="here")
    @ensure(lambda self, dx, OLD: self.here.x == OLD.here.x + dx and self.here.y == OLD.here.y)
    def move(self, dx: int) -> None:  # expect: proved
        self.here = replace(self.here, x=self.here.x + dx)

    @snapshot(lambda self: self.here, name="here")
    @ensure(lambda self, dx, OLD: self.here.x == OLD.here.x + dx and self.here.y == OLD.here.y)
    def move_broken(self, dx: int) -> None:  # expect: refuted
        self.here = Point(self.here.x + dx, self.here.x)

    @ensure(lambda self, p: self.farthest is not None and self.farthest.x >= p.x)
    def note(self, p: Point) -> None:  # expect: proved
        if self.farthest is None or self.farthest.x < p.x:
            self.farthest = p

    @ensure(lambda self, p: self.farthest is not None and self.farthest.x >= p.x)
    def note_broken(self, p: Point) -> None:  # expect: refuted
        if self.farthest is None or self.farthest.x > p.x:
            self.farthest = p
