"""Lists: sharing, negative indices, slices that clamp, mutation in place."""

from icontract import ensure, require, snapshot


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == xs[len(xs) - 1])
def last(xs: list[int]) -> int:  # expect: holds
    return xs[-1]


@require(lambda xs: len(xs) > 0)
@ensure(lambda result: result >= 0 or result < 0)
def second(xs: list[int]) -> int:  # expect: violated
    return xs[1]


@require(lambda xs, i: i < len(xs))
@ensure(lambda xs, i, result: result == xs[i])
def index_too_low(xs: list[int], i: int) -> int:  # expect: violated
    return xs[i]


@require(lambda xs, i: -len(xs) <= i < len(xs))
@ensure(lambda xs, i, result: result == xs[i + len(xs) if i < 0 else i])
def index_any_sign(xs: list[int], i: int) -> int:  # expect: holds
    return xs[i]


@ensure(lambda xs, result: len(result) == min(3, len(xs)))
def clamped_slice(xs: list[int]) -> list[int]:  # expect: holds
    return xs[:3]


@ensure(lambda xs, k, result: len(result) == k)
def slice_of_any_length(xs: list[int], k: int) -> list[int]:  # expect: violated
    return xs[:k]


@ensure(lambda xs, k, result: len(result) <= k or k < 0)
def slice_to(xs: list[int], k: int) -> list[int]:  # expect: holds
    return xs[:k]


@ensure(lambda xs, result: len(result) == len(xs) - 1)
def tail(xs: list[int]) -> list[int]:  # expect: violated
    return xs[1:]


@require(lambda a, b: len(a) > 0 and len(b) > 0)
@ensure(lambda result: result == 1)
def same_object(a: list[int], b: list[int]) -> int:  # expect: violated
    a[0] = 1
    b[0] = 2
    return a[0]


@require(lambda a, b: len(a) > 0 and len(b) > 0)
@ensure(lambda result: result == 2)
def last_write_wins(a: list[int], b: list[int]) -> int:  # expect: holds
    a[0] = 1
    b[0] = 2
    return b[0]


@snapshot(lambda b: len(b), name="n")
@ensure(lambda b, OLD: len(b) == OLD.n)
def append_to_one(a: list[int], b: list[int]) -> None:  # expect: violated
    a.append(0)


@snapshot(lambda b: b[:], name="was")
@ensure(lambda b, OLD: b == OLD.was)
def local_copy(a: list[int], b: list[int]) -> None:  # expect: holds
    c = a[:]
    c.append(1)


@snapshot(lambda xs: len(xs), name="n")
@ensure(lambda xs, OLD: len(xs) == OLD.n)
def plus_equals_mutates(xs: list[int]) -> int:  # expect: violated
    out = xs
    out += [1]
    return len(out)


@snapshot(lambda xs: len(xs), name="n")
@ensure(lambda xs, OLD: len(xs) == OLD.n)
def plus_makes_new(xs: list[int]) -> int:  # expect: holds
    out = xs
    out = out + [1]
    return len(out)


@snapshot(lambda xs: xs, name="was")
@ensure(lambda xs, OLD: len(xs) == len(OLD.was))
def snapshot_without_copy(xs: list[int]) -> None:  # expect: holds
    xs.append(1)


@ensure(lambda xs, result: result == xs)
def rebound_parameter(xs: list[int]) -> list[int]:  # expect: violated
    xs = xs + [1]
    return xs


@ensure(lambda xs: len(xs) >= 1)
def rebinding_is_invisible(xs: list[int]) -> None:  # expect: violated
    xs = [1]


@ensure(lambda result: result == 5)
def inner_lists_are_shared(n: int) -> int:  # expect: violated
    grid = [[0]] * 2
    grid[0][0] = n
    return grid[1][0] + 5


@ensure(lambda xs, result: result == [x for x in xs if x != 3])
def remove_while_iterating(xs: list[int]) -> list[int]:  # expect: violated
    out = list(xs)
    for x in out:
        if x == 3:
            out.remove(x)
    return out


@ensure(lambda xs, result: result == len(xs) + 1)
def pop_from_empty(xs: list[int]) -> int:  # expect: violated
    ys = list(xs)
    ys.pop()
    return len(ys) + 2


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == len(xs) - 1)
def pop_from_copy(xs: list[int]) -> int:  # expect: holds
    ys = list(xs)
    ys.pop()
    return len(ys)


@ensure(lambda xs, result: result == xs)
def sorted_is_new(xs: list[int]) -> list[int]:  # expect: violated
    return sorted(xs)


@ensure(lambda xs, result: result in xs)
def empty_maximum(xs: list[int]) -> int:  # expect: violated
    return max(xs)


@ensure(lambda xs, result: result == 0 or result in xs)
def maximum_or_zero(xs: list[int]) -> int:  # expect: holds
    return max(xs, default=0)


@ensure(lambda xs, result: result == xs[0])
def postcondition_undefined(xs: list[int]) -> int:  # expect: violated
    return xs[0] if xs else 0


@require(lambda xs: len(xs) >= 2)
@ensure(lambda xs, result: result == xs[1])
def unpacked(xs: list[int]) -> int:  # expect: violated
    _, second = xs
    return second


@ensure(lambda n, result: len(result) == n)
def repeated(n: int) -> list[int]:  # expect: violated
    return [0] * n


@ensure(lambda n, result: len(result) == max(n, 0))
def repeated_clamped(n: int) -> list[int]:  # expect: holds
    return [0] * n


@ensure(lambda xs, result: result is None)
def sort_returns_nothing(xs: list[int]) -> None:  # expect: holds
    ys = xs[:]
    return ys.sort()


@ensure(lambda xs, ys, result: result == (xs is ys))
def equality_is_not_identity(xs: list[int], ys: list[int]) -> bool:  # expect: violated
    return xs == ys
