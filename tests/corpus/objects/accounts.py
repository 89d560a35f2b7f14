"""Classes with invariants: plain fields, lists, dicts and other objects inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from icontract import ensure, invariant, require, snapshot


@invariant(lambda self: 0 <= self.level <= self.capacity)
class Tank:
    """A tank that can't run over."""

    @require(lambda capacity: capacity >= 0)
    def __init__(self, capacity: int) -> None:  # expect: proved
        self.capacity = capacity
        self.level = 0

    @require(lambda amount: amount >= 0)
    @snapshot(lambda self: self.level, name="level")
    @ensure(lambda self, amount, result, OLD: self.level + result == OLD.level + amount)
    @ensure(lambda result: result >= 0)
    def fill(self, amount: int) -> int:  # expect: proved
        room = self.capacity - self.level
        if amount <= room:
            self.level += amount
            return 0
        self.level = self.capacity
        return amount - room

    @require(lambda amount: amount >= 0)
    @snapshot(lambda self: self.level, name="level")
    @ensure(lambda self, amount, result, OLD: self.level + result == OLD.level + amount)
    def fill_broken(self, amount: int) -> int:  # expect: refuted
        self.level += amount
        if self.level > self.capacity:
            return self.level - self.capacity
        return 0

    @property
    @ensure(lambda self, result: result == self.capacity - self.level)
    def room(self) -> int:  # expect: proved
        return self.capacity - self.level

    @ensure(lambda self, result: result == (self.level == self.capacity))
    def full(self) -> bool:  # expect: proved
        return self.room == 0

    @ensure(lambda self, result: result == (self.level == self.capacity))
    def full_broken(self) -> bool:  # expect: refuted
        return self.room >= 0


@invariant(lambda self: all(amount > 0 for amount in self.amounts))
class Ledger:
    """A list of amounts and nothing else."""

    def __init__(self) -> None:  # expect: proved
        self.amounts: list[int] = []

    @require(lambda amount: amount > 0)
    @snapshot(lambda self: self.amounts[:], name="amounts")
    @ensure(lambda self, amount, OLD: self.amounts == OLD.amounts + [amount])
    def book(self, amount: int) -> None:  # expect: proved
        self.amounts.append(amount)

    @require(lambda amount: amount >= 0)
    def book_broken(self, amount: int) -> None:  # expect: refuted
        self.amounts.append(amount)

    @ensure(lambda self, result: result == sum(self.amounts))
    def total(self) -> int:  # expect: proved
        total = 0
        for amount in self.amounts:
            total += amount
        return total

    @ensure(lambda self, result: result == sum(self.amounts))
    def total_broken(self) -> int:  # expect: refuted
        total = 0
        for amount in self.amounts[1:]:
            total += amount
        return total


@invariant(lambda self: all(self.stock[k] > 0 for k in self.stock))
class Shop:
    """What is in stock, by name."""

    def __init__(self) -> None:  # expect: proved
        self.stock: dict[str, int] = {}

    @require(lambda amount: amount > 0)
    @ensure(lambda self, item: item in self.stock)
    def deliver(self, item: str, amount: int) -> None:  # expect: proved
        self.stock[item] = self.stock.get(item, 0) + amount

    @require(lambda amount: amount >= 0)
    def deliver_broken(self, item: str, amount: int) -> None:  # expect: refuted
        self.stock[item] = self.stock.get(item, 0) + amount

    @ensure(lambda self, item, result: result == (item in self.stock))
    def has(self, item: str) -> bool:  # expect: proved
        return item in self.stock

    @ensure(lambda self, item, result: result == (item in self.stock))
    def has_broken(self, item: str) -> bool:  # expect: refuted
        return self.stock.get(item, 0) > 1


@dataclass(frozen=True)
class Point:
    """A place in the plane."""

    x: int
    y: int


@ensure(lambda p, dx, result: result.x == p.x + dx and result.y == p.y)
def moved(p: Point, dx: int) -> Point:  # expect: proved
    return Point(p.x + dx, p.y)


@ensure(lambda p, dx, result: result.x == p.x + dx and result.y == p.y)
def moved_broken(p: Point, dx: int) -> Point:  # expect: refuted
    return Point(p.x + dx, p.x)


@ensure(lambda p, q, result: result == (p == q))
def same_place(p: Point, q: Point) -> bool:  # expect: proved
    return p.x == q.x and p.y == q.y


@ensure(lambda p, q, result: result == (p == q))
def same_place_broken(p: Point, q: Point) -> bool:  # expect: refuted
    return p.x == q.x


@ensure(lambda p, x, result: result.x == (p.x if x is None else x) and result.y == p.y)
def placed(p: Point, x: Optional[int]) -> Point:  # expect: proved
    if x is None:
        return p
    return Point(x, p.y)


@ensure(lambda p, x, result: result.x == (p.x if x is None else x) and result.y == p.y)
def placed_broken(p: Point, x: Optional[int]) -> Point:  # expect: refuted
    return Point(x or p.x, p.y)


@require(lambda amount: amount >= 0)
@require(lambda a, b: a is not b)
@snapshot(lambda a, b: a.level + b.level, name="all")
@ensure(lambda a, b, OLD: a.level + b.level == OLD.all)
def pour(a: Tank, b: Tank, amount: int) -> None:  # expect: proved
    moved = min(amount, a.level, b.capacity - b.level)
    a.level -= moved
    b.level += moved


@require(lambda amount: amount >= 0)
@snapshot(lambda a, b: a.level + b.level, name="all")
@ensure(lambda a, b, OLD: a.level + b.level == OLD.all)
def pour_broken(a: Tank, b: Tank, amount: int) -> None:  # expect: refuted
    moved = min(amount, a.level, b.capacity - b.level)
    a.level -= moved
    b.level += amount
