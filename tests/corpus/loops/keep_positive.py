"""A filter, against the comprehension."""

from icontract import ensure


@ensure(lambda xs, result: result == [x for x in xs if x > 0])
def keep_positive(xs: list[int]) -> list[int]:  # expect: proved
    out: list[int] = []
    for x in xs:
        if x > 0:
            out.append(x)
    return out


@ensure(lambda xs, result: result == [x for x in xs if x > 0])
def keep_positive_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out: list[int] = []
    for x in xs:
        if x > 0:
            out.insert(0, x)
    return out
