"""A loop against a recursive sum."""

from icontract import ensure, require


def sum_to(n: int) -> int:
    return 0 if n <= 0 else n + sum_to(n - 1)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == sum_to(n))
def sum_to_recursive(n: int) -> int:  # expect: proved
    total = 0
    i = 1
    while i <= n:
        total += i
        i += 1
    return total


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == sum_to(n))
def sum_to_recursive_broken(n: int) -> int:  # expect: refuted
    total = 0
    i = 1
    while i < n:
        total += i
        i += 1
    return total
