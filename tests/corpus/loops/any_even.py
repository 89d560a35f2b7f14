"""An existential test with a flag."""

from icontract import ensure


@ensure(lambda xs, result: result == any(x % 2 == 0 for x in xs))
def any_even(xs: list[int]) -> bool:  # expect: proved
    found = False
    for x in xs:
        if x % 2 == 0:
            found = True
    return found


@ensure(lambda xs, result: result == any(x % 2 == 0 for x in xs))
def any_even_broken(xs: list[int]) -> bool:  # expect: refuted
    found = False
    for x in xs:
        found = x % 2 == 0
    return found
