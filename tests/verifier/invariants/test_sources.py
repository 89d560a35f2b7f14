"""Each source proposes what a person would write; names of bound variables are the tool's."""

from __future__ import annotations

import pytest

SUM = """
@ensure(lambda xs, result: result == sum(xs))
def f(xs: list[int]) -> int:
    acc = 0
    for x in xs:
        acc += x
    return acc
"""
BISECTION = """
@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result <= n)
@ensure(lambda n, result: n < (result + 1) * (result + 1))
def f(n: int) -> int:
    low, high = 0, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        if middle * middle <= n:
            low = middle
        else:
            high = middle
    return low
"""
DIGITS = """
@require(lambda n: n >= 0)
@ensure(lambda n, result: (n - result) % 9 == 0)
def f(n: int) -> int:
    total = 0
    while n > 0:
        total += n % 10
        n //= 10
    return total
"""
QUOTIENT = """
@require(lambda a: a >= 0)
@require(lambda b: b > 0)
@ensure(lambda a, b, result: result * b <= a)
def f(a: int, b: int) -> int:
    count, rest = 0, a
    while rest >= b:
        rest -= b
        count += 1
    return count
"""
CUBES = """
@require(lambda n: n >= 0)
@ensure(lambda n, result: 4 * result == n * n * (n + 1) * (n + 1))
def f(n: int) -> int:
    total = 0
    for i in range(n + 1):
        total += i * i * i
    return total
"""
FIBONACCI = """
def fib(n: int) -> int:
    return n if n <= 1 else fib(n - 1) + fib(n - 2)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == fib(n))
def f(n: int) -> int:
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
"""
SEARCH = """
@ensure(lambda xs, key, result: result != -1 or key not in xs)
def f(xs: list[int], key: int) -> int:
    i = 0
    while i < len(xs):
        if xs[i] == key:
            return i
        i += 1
    return -1
"""
REVERSAL = """
@snapshot(lambda xs: xs[:], name="old")
@ensure(lambda xs, OLD: all(xs[i] == OLD.old[len(xs) - 1 - i] for i in range(len(xs))))
def f(xs: list[int]) -> None:
    low, high = 0, len(xs) - 1
    while low < high:
        xs[low], xs[high] = xs[high], xs[low]
        low += 1
        high -= 1
"""
FILTER = """
@ensure(lambda xs, result: result == [x for x in xs if x > 0])
def f(xs: list[int]) -> list[int]:
    out: list[int] = []
    for x in xs:
        if x > 0:
            out.append(x)
    return out
"""
BACKWARDS = """
@ensure(lambda xs, result: result == xs[::-1])
def f(xs: list[int]) -> list[int]:
    out = []
    for i in range(len(xs) - 1, -1, -1):
        out.append(xs[i])
    return out
"""
INSERTION = """
@ensure(lambda xs, result: result == sorted(xs))
def f(xs: list[int]) -> list[int]:
    out = list(xs)
    for i in range(1, len(out)):
        j = i
        while j > 0 and out[j - 1] > out[j]:
            out[j - 1], out[j] = out[j], out[j - 1]
            j -= 1
    return out
"""
EUCLID = """
@require(lambda a, b: a > 0 and b > 0)
@ensure(lambda a, b, result: a % result == 0 and b % result == 0)
def f(a: int, b: int) -> int:
    x, y = a, b
    while y != 0:
        x, y = y, x % y
    return x
"""
LOGARITHM = """
@require(lambda n: n >= 1)
@ensure(lambda n, result: 2 ** result <= n < 2 ** (result + 1))
def f(n: int) -> int:
    log = 0
    while n > 1:
        n //= 2
        log += 1
    return log
"""
STRIDE = """
@require(lambda n: n >= 0)
@ensure(lambda n, result: 2 * result <= n <= 2 * result + 1)
def f(n: int) -> int:
    half = i = 0
    while i + 2 <= n:
        assert i == 2 * half
        i += 2
        half += 1
    return half
"""
MAXIMUM = """
@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == max(xs))
def f(xs: list[int]) -> int:
    best = xs[0]
    for i in range(1, len(xs)):
        if xs[i] > best:
            best = xs[i]
    return best
"""
PARTITION = """
@ensure(lambda xs, result: all(result.count(x) == xs.count(x) for x in xs))
def f(xs: list[int]) -> list[int]:
    low: list[int] = []
    high: list[int] = []
    for x in xs:
        if x < 0:
            low.append(x)
        else:
            high.append(x)
    return low + high
"""


