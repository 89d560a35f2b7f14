"""A text that is built from its end."""

from __future__ import annotations

from icontract import ensure


@ensure(lambda s, result: result == s[::-1])
def backwards(s: str) -> str:  # expect: proved
    out = ""
    i = len(s) - 1
    while i >= 0:
        out += s[i]
        i -= 1
    return out


@ensure(lambda s, result: result == s[::-1])
def backwards_broken(s: str) -> str:  # expect: refuted
    out = ""
    i = len(s) - 1
    while i > 0:
        out += s[i]
        i -= 1
    return out
