"""Methods and constructors: proved for every state that the invariant allows, or not at all.

The engine is asked alone, without any run of the program, so that only its rules decide.
"""

from __future__ import annotations

import pytest

from verify_agent.contracts.functions import functions_of
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Proved, Unknown, prove
from verify_agent.verifier.subject import Subject

HEAD = """
from dataclasses import dataclass
from typing import Optional
from icontract import ensure, invariant, require, snapshot
"""


def answer(text: str, qualname: str) -> object:
    source = HEAD + text
    found = next(f for f in functions_of(source) if f.qualname == qualname)
    subject = Subject(source, qualname, found.signature, found.contract, unread=found.unread)
    return prove(subject, Limits(seconds=20, per_query_ms=2_000))


TANK = """
@invariant(lambda self: self.level >= 0)
class Tank:
    def __init__(self, level: int) -> None:
        self.level = abs(level)

"""

VIOLATED = {
    "broken only where an exception leaves": (
        TANK
        + """
    @require(lambda amount: amount >= 0)
    def drain(self, amount: int) -> None:
        self.level -= amount
        if self.level < 0:
            raise ValueError("empty")
""",
        "Tank.drain",
    ),
    "broken where an index fails": (
        TANK
        + """
    def fill(self, amounts: list[int]) -> None:
        self.level = -1
        self.level = abs(amounts[0])
""",
        "Tank.fill",
    ),
    "broken in a finally": (
        TANK
        + """
    def fill(self, amount: int) -> None:
        try:
            self.level += abs(amount)
        finally:
            self.level -= 1
""",
        "Tank.fill",
    ),
    "holds only of constructed states": (
        """
class Even:
    def __init__(self) -> None:
        self.value = 0

    @ensure(lambda result: result == 0)
    def get(self) -> int:
        return self.value
""",
        "Even.get",
    ),
    "self and other are one object": (
        """
@invariant(lambda self: self.balance >= 0)
class Account:
    def __init__(self, balance: int) -> None:
        self.balance = abs(balance)

    @require(lambda self, amount: 0 <= amount <= self.balance)
    @snapshot(lambda self: self.balance, name="mine")
    @ensure(lambda self, amount, OLD: self.balance == OLD.mine - amount)
    def pay(self, other: "Account", amount: int) -> None:
        self.balance -= amount
        other.balance += amount
""",
        "Account.pay",
    ),
    "the other object is left broken": (
        TANK
        + """
    def steal(self, other: "Tank") -> None:
        self.level += 1
        other.level -= 1
""",
        "Tank.steal",
    ),
    "a field and a parameter are one list": (
        """
class Log:
    def __init__(self, lines: list[int]) -> None:
        self.lines = lines

    @snapshot(lambda self: len(self.lines), name="size")
    @ensure(lambda self, OLD: len(self.lines) == OLD.size)
    def copy_to(self, to: list[int]) -> None:
        to.append(1)
""",
        "Log.copy_to",
    ),
    "two objects share a list": (
        """
class Log:
    def __init__(self, lines: list[int]) -> None:
        self.lines = lines

    @snapshot(lambda self: len(self.lines), name="size")
    @ensure(lambda self, OLD: len(self.lines) == OLD.size)
    def clear(self, other: "Log") -> None:
        other.lines.clear()
""",
        "Log.clear",
    ),
    "the constructor does not establish it": (
        """
@invariant(lambda self: self.low <= self.high)
class Interval:
    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high
""",
        "Interval.__init__",
    ),
    "a field read before it is set": (
        """
class Early:
    def __init__(self) -> None:
        self.size: int = self.value + 1
        self.value = 0

    @ensure(lambda result: True)
    def get(self) -> int:
        return self.value
""",
        "Early.__init__",
    ),
    "the frame is broken": (
        """
class Box:
    def __init__(self, items: list[int]) -> None:
        self.items = items


@require(lambda n: n >= 0)
@snapshot(lambda box: len(box.items), name="size")
@ensure(lambda box, OLD: len(box.items) == OLD.size)
def look(box: Box, n: int) -> int:
    for k in range(n):
        box.items.append(k)
    return n
""",
        "look",
    ),
    "a loop changes a field through a call": (
        """
class Counter:
    def __init__(self) -> None:
        self.count = 0

    def bump(self) -> None:
        self.count += 1

    @require(lambda n: n > 0)
    @snapshot(lambda self: self.count, name="count")
    @ensure(lambda self, OLD: self.count == OLD.count)
    def bump_all(self, n: int) -> None:
        for _ in range(n):
            self.bump()
""",
        "Counter.bump_all",
    ),
    "a call by contract changes a list that was read before": (
        """
class Bag:
    def __init__(self) -> None:
        self.items: list[int] = []

    @ensure(lambda self, x: x in self.items)
    def put(self, x: int) -> None:
        self.items.append(x)

    @ensure(lambda self, result: result)
    def twice(self, x: int) -> bool:
        before = self.items
        size = len(before)
        self.put(x)
        return len(before) == size
""",
        "Bag.twice",
    ),
    "a call by contract may leave the list that was there": (
        """
class Bag:
    def __init__(self) -> None:
        self.items: list[int] = []

    @ensure(lambda self, x: x in self.items)
    def put(self, x: int) -> None:
        self.items.append(x)

    @ensure(lambda result: result)
    def replaced(self, x: int) -> bool:
        before = self.items
        self.put(x)
        return before is not self.items
""",
        "Bag.replaced",
    ),
    "fields may come to be one list": (
        """
class Two:
    def __init__(self, a: list[int], b: list[int]) -> None:
        self.a = a
        self.b = b

    @ensure(lambda self: len(self.a) >= 0)
    def tie(self) -> None:
        self.a = self.b

    @ensure(lambda result: result)
    def apart(self) -> bool:
        self.tie()
        size = len(self.b)
        self.a.append(1)
        return len(self.b) == size
""",
        "Two.apart",
    ),
    "identity of two arguments": (
        TANK
        + """
    @ensure(lambda self, other: self is not other)
    def alone(self, other: "Tank") -> None:
        pass
""",
        "Tank.alone",
    ),
    "frozen instances share a list": (
        """
@dataclass(frozen=True)
class Frozen:
    xs: list[int]


@snapshot(lambda f: len(f.xs), name="size")
@ensure(lambda f, OLD: len(f.xs) == OLD.size)
def grow(f: Frozen, g: Frozen) -> None:
    g.xs.append(1)
""",
        "grow",
    ),
    "no state meets the invariant": (
        """
@invariant(lambda self: self.x < self.x)
class Never:
    def __init__(self, x: int) -> None:
        self.x = x

    @ensure(lambda result: result == 5)
    def get(self) -> int:
        return self.x
""",
        "Never.get",
    ),
    "a method gives its list away": (
        """
class Bag:
    def __init__(self) -> None:
        self.items: list[int] = []

    def inside(self) -> list[int]:
        return self.items

    @snapshot(lambda self: len(self.items), name="size")
    @ensure(lambda self, OLD: len(self.items) == OLD.size)
    def grow(self) -> None:
        self.inside().append(1)
""",
        "Bag.grow",
    ),
    "a constructor keeps the list that it is given": (
        """
class Bag:
    def __init__(self, items: list[int]) -> None:
        self.items = items


@snapshot(lambda xs: len(xs), name="size")
@ensure(lambda xs, OLD: len(xs) == OLD.size)
def fill(xs: list[int]) -> None:
    bag = Bag(xs)
    bag.items.append(1)
""",
        "fill",
    ),
    "a constructor whose invariant may fail": (
        """
@invariant(lambda self: self.low <= self.high)
@dataclass
class Interval:
    low: int
    high: int


@ensure(lambda result: result)
def ordered(low: int, high: int) -> bool:
    made = Interval(low, high)
    return made.low <= made.high
""",
        "ordered",
    ),
    "a handler sees the caller's variables": (
        """
def checked(x: int) -> int:
    if x < 0:
        raise ValueError("negative")
    return x


@ensure(lambda x, result: result == x - 1)
def before(x: int) -> int:
    try:
        return checked(x - 1)
    except ValueError:
        return x
""",
        "before",
    ),
    "copies are other objects": (
        """
class Cell:
    def __init__(self, value: int) -> None:
        self.value = value


@ensure(lambda result: result)
def same(value: int) -> bool:
    return Cell(value) == Cell(value)
""",
        "same",
    ),
    "a private method finds any state": (
        TANK
        + """
    @ensure(lambda result: result >= 0)
    def _level(self) -> int:
        return self.level
""",
        "Tank._level",
    ),
}

