"""Sets: members seen, what two have in common, what is missing."""

from icontract import ensure, require


@ensure(lambda xs, result: all(x in result for x in xs) and all(x in xs for x in result))
def members(xs: list[int]) -> set[int]:  # expect: proved
    seen: set[int] = set()
    for x in xs:
        seen.add(x)
    return seen


@ensure(lambda xs, result: all(x in result for x in xs) and all(x in xs for x in result))
def members_broken(xs: list[int]) -> set[int]:  # expect: refuted
    seen: set[int] = {0}
    for x in xs:
        seen.add(x)
    return seen


@ensure(lambda xs, ys, result: result == any(x in ys for x in xs))
def overlap(xs: list[int], ys: list[int]) -> bool:  # expect: proved
    known = set(ys)
    for x in xs:
        if x in known:
            return True
    return False


@ensure(lambda xs, ys, result: result == any(x in ys for x in xs))
def overlap_broken(xs: list[int], ys: list[int]) -> bool:  # expect: refuted
    known = set(ys)
    for x in xs:
        if x not in known:
            return False
    return True


@ensure(lambda a, b, result: all(x in a and x in b for x in result))
@ensure(lambda a, b, result: all(x in result for x in a if x in b))
def common(a: set[int], b: set[int]) -> set[int]:  # expect: proved
    made: set[int] = set()
    for x in a:
        if x in b:
            made.add(x)
    return made


@ensure(lambda a, b, result: all(x in a and x in b for x in result))
@ensure(lambda a, b, result: all(x in result for x in a if x in b))
def common_broken(a: set[int], b: set[int]) -> set[int]:  # expect: refuted
    made = set(a)
    for x in b:
        made.add(x)
    return made


@ensure(lambda xs, result: all(result[i] not in result[:i] for i in range(len(result))))
@ensure(lambda xs, result: all(x in result for x in xs))
@ensure(lambda xs, result: all(x in xs for x in result))
def distinct(xs: list[int]) -> list[int]:  # expect: proved
    seen: set[int] = set()
    out: list[int] = []
    for x in xs:
        if x not in seen:
            seen.add(x)
            out.append(x)
    return out


@ensure(lambda xs, result: all(result[i] not in result[:i] for i in range(len(result))))
@ensure(lambda xs, result: all(x in result for x in xs))
@ensure(lambda xs, result: all(x in xs for x in result))
def distinct_broken(xs: list[int]) -> list[int]:  # expect: refuted
    seen: set[int] = set()
    out: list[int] = []
    for x in xs:
        if x not in seen:
            out.append(x)
    return out


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == all(x == xs[0] for x in xs))
def all_same(xs: list[int]) -> bool:  # expect: proved
    return len(set(xs)) == 1


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == all(x == xs[0] for x in xs))
def all_same_broken(xs: list[int]) -> bool:  # expect: refuted
    return len(set(xs)) <= 2


@ensure(lambda text, result: result == all(c in "aeiou" for c in text))
def only_vowels(text: str) -> bool:  # expect: proved
    vowels = {"a", "e", "i", "o", "u"}
    for c in text:
        if c not in vowels:
            return False
    return True


@ensure(lambda text, result: result == all(c in "aeiou" for c in text))
def only_vowels_broken(text: str) -> bool:  # expect: refuted
    vowels = {"a", "e", "i", "o"}
    for c in text:
        if c not in vowels:
            return False
    return True
