"""Linear search for the first place."""

from icontract import ensure


@ensure(lambda xs, key, result: result == -1 or (0 <= result < len(xs) and xs[result] == key))
@ensure(lambda xs, key, result: result != -1 or key not in xs)
@ensure(lambda xs, key, result: all(xs[i] != key for i in range(result)))
def first_position(xs: list[int], key: int) -> int:  # expect: proved
    for i in range(len(xs)):
        if xs[i] == key:
            return i
    return -1


@ensure(lambda xs, key, result: result == -1 or (0 <= result < len(xs) and xs[result] == key))
@ensure(lambda xs, key, result: result != -1 or key not in xs)
@ensure(lambda xs, key, result: all(xs[i] != key for i in range(result)))
def first_position_broken(xs: list[int], key: int) -> int:  # expect: refuted
    found = -1
    for i in range(len(xs)):
        if xs[i] == key:
            found = i
    return found
