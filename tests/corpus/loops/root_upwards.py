"""Integer square root by counting up."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result <= n < (result + 1) * (result + 1))
def root_upwards(n: int) -> int:  # expect: proved
    root = 0
    while (root + 1) * (root + 1) <= n:
        root += 1
    return root


@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result <= n < (result + 1) * (result + 1))
def root_upwards_broken(n: int) -> int:  # expect: refuted
    root = 0
    while root * root < n:
        root += 1
    return root