@pytest.mark.parametrize(
    ("source", "label", "wanted"),
    [
        (SUM, "L1", "acc == sum(xs[:k1])"),
        (SUM, "L1", "k1 <= len(xs)"),
        (BISECTION, "L1", "low * low <= n"),
        (BISECTION, "L1", "n < high * high"),
        (BISECTION, "L1", "low <= high - 1"),
        (DIGITS, "L1", "(OLD.old(n) - n - total) % 9 == 0"),
        (QUOTIENT, "L1", "count * b + rest == a"),
        (CUBES, "L1", "4 * total == (k1 - 1) * (k1 - 1) * (k1 - 1 + 1) * (k1 - 1 + 1)"),
        (FIBONACCI, "L1", "a == fib(k1)"),
        (FIBONACCI, "L1", "b == fib(k1 + 1)"),
        (SEARCH, "L1", "key not in xs[:i]"),
        (REVERSAL, "L1", "all(xs[q!] == OLD.old(xs)[q!] for q! in range(low, high + 1))"),
        (REVERSAL, "L1", "all(xs[i] == OLD.old[len(xs) - 1 - i] for i in range(low))"),
        (FILTER, "L1", "out == [x_1 for x_1 in xs[:k1] if x_1 > 0]"),
        (BACKWARDS, "L1", "all(out[q!] == xs[len(xs) - 1 - q!] for q! in range(0, len(out)))"),
        (INSERTION, "L2", "sorted(out) == sorted(xs)"),
        (
            INSERTION,
            "L2",
            "all(out[p!] <= out[q!] for q! in range(i + 1) if q! != j for p! in range(q!))",
        ),
        (
            EUCLID,
            "L1",
            "all(a % q! == 0 for q! in range(1, x + 1) if x % q! == 0 if y % q! == 0)",
        ),
        (LOGARITHM, "L1", "2 ** log * n <= OLD.old(n)"),
        (LOGARITHM, "L1", "OLD.old(n) < 2 ** log * (n + 1)"),
        (STRIDE, "L1", "i == 2 * half"),
        (MAXIMUM, "L1", "best == max(xs[:1 + k1])"),
        (PARTITION, "L1", "sorted(low + high) == sorted(xs[:k1])"),
    ],
)
def test_a_loop_gets_the_candidate_that_its_proof_needs(texts, source, label, wanted):
    assert wanted in texts(source)[label]


@pytest.mark.parametrize("source", [SUM, BISECTION, DIGITS, CUBES, INSERTION, PARTITION])
def test_candidates_are_few_and_no_two_are_the_same(texts, source):
    for found in texts(source).values():
        assert 0 < len(found) <= 60
        assert len(found) == len(set(found))


def test_what_is_false_on_a_trace_is_not_proposed(texts):
    for found in texts(SUM).values():
        assert "acc == sum(xs)" not in found
        assert "acc >= 0" not in found


def test_an_inner_loop_knows_how_far_the_outer_one_is(texts):
    source = """
@require(lambda n: n >= 0)
@require(lambda m: m >= 0)
@ensure(lambda n, m, result: result == n * m)
def f(n: int, m: int) -> int:
    count = 0
    for _ in range(n):
        for _ in range(m):
            count += 1
    return count
"""
    assert "k1 * m + k2 == m + count" in texts(source)["L2"]


def test_a_loop_within_a_loop_adds_a_round_of_the_inner_one(texts):
    source = """
@ensure(lambda xs, result: result >= 0 or len(xs) > 0)
def f(xs: list[int]) -> int:
    total = 0
    for i in range(len(xs)):
        for j in range(i, len(xs)):
            total += xs[i]
    return total
"""
    found = list(texts(source).values())
    sums = [[text for text in loop if text.startswith("total == sum(")] for loop in found]
    assert len(found) == 2
    assert all(sums), found
