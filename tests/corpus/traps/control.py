"""Control flow: loops that leave their variable, else of loops, finally, closures, falling off."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n - 1)
def variable_outlives_loop(n: int) -> int:  # expect: holds
    i = -1
    for i in range(n):
        pass
    return i


@ensure(lambda n, result: result == n - 1)
def variable_never_bound(n: int) -> int:  # expect: violated
    for i in range(n):
        pass
    return i


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n)
def range_is_evaluated_once(n: int) -> int:  # expect: holds
    k = n
    count = 0
    for _ in range(k):
        k = 0
        count += 1
    return count


@ensure(lambda result: result == 1)
def finally_wins(n: int) -> int:  # expect: holds
    try:
        return n
    finally:
        return 1


@ensure(lambda n, result: result == n)
def finally_loses(n: int) -> int:  # expect: violated
    try:
        return n
    finally:
        if n == 3:
            return 1


@ensure(lambda a, b, result: result == 0 or b != 0)
def caught(a: int, b: int) -> int:  # expect: holds
    try:
        return a // b
    except ZeroDivisionError:
        return 0


@ensure(lambda a, b, result: result == 0 or b != 0)
def caught_the_wrong_one(a: int, b: int) -> int:  # expect: violated
    try:
        return a // b
    except ValueError:
        return 0


@ensure(lambda a, b, result: result == 0 or b != 0)
def caught_by_the_base(a: int, b: int) -> int:  # expect: holds
    try:
        return a // b
    except ArithmeticError:
        return 0


@ensure(lambda n, result: result == (1 if n > 0 else 2))
def else_of_a_loop(n: int) -> int:  # expect: holds
    for _ in range(n):
        break
    else:
        return 2
    return 1


@ensure(lambda result: result >= 0)
def falls_off(n: int) -> int:  # expect: violated
    if n >= 0:
        return n


@ensure(lambda result: result == 0)
def late_binding(n: int) -> int:  # expect: violated
    functions = [lambda: i for i in range(3)]
    return functions[0]()


def collect(x: int, into: list[int] = []) -> list[int]:
    into.append(x)
    return into


@ensure(lambda result: result == 1)
def mutable_default(x: int) -> int:  # expect: violated
    return len(collect(x)) * 0 + len(collect(x))


@ensure(lambda n, result: result == 7)
def may_not_end(n: int) -> int:  # expect: diverges
    while n != 0:
        n -= 1
    return 7


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n + 1)
def recursion_without_base(n: int) -> int:  # expect: diverges
    return recursion_without_base(n)


@require(lambda n: n > 0)
@ensure(lambda result: result > 0)
def recursive_precondition(n: int) -> int:  # expect: violated
    if n == 1:
        return 1
    return recursive_precondition(n - 2) + 1


@require(lambda n: n > 3 and n < 2)
@ensure(lambda n, result: result == n + 1)
def nobody_can_call(n: int) -> int:  # expect: vacuous
    return n


def circular(n: int) -> int:
    return circular(n) + 1


@ensure(lambda n, result: result == circular(n))
def circular_specification(n: int) -> int:  # expect: open
    return 5


@ensure(lambda n, result: result > n)
def broken_assert(n: int) -> int:  # expect: violated
    assert n != 10
    return n + 1


@ensure(lambda n, result: result == n)
def shadowed_builtin(n: int) -> int:  # expect: violated
    def abs(x: int) -> int:
        return -x

    return abs(n) if n < 0 else n + abs(0) + (1 if n == 12 else 0)


@ensure(lambda a, b, result: result == a + b)
def evaluation_order(a: int, b: int) -> int:  # expect: holds
    xs = [a, b]
    return xs[0] + xs.pop()


@ensure(lambda a, b, result: result == a + b)
def evaluation_order_reversed(a: int, b: int) -> int:  # expect: violated
    xs = [a, b]
    return xs.pop() + xs[-1] + (1 if len(xs) == 1 and a == 41 else 0)


@ensure(lambda n, result: result == n)
def continue_skips(n: int) -> int:  # expect: violated
    count = 0
    for i in range(n):
        if i == 2:
            continue
        count += 1
    return count


@ensure(lambda xs, result: result == (len(xs) > 0))
def swallowed_generator(xs: list[int]) -> bool:  # expect: violated
    return any(x > 0 for x in xs)
