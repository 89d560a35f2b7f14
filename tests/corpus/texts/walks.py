"""Texts that are walked, built and taken apart."""

from icontract import ensure, require


@ensure(lambda s, result: result == s[::-1])
def backwards(s: str) -> str:  # expect: proved
    out = ""
    for c in s:
        out = c + out
    return out


@ensure(lambda s, result: result == s[::-1])
def backwards_broken(s: str) -> str:  # expect: refuted
    out = ""
    for c in s:
        out = out + c
    return out


@ensure(lambda s, result: result == (s == s[::-1]))
def palindrome(s: str) -> bool:  # expect: proved
    i, j = 0, len(s) - 1
    while i < j:
        if s[i] != s[j]:
            return False
        i += 1
        j -= 1
    return True


@ensure(lambda s, result: result == (s == s[::-1]))
def palindrome_broken(s: str) -> bool:  # expect: refuted
    i, j = 0, len(s) - 1
    while i < j:
        if s[i] != s[j]:
            return False
        i += 2
        j -= 2
    return True


@ensure(lambda s, c, result: len(result) == len(s) - s.count(c))
@ensure(lambda s, c, result: c not in result)
@require(lambda c: len(c) == 1)
def without(s: str, c: str) -> str:  # expect: proved
    out = ""
    for x in s:
        if x != c:
            out += x
    return out


@ensure(lambda s, c, result: len(result) == len(s) - s.count(c))
@require(lambda c: len(c) == 1)
def without_broken(s: str, c: str) -> str:  # expect: refuted
    out = ""
    for x in s:
        if x == c:
            out += x
    return out


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == "-" * n)
def line(n: int) -> str:  # expect: proved
    out = ""
    for _ in range(n):
        out += "-"
    return out


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == "-" * n)
def line_broken(n: int) -> str:  # expect: refuted
    out = "-"
    for _ in range(n):
        out += "-"
    return out


@ensure(lambda s, p, result: result == s.startswith(p))
def begins(s: str, p: str) -> bool:  # expect: proved
    if len(p) > len(s):
        return False
    for i in range(len(p)):
        if s[i] != p[i]:
            return False
    return True


@ensure(lambda s, p, result: result == s.startswith(p))
def begins_broken(s: str, p: str) -> bool:  # expect: refuted
    for i in range(min(len(p), len(s))):
        if s[i] != p[i]:
            return False
    return True


@require(lambda s: all("0" <= c <= "9" for c in s))
@ensure(lambda s, result: len(result) == len(s) and all(0 <= d <= 9 for d in result))
def digits(s: str) -> list[int]:  # expect: proved
    out: list[int] = []
    for c in s:
        out.append(ord(c) - ord("0"))
    return out


@require(lambda s: all("0" <= c <= "9" for c in s))
@ensure(lambda s, result: len(result) == len(s) and all(0 <= d <= 9 for d in result))
def digits_broken(s: str) -> list[int]:  # expect: refuted
    out: list[int] = []
    for c in s:
        out.append(ord(c) - ord("1"))
    return out


@require(lambda n: n >= 0)
@ensure(lambda result: all(c in "01" for c in result))
@ensure(lambda n, result: (len(result) == 0) == (n == 0))
def binary(n: int) -> str:  # expect: proved
    out = ""
    while n > 0:
        out = ("1" if n % 2 else "0") + out
        n //= 2
    return out


@require(lambda n: n >= 0)
@ensure(lambda result: all(c in "01" for c in result))
@ensure(lambda n, result: (len(result) == 0) == (n == 0))
def binary_broken(n: int) -> str:  # expect: refuted
    out = ""
    while n > 1:
        out = ("1" if n % 2 else "0") + out
        n //= 2
    return out
