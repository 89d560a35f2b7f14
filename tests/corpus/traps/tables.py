"""Dicts and sets: what holds of them and what only seems to."""

from icontract import ensure, require, snapshot


@ensure(lambda result: result == 1)
def one_key_for_equal_numbers(n: int) -> int:  # expect: holds
    d = {1: n}
    d[True] = n + 1
    return len(d)


@ensure(lambda xs, result: result == (len(set(xs)) < len(xs)))
def has_duplicates(xs: list[int]) -> bool:  # expect: holds
    seen: set[int] = set()
    for x in xs:
        if x in seen:
            return True
        seen.add(x)
    return False


@ensure(lambda s, x, result: x not in result and len(result) <= len(s))
@ensure(lambda s, x, result: all(y in result for y in s if y != x))
def without(s: set[int], x: int) -> set[int]:  # expect: holds
    made = set(s)
    made.discard(x)
    return made


@ensure(lambda a, b, result: all((x in result) == (x in a and x not in b) for x in a))
@ensure(lambda a, result: result <= a)
def only_in_first(a: set[int], b: set[int]) -> set[int]:  # expect: holds
    return a - b


@require(lambda d: "a" in d)
@ensure(lambda d, result: result == d["a"])
def read_text_key(d: dict[str, int]) -> int:  # expect: holds
    return d["a"]


@ensure(lambda words, result: all(w in result and result[w] == words.count(w) for w in words))
def word_counts(words: list[str]) -> dict[str, int]:  # expect: holds
    d: dict[str, int] = {}
    for w in words:
        d[w] = d.get(w, 0) + 1
    return d


@ensure(lambda xs, result: all(x in result and result[x] == x * x for x in xs))
@ensure(lambda xs, result: all(k in xs for k in result))
def squares(xs: list[int]) -> dict[int, int]:  # expect: holds
    return {x: x * x for x in xs}


@snapshot(lambda d: dict(d), name="before")
@ensure(lambda d, k, v, OLD: d[k] == v and all(d[x] == OLD.before[x] for x in OLD.before if x != k))
@ensure(lambda d, k, OLD: len(d) == len(OLD.before) + (0 if k in OLD.before else 1))
def put(d: dict[int, int], k: int, v: int) -> None:  # expect: holds
    d[k] = v


@require(lambda d, k: k in d)
@snapshot(lambda d: len(d), name="size")
@ensure(lambda d, k, OLD: k not in d and len(d) == OLD.size - 1)
def drop(d: dict[int, int], k: int) -> None:  # expect: holds
    del d[k]


@ensure(lambda xs, result: set(result) == set(xs) and len(result) == len(set(xs)))
def unique(xs: list[int]) -> list[int]:  # expect: holds
    seen: set[int] = set()
    out: list[int] = []
    for x in xs:
        if x not in seen:
            seen.add(x)
            out.append(x)
    return out


@ensure(lambda a, b, result: len(result) <= len(a) + len(b) and a <= result and b <= result)
def both(a: set[int], b: set[int]) -> set[int]:  # expect: holds
    return a | b


@ensure(lambda d, k, result: result == d.get(k, 0))
def get_or_zero(d: dict[int, int], k: int) -> int:  # expect: holds
    if k in d:
        return d[k]
    return 0


@ensure(lambda xs, ys, result: result == all(x in ys for x in xs))
def covered(xs: list[int], ys: list[int]) -> bool:  # expect: holds
    return set(xs) <= set(ys)


# -- violated ----------------------------------------------------------------------------------


@ensure(lambda result: result == 2)
def two_keys_for_equal_numbers(n: int) -> int:  # expect: violated
    d = {1: n}
    d[True] = n + 1
    return len(d)


@ensure(lambda result: result >= 0)
def missing_key(d: dict[int, int], k: int) -> int:  # expect: violated
    return abs(d[k])


@ensure(lambda xs, result: result == len(xs))
def size_of_set(xs: list[int]) -> int:  # expect: violated
    return len(set(xs))


@ensure(lambda a, b: len(a) == len(b))
@require(lambda a, b: len(a) == len(b))
def one_dict_twice(a: dict[int, int], b: dict[int, int], k: int) -> None:  # expect: violated
    a[k] = 1
    b.clear()
    a[k + 1] = 1


@require(lambda a, b: 1 not in b)
@ensure(lambda b: 1 not in b)
def one_set_twice(a: set[int], b: set[int]) -> None:  # expect: violated
    a.add(1)


@ensure(lambda s, x: x not in s)
def remove_missing(s: set[int], x: int) -> None:  # expect: violated
    s.remove(x)


@ensure(lambda xs, result: all(result[x] == i for i, x in enumerate(xs)))
def last_place(xs: list[int]) -> dict[int, int]:  # expect: violated
    return {x: i for i, x in enumerate(xs)}


@ensure(lambda a, b, result: len(result) == len(a) + len(b))
def joined(a: set[int], b: set[int]) -> set[int]:  # expect: violated
    return a | b


@ensure(lambda a, b, result: result == (len(a) == len(b)))
def same_size_is_same(a: set[int], b: set[int]) -> bool:  # expect: violated
    return a == b


@ensure(lambda a, b, result: result or a == b or b < a)
def order_of_sets_is_total(a: set[int], b: set[int]) -> bool:  # expect: violated
    return a < b


@ensure(lambda d: all(d[k] > 0 for k in d))
def raise_one(d: dict[int, int]) -> None:  # expect: violated
    d[0] = d.get(0, -1) + 1


@ensure(lambda d, k, result: result == d[k] and k in d)
def default_is_not_kept(d: dict[int, int], k: int) -> int:  # expect: violated
    return d.get(k, 0)


@ensure(lambda xs, result: all(result[x] == xs.count(x) for x in xs))
def capped(xs: list[int]) -> dict[int, int]:  # expect: violated
    d: dict[int, int] = {}
    for x in xs:
        d[x] = min(3, d.get(x, 0) + 1)
    return d


@ensure(lambda d, result: result == d)
@ensure(lambda result: 0 in result)
@snapshot(lambda d: len(d), name="size")
@ensure(lambda d, OLD: len(d) == OLD.size)
def shared_name(d: dict[int, int]) -> dict[int, int]:  # expect: violated
    e = d
    e[0] = 1
    return e


@ensure(lambda s, result: result in s and all(result <= x for x in s))
@require(lambda s: len(s) > 0)
def any_is_least(s: set[int]) -> int:  # expect: violated
    for x in s:
        return x
    return 0


@ensure(lambda words, result: len(result) >= words.count("a") + words.count("b"))
def text_keys_can_be_equal(words: list[str]) -> set[str]:  # expect: violated
    return {w for w in words if w != ""}


@ensure(lambda result: all(result[i] < result[i + 1] for i in range(len(result) - 1)))
def a_sorted_set_is_strict(xs: list[int]) -> list[int]:  # expect: holds
    return sorted(set(xs))


@ensure(lambda result: all(result[i] < result[i + 1] for i in range(len(result) - 1)))
def a_sorted_list_is_not(xs: list[int]) -> list[int]:  # expect: violated
    return sorted(xs)