#: Violated programs that are refused for what their calls by contract may have done.
BEYOND = (
    "a call by contract may leave the list that was there",
    "fields may come to be one list",
)

HOLDING = {
    "a class attribute that never changes": (
        """
@invariant(lambda self: 0 <= self.count <= self.LIMIT)
class Gauge:
    LIMIT = 10

    def __init__(self) -> None:
        self.count = 0

    def up(self) -> None:
        if self.count < Gauge.LIMIT:
            self.count += 1
""",
        "Gauge.up",
    ),
    "a snapshot of the whole object": (
        """
import copy


class Cell:
    def __init__(self) -> None:
        self.value = 0

    @snapshot(lambda self: copy.deepcopy(self), name="me")
    @ensure(lambda self, OLD: self.value == OLD.me.value + 1)
    def up(self) -> None:
        self.value += 1
""",
        "Cell.up",
    ),
    "kept where an exception leaves": (
        TANK
        + """
    @require(lambda self, amount: 0 <= amount <= self.level)
    @snapshot(lambda self: self.level, name="level")
    @ensure(lambda self, amount, OLD: self.level == OLD.level - amount)
    def drain(self, amount: int) -> None:
        if self.level < amount:
            raise ValueError("empty")
        self.level -= amount
""",
        "Tank.drain",
    ),
    "a constructor": (TANK, "Tank.__init__"),
    "self and other, one object or two": (
        """
@invariant(lambda self: self.balance >= 0)
class Account:
    def __init__(self, balance: int) -> None:
        self.balance = abs(balance)

    @require(lambda self, amount: 0 <= amount <= self.balance)
    @snapshot(lambda self, other: self.balance + other.balance, name="sum")
    @ensure(lambda self, other, OLD: self.balance + other.balance == OLD.sum)
    def pay(self, other: "Account", amount: int) -> None:
        self.balance -= amount
        other.balance += amount
""",
        "Account.pay",
    ),
    "a list in a field": (
        """
@invariant(lambda self: len(self.items) <= self.cap)
class Stack:
    def __init__(self, cap: int) -> None:
        self.cap = abs(cap)
        self.items: list[int] = []

    @property
    def full(self) -> bool:
        return len(self.items) >= self.cap

    @require(lambda self: not self.full)
    @snapshot(lambda self: self.items[:], name="items")
    @ensure(lambda self, x, OLD: self.items == OLD.items + [x])
    def push(self, x: int) -> None:
        self.items.append(x)
""",
        "Stack.push",
    ),
    "a dataclass and a property": (
        """
@invariant(lambda self: self.low <= self.high)
@dataclass(frozen=True)
class Interval:
    low: int
    high: int

    @property
    def width(self) -> int:
        return self.high - self.low

    @require(lambda by: by >= 0)
    @ensure(lambda self, by, result: result.width == self.width + by)
    def wider(self, by: int) -> "Interval":
        return Interval(self.low, self.high + by)
""",
        "Interval.wider",
    ),
    "a call by contract": (
        TANK
        + """
    @require(lambda amount: amount >= 0)
    @snapshot(lambda self: self.level, name="level")
    @ensure(lambda self, amount, OLD: self.level == OLD.level + amount)
    def fill(self, amount: int) -> None:
        self.level += amount

    @snapshot(lambda self: self.level, name="level")
    @ensure(lambda self, OLD: self.level == OLD.level + 5)
    def fill_twice(self) -> None:
        self.fill(2)
        self.fill(3)
""",
        "Tank.fill_twice",
    ),
    "what is not touched stays as it was": (
        """
class Pair:
    def __init__(self, a: int, b: list[int]) -> None:
        self.a = a
        self.b = b

    @snapshot(lambda self: self.b[:], name="b")
    @ensure(lambda self, OLD: self.b == OLD.b)
    def count(self) -> None:
        for x in self.b:
            self.a += x
""",
        "Pair.count",
    ),
    "an object that is made here": (
        """
class Cell:
    def __init__(self, value: int) -> None:
        self.value = value

    def add(self, other: "Cell") -> None:
        self.value += other.value


@ensure(lambda x, result: result == 3 * x)
def thrice(x: int) -> int:
    a, b = Cell(x), Cell(x)
    a.add(a)
    a.add(b)
    return a.value
""",
        "thrice",
    ),
    "an optional field": (
        """
@invariant(lambda self: self.last is None or self.last >= 0)
class Memory:
    def __init__(self) -> None:
        self.last: Optional[int] = None

    @ensure(lambda self, x: self.last == abs(x))
    def keep(self, x: int) -> None:
        self.last = abs(x)
""",
        "Memory.keep",
    ),
    "dataclasses are equal by their fields": (
        """
@dataclass
class Point:
    x: int
    y: int


@ensure(lambda result: result)
def same(x: int, y: int) -> bool:
    return Point(x, y) == Point(x, y)
""",
        "same",
    ),
    "invariants of an argument are known": (
        TANK
        + """

@ensure(lambda result: result >= 0)
def level(tank: Tank) -> int:
    return tank.level
""",
        "level",
    ),
    "a sum over a field": (
        """
@dataclass
class Order:
    lines: list[int]

    @ensure(lambda self, result: result == sum(self.lines))
    def total(self) -> int:
        total = 0
        for line in self.lines:
            total += line
        return total
""",
        "Order.total",
    ),
    "an object in an object": (
        """
class Inner:
    def __init__(self) -> None:
        self.x = 0


class Outer:
    def __init__(self, inner: Inner) -> None:
        self.inner = inner

    @ensure(lambda self: self.inner.x == 1)
    def put(self) -> None:
        self.inner.x = 1
""",
        "Outer.put",
    ),
}

