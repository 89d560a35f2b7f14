"""Texts joined and stripped."""

from icontract import ensure


@ensure(lambda words, result: result == "".join(words))
def glued(words: list[str]) -> str:  # expect: proved
    out = ""
    for w in words:
        out += w
    return out


@ensure(lambda words, result: result == "".join(words))
def glued_broken(words: list[str]) -> str:  # expect: refuted
    out = ""
    for w in words:
        out = w + out
    return out


@ensure(lambda s, result: result == "".join(c for c in s if c != " "))
def dense(s: str) -> str:  # expect: proved
    out = ""
    for c in s:
        if c != " ":
            out += c
    return out


@ensure(lambda s, result: result == "".join(c for c in s if c != " "))
def dense_broken(s: str) -> str:  # expect: refuted
    out = ""
    for c in s:
        if c == " ":
            break
        out += c
    return out


@ensure(lambda s, result: result == s[::-1])
def turned(s: str) -> str:  # expect: proved
    return "".join(reversed(s))


@ensure(lambda s, result: result == s[::-1])
def turned_broken(s: str) -> str:  # expect: refuted
    return "".join(s[i] for i in range(len(s)))


@ensure(lambda s, result: len(result) == len(s) and all(c == "*" for c in result))
def masked(s: str) -> str:  # expect: proved
    return "".join("*" for _ in s)


@ensure(lambda s, result: len(result) == len(s) and all(c == "*" for c in result))
def masked_broken(s: str) -> str:  # expect: refuted
    return "".join("*" if c != " " else c for c in s)


@ensure(lambda s, result: result == s.lstrip("0"))
def without_zeros(s: str) -> str:  # expect: proved
    i = 0
    while i < len(s) and s[i] == "0":
        i += 1
    return s[i:]


@ensure(lambda s, result: result == s.lstrip("0"))
def without_zeros_broken(s: str) -> str:  # expect: refuted
    i = 0
    while i < len(s) - 1 and s[i] == "0":
        i += 1
    return s[i:]


@ensure(lambda s, result: result == s.rstrip("!"))
def calm(s: str) -> str:  # expect: proved
    while s and s[-1] == "!":
        s = s[:-1]
    return s


@ensure(lambda s, result: result == s.rstrip("!"))
def calm_broken(s: str) -> str:  # expect: refuted
    if s and s[-1] == "!":
        s = s[:-1]
    return s


@ensure(lambda s, result: result.strip() == result and len(result) <= len(s))
def trimmed(s: str) -> str:  # expect: proved
    return s.strip()


@ensure(lambda s, result: result.strip() == result and len(result) <= len(s))
def trimmed_broken(s: str) -> str:  # expect: refuted
    return s.strip(" ")
