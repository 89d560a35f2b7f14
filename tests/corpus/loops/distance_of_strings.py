"""In how many places two strings differ."""

from icontract import ensure, require


@require(lambda a, b: len(a) == len(b))
@ensure(lambda a, result: 0 <= result <= len(a))
@ensure(lambda a, b, result: (result == 0) == (a == b))
def distance_of_strings(a: str, b: str) -> int:  # expect: proved
    n = 0
    for i in range(len(a)):
        if a[i] != b[i]:
            n += 1
    return n


@require(lambda a, b: len(a) == len(b))
@ensure(lambda a, result: 0 <= result <= len(a))
@ensure(lambda a, b, result: (result == 0) == (a == b))
def distance_of_strings_broken(a: str, b: str) -> int:  # expect: refuted
    n = 0
    for i in range(len(a) - 1):
        if a[i] != b[i]:
            n += 1
    return n
