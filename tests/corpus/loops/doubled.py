"""Element-wise map into a new list."""

from icontract import ensure


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] == 2 * xs[i] for i in range(len(xs))))
def doubled(xs: list[int]) -> list[int]:  # expect: proved
    out = []
    for x in xs:
        out.append(2 * x)
    return out


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] == 2 * xs[i] for i in range(len(xs))))
def doubled_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = []
    for x in xs:
        out.append(x * x)
    return out
