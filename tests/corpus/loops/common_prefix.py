"""The length of the common prefix of two strings."""

from icontract import ensure


@ensure(lambda a, b, result: 0 <= result <= min(len(a), len(b)))
@ensure(lambda a, b, result: all(a[i] == b[i] for i in range(result)))
@ensure(lambda a, b, result: result == len(a) or result == len(b) or a[result] != b[result])
def common_prefix(a: str, b: str) -> int:  # expect: proved
    n = 0
    while n < len(a) and n < len(b) and a[n] == b[n]:
        n += 1
    return n


@ensure(lambda a, b, result: 0 <= result <= min(len(a), len(b)))
@ensure(lambda a, b, result: all(a[i] == b[i] for i in range(result)))
@ensure(lambda a, b, result: result == len(a) or result == len(b) or a[result] != b[result])
def common_prefix_broken(a: str, b: str) -> int:  # expect: refuted
    n = 0
    while n + 1 < len(a) and n < len(b) and a[n] == b[n]:
        n += 1
    return n
