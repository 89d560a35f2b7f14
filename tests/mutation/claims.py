"""Small functions under contract, each with what an unbroken verifier must say of it."""

from claim import Claim

CLAIMS = {
    "divide by any": Claim(
        False,
        """
@ensure(lambda result: True)
def f(a: int, b: int) -> int:
    return a % b
""",
    ),
    "two counters": Claim(
        False,
        """
@require(lambda n: n > 0)
@ensure(lambda result: result == 0)
def f(n: int) -> int:
    i = j = 0
    while i < n:
        i += 1
        j += 2
    return j
""",
    ),
    "length of a huge range": Claim(
        False,
        """
@ensure(lambda result: result >= 0)
def f(n: int) -> int:
    return len(range(n))
""",
    ),
    "and gives an operand": Claim(
        True,
        """
@ensure(lambda a, b, result: result == (b if a else 0))
def f(a: int, b: int) -> int:
    return a and b
""",
    ),
    "middle of a chain": Claim(
        True,
        """
@require(lambda xs: len(xs) == 2)
@ensure(lambda xs: len(xs) == 1)
def f(xs: list[int]) -> bool:
    return 0 < xs.pop() < 3
""",
    ),
    "recursion for ever": Claim(
        False,
        """
@ensure(lambda result: result >= 1)
def f(n: int) -> int:
    return f(n)
""",
    ),
    "last of a range": Claim(
        True,
        """
@ensure(lambda result: result == 2)
def f() -> int:
    i = 0
    for i in range(3):
        pass
    return i
""",
    ),
    "range downwards": Claim(
        True,
        """
@ensure(lambda result: result == 1)
def f() -> int:
    i = 0
    for i in range(3, 0, -1):
        pass
    return i
""",
    ),
    "code points end": Claim(
        True,
        """
@require(lambda s: len(s) == 1)
@ensure(lambda result: result <= 1114111)
def f(s: str) -> int:
    return ord(s)
""",
    ),
    "lengths are not negative": Claim(
        True,
        """
@ensure(lambda result: result >= 0)
def f(xs: list[int]) -> int:
    return len(xs)
""",
    ),
    "snapshot is of the entry": Claim(
        False,
        """
@snapshot(lambda xs: xs[:], name='was')
@ensure(lambda xs, OLD: len(xs) == len(OLD.was))
def f(xs: list[int]) -> None:
    xs.append(1)
""",
    ),
    "rebinding is invisible": Claim(
        False,
        """
@ensure(lambda a, result: result == a)
def f(a: int) -> int:
    a = 5
    return a
""",
    ),
    "vacuous": Claim(
        False,
        """
@require(lambda n: n > 3)
@require(lambda n: n < 2)
@ensure(lambda n, result: result == n + 1)
def f(n: int) -> int:
    return n
""",
    ),
    "prefix is not the whole": Claim(
        False,
        """
@ensure(lambda xs, result: result == xs)
def f(xs: list[int]) -> list[int]:
    return xs[:1]
""",
    ),
    "smaller of two": Claim(
        True,
        """
@ensure(lambda a, b, result: result <= a and result <= b)
def f(a: int, b: int) -> int:
    return min(a, b)
""",
    ),
    "default is always evaluated": Claim(
        False,
        """
@require(lambda xs: len(xs) > 0)
@ensure(lambda result: True)
def f(xs: list[int], b: int) -> int:
    return max(xs, default=1 // b)
""",
    ),
    "sum of a list that shrinks": Claim(
        False,
        """
@require(lambda xs: len(xs) == 2 and xs[0] == 1 and xs[1] == 1)
@ensure(lambda result: result == 3)
def f(xs: list[int]) -> int:
    return sum(xs, xs.pop())
""",
    ),
    "list that shrinks while iterated": Claim(
        False,
        """
def same(xs: list[int]) -> list[int]:
    return xs


@ensure(lambda result: result == 4)
def f() -> int:
    n = 0
    ys = [1, 2, 3, 4]
    for x in same(ys):
        ys.pop()
        n += 1
    return n
""",
    ),
    "effect in a comprehension": Claim(
        False,
        """
@require(lambda xs: len(xs) > 3)
@snapshot(lambda xs: xs[:], name='was')
@ensure(lambda xs, OLD: len(xs) == len(OLD.was))
def f(xs: list[int]) -> bool:
    return all(xs.pop() > 0 for x in [1, 2])
""",
    ),
    "assert": Claim(
        False,
        """
@ensure(lambda a, result: result > 0)
def f(a: int) -> int:
    assert a > 0
    return a
""",
    ),
    "return in a loop": Claim(
        False,
        """
@ensure(lambda result: result == 2)
def f(n: int) -> int:
    for i in range(n):
        return 1
    return 2
""",
    ),
    "continue": Claim(
        False,
        """
@ensure(lambda a: a <= 0)
def f(a: int) -> None:
    for i in range(2):
        if a > 0:
            continue
""",
    ),
    "list stored in a list": Claim(
        False,
        """
@snapshot(lambda xs: xs[:], name='was')
@ensure(lambda result, OLD: result == len(OLD.was))
def f(xs: list[int]) -> int:
    grid = [xs]
    xs.append(1)
    return len(grid[0])
""",
    ),
    "identity": Claim(
        False,
        """
@ensure(lambda result: result)
def f(xs: list[int], ys: list[int]) -> bool:
    return xs is ys
""",
    ),
    "True is 1": Claim(
        True,
        """
@ensure(lambda p, result: result == (p == 1))
def f(p: bool) -> bool:
    return p
""",
    ),
    "shift by any": Claim(
        False,
        """
@ensure(lambda result: result != 0)
def f(n: int) -> int:
    return 1 << n
""",
    ),
    "power of any": Claim(
        False,
        """
@ensure(lambda result: result >= 1)
def f(n: int) -> int:
    return 2 ** n
""",
    ),
    "starts with": Claim(
        True,
        """
@ensure(lambda s, result: not result or len(s) >= 2)
def f(s: str) -> bool:
    return s.startswith('ab')
""",
    ),
    "display": Claim(
        True,
        """
@require(lambda i: 0 <= i < 3)
@ensure(lambda i, result: result == i + 5)
def f(i: int) -> int:
    return [5, 6, 7][i]
""",
    ),
    "reversed": Claim(
        True,
        """
@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == xs[-1])
def f(xs: list[int]) -> int:
    return list(reversed(xs))[0]
""",
    ),
    "enumerate from one": Claim(
        True,
        """
@ensure(lambda result: result == 2)
def f() -> int:
    n = 0
    for k, x in enumerate([7, 8], 1):
        n = k
    return n
""",
    ),
    "unpacking": Claim(
        False,
        """
@ensure(lambda result: True)
def f(xs: list[int]) -> int:
    a, b = xs
    return a
""",
    ),
    "chr of any": Claim(
        False,
        """
@ensure(lambda result: len(result) == 1)
def f(n: int) -> str:
    return chr(n)
""",
    ),
    "sum of two lists": Claim(
        True,
        """
@ensure(lambda xs, ys, result: result == sum(xs) + sum(ys))
def f(xs: list[int], ys: list[int]) -> int:
    return sum(xs + ys)
""",
    ),
    "callee's postcondition": Claim(
        False,
        """
@ensure(lambda result: result > 0)
def g(n: int) -> int:
    return 1


@ensure(lambda result: result > 5)
def f(n: int) -> int:
    return g(n)
""",
    ),
    "while else": Claim(
        False,
        """
@require(lambda n: n >= 0)
@ensure(lambda result: result == 0)
def f(n: int) -> int:
    while n > 0:
        assert n >= 0
        n -= 1
    else:
        n = 7
    return n
""",
    ),
    "exception in a handler": Claim(
        False,
        """
@ensure(lambda result: True)
def f(a: int) -> int:
    try:
        return 1 // a
    except ZeroDivisionError:
        raise
""",
    ),
    "order of tuples": Claim(
        True,
        """
@ensure(lambda a, b, result: result == (a < b))
def f(a: int, b: int) -> bool:
    return (a, 0) < (b, 0)
""",
    ),
    "strict zip": Claim(
        False,
        """
@ensure(lambda result: result >= 0)
def f(xs: list[int]) -> int:
    n = 0
    for x, y in zip(xs, [1, 2], strict=True):
        n += 1
    return n
""",
    ),
    "a walrus leaks": Claim(
        False,
        """
@require(lambda xs: len(xs) == 2)
@ensure(lambda result: result == 0)
def f(xs: list[int]) -> int:
    any((y := x) > 2 for x in xs)
    try:
        return y
    except NameError:
        return 0
""",
    ),
    "deposit to a key": Claim(
        True,
        """
@require(lambda d, k: k in d)
@snapshot(lambda d: sum(d.values()), name="before")
@ensure(lambda d, k, amount, OLD: sum(d.values()) == OLD.before + amount)
def f(d: dict[int, int], k: int, amount: int) -> None:
    d[k] += amount
""",
    ),
    "a new key": Claim(
        True,
        """
@require(lambda d, k: k not in d)
@snapshot(lambda d: sum(d.values()), name="before")
@ensure(lambda d, k, OLD: sum(d.values()) == OLD.before + 3)
def f(d: dict[int, int], k: int) -> None:
    d[k] = 3
""",
    ),
    "no debt": Claim(
        False,
        """
@require(lambda d: all(d[k] >= -1 for k in d))
@ensure(lambda d, result: result >= 0)
def f(d: dict[int, int]) -> int:
    return sum(d.values())
""",
    ),
    "both parts": Claim(
        False,
        """
@require(lambda xs, k: 0 <= k <= len(xs))
@ensure(lambda xs, result: result == sum(xs) - 1)
def f(xs: list[int], k: int) -> int:
    return sum(xs[:k]) + sum(xs[k:])
""",
    ),
    "last is not greatest": Claim(
        False,
        """
@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == xs[-1])
def f(xs: list[int]) -> int:
    return max(xs)
""",
    ),
    "blank of all of Unicode": Claim(
        False,
        """
@ensure(lambda s, result: s[:1] != chr(8195) or result == s)
def f(s: str) -> str:
    return s.lstrip()
""",
    ),
    "comma between": Claim(
        False,
        """
@require(lambda words: len(words) == 9)
@ensure(lambda words, result: len(result) == sum(len(w) for w in words))
def f(words: list[str]) -> str:
    return ",".join(words)
""",
    ),
}
