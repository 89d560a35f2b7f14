"""Insertion sort by shifting: an item is held back while others move up."""

from icontract import ensure, snapshot


@ensure(lambda xs, result: result == sorted(xs))
def shifted(xs: list[int]) -> list[int]:  # expect: proved
    out = list(xs)
    for i in range(1, len(out)):
        key = out[i]
        j = i - 1
        while j >= 0 and out[j] > key:
            out[j + 1] = out[j]
            j -= 1
        out[j + 1] = key
    return out


@ensure(lambda xs, result: result == sorted(xs))
def shifted_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = list(xs)
    for i in range(1, len(out)):
        key = out[i]
        j = i - 1
        while j > 0 and out[j] > key:
            out[j + 1] = out[j]
            j -= 1
        out[j + 1] = key
    return out


@ensure(lambda xs, result: result == sorted(xs))
def shifted_while(xs: list[int]) -> list[int]:  # expect: proved
    ys = xs[:]
    n = 1
    while n < len(ys):
        held = ys[n]
        k = n
        while k > 0 and ys[k - 1] > held:
            ys[k] = ys[k - 1]
            k = k - 1
        ys[k] = held
        n += 1
    return ys


@ensure(lambda xs, result: result == sorted(xs))
def shifted_while_broken(xs: list[int]) -> list[int]:  # expect: refuted
    ys = xs[:]
    n = 1
    while n < len(ys):
        held = ys[n]
        k = n
        while k > 0 and ys[k - 1] > held:
            ys[k] = ys[k - 1]
            k = k - 1
        ys[k - 1] = held
        n += 1
    return ys


@snapshot(lambda items: items[:], name="before")
@ensure(lambda items, OLD: items == sorted(OLD.before))
def in_place(items: list[int]) -> None:  # expect: proved
    for end in range(len(items)):
        taken = items[end]
        at = end
        while at > 0 and items[at - 1] > taken:
            items[at] = items[at - 1]
            at -= 1
        items[at] = taken


@snapshot(lambda items: items[:], name="before")
@ensure(lambda items, OLD: items == sorted(OLD.before))
def in_place_broken(items: list[int]) -> None:  # expect: refuted
    for end in range(len(items)):
        taken = items[end]
        at = end
        while at > 0 and items[at - 1] < taken:
            items[at] = items[at - 1]
            at -= 1
        items[at] = taken
