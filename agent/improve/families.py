"""Families of tasks: each draws the parameters of a contract, and a solution that meets it.

The solution is never shown to a search; it is there to show that the contract can be met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

Draw = Callable[[Random], "Pattern"]
ORDERINGS = ("max", "min", "sorted", "sort")


@dataclass(frozen=True)
class Pattern:
    """The texts of a task: a signature, a contract, what is forbidden, and a solution's body.

    `reference` is the text of a function `f` of the same parameters that says the result.
    """

    signature: str
    solution: str
    requires: tuple[str, ...] = ()
    ensures: tuple[str, ...] = ()
    definitions: str = ""
    forbid: tuple[str, ...] = ()
    reference: str = ""
    examples: tuple[str, ...] = ()


def _test(rng: Random, name: str) -> str:
    """A condition on an int."""
    c, m = rng.randint(-5, 9), rng.randint(2, 5)
    forms = (f"{name} > {c}", f"{name} < {c}", f"{name} != {c}", f"{name} % {m} == {c % m}")
    return rng.choice(forms)


def _term(rng: Random, name: str) -> str:
    """An expression over an int."""
    a, c = rng.randint(2, 5), rng.randint(1, 9)
    forms = (f"{name} + {c}", f"{a} * {name}", f"{name} * {name}", f"{c} - {name}", f"abs({name})")
    return rng.choice(forms)


def extremum(rng: Random) -> Pattern:
    """The greatest or least of shifted parameters."""
    names = "abcd"[: rng.randint(2, 3)]
    terms = [n if rng.random() < 0.6 else f"{n} + {rng.randint(1, 9)}" for n in names]
    largest = rng.random() < 0.5
    compare = ">=" if largest else "<="
    ensures = [f"result {compare} {t}" for t in terms]
    ensures.append(" or ".join(f"result == {t}" for t in terms))
    body = f"return {'max' if largest else 'min'}({', '.join(terms)})"
    return Pattern(_ints(names), body, ensures=tuple(ensures), forbid=ORDERINGS)


def _ints(names: str) -> str:
    return f"({', '.join(f'{n}: int' for n in names)}) -> int"


def clamped(rng: Random) -> Pattern:
    """A number kept between two constants."""
    low = rng.randint(-9, 9)
    high = low + rng.randint(1, 20)
    inside = f"result == n or (n < {low} and result == {low}) or (n > {high} and result == {high})"
    body = f"return max({low}, min(n, {high}))"
    return Pattern("(n: int) -> int", body, ensures=(f"{low} <= result <= {high}", inside))


def piecewise(rng: Random) -> Pattern:
    """One term where a condition holds, another elsewhere."""
    test, yes, no = _test(rng, "n"), _term(rng, "n"), _term(rng, "n")
    ensures = (f"not {test} or result == {yes}", f"{test} or result == {no}")
    return Pattern("(n: int) -> int", f"return {yes} if {test} else {no}", ensures=ensures)


def rounded(rng: Random) -> Pattern:
    """The next multiple, up or down."""
    fixed = rng.random() < 0.5
    m = str(rng.randint(2, 12)) if fixed else "m"
    up = rng.random() < 0.5
    bounds = f"n <= result < n + {m}" if up else f"n - {m} < result <= n"
    body = f"return -(-n // {m}) * {m}" if up else f"return n // {m} * {m}"
    return Pattern(
        _ints("n" if fixed else "nm"),
        body,
        () if fixed else ("m > 0",),
        (f"result % {m} == 0", bounds),
    )


def split(rng: Random) -> Pattern:
    """A quotient and a remainder."""
    c = rng.randint(3, 90)
    ensures = (f"result[0] * {c} + result[1] == n", f"0 <= result[1] < {c}")
    requires = ("n >= 0",)
    return Pattern("(n: int) -> tuple[int, int]", f"return (n // {c}, n % {c})", requires, ensures)


def distance(rng: Random) -> Pattern:
    """How far two shifted numbers are apart."""
    c = rng.randint(0, 9)
    ensures = ("result >= 0", f"result == a - b + {c} or result == b - a - {c}")
    return Pattern(_ints("ab"), f"return abs(a - b + {c})", ensures=ensures, forbid=("abs",))


def root(rng: Random) -> Pattern:
    """The greatest number whose power, times a factor, is not too large."""
    k, c = rng.randint(2, 3), rng.randint(1, 4)
    ensures = ("result >= 0", f"{c} * result ** {k} <= n", f"n < {c} * (result + 1) ** {k}")
    body = f"r = 0\n    while {c} * (r + 1) ** {k} <= n:\n        r += 1\n    return r"
    return Pattern("(n: int) -> int", body, ("n >= 0",), ensures)


def logarithm(rng: Random) -> Pattern:
    """The rounded-down logarithm."""
    b = rng.randint(2, 9)
    ensures = ("result >= 0", f"{b} ** result <= n", f"n < {b} ** (result + 1)")
    body = f"r = 0\n    while {b} ** (r + 1) <= n:\n        r += 1\n    return r"
    return Pattern("(n: int) -> int", body, ("n >= 1",), ensures)


def series(rng: Random) -> Pattern:
    """An arithmetic series, by what twice its sum is."""
    a, b = rng.randint(1, 4), rng.randint(0, 5)
    ensures = (f"2 * result == n * ({a} * n + {2 * b + a})",)
    body = f"return n * ({a} * n + {2 * b + a}) // 2"
    odd = "n % 2 == 0" if (2 * b + 2 * a) % 2 else "n >= 0"
    return Pattern("(n: int) -> int", body, ("n >= 0", odd), ensures)


def digits(rng: Random) -> Pattern:
    """Something over the digits of a number."""
    b, d = rng.randint(2, 16), rng.randint(0, 3)
    step = rng.choice(("n % {b}", "1", "n % {b} * (n % {b})", "n % {b} + {d}"))
    step = step.format(b=b, d=d)
    source = f"def g(n: int) -> int:\n    return 0 if n <= 0 else {step} + g(n // {b})\n"
    body = f"t = 0\n    while n > 0:\n        t += {step}\n        n //= {b}\n    return t"
    return Pattern("(n: int) -> int", body, ("n >= 0",), ("result == g(n)",), source)


def fold(rng: Random) -> Pattern:
    """A sum over a list without `sum`."""
    term, test = _term(rng, "x"), _test(rng, "x")
    text = (
        f"sum({term} for x in xs if {test})" if rng.random() < 0.5 else f"sum({term} for x in xs)"
    )
    return Pattern(
        "(xs: list[int]) -> int", f"return {text}", (), (f"result == {text}",), "", ("sum",)
    )


def counted(rng: Random) -> Pattern:
    """How many items satisfy a condition, by a hidden reference."""
    test = _test(rng, "x")
    body = f"t = 0\n    for x in xs:\n        if {test}:\n            t += 1\n    return t"
    return _by_reference("(xs: list[int]) -> int", body)


def _by_reference(signature: str, body: str) -> Pattern:
    return Pattern(signature, body, reference=f"def f{signature}:\n    {body}\n")


def greatest(rng: Random) -> Pattern:
    """The greatest or least item of a list."""
    compare, name = rng.choice(((">=", "max"), ("<=", "min")))
    ensures = ("result in xs", f"all(result {compare} x for x in xs)")
    signature = "(xs: list[int]) -> int"
    return Pattern(signature, f"return {name}(xs)", ("len(xs) > 0",), ensures, "", ORDERINGS)


def exists(rng: Random) -> Pattern:
    """Whether some, or every, item satisfies a condition, without `any` and `all`."""
    text = f"{rng.choice(('any', 'all'))}({_test(rng, 'x')} for x in xs)"
    ensures = (f"result == {text}",)
    return Pattern("(xs: list[int]) -> bool", f"return {text}", (), ensures, "", ("any", "all"))


def kept(rng: Random) -> Pattern:
    """The items that satisfy a condition, by a hidden reference."""
    return _by_reference(
        "(xs: list[int]) -> list[int]", f"return [x for x in xs if {_test(rng, 'x')}]"
    )


def mapped(rng: Random) -> Pattern:
    """A term of each item."""
    term = _term(rng, "xs[i]")
    ensures = ("len(result) == len(xs)", f"all(result[i] == {term} for i in range(len(xs)))")
    body = f"return [{term} for i in range(len(xs))]"
    return Pattern("(xs: list[int]) -> list[int]", body, (), ensures)


def zipped(rng: Random) -> Pattern:
    """A term of the items of two lists at the same place."""
    a, b = "xs[i]", "ys[i]"
    c = rng.randint(2, 5)
    term = rng.choice(
        (f"{a} + {b}", f"{a} - {b}", f"{a} * {b}", f"{a} + {c} * {b}", f"max({a}, {b})")
    )
    ensures = ("len(result) == len(xs)", f"all(result[i] == {term} for i in range(len(xs)))")
    body = f"return [{term} for i in range(len(xs))]"
    signature = "(xs: list[int], ys: list[int]) -> list[int]"
    return Pattern(signature, body, ("len(xs) == len(ys)",), ensures)


def neighbours(rng: Random) -> Pattern:
    """A term of each two neighbours."""
    c = rng.randint(1, 5)
    term = rng.choice(("{1} - {0}", "{0} + {1}", "{0} * {1}", "{1} - {0} + {2}"))
    term = term.format("xs[i]", "xs[i + 1]", c)
    ensures = (
        "len(result) == len(xs) - 1",
        f"all(result[i] == {term} for i in range(len(result)))",
    )
    body = f"return [{term} for i in range(len(xs) - 1)]"
    return Pattern("(xs: list[int]) -> list[int]", body, ("len(xs) > 0",), ensures)


def text(rng: Random) -> Pattern:
    """A text after one or two steps, by a hidden reference."""
    k, word = rng.randint(1, 4), rng.choice(("-", "!", "ab", "x"))
    steps = (
        ".strip()",
        ".upper()",
        ".lower()",
        "[::-1]",
        f"[:{k}]",
        f"[{k}:]",
        f".replace('a', '{word}')",
    )
    value = "s" + "".join(rng.sample(steps, rng.randint(1, 2)))
    if rng.random() < 0.3:
        value = f"{value} + '{word}'"
    return _by_reference("(s: str) -> str", f"return {value}")


def table(rng: Random) -> Pattern:
    """A dict from the items to a term of each."""
    term = _term(rng, "x")
    ensures = (
        f"all(x in result and result[x] == {term} for x in xs)",
        "all(k in xs for k in result)",
    )
    return Pattern(
        "(xs: list[int]) -> dict[int, int]", f"return {{x: {term} for x in xs}}", (), ensures
    )


def permuted(rng: Random) -> Pattern:
    """A tuple in another order."""
    kinds = rng.sample(("int", "str", "bool", "int"), 3)
    order = rng.choice(((1, 2, 0), (2, 0, 1), (2, 1, 0), (1, 0, 2)))
    made = ", ".join(kinds[i] for i in order)
    ensures = tuple(f"result[{at}] == t[{i}]" for at, i in enumerate(order))
    body = f"return ({', '.join(f't[{i}]' for i in order)})"
    return Pattern(f"(t: tuple[{', '.join(kinds)}]) -> tuple[{made}]", body, (), ensures)


def found(rng: Random) -> Pattern:
    """The first or the last place of a value, -1 where it is not there."""
    last = rng.random() < 0.5
    others = "range(result + 1, len(xs))" if last else "range(result)"
    ensures = (
        "(result == -1) == (key not in xs)",
        "result == -1 or (0 <= result < len(xs) and xs[result] == key)",
        f"result == -1 or all(xs[i] != key for i in {others})",
    )
    order = "range(len(xs) - 1, -1, -1)" if last else "range(len(xs))"
    body = f"for i in {order}:\n        if xs[i] == key:\n            return i\n    return -1"
    return Pattern("(xs: list[int], key: int) -> int", body, (), ensures)


def threshold(rng: Random) -> Pattern:
    """Whether enough of three flags are set."""
    k = rng.randint(1, 3)
    body = f"return a + b + c {rng.choice(('>=', '=='))} {k}"
    ensures = (body.replace("return", "result == (") + ")",)
    return Pattern("(a: bool, b: bool, c: bool) -> bool", body, (), ensures)


FAMILIES: dict[str, Draw] = {
    draw.__name__: draw
    for draw in (
        extremum,
        clamped,
        piecewise,
        rounded,
        split,
        distance,
        root,
        logarithm,
        series,
        digits,
        fold,
        counted,
        greatest,
        exists,
        kept,
        mapped,
        zipped,
        neighbours,
        text,
        table,
        permuted,
        found,
        threshold,
    )
}
