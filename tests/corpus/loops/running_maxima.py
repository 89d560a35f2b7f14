"""The greatest so far, at each place."""

from icontract import ensure


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] >= xs[j] for i in range(len(xs)) for j in range(i + 1)))
def running_maxima(xs: list[int]) -> list[int]:  # expect: proved
    out: list[int] = []
    for x in xs:
        if not out or x > out[-1]:
            out.append(x)
        else:
            out.append(out[-1])
    return out


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] >= xs[j] for i in range(len(xs)) for j in range(i + 1)))
def running_maxima_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out: list[int] = []
    for x in xs:
        if not out or x > out[0]:
            out.append(x)
        else:
            out.append(out[-1])
    return out
