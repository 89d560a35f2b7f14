"""Strings: code points, case, digits, slices."""

from icontract import ensure, require


@ensure(lambda s, result: result == len(s))
def upper_keeps_length(s: str) -> int:  # expect: violated
    return len(s.upper())


@require(lambda s: s.isdigit())
@ensure(lambda result: result >= 0)
def digits_are_decimal(s: str) -> int:  # expect: violated
    return int(s)


@ensure(lambda a, b, result: len(result) == len(a) + len(b))
def joined(a: str, b: str) -> str:  # expect: holds
    return a + b


@ensure(lambda a, b, result: result == a + b)
def joined_in_order(a: str, b: str) -> str:  # expect: violated
    return b + a


@ensure(lambda s, result: result == (s == ""))
def emptiness(s: str) -> bool:  # expect: holds
    return not s


@ensure(lambda s, result: len(result) <= 1)
def first_letter(s: str) -> str:  # expect: holds
    return s[:1]


@ensure(lambda s, result: len(result) == 1)
def first_letter_of_nothing(s: str) -> str:  # expect: violated
    return s[:1]


@ensure(lambda s, result: result == s[0])
def index_of_nothing(s: str) -> str:  # expect: violated
    return s[0]


@ensure(lambda s, p, result: not result or len(p) <= len(s))
def prefix(s: str, p: str) -> bool:  # expect: holds
    return s.startswith(p)


@ensure(lambda s, result: result < 200_000)
def high_code_points(s: str) -> int:  # expect: violated
    return ord(s[0]) if len(s) == 1 else 0


@ensure(lambda s, result: result == s)
def reversed_twice(s: str) -> str:  # expect: holds
    return s[::-1][::-1]


@ensure(lambda s, result: result == s)
def reversed_once(s: str) -> str:  # expect: violated
    return s[::-1]


@ensure(lambda s, n, result: len(result) == n * len(s))
def repeated(s: str, n: int) -> str:  # expect: violated
    return s * n


@ensure(lambda s, result: result == (s.strip() == s))
def strip_is_not_spaces_only(s: str) -> bool:  # expect: violated
    return not s.startswith(" ") and not s.endswith(" ")
