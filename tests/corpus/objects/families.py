"""Inheritance and the methods that operators call."""

from __future__ import annotations

from icontract import DBC, ensure, invariant, require, snapshot


@invariant(lambda self: self.balance >= 0)
class Account(DBC):
    """Holds money."""

    def __init__(self, balance: int) -> None:  # expect: refuted
        self.balance = balance

    @require(lambda amount: amount > 10)
    @snapshot(lambda self: self.balance, name="balance")
    @ensure(lambda self, OLD: self.balance > OLD.balance)
    def deposit(self, amount: int) -> None:  # expect: proved
        self.balance += amount

    @ensure(lambda result: result >= 0)
    def fee(self) -> int:  # expect: proved
        return 1


class Premium(Account):
    """An account that takes small amounts too, and whose fee depends on what it holds."""

    def __init__(self, balance: int) -> None:  # expect: proved
        super().__init__(max(balance, 0))

    @require(lambda amount: amount > 0)
    @ensure(lambda self, amount, OLD: self.balance == OLD.balance + amount)
    def deposit(self, amount: int) -> None:  # expect: proved
        self.balance += amount

    @ensure(lambda self, result: result <= self.balance)
    def fee(self) -> int:  # expect: proved
        return min(self.balance, 3)

    @require(lambda amount: amount > 0)
    @snapshot(lambda self: self.balance, name="balance")
    @ensure(lambda self, amount, OLD: self.balance == OLD.balance + 2 * amount)
    def twice(self, amount: int) -> None:  # expect: proved
        self.deposit(amount)
        self.deposit(amount)


class Careless(Account):
    """Breaks what it inherits."""

    def __init__(self) -> None:  # expect: proved
        super().__init__(0)

    @ensure(lambda result: result <= 10)
    def fee(self) -> int:  # expect: refuted
        return self.balance - 100 if self.balance < 100 else 0

    @require(lambda amount: amount > 0)
    def deposit(self, amount: int) -> None:  # expect: refuted
        if amount > 10:
            self.balance += amount - 11

    def spend(self, amount: int) -> None:  # expect: refuted
        self.balance -= amount


@invariant(lambda self: self.balance <= self.limit)
class Limited(Account):
    """An account with a limit, kept by what it adds."""

    def __init__(self, limit: int) -> None:  # expect: refuted
        super().__init__(0)
        self.limit = limit

    @ensure(lambda result: result >= 0)
    def room(self) -> int:  # expect: proved
        return self.limit - self.balance

    @ensure(lambda result: result > 0)
    def room_broken(self) -> int:  # expect: refuted
        return self.limit - self.balance


@invariant(lambda self: len(self.items) <= 3)
class Shelf:
    """A list with a length, members and items of its own."""

    def __init__(self) -> None:  # expect: proved
        self.items: list[int] = []

    @ensure(lambda self, result: result == len(self.items))
    def __len__(self) -> int:  # expect: proved
        return len(self.items)

    @ensure(lambda self, x, result: result == (x in self.items))
    def __contains__(self, x: int) -> bool:  # expect: proved
        for item in self.items:
            if item == x:
                return True
        return False

    @require(lambda self, i: 0 <= i < len(self.items))
    @ensure(lambda self, i, result: result == self.items[i])
    def __getitem__(self, i: int) -> int:  # expect: proved
        return self.items[i]

    @require(lambda self: len(self) < 3)
    @ensure(lambda self, x: x in self)
    def put(self, x: int) -> None:  # expect: proved
        self.items.append(x)

    @ensure(lambda self, x: x in self)
    def put_broken(self, x: int) -> None:  # expect: refuted
        self.items.append(x)

    @require(lambda self: len(self) > 0)
    @ensure(lambda self, result: result == self[len(self) - 1])
    def last(self) -> int:  # expect: proved
        return self.items[-1]

    @require(lambda self: len(self) > 0)
    @ensure(lambda self, result: result == self[len(self) - 1])
    def last_broken(self) -> int:  # expect: refuted
        return self.items[0]


class Money:
    """Equal where the cents are."""

    def __init__(self, cents: int) -> None:
        self.cents = cents

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and self.cents % 100 == other.cents % 100


@ensure(lambda a, b, result: result == ((a.cents - b.cents) % 100 == 0))
def equal_cents(a: Money, b: Money) -> bool:  # expect: proved
    return a == b


@ensure(lambda a, b, result: result == (a.cents == b.cents))
def equal_cents_broken(a: Money, b: Money) -> bool:  # expect: refuted
    return a == b
