"""Every element into an interval."""

from icontract import ensure, require


@require(lambda lo, hi: lo <= hi)
@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda lo, hi, result: all(lo <= y <= hi for y in result))
def clip_all(xs: list[int], lo: int, hi: int) -> list[int]:  # expect: proved
    out = []
    for x in xs:
        if x < lo:
            out.append(lo)
        elif x > hi:
            out.append(hi)
        else:
            out.append(x)
    return out


@require(lambda lo, hi: lo <= hi)
@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda lo, hi, result: all(lo <= y <= hi for y in result))
def clip_all_broken(xs: list[int], lo: int, hi: int) -> list[int]:  # expect: refuted
    out = []
    for x in xs:
        if x < lo:
            out.append(lo)
        elif x > hi + 1:
            out.append(hi)
        else:
            out.append(x)
    return out
