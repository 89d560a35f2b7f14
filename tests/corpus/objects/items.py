"""Instances of dataclasses that may change, in lists and where there may be none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from icontract import ensure, require, snapshot


@dataclass
class Item:
    """Something with a price."""

    name: str
    price: int

    @ensure(lambda self, count, result: result == self.price * count)
    def cost(self, count: int) -> int:  # expect: proved
        return self.price * count

    @snapshot(lambda self: self.price, name="before")
    @ensure(lambda self, percent, OLD: self.price <= OLD.before)
    @require(lambda self, percent: 0 <= percent <= 100 and self.price >= 0)
    def reduce(self, percent: int) -> None:  # expect: proved
        self.price -= self.price * percent // 100

    @snapshot(lambda self: self.price, name="before")
    @ensure(lambda self, percent, OLD: self.price <= OLD.before)
    @require(lambda percent: 0 <= percent <= 100)
    def reduce_broken(self, percent: int) -> None:  # expect: refuted
        self.price -= self.price * percent // 100


@ensure(lambda items, result: result == sum(i.price for i in items))
def total(items: list[Item]) -> int:  # expect: proved
    found = 0
    for item in items:
        found += item.price
    return found


@ensure(lambda items, result: result == sum(i.price for i in items))
def total_broken(items: list[Item]) -> int:  # expect: refuted
    found = 0
    for item in items:
        if item.name:
            found += item.price
    return found


@require(lambda items: len(items) > 0)
@ensure(lambda items, result: all(result.price <= i.price for i in items))
def cheapest(items: list[Item]) -> Item:  # expect: proved
    best = items[0]
    for item in items:
        if item.price < best.price:
            best = item
    return best


@require(lambda items: len(items) > 0)
@ensure(lambda items, result: all(result.price <= i.price for i in items))
def cheapest_broken(items: list[Item]) -> Item:  # expect: refuted
    best = items[0]
    for item in items:
        if item.price < items[0].price:
            best = item
    return best


@ensure(lambda items, name, result: (result is None) == all(i.name != name for i in items))
@ensure(lambda name, result: result is None or result.name == name)
def find(items: list[Item], name: str) -> Optional[Item]:  # expect: proved
    for item in items:
        if item.name == name:
            return item
    return None


@ensure(lambda name, result: result is None or result.name == name)
def find_broken(items: list[Item], name: str) -> Optional[Item]:  # expect: refuted
    for item in items:
        if item.name != name:
            return item
    return None


@ensure(lambda names, result: [i.name for i in result] == names)
@ensure(lambda result: all(i.price == 0 for i in result))
def free(names: list[str]) -> list[Item]:  # expect: proved
    return [Item(name, 0) for name in names]


@ensure(lambda result: all(i.price == 0 for i in result))
def free_broken(names: list[str]) -> list[Item]:  # expect: refuted
    return [Item(name, len(name)) for name in names]


@ensure(lambda item, result: result == (0 if item is None else item.price))
def price(item: Optional[Item]) -> int:  # expect: proved
    if item is None:
        return 0
    return item.price


@ensure(lambda item, result: result == (0 if item is None else item.price))
def price_broken(item: Optional[Item]) -> int:  # expect: refuted
    return item.price


@snapshot(lambda items: [i.price for i in items], name="before")
@ensure(lambda items, OLD: [i.price for i in items] == OLD.before)
def touched(items: list[Item], item: Item) -> None:  # expect: refuted
    item.price += 1


class Shop:
    """What is for sale, and what came in last."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.last: Optional[Item] = None

    @snapshot(lambda self: len(self.items), name="before")
    @ensure(lambda self, OLD: len(self.items) == OLD.before + 1)
    @ensure(lambda self, item: self.items[-1] == item and self.last == item)
    def add(self, item: Item) -> None:  # expect: proved
        self.items.append(item)
        self.last = item

    @ensure(lambda self, item: self.items[-1] == item and self.last == item)
    def add_broken(self, item: Item) -> None:  # expect: refuted
        if self.last is None or self.last.price <= item.price:
            self.last = item
        self.items.append(item)

    @ensure(lambda self, result: result == sum(i.price for i in self.items))
    def worth(self) -> int:  # expect: proved
        found = 0
        for item in self.items:
            found += item.price
        return found

    @ensure(lambda self, result: result == sum(i.price for i in self.items))
    def worth_broken(self) -> int:  # expect: refuted
        return len(self.items) * (self.last.price if self.last is not None else 0)
