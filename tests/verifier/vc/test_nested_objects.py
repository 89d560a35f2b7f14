"""Instances that hold others which may change: what a run breaks is never proved.

Each false promise is run under CPython too: the witness shows that it is false.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from judged import answer, assert_broken

from verify_agent.verifier.engines.deductive import Proved

HEAD = """
from __future__ import annotations
from dataclasses import dataclass, field, replace
from typing import Optional
from icontract import ensure, invariant, require, snapshot


@invariant(lambda self: self.balance >= 0)
class Account:
    def __init__(self, balance: int = 0) -> None:
        self.balance = abs(balance)

    @require(lambda amount: amount >= 0)
    @snapshot(lambda self: self.balance, name="before")
    @ensure(lambda self, amount, OLD: self.balance == OLD.before + amount)
    def deposit(self, amount: int) -> None:
        self.balance += amount


class Ledger:
    def __init__(self, entries: list[int]) -> None:
        self.entries = entries

    @snapshot(lambda self: self.entries[:], name="before")
    @ensure(lambda self, amount, OLD: self.entries == OLD.before + [amount])
    def add(self, amount: int) -> None:
        self.entries.append(amount)


class Bank:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.count = 0


@dataclass
class Item:
    price: int


@dataclass
class Order:
    item: Item
    gift: Item
    quantity: int = 1
"""

BREAKS = {
    "the other may hold the same": (
        """
@snapshot(lambda a: a.item.price, name="before")
@ensure(lambda a, OLD: a.item.price == OLD.before)
def f(a: Order, b: Order) -> None:
    b.item.price += 1
""",
        "(lambda i: f(Order(i, Item(0)), Order(i, Item(0))))(Item(1))",
    ),
    "both attributes may be the same": (
        """
@snapshot(lambda a: a.gift.price, name="before")
@ensure(lambda a, OLD: a.gift.price == OLD.before)
def f(a: Order) -> None:
    a.item.price += 1
""",
        "(lambda i: f(Order(i, i)))(Item(1))",
    ),
    "an argument may be what is held": (
        """
@snapshot(lambda a: a.item.price, name="before")
@ensure(lambda a, OLD: a.item.price == OLD.before)
def f(a: Order, item: Item) -> None:
    item.price += 1
""",
        "(lambda i: f(Order(i, Item(0)), i))(Item(1))",
    ),
    "a second name": (
        """
@ensure(lambda a: a.item.price == 1)
def f(a: Order) -> None:
    mine = a.item
    a.item.price = 1
    mine.price = 2
""",
        "f(Order(Item(0), Item(0)))",
    ),
    "an old name of what was put elsewhere": (
        """
@snapshot(lambda a: a.item.price, name="before")
@ensure(lambda a, OLD: a.gift.price == OLD.before)
def f(a: Order) -> None:
    a.gift = a.item
    a.item.price += 1
""",
        "f(Order(Item(0), Item(0)))",
    ),
    "the same in the end": (
        """
@ensure(lambda a, b: a.item is not b.item)
def f(a: Order, b: Order) -> None:
    a.item = Item(1)
""",
        "(lambda o: f(o, o))(Order(Item(0), Item(0)))",
    ),
    "equal, and not the same": (
        """
@ensure(lambda a, result: result == (a.item is a.gift))
def f(a: Order) -> bool:
    return a.item == a.gift
""",
        "f(Order(Item(0), Item(0)))",
    ),
    "equal by identity where nothing else is said": (
        """
@ensure(lambda a, b, result: result == (a.account.balance == b.account.balance))
def f(a: Bank, b: Bank) -> bool:
    return a.account == b.account
""",
        "f(Bank(Account(1)), Bank(Account(1)))",
    ),
    "an invariant that speaks of what is held": (
        """
@invariant(lambda self: self.count == len(self.ledger.entries))
class Cart:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.count = len(ledger.entries)

    def f(self, amount: int) -> None:
        self.ledger.add(amount)
