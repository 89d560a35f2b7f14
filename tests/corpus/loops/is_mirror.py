"""A palindrome by two indices."""

from icontract import ensure


@ensure(lambda s, result: result == (s == s[::-1]))
def is_mirror(s: str) -> bool:  # expect: proved
    low = 0
    high = len(s) - 1
    while low < high:
        if s[low] != s[high]:
            return False
        low += 1
        high -= 1
    return True


@ensure(lambda s, result: result == (s == s[::-1]))
def is_mirror_broken(s: str) -> bool:  # expect: refuted
    low = 1
    high = len(s) - 1
    while low < high:
        if s[low] != s[high]:
            return False
        low += 1
        high -= 1
    return True
