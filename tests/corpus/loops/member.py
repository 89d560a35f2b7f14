"""Linear search that says yes or no."""

from icontract import ensure


@ensure(lambda xs, key, result: result == (key in xs))
def member(xs: list[int], key: int) -> bool:  # expect: proved
    for x in xs:
        if x == key:
            return True
    return False


@ensure(lambda xs, key, result: result == (key in xs))
def member_broken(xs: list[int], key: int) -> bool:  # expect: refuted
    for x in xs:
        if x == key:
            return True
        if x > key:
            return False
    return False