""",
        "Cart(Ledger([])).f(1)",
    ),
    "an invariant that speaks of what another changes": (
        """
@invariant(lambda self: self.count == len(self.ledger.entries))
class Cart:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.count = len(ledger.entries)

    def size(self) -> int:
        return self.count

@ensure(lambda result: result >= 0)
def f(cart: Cart, ledger: Ledger) -> int:
    ledger.add(1)
    return cart.size()
""",
        "(lambda l: f(Cart(l), l))(Ledger([]))",
    ),
    "a list that what is held shares": (
        """
@snapshot(lambda xs: len(xs), name="before")
@ensure(lambda xs, OLD: len(xs) == OLD.before)
def f(ledger: Ledger, xs: list[int]) -> None:
    ledger.add(1)
""",
        "(lambda xs: f(Ledger(xs), xs))([])",
    ),
    "a list in what is held in what is held": (
        """
class Shelf:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

class Room:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    @snapshot(lambda xs: len(xs), name="before")
    @ensure(lambda xs, OLD: len(xs) == OLD.before)
    def f(self, xs: list[int]) -> None:
        self.shelf.ledger.entries.append(1)
""",
        "(lambda xs: Room(Shelf(Ledger(xs))).f(xs))([])",
    ),
    "a list of what is held, changed in a loop": (
        """
class Room:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    @snapshot(lambda xs: len(xs), name="before")
    @ensure(lambda xs, OLD: len(xs) == OLD.before)
    def f(self, xs: list[int], n: int) -> None:
        for i in range(n):
            self.ledger.entries.append(i)
""",
        "(lambda xs: Room(Ledger(xs)).f(xs, 2))([])",
    ),
    "a field of what is held, changed in a loop": (
        """
@snapshot(lambda a: a.gift.price, name="before")
@ensure(lambda a, OLD: a.gift.price == OLD.before)
def f(a: Order, n: int) -> None:
    for i in range(n):
        a.item.price = i
""",
        "(lambda i: f(Order(i, i), 3))(Item(7))",
    ),
    "another is held after the loop": (
        """
@ensure(lambda a, result: result is a.item)
def f(a: Order, n: int) -> Item:
    first = a.item
    for i in range(n):
        a.item = Item(i)
    return first
""",
        "f(Order(Item(0), Item(0)), 1)",
    ),
    "half done when an exception leaves": (
        """
@invariant(lambda self: self.one.balance + self.other.balance == self.total)
class Pair:
    def __init__(self, one: Account, other: Account) -> None:
        self.one = one
        self.other = other
        self.total = one.balance + other.balance

    @require(lambda self: self.one is not self.other)
    @require(lambda self, amount: 0 <= amount <= self.one.balance)
    def f(self, amount: int, at: list[int]) -> None:
        self.one.balance -= amount
        if at[0] > 0:
            self.other.balance += amount
        else:
            self.one.balance += amount

def run(pair: Pair) -> None:
    try:
        pair.f(1, [])
    except IndexError:
        pass
    pair.f(1, [1])
""",
        "run(Pair(Account(5), Account(5)))",
    ),
    "moved to itself": (
        """
@require(lambda amount, a: 0 <= amount <= a.balance)
@snapshot(lambda b: b.balance, name="before")
@ensure(lambda b, amount, OLD: b.balance == OLD.before + amount)
def f(a: Account, b: Account, amount: int) -> None:
    a.balance -= amount
    b.balance += amount
""",
        "(lambda a: f(a, a, 1))(Account(5))",
    ),
    "the account of two banks": (
        """
@require(lambda amount: amount > 0)
@snapshot(lambda b: b.account.balance, name="before")
@ensure(lambda b, OLD: b.account.balance == OLD.before)
def f(a: Bank, b: Bank, amount: int) -> None:
    a.account.deposit(amount)
""",
        "(lambda c: f(Bank(c), Bank(c), 1))(Account(5))",
    ),
    "the precondition of what is held": (
        """
