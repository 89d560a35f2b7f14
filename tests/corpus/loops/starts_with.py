"""A prefix test by hand."""

from icontract import ensure


@ensure(lambda s, p, result: result == (len(p) <= len(s) and all(s[i] == p[i] for i in range(len(p)))))
def starts_with(s: str, p: str) -> bool:  # expect: proved
    if len(p) > len(s):
        return False
    for i in range(len(p)):
        if s[i] != p[i]:
            return False
    return True


@ensure(lambda s, p, result: result == (len(p) <= len(s) and all(s[i] == p[i] for i in range(len(p)))))
def starts_with_broken(s: str, p: str) -> bool:  # expect: refuted
    if len(p) > len(s):
        return False
    for i in range(1, len(p)):
        if s[i] != p[i]:
            return False
    return True
