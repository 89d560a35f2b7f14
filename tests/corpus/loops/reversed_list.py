"""A reversed copy."""

from icontract import ensure


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] == xs[len(xs) - 1 - i] for i in range(len(xs))))
def reversed_list(xs: list[int]) -> list[int]:  # expect: proved
    out = []
    for i in range(len(xs)):
        out.append(xs[len(xs) - 1 - i])
    return out


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] == xs[len(xs) - 1 - i] for i in range(len(xs))))
def reversed_list_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = []
    for i in range(len(xs)):
        out.append(xs[i])
    return out
