"""Every second element."""

from icontract import ensure


@ensure(lambda xs, result: len(result) == (len(xs) + 1) // 2)
@ensure(lambda xs, result: all(result[i] == xs[2 * i] for i in range(len(result))))
def evens_by_stride(xs: list[int]) -> list[int]:  # expect: proved
    out = []
    for i in range(0, len(xs), 2):
        out.append(xs[i])
    return out


@ensure(lambda xs, result: len(result) == (len(xs) + 1) // 2)
@ensure(lambda xs, result: all(result[i] == xs[2 * i] for i in range(len(result))))
def evens_by_stride_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = []
    for i in range(1, len(xs), 2):
        out.append(xs[i])
    return out