REFUSED = {
    "a class attribute that is set again": (
        """
class Made:
    COUNT = 0

    @ensure(lambda result: result == 0)
    def get(self) -> int:
        return Made.COUNT

    def up(self) -> None:
        Made.COUNT += 1
""",
        "Made.get",
    ),
    "a shallow copy": (
        """
import copy


class Bag:
    def __init__(self) -> None:
        self.items: list[int] = []

    @snapshot(lambda self: copy.copy(self), name="me")
    @ensure(lambda self, OLD: len(self.items) == len(OLD.me.items) + 1)
    def put(self) -> None:
        self.items.append(1)
""",
        "Bag.put",
    ),
    "a field that is not always set": (
        """
class Lazy:
    def __init__(self, now: bool) -> None:
        if now:
            self.value = 1

    @ensure(lambda result: result == result)
    def get(self) -> int:
        return self.value
""",
        "Lazy.get",
    ),
    "several bases": (
        """
class Base:
    pass


class Other:
    pass


class Derived(Base, Other):
    @ensure(lambda result: result == 1)
    def one(self) -> int:
        return 1
""",
        "Derived.one",
    ),
    "post init": (
        """
@dataclass
class Point:
    x: int

    def __post_init__(self) -> None:
        self.x = 0

    @ensure(lambda self: self.x == 0)
    def get(self) -> int:
        return self.x
""",
        "Point.get",
    ),
    "__setattr__": (
        """
class Odd:
    def __init__(self) -> None:
        self.x = 0

    def __setattr__(self, name: str, value: int) -> None:
        pass

    @ensure(lambda self: self.x == 1)
    def put(self) -> None:
        self.x = 1
""",
        "Odd.put",
    ),
    "a slot that is missing": (
        """
class Slim:
    __slots__ = ("y",)

    def __init__(self) -> None:
        self.x = 0

    @ensure(lambda self: self.x == 1)
    def put(self) -> None:
        self.x = 1
""",
        "Slim.put",
    ),
    "an object that may hold one of its own class": (
        """
class Node:
    def __init__(self, other: "Node") -> None:
        self.other = other
        self.x = 0

    @ensure(lambda self: self.other.x == 1)
    def put(self) -> None:
        self.other.x = 1
""",
        "Node.put",
    ),
}


@pytest.mark.parametrize("name", VIOLATED)
def test_what_does_not_hold_is_not_proved(name: str) -> None:
    found = answer(*VIOLATED[name])
    assert not isinstance(found, Proved)
    unsupported = getattr(found, "unsupported", None)
    assert unsupported is None or name in BEYOND, found


@pytest.mark.parametrize("name", HOLDING)
def test_what_holds_is_proved(name: str) -> None:
    found = answer(*HOLDING[name])
    assert isinstance(found, Proved), found


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_model_is_refused_where_it_stands(name: str) -> None:
    found = answer(*REFUSED[name])
    assert isinstance(found, Unknown)
    assert found.unsupported is not None
    assert found.unsupported.line > 0
