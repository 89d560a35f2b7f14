"""A filter by its properties."""

from icontract import ensure


@ensure(lambda xs, result: all(x in xs for x in result))
@ensure(lambda result: all(x > 0 for x in result))
def only_members(xs: list[int]) -> list[int]:  # expect: proved
    out: list[int] = []
    for x in xs:
        if x > 0:
            out.append(x)
    return out


@ensure(lambda xs, result: all(x in xs for x in result))
@ensure(lambda result: all(x > 0 for x in result))
def only_members_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out: list[int] = []
    for x in xs:
        if x > 0:
            out.append(x + 1)
    return out
