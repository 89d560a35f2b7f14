"""State outside the call: module variables, class attributes, hidden counters."""

from icontract import ensure, invariant, require

COUNT = [0]
LIMIT = 10
table = {"a": 1}


def bump() -> None:
    COUNT[0] += 1


@ensure(lambda x, result: result == x + 1)
def counts_calls(x: int) -> int:  # expect: violated
    bump()
    return x + COUNT[0]


@ensure(lambda x, result: result <= LIMIT)
def constant_limit(x: int) -> int:  # expect: holds
    return min(x, LIMIT)


TOTAL = 0


@ensure(lambda result: result == 1)
def writes_a_global(x: int) -> int:  # expect: violated
    global TOTAL
    TOTAL += 1
    return TOTAL


@invariant(lambda self: self.level >= 0)
class Tank:
    """A tank that can't hold less than nothing."""

    def __init__(self) -> None:
        self.level = 0

    def fill(self, amount: int) -> None:  # expect: violated
        self.level += amount

    @require(lambda amount: amount >= 0)
    def add(self, amount: int) -> None:  # expect: holds
        self.level += amount

    @require(lambda amount: amount >= 0)
    def drain(self, amount: int) -> None:  # expect: violated
        self.level -= amount
        if self.level < 0:
            raise ValueError("empty")
