"""Each element once."""

from icontract import ensure


@ensure(lambda xs, result: all(x in result for x in xs))
@ensure(lambda xs, result: all(x in xs for x in result))
@ensure(lambda result: all(result[i] != result[j] for i in range(len(result)) for j in range(i)))
def without_duplicates(xs: list[int]) -> list[int]:  # expect: proved
    out: list[int] = []
    for x in xs:
        if x not in out:
            out.append(x)
    return out


@ensure(lambda xs, result: all(x in result for x in xs))
@ensure(lambda xs, result: all(x in xs for x in result))
@ensure(lambda result: all(result[i] != result[j] for i in range(len(result)) for j in range(i)))
def without_duplicates_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out: list[int] = []
    for x in xs:
        if not out or out[-1] != x:
            out.append(x)
    return out
