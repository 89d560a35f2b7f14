"""Classes that hold instances of others which may change: owned, handed in, shared."""

from __future__ import annotations

from dataclasses import dataclass

from icontract import ensure, invariant, require, snapshot


@invariant(lambda self: self.balance >= 0)
class Account:
    """What someone has."""

    @require(lambda balance: balance >= 0)
    def __init__(self, balance: int = 0) -> None:  # expect: proved
        self.balance = balance

    @require(lambda amount: amount >= 0)
    @snapshot(lambda self: self.balance, name="before")
    @ensure(lambda self, amount, OLD: self.balance == OLD.before + amount)
    def deposit(self, amount: int) -> None:  # expect: proved
        self.balance += amount

    @require(lambda self, amount: 0 <= amount <= self.balance)
    @snapshot(lambda self: self.balance, name="before")
    @ensure(lambda self, amount, OLD: self.balance == OLD.before - amount)
    def withdraw(self, amount: int) -> None:  # expect: proved
        self.balance -= amount


class Ledger:
    """The amounts that were booked, in order."""

    def __init__(self) -> None:
        self.entries: list[int] = []

    @snapshot(lambda self: self.entries[:], name="before")
    @ensure(lambda self, amount, OLD: self.entries == OLD.before + [amount])
    def add(self, amount: int) -> None:  # expect: proved
        self.entries.append(amount)

    @ensure(lambda self, result: result == sum(self.entries))
    def total(self) -> int:  # expect: proved
        return sum(self.entries)


@invariant(lambda self: self.count == len(self.ledger.entries))
class Cart:
    """Prices in a ledger of its own, and how many there are."""

    def __init__(self) -> None:  # expect: proved
        self.ledger = Ledger()
        self.count = 0

    @snapshot(lambda self: len(self.ledger.entries), name="before")
    @ensure(lambda self, price, OLD: self.ledger.entries[-1] == price)
    @ensure(lambda self, OLD: len(self.ledger.entries) == OLD.before + 1)
    def put(self, price: int) -> None:  # expect: proved
        self.ledger.add(price)
        self.count += 1

    @snapshot(lambda self: len(self.ledger.entries), name="before")
    @ensure(lambda self, OLD: len(self.ledger.entries) == OLD.before + 1)
    def put_broken(self, price: int) -> None:  # expect: refuted
        self.ledger.add(price)

    @ensure(lambda self: self.count == 0)
    def clear(self) -> None:  # expect: proved
        self.ledger = Ledger()
        self.count = 0

    @ensure(lambda self: self.count == 0)
    def clear_broken(self) -> None:  # expect: refuted
        self.count = 0

    @ensure(lambda self, result: result == sum(self.ledger.entries))
    def total(self) -> int:  # expect: proved
        found = 0
        for entry in self.ledger.entries:
            found += entry
        return found

    @ensure(lambda self, result: result == sum(self.ledger.entries))
    def total_broken(self) -> int:  # expect: refuted
        return self.ledger.total() + self.count


