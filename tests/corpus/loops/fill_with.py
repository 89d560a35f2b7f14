"""A list of equal elements."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: len(result) == n)
@ensure(lambda value, result: all(x == value for x in result))
def fill_with(n: int, value: int) -> list[int]:  # expect: proved
    out: list[int] = []
    while len(out) < n:
        out.append(value)
    return out


@require(lambda n: n >= 0)
@ensure(lambda n, result: len(result) == n)
@ensure(lambda value, result: all(x == value for x in result))
def fill_with_broken(n: int, value: int) -> list[int]:  # expect: refuted
    out: list[int] = []
    while len(out) <= n:
        out.append(value)
    return out
