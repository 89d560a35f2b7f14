"""Merging of sorted lists: sorted, and nothing lost."""

from icontract import ensure, require


@require(lambda a: all(a[i] <= a[i + 1] for i in range(len(a) - 1)))
@require(lambda b: all(b[i] <= b[i + 1] for i in range(len(b) - 1)))
@ensure(lambda a, b, result: result == sorted(a + b))
def merged(a: list[int], b: list[int]) -> list[int]:  # expect: proved
    out: list[int] = []
    i = 0
    j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    while i < len(a):
        out.append(a[i])
        i += 1
    while j < len(b):
        out.append(b[j])
        j += 1
    return out


@require(lambda a: all(a[i] <= a[i + 1] for i in range(len(a) - 1)))
@require(lambda b: all(b[i] <= b[i + 1] for i in range(len(b) - 1)))
@ensure(lambda a, b, result: result == sorted(a + b))
def merged_broken(a: list[int], b: list[int]) -> list[int]:  # expect: refuted
    out: list[int] = []
    i = 0
    j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    while i < len(a):
        out.append(a[i])
        i += 1
    return out


@require(lambda xs: xs == sorted(xs))
@require(lambda ys: ys == sorted(ys))
@ensure(lambda xs, ys, result: result == sorted(xs + ys))
def in_one_loop(xs: list[int], ys: list[int]) -> list[int]:  # expect: proved
    merged: list[int] = []
    p = q = 0
    while p < len(xs) or q < len(ys):
        if q == len(ys) or (p < len(xs) and xs[p] < ys[q]):
            merged.append(xs[p])
            p += 1
        else:
            merged.append(ys[q])
            q += 1
    return merged


@require(lambda xs: xs == sorted(xs))
@require(lambda ys: ys == sorted(ys))
@ensure(lambda xs, ys, result: result == sorted(xs + ys))
def in_one_loop_broken(xs: list[int], ys: list[int]) -> list[int]:  # expect: refuted
    merged: list[int] = []
    p = q = 0
    while p < len(xs) or q < len(ys):
        if q == len(ys) or (p < len(xs) and xs[p] > ys[q]):
            merged.append(xs[p])
            p += 1
        else:
            merged.append(ys[q])
            q += 1
    return merged
