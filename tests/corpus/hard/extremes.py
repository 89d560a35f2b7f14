"""The greatest or least of values that a loop works out."""

from icontract import ensure, require


@ensure(lambda xs, result: result == max(sum(xs[:i]) for i in range(len(xs) + 1)))
def best_prefix(xs: list[int]) -> int:  # expect: proved
    best = 0
    total = 0
    for x in xs:
        total += x
        if total > best:
            best = total
    return best


@ensure(lambda xs, result: result == max(sum(xs[:i]) for i in range(len(xs) + 1)))
def best_prefix_broken(xs: list[int]) -> int:  # expect: refuted
    best = 0
    total = 0
    for x in xs:
        if total > best:
            best = total
        total += x
    return best


@ensure(lambda xs, result: result == max(sum(xs[:i]) for i in range(len(xs) + 1)))
def best_run(xs: list[int]) -> int:  # expect: proved
    top, run, i = 0, 0, 0
    while i < len(xs):
        run = run + xs[i]
        top = max(top, run)
        i += 1
    return top


@ensure(lambda xs, result: result == max(sum(xs[:i]) for i in range(len(xs) + 1)))
def best_run_broken(xs: list[int]) -> int:  # expect: refuted
    top, run, i = 0, 0, 0
    while i < len(xs):
        run = run + xs[i]
        i += 1
        top = max(top, run - 1)
    return top


@require(lambda words: len(words) > 0)
@ensure(lambda words, result: result == max(len(w) for w in words))
def longest(words: list[str]) -> int:  # expect: proved
    best = 0
    for w in words:
        best = max(best, len(w))
    return best


@require(lambda words: len(words) > 0)
@ensure(lambda words, result: result == max(len(w) for w in words))
def longest_broken(words: list[str]) -> int:  # expect: refuted
    best = 0
    for w in words:
        best = len(w)
    return best


@require(lambda d: len(d) > 0 and all(v >= 0 for v in d.values()))
@ensure(lambda d, result: result == max(d.values()))
def best_value(d: dict[str, int]) -> int:  # expect: proved
    top = -1
    for k in d:
        if d[k] > top:
            top = d[k]
    return top


@require(lambda d: len(d) > 0 and all(v >= 0 for v in d.values()))
@ensure(lambda d, result: result == max(d.values()))
def best_value_broken(d: dict[str, int]) -> int:  # expect: refuted
    top = -1
    for k in d:
        top = d[k]
    return top


@require(lambda ages: len(ages) > 0 and all(a <= 150 for a in ages.values()))
@ensure(lambda ages, result: result == min(ages.values()))
def youngest(ages: dict[str, int]) -> int:  # expect: proved
    least = 151
    for _, age in ages.items():
        if least > age:
            least = age
    return least


@require(lambda ages: len(ages) > 0 and all(a <= 150 for a in ages.values()))
@ensure(lambda ages, result: result == min(ages.values()))
def youngest_broken(ages: dict[str, int]) -> int:  # expect: refuted
    least = 1
    for _, age in ages.items():
        if least > age:
            least = age
    return least