@ensure(lambda bank: bank.account.balance >= 0)
def f(bank: Bank, amount: int) -> None:
    bank.account.deposit(amount)
""",
        "f(Bank(Account(5)), -1)",
    ),
    "a default that is made once": (
        """
class Kept:
    def __init__(self, account: Account = Account()) -> None:
        self.account = account

@ensure(lambda result: result == 0)
def f(amount: int) -> int:
    Kept().account.balance += abs(amount)
    return Kept().account.balance
""",
        "f(1)",
    ),
    "an attribute of the class is one for all": (
        """
class Kept:
    account = Account()

    def __init__(self) -> None:
        self.count = 0

@ensure(lambda result: result == 0)
def f(amount: int) -> int:
    one, other = Kept(), Kept()
    one.account.balance += abs(amount)
    return other.account.balance
""",
        "f(1)",
    ),
    "another class that derives from it": (
        """
class Base:
    def __init__(self) -> None:
        self.x = 0

    def step(self) -> None:
        self.x += 1

class Derived(Base):
    def step(self) -> None:
        self.x -= 1

class Holder:
    def __init__(self) -> None:
        self.base: Base = Derived()

    def move(self) -> None:
        self.base.step()

@ensure(lambda result: result == 1)
def f() -> int:
    holder = Holder()
    holder.move()
    return holder.base.x
""",
        "f()",
    ),
    "a shallow copy shares what is held": (
        """
import copy

@snapshot(lambda a: a.item.price, name="before")
@ensure(lambda a, OLD: a.item.price == OLD.before)
def f(a: Order) -> None:
    b = copy.copy(a)
    b.item.price += 1
""",
        "f(Order(Item(0), Item(0)))",
    ),
    "a replaced one shares what is held": (
        """
@snapshot(lambda a: a.item.price, name="before")
@ensure(lambda a, OLD: a.item.price == OLD.before)
def f(a: Order) -> None:
    b = replace(a, quantity=2)
    b.item.price += 1
""",
        "f(Order(Item(0), Item(0)))",
    ),
    "what is held in a list": (
        """
@ensure(lambda a: a.item.price == 0)
def f(a: Order) -> None:
    a.item.price = 0
    several = [a.item, a.gift]
    several[0].price = 1
""",
        "f(Order(Item(0), Item(0)))",
    ),
    "a snapshot that is no copy": (
        """
@snapshot(lambda a: a.item, name="item")
@ensure(lambda a, OLD: a.item.price == OLD.item.price + 1)
def f(a: Order) -> None:
    a.item.price += 1
""",
        "f(Order(Item(0), Item(0)))",
    ),
    "an item by another name": (
        """
@snapshot(lambda items: sum(i.price for i in items), name="before")
@ensure(lambda items, OLD: sum(i.price for i in items) == OLD.before)
def f(items: list[Item], item: Item) -> None:
    item.price += 1
""",
        "(lambda i: f([i], i))(Item(1))",
    ),
    "an item of two lists": (
        """
@require(lambda items: len(items) > 0)
@snapshot(lambda others: [i.price for i in others], name="before")
@ensure(lambda others, OLD: [i.price for i in others] == OLD.before)
def f(items: list[Item], others: list[Item]) -> None:
    items[0].price += 1
""",
        "(lambda i: f([i], [i]))(Item(1))",
    ),
    "an item of two lists, changed by another": (
        """
@require(lambda items: len(items) > 0)
@ensure(lambda items: items[0].price == 3)
def change(items: list[Item]) -> None:
    items[0].price = 3

@require(lambda items: len(items) > 0)
@snapshot(lambda others: [i.price for i in others], name="before")
@ensure(lambda others, OLD: [i.price for i in others] == OLD.before)
def f(items: list[Item], others: list[Item]) -> None:
    change(items)
""",
        "(lambda i: f([i], [i]))(Item(1))",
    ),
    "put into a list, then changed": (
        """
