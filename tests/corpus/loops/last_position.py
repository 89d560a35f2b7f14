"""Linear search for the last place."""

from icontract import ensure


@ensure(lambda xs, key, result: result == -1 or (0 <= result < len(xs) and xs[result] == key))
@ensure(lambda xs, key, result: all(xs[i] != key for i in range(result + 1, len(xs))))
def last_position(xs: list[int], key: int) -> int:  # expect: proved
    i = len(xs) - 1
    while i >= 0:
        if xs[i] == key:
            return i
        i -= 1
    return -1


@ensure(lambda xs, key, result: result == -1 or (0 <= result < len(xs) and xs[result] == key))
@ensure(lambda xs, key, result: all(xs[i] != key for i in range(result + 1, len(xs))))
def last_position_broken(xs: list[int], key: int) -> int:  # expect: refuted
    i = len(xs) - 1
    while i > 0:
        if xs[i] == key:
            return i
        i -= 1
    return -1
