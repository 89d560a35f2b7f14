"""Sums over the values of a dict or the members of a set."""

from icontract import ensure, require, snapshot


@ensure(lambda stock, result: result == sum(stock.values()))
def by_items(stock: dict[str, int]) -> int:  # expect: proved
    total = 0
    for _, amount in stock.items():
        total += amount
    return total


@ensure(lambda stock, result: result == sum(stock.values()))
def by_items_broken(stock: dict[str, int]) -> int:  # expect: refuted
    total = 0
    for _, amount in stock.items():
        total = amount
    return total


@ensure(lambda book, result: result == sum(book.values()))
def by_keys(book: dict[int, int]) -> int:  # expect: proved
    s = 0
    for key in book:
        s = s + book[key]
    return s


@ensure(lambda book, result: result == sum(book.values()))
def by_keys_broken(book: dict[int, int]) -> int:  # expect: refuted
    s = 0
    for key in book:
        s = s + key
    return s


@ensure(lambda d, result: result == sum(v for v in d.values() if v > 0))
def gains(d: dict[str, int]) -> int:  # expect: proved
    acc = 0
    for x in d.values():
        if x > 0:
            acc += x
    return acc


@ensure(lambda d, result: result == sum(v for v in d.values() if v > 0))
def gains_broken(d: dict[str, int]) -> int:  # expect: refuted
    acc = 0
    for x in d.values():
        if x > 1:
            acc += x
    return acc


@ensure(lambda d, result: result == sum(d[k] for k in d))
def in_one_go(d: dict[str, int]) -> int:  # expect: proved
    return sum(d.values())


@ensure(lambda d, result: result == sum(d[k] for k in d))
def in_one_go_broken(d: dict[str, int]) -> int:  # expect: refuted
    return sum(d.values()) + len(d) // 2


@ensure(lambda names, result: result == sum(names))
def of_a_set(names: set[int]) -> int:  # expect: proved
    c = 0
    for n in names:
        c += n
    return c


@ensure(lambda names, result: result == sum(names))
def of_a_set_broken(names: set[int]) -> int:  # expect: refuted
    c = 1
    for n in names:
        c += n
    return c


@require(lambda d, k: k in d)
@snapshot(lambda d: sum(d.values()), name="before")
@ensure(lambda d, amount, OLD: sum(d.values()) == OLD.before + amount)
def deposit(d: dict[str, int], k: str, amount: int) -> None:  # expect: proved
    d[k] += amount


@require(lambda d, k: k in d)
@snapshot(lambda d: sum(d.values()), name="before")
@ensure(lambda d, amount, OLD: sum(d.values()) == OLD.before + amount)
def deposit_broken(d: dict[str, int], k: str, amount: int) -> None:  # expect: refuted
    d[k] = amount


@require(lambda d, src, dst: src in d and dst in d)
@snapshot(lambda d: sum(d.values()), name="before")
@ensure(lambda d, OLD: sum(d.values()) == OLD.before)
def transfer(d: dict[str, int], src: str, dst: str, amount: int) -> None:  # expect: proved
    d[src] -= amount
    d[dst] += amount


@require(lambda d, src, dst: src in d and dst in d)
@snapshot(lambda d: sum(d.values()), name="before")
@ensure(lambda d, OLD: sum(d.values()) == OLD.before)
def transfer_broken(d: dict[str, int], src: str, dst: str, amount: int) -> None:  # expect: refuted
    left = d[src] - amount
    d[dst] += amount
    d[src] = left


@require(lambda d, k: k in d and all(v >= 0 for v in d.values()))
@ensure(lambda d, k, result: result >= d[k])
def at_least_each(d: dict[str, int], k: str) -> int:  # expect: proved
    return sum(d.values())


@require(lambda d, k: k in d and all(v >= -1 for v in d.values()))
@ensure(lambda d, k, result: result >= d[k])
def at_least_each_broken(d: dict[str, int], k: str) -> int:  # expect: refuted
    return sum(d.values())


@ensure(lambda xs, result: sum(result.values()) == len(xs))
def histogram(xs: list[int]) -> dict[int, int]:  # expect: proved
    counts: dict[int, int] = {}
    for x in xs:
        counts[x] = counts.get(x, 0) + 1
    return counts


@ensure(lambda xs, result: sum(result.values()) == len(xs))
def histogram_broken(xs: list[int]) -> dict[int, int]:  # expect: refuted
    counts: dict[int, int] = {}
    for x in xs:
        counts[x] = counts.get(x, 1) + 1
    return counts