@ensure(lambda result: result == 1)
def f(n: int) -> int:
    item = Item(1)
    items = [item]
    item.price = 2
    return items[0].price
""",
        "f(0)",
    ),
    "put into a list that had no type": (
        """
@ensure(lambda result: result == 1)
def f(n: int) -> int:
    item = Item(1)
    items = []
    items.append(item)
    item.price = 2
    return items[0].price
""",
        "f(0)",
    ),
    "put into a list in each round": (
        """
@require(lambda n: n > 0)
@ensure(lambda result: result == 0)
def f(n: int) -> int:
    item = Item(0)
    items: list[Item] = []
    for i in range(n):
        item.price = i
        items.append(item)
    return items[0].price
""",
        "f(3)",
    ),
    "kept where there may be none": (
        """
class Shelf:
    def __init__(self) -> None:
        self.last: Optional[Item] = None

    @ensure(lambda self, item: self.last is not None and self.last.price == item.price)
    @ensure(lambda self: self.last is None or self.last.price == 1)
    def f(self, item: Item) -> None:
        item.price = 1
        self.last = item
        item.price = 2
""",
        "Shelf().f(Item(0))",
    ),
    "one of several is the same one": (
        """
@require(lambda items: len(items) > 1)
@ensure(lambda items, result: result == (items[0] is items[1]))
def f(items: list[Item]) -> bool:
    return items[0] == items[1]
""",
        "f([Item(1), Item(1)])",
    ),
    "a method that changes what it is called on": (
        """
@dataclass
class Counter:
    count: int

    def step(self) -> int:
        self.count += 1
        return self.count

@ensure(lambda counters, result: result == sum(c.count for c in counters) + 1)
def f(counters: list[Counter]) -> int:
    return sum([c.step() for c in counters]) if len(counters) == 1 else 1
""",
        "f([Counter(1)])",
    ),
    "a result that is an argument": (
        """
@ensure(lambda a, b, result: result.price == min(a.price, b.price))
def cheaper(a: Item, b: Item) -> Item:
    return a if a.price <= b.price else b

@ensure(lambda result: result == 0)
def f(a: Item, b: Item) -> int:
    found = cheaper(a, b)
    before = found.price
    a.price += 1
    return found.price - before
""",
        "f(Item(1), Item(2))",
    ),
    "the variable of a loop that has ended": (
        """
@require(lambda items: len(items) > 0)
@ensure(lambda items, result: result == items[0].price)
def f(items: list[Item]) -> int:
    for item in items:
        pass
    return item.price
""",
        "f([Item(1), Item(2)])",
    ),
    "a key without a hash": (
        """
@ensure(lambda result: result == 1)
def f(item: Item) -> int:
    return len({item})
""",
        "f(Item(1))",
    ),
    "it holds itself": (
        """
class Loop:
    def __init__(self) -> None:
        self.x = 0
        self.me = self

@ensure(lambda result: result == 0)
def f() -> int:
    loop = Loop()
    loop.me.x = 1
    return loop.x
""",
        "f()",
    ),
    "made in one branch only": (
        """
@snapshot(lambda a: a.item.price, name="before")
@ensure(lambda a, OLD: a.item.price == OLD.before + 1)
def f(a: Order, new: bool) -> None:
    if new:
        a.item = Item(0)
    a.item.price += 1
""",
        "f(Order(Item(5), Item(5)), True)",
    ),
    "an invariant of what is held is broken for good": (
        """
@require(lambda bank: bank.count == 0)
@ensure(lambda bank: bank.account.balance == -1)
def broken(bank: Bank) -> None:
    bank.account.balance = -1

def read(account: Account) -> int:
    account.deposit(1)
    return account.balance

@ensure(lambda result: result >= 0)
def f(bank: Bank) -> int:
    bank.account.balance = -3
    return read(bank.account)
""",
        "f(Bank(Account(1)))",
    ),
    "an identity that the invariant demands": (
        """
