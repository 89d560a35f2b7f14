"""Prefix sums."""

from icontract import ensure


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] == sum(xs[: i + 1]) for i in range(len(xs))))
def running_totals(xs: list[int]) -> list[int]:  # expect: proved
    out = []
    acc = 0
    for x in xs:
        acc += x
        out.append(acc)
    return out


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] == sum(xs[: i + 1]) for i in range(len(xs))))
def running_totals_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = []
    acc = 0
    for x in xs:
        out.append(acc)
        acc += x
    return out
