"""Dicts that are filled, looked up and changed."""

from icontract import ensure, require, snapshot


@ensure(lambda xs, result: all(x in result and result[x] == xs.count(x) for x in xs))
@ensure(lambda xs, result: all(k in xs for k in result))
def frequency(xs: list[int]) -> dict[int, int]:  # expect: proved
    counts: dict[int, int] = {}
    for x in xs:
        if x in counts:
            counts[x] += 1
        else:
            counts[x] = 1
    return counts


@ensure(lambda xs, result: all(x in result and result[x] == xs.count(x) for x in xs))
@ensure(lambda xs, result: all(k in xs for k in result))
def frequency_broken(xs: list[int]) -> dict[int, int]:  # expect: refuted
    counts: dict[int, int] = {}
    for x in xs:
        if x in counts:
            counts[x] = 1
        else:
            counts[x] = 1
    return counts


@ensure(lambda d, key, default, result: result == (d[key] if key in d else default))
def lookup(d: dict[int, int], key: int, default: int) -> int:  # expect: proved
    try:
        return d[key]
    except KeyError:
        return default


@ensure(lambda d, key, default, result: result == (d[key] if key in d else default))
def lookup_broken(d: dict[int, int], key: int, default: int) -> int:  # expect: refuted
    return d.get(key) or default


@ensure(lambda xs, result: all(xs[result[x]] == x for x in result))
@ensure(lambda xs, result: all(x in result and 0 <= result[x] < len(xs) for x in xs))
def last_places(xs: list[int]) -> dict[int, int]:  # expect: proved
    places: dict[int, int] = {}
    for i in range(len(xs)):
        places[xs[i]] = i
    return places


@ensure(lambda xs, result: all(xs[result[x]] == x for x in result))
@ensure(lambda xs, result: all(x in result and 0 <= result[x] < len(xs) for x in xs))
def last_places_broken(xs: list[int]) -> dict[int, int]:  # expect: refuted
    places: dict[int, int] = {}
    for i in range(1, len(xs)):
        places[xs[i]] = i
    return places


@ensure(lambda a, b, result: all(k in result for k in a) and all(k in result for k in b))
@ensure(lambda a, b, result: all(result[k] == b[k] for k in b))
@ensure(lambda a, b, result: all(result[k] == a[k] for k in a if k not in b))
def merged(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:  # expect: proved
    made = dict(a)
    made.update(b)
    return made


@ensure(lambda a, b, result: all(k in result for k in a) and all(k in result for k in b))
@ensure(lambda a, b, result: all(result[k] == b[k] for k in b))
@ensure(lambda a, b, result: all(result[k] == a[k] for k in a if k not in b))
def merged_broken(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:  # expect: refuted
    made = dict(b)
    made.update(a)
    return made


@require(lambda stock, item: item in stock)
@require(lambda amount: amount > 0)
@snapshot(lambda stock: dict(stock), name="before")
@ensure(lambda stock, item, amount, OLD: item not in stock or stock[item] > 0)
@ensure(lambda stock, item, OLD: all(stock[k] == OLD.before[k] for k in stock if k != item))
def take(stock: dict[str, int], item: str, amount: int) -> None:  # expect: proved
    left = stock[item] - amount
    if left > 0:
        stock[item] = left
    else:
        del stock[item]


@require(lambda stock, item: item in stock)
@require(lambda amount: amount > 0)
@snapshot(lambda stock: dict(stock), name="before")
@ensure(lambda stock, item, amount, OLD: item not in stock or stock[item] > 0)
@ensure(lambda stock, item, OLD: all(stock[k] == OLD.before[k] for k in stock if k != item))
def take_broken(stock: dict[str, int], item: str, amount: int) -> None:  # expect: refuted
    left = stock[item] - amount
    if left >= 0:
        stock[item] = left
    else:
        del stock[item]


@ensure(lambda d, result: all(result >= d[k] for k in d))
@ensure(lambda d, result: result >= 0)
def largest_value(d: dict[int, int]) -> int:  # expect: proved
    best = 0
    for value in d.values():
        if value > best:
            best = value
    return best


@ensure(lambda d, result: all(result >= d[k] for k in d))
@ensure(lambda d, result: result >= 0)
def largest_value_broken(d: dict[int, int]) -> int:  # expect: refuted
    best = 0
    for value in d:
        if value > best:
            best = value
    return best


@ensure(lambda d, low, result: all(k in d and d[k] == result[k] and d[k] >= low for k in result))
@ensure(lambda d, low, result: all(k in result for k in d if d[k] >= low))
def at_least(d: dict[int, int], low: int) -> dict[int, int]:  # expect: proved
    made: dict[int, int] = {}
    for k, v in d.items():
        if v >= low:
            made[k] = v
    return made


@ensure(lambda d, low, result: all(k in d and d[k] == result[k] and d[k] >= low for k in result))
@ensure(lambda d, low, result: all(k in result for k in d if d[k] >= low))
def at_least_broken(d: dict[int, int], low: int) -> dict[int, int]:  # expect: refuted
    made: dict[int, int] = {}
    for k, v in d.items():
        if v > low:
            made[k] = v
    return made


@ensure(lambda keys, values, result: all(k in keys for k in result))
@ensure(lambda keys, values, result: all(result[k] in values for k in result))
def zipped(keys: list[int], values: list[int]) -> dict[int, int]:  # expect: proved
    made: dict[int, int] = {}
    for k, v in zip(keys, values):
        made[k] = v
    return made


@ensure(lambda keys, values, result: all(k in keys for k in result))
@ensure(lambda keys, values, result: all(result[k] in values for k in result))
def zipped_broken(keys: list[int], values: list[int]) -> dict[int, int]:  # expect: refuted
    made: dict[int, int] = {}
    for k, v in zip(keys, values):
        made[v] = k
    return made


@ensure(lambda words, result: all(w in result and result[w] == len(w) for w in words))
def lengths(words: list[str]) -> dict[str, int]:  # expect: proved
    return {w: len(w) for w in words}


@ensure(lambda words, result: all(w in result and result[w] == len(w) for w in words))
def lengths_broken(words: list[str]) -> dict[str, int]:  # expect: refuted
    return {w: len(w) for w in words if w}


@snapshot(lambda d, k: k in d, name="known")
@ensure(lambda result, OLD: result == OLD.known)
@ensure(lambda d, k: k in d)
def touch(d: dict[int, int], k: int) -> bool:  # expect: proved
    known = k in d
    d.setdefault(k, 0)
    return known


@snapshot(lambda d, k: k in d, name="known")
@ensure(lambda result, OLD: result == OLD.known)
@ensure(lambda d, k: k in d)
def touch_broken(d: dict[int, int], k: int) -> bool:  # expect: refuted
    d.setdefault(k, 0)
    return k in d