@invariant(lambda self: self.one is self.other)
class Twice:
    def __init__(self, item: Item) -> None:
        self.one = item
        self.other = item

    @ensure(lambda result: result == 1)
    def f(self) -> int:
        return self.one.price - self.other.price
""",
        "Twice(Item(3)).f()",
    ),
    "an identity of lists that the invariant demands": (
        """
@invariant(lambda self: self.one is self.other)
class Twice:
    def __init__(self, items: list[int]) -> None:
        self.one = items
        self.other = items

    @ensure(lambda result: result == 1)
    def f(self) -> int:
        return len(self.one) - len(self.other)
""",
        "Twice([3]).f()",
    ),
}


@pytest.mark.parametrize(("text", "witness"), BREAKS.values(), ids=BREAKS.keys())
def test_what_a_run_breaks_is_not_proved(
    text: str, witness: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert_broken(HEAD + text, witness, monkeypatch, tmp_path)
    assert not isinstance(answer(HEAD + text), Proved)


HOLDS = {
    "apart where it is said": """
@require(lambda a, b: a.item is not b.item and a.item is not b.gift)
@snapshot(lambda a: a.item.price, name="before")
@ensure(lambda a, OLD: a.item.price == OLD.before)
def f(a: Order, b: Order) -> None:
    b.item.price += 1
""",
    "the same after it was put there": """
@ensure(lambda a, item: a.item is item and a.item.price == 7)
def f(a: Order, item: Item) -> None:
    a.item = item
    item.price = 7
""",
    "what is not touched stays": """
@require(lambda a: a.item is not a.gift)
@snapshot(lambda a: a.gift.price, name="before")
@ensure(lambda a, OLD: a.gift.price == OLD.before and a.item.price == 3)
def f(a: Order) -> None:
    a.item.price = 3
""",
    "the invariant of what is held": """
@ensure(lambda bank, result: result >= 0)
def f(bank: Bank) -> int:
    return bank.account.balance
""",
    "kept by its own methods": """
@ensure(lambda bank: bank.account.balance >= 3)
def f(bank: Bank) -> None:
    bank.account.deposit(3)
""",
    "the same lists by two names": """
@snapshot(lambda ledger: len(ledger.entries), name="before")
@ensure(lambda ledger, OLD: len(ledger.entries) == OLD.before + 1)
def f(ledger: Ledger, xs: list[int]) -> None:
    ledger.add(1)
""",
    "all of it anew": """
@ensure(lambda result: result.item.price == 1 and result.gift.price == 2)
@ensure(lambda result: result.item is not result.gift)
def f() -> Order:
    return Order(Item(1), Item(2))
""",
    "a sum over several": """
@ensure(lambda items, result: result == sum(i.price for i in items))
def f(items: list[Item]) -> int:
    found = 0
    for item in items:
        found += item.price
    return found
""",
    "the best of several": """
@require(lambda items: len(items) > 0)
@ensure(lambda items, result: all(result.price <= i.price for i in items))
def f(items: list[Item]) -> Item:
    best = items[0]
    for item in items:
        if item.price < best.price:
            best = item
    return best
""",
    "several that are new": """
@ensure(lambda prices, result: [i.price for i in result] == prices)
def f(prices: list[int]) -> list[Item]:
    return [Item(p) for p in prices]
""",
    "one that may be missing": """
class Shelf:
    def __init__(self) -> None:
        self.last: Optional[Item] = None

    @ensure(lambda self, item: self.last is not None and self.last.price == item.price)
    def f(self, item: Item) -> None:
        self.last = item
""",
    "changed in a loop": """
@require(lambda n: n > 0)
@ensure(lambda bank, n: bank.account.balance >= n)
def f(bank: Bank, n: int) -> None:
    for i in range(n):
        bank.account.balance += 1
""",
}


@pytest.mark.parametrize("text", HOLDS.values(), ids=HOLDS.keys())
def test_what_holds_is_proved(text: str) -> None:
    found = answer(HEAD + text)
    assert isinstance(found, Proved), found
