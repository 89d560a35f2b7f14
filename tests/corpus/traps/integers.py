"""Where Python's integers are not what a solver or another language takes them for."""

from icontract import ensure, require


@require(lambda b: b != 0)
@ensure(lambda a, b, result: result * b + a % b == a)
def floor_division(a: int, b: int) -> int:  # expect: holds
    return a // b


@require(lambda b: b < 0)
@ensure(lambda b, result: 0 <= result < -b)
def modulo_of_negative(a: int, b: int) -> int:  # expect: violated
    return a % b


@require(lambda b: b < 0)
@ensure(lambda b, result: b < result <= 0)
def modulo_follows_divisor(a: int, b: int) -> int:  # expect: holds
    return a % b


@ensure(lambda a, result: result == -(a // 2))
def division_of_negation(a: int) -> int:  # expect: violated
    return -a // 2


@ensure(lambda a, b, result: result >= 0)
def division_by_zero(a: int, b: int) -> int:  # expect: violated
    return abs(a // b)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n * 8)
def shift_left(n: int) -> int:  # expect: holds
    return n << 3


@ensure(lambda n, result: result >= 0)
def shift_by_negative(n: int) -> int:  # expect: violated
    return (1 << n) - 1


@ensure(lambda n, result: 2 * result <= n < 2 * result + 2)
def shift_right_floors(n: int) -> int:  # expect: holds
    return n >> 1


@ensure(lambda n, result: result == 1)
def negative_power(n: int) -> int:  # expect: violated
    return 2 ** n // 2 ** n


@ensure(lambda a, b, result: result == a + b)
def bool_as_int(a: bool, b: bool) -> int:  # expect: holds
    return (1 if a else 0) + b


@ensure(lambda a, result: result == 1)
def truth_is_not_one(a: int) -> int:  # expect: violated
    return a and 1


@ensure(lambda a, b, result: result == a or result == b)
def or_value(a: int, b: int) -> int:  # expect: holds
    return a or b


@ensure(lambda a, b, result: isinstance(result, bool))
def or_is_no_bool(a: int, b: int) -> int:  # expect: violated
    return a or b


@ensure(lambda a, b, c, result: result == (a < b and b < c))
def chained(a: int, b: int, c: int) -> bool:  # expect: holds
    return a < b < c


@ensure(lambda a, b, c, result: result == ((a < b) < c))
def chained_is_not_nested(a: int, b: int, c: int) -> bool:  # expect: violated
    return a < b < c


@ensure(lambda a, result: result == a // 2)
def true_division_truncated(a: int) -> int:  # expect: violated
    return int(a / 2)


@ensure(lambda n, result: result == n)
def through_float(n: int) -> int:  # expect: violated
    return int(float(n))


@ensure(lambda a, result: result == (a * a >= 0))
def not_not(a: int) -> bool:  # expect: holds
    return not not (a * a + 1)


@ensure(lambda a, b, result: result == 0)
def precedence(a: int, b: int) -> int:  # expect: violated
    return -a ** 2 + a * a + b - b if a < 0 else -(a ** 2) - a ** 2


@ensure(lambda a, result: result == -1 - a)
def inverted(a: int) -> int:  # expect: holds
    return ~a


@require(lambda a: a > 0)
@ensure(lambda a, result: result)
def rounding(a: int) -> bool:  # expect: violated
    return round(a / 2) * 2 >= a


@ensure(lambda a, b, result: result == (a - b) % 7)
def modular_difference(a: int, b: int) -> int:  # expect: holds
    return (a % 7 - b % 7) % 7


@ensure(lambda a, b, result: result == (a - b) % 7)
def modular_difference_raw(a: int, b: int) -> int:  # expect: violated
    return a % 7 - b % 7


@require(lambda n: n >= 1)
@ensure(lambda n, result: 2 ** (result - 1) <= n < 2**result)
def bits(n: int) -> int:  # expect: holds
    return n.bit_length()


@ensure(lambda n, result: result == (-n).bit_length())
def bits_of_the_opposite(n: int) -> int:  # expect: holds
    return n.bit_length()


@ensure(lambda result: result >= 1)
def bits_of_zero(n: int) -> int:  # expect: violated
    return n.bit_length()