class Bank:
    """An account that someone handed in."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.moves = 0

    @require(lambda amount: amount >= 0)
    @snapshot(lambda self: self.account.balance, name="before")
    @ensure(lambda self, amount, OLD: self.account.balance == OLD.before + amount)
    def pay_in(self, amount: int) -> None:  # expect: proved
        self.account.deposit(amount)
        self.moves += 1

    @snapshot(lambda self: self.account.balance, name="before")
    @ensure(lambda self, amount, OLD: self.account.balance == OLD.before + amount)
    def pay_in_broken(self, amount: int) -> None:  # expect: refuted
        self.account.deposit(amount)

    @require(lambda amount: amount >= 0)
    @ensure(lambda result: result >= 0)
    @ensure(lambda self: self.account.balance >= 0)
    def pay_out(self, amount: int) -> int:  # expect: proved
        given = min(amount, self.account.balance)
        self.account.withdraw(given)
        return given

    @require(lambda amount: amount >= 0)
    @ensure(lambda self, amount, result: result <= amount and self.account.balance > 0)
    def pay_out_broken(self, amount: int) -> int:  # expect: refuted
        given = min(amount, self.account.balance)
        self.account.balance -= given
        return given

    @require(lambda n: n >= 0)
    @ensure(lambda self, n: self.account.balance >= n)
    def grow(self, n: int) -> None:  # expect: proved
        for _ in range(n):
            self.account.balance += 1

    @require(lambda n: n >= 0)
    @ensure(lambda self, n: self.account.balance > n)
    def grow_broken(self, n: int) -> None:  # expect: refuted
        for _ in range(n):
            self.account.balance += 1


@dataclass
class Item:
    """Something with a price."""

    name: str
    price: int


@dataclass
class Order:
    """Some of one item, and another as a gift."""

    item: Item
    gift: Item
    quantity: int = 1

    @ensure(lambda self, result: result == self.item.price * self.quantity)
    def cost(self) -> int:  # expect: proved
        return self.item.price * self.quantity

    @ensure(lambda self, result: result == self.item.price * self.quantity)
    def cost_broken(self) -> int:  # expect: refuted
        return self.gift.price * self.quantity

    @require(lambda self: self.item is not self.gift)
    @snapshot(lambda self: self.gift.price, name="gift")
    @ensure(lambda self, OLD: self.gift.price == OLD.gift)
    def raise_price(self) -> None:  # expect: proved
        self.item.price += 1

    @snapshot(lambda self: self.gift.price, name="gift")
    @ensure(lambda self, OLD: self.gift.price == OLD.gift)
    def raise_price_broken(self) -> None:  # expect: violated
        self.item.price += 1

    @snapshot(lambda self: self.item, name="item")
    @snapshot(lambda self: self.gift, name="gift")
    @ensure(lambda self, OLD: self.item is OLD.gift and self.gift is OLD.item)
    def swap(self) -> None:  # expect: proved
        self.item, self.gift = self.gift, self.item

    @snapshot(lambda self: self.item, name="item")
    @snapshot(lambda self: self.gift, name="gift")
    @ensure(lambda self, OLD: self.item is OLD.gift and self.gift is OLD.item)
    def swap_broken(self) -> None:  # expect: refuted
        self.item = self.gift
        self.gift = self.item


@ensure(lambda name, result: result.item.name == name and result.quantity == 1)
@ensure(lambda result: result.item is not result.gift)
def ordered(name: str) -> Order:  # expect: proved
    return Order(Item(name, 1), Item("bag", 0))


@ensure(lambda result: result.item is not result.gift)
def ordered_broken(name: str) -> Order:  # expect: refuted
    item = Item(name, 1)
    return Order(item, item)


@require(lambda a, b: a.item is not b.item and a.item is not b.gift)
@snapshot(lambda b: (b.item.price, b.gift.price), name="before")
@ensure(lambda b, OLD: (b.item.price, b.gift.price) == OLD.before)
def discount(a: Order, b: Order) -> None:  # expect: proved
    a.item.price -= 1


@snapshot(lambda b: (b.item.price, b.gift.price), name="before")
@ensure(lambda b, OLD: (b.item.price, b.gift.price) == OLD.before)
def discount_broken(a: Order, b: Order) -> None:  # expect: refuted
    a.item.price -= 1


@require(lambda amount, giver: 0 <= amount <= giver.account.balance)
@require(lambda giver, taker: giver.account is not taker.account)
@snapshot(lambda giver, taker: giver.account.balance + taker.account.balance, name="total")
@ensure(lambda giver, taker, OLD: giver.account.balance + taker.account.balance == OLD.total)
def transfer(giver: Bank, taker: Bank, amount: int) -> None:  # expect: proved
    giver.account.withdraw(amount)
    taker.account.deposit(amount)


@require(lambda amount, giver: 0 <= amount <= giver.account.balance)
@snapshot(lambda taker: taker.account.balance, name="before")
@ensure(lambda taker, amount, OLD: taker.account.balance == OLD.before + amount)
def transfer_broken(giver: Bank, taker: Bank, amount: int) -> None:  # expect: refuted
    giver.account.withdraw(amount)
    taker.account.deposit(amount)
