"""Floats in terms against CPython's floats: bit for bit, on the values that trip people up."""

from __future__ import annotations

import math
import random
import struct
from itertools import product

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import doubles as fp
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import evaluate
from verify_agent.verifier.theory import floats
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.vc import aliasing
from verify_agent.verifier.vc.exec import run
from verify_agent.verifier.vc.function import ANY_EXCEPTION, enter
from verify_agent.verifier.vc.loops import Invariants
from verify_agent.verifier.vc.machine import Machine, Mode

TRICKY = (
    0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 2.0, -2.0, 3.0, 1e308, -1e308, 1.7976931348623157e308,
    5e-324, -5e-324, 2.2250738585072014e-308, 2.0**-1074, 2.0**1023, 2.0**-1023, 2.0**53,
    2.0**53 + 2, 1 / 3, math.inf, -math.inf, math.nan,
)  # fmt: skip
BINARY = {
    "+": (floats.add, lambda x, y: x + y),
    "-": (floats.sub, lambda x, y: x - y),
    "*": (floats.mul, lambda x, y: x * y),
    "<": (floats.lt, lambda x, y: x < y),
    "<=": (floats.le, lambda x, y: x <= y),
    "==": (floats.eq, lambda x, y: x == y),
}
UNARY = {
    "-": (floats.neg, lambda x: -x),
    "abs": (floats.absolute, abs),
    "isnan": (floats.is_nan, math.isnan),
    "isinf": (floats.is_infinite, math.isinf),
    "isfinite": (floats.is_finite, math.isfinite),
    "bool": (floats.truth, bool),
}
X, Y = t.var("x", t.F64), t.var("y", t.F64)


def bits(value: object) -> object:
    """What tells two results apart: the type, and for a float every bit (NaN is one)."""
    if isinstance(value, float):
        return "nan" if math.isnan(value) else struct.pack("<d", value)
    return type(value), value


def shapes(x: float, y: float) -> list[tuple[t.Term, t.Term]]:
    """Operands as variables and as constants, so that what is rewritten is met too."""
    return [
        (X, Y),
        (t.double(x), Y),
        (X, t.double(y)),
        (t.double(x), t.double(y)),
    ]


@pytest.mark.parametrize("op", BINARY)
def test_binary_operations_are_cpythons(op: str) -> None:
    make, plain = BINARY[op]
    for x, y in product(TRICKY, repeat=2):
        for a, b in shapes(x, y):
            assert bits(evaluate(make(a, b), {"x": x, "y": y})) == bits(plain(x, y)), (x, op, y)


def test_division_is_cpythons_where_it_is_defined() -> None:
    for x, y in product(TRICKY, (y for y in TRICKY if y != 0.0)):
        for a, b in shapes(x, y):
            assert bits(evaluate(floats.div(a, b), {"x": x, "y": y})) == bits(x / y), (x, y)


def test_division_by_every_power_of_two_is_cpythons() -> None:
    for exponent in range(-1074, 1024):
        for divisor in (2.0**exponent, -(2.0**exponent)):
            for x in (1 / 3, 5e-324, 1.7976931348623157e308, -0.0, 3 * 5e-324):
                made = floats.div(X, t.double(divisor))
                assert bits(evaluate(made, {"x": x})) == bits(x / divisor), (x, divisor)


@pytest.mark.parametrize("op", UNARY)
def test_unary_operations_are_cpythons(op: str) -> None:
    make, plain = UNARY[op]
    for x in TRICKY:
        for a in (X, t.double(x), floats.neg(floats.neg(X))):
            assert bits(evaluate(make(a), {"x": x})) == bits(plain(x)), (op, x)


def test_square_roots_are_cpythons() -> None:
    for x in TRICKY:
        if not x < 0:
            for a in (X, t.double(x)):
                assert bits(evaluate(floats.sqrt(a), {"x": x})) == bits(math.sqrt(x)), x


def test_rewriting_keeps_what_the_operation_says() -> None:
    """Each shortcut against the operation itself, evaluated."""
    rng = random.Random(5)
    values = [*TRICKY, *(struct.unpack("<d", rng.randbytes(8))[0] for _ in range(300))]
    rules = [
        (floats.add(X, t.double(-0.0)), fp.add(X, t.double(-0.0))),
        (floats.sub(X, t.double(0.0)), fp.sub(X, t.double(0.0))),
        (floats.mul(X, t.double(1.0)), fp.mul(X, t.double(1.0))),
        (floats.mul(X, t.double(-1.0)), fp.mul(X, t.double(-1.0))),
        (floats.div(X, t.double(2.0)), fp.div(X, t.double(2.0))),
        (floats.div(X, t.double(-0.25)), fp.div(X, t.double(-0.25))),
    ]
    assert all(short is not full for short, full in rules)
    for x, (short, full) in product(values, rules):
        assert bits(evaluate(short, {"x": x})) == bits(evaluate(full, {"x": x})), (x, full)


def test_what_is_no_identity_is_not_taken_for_one() -> None:
    assert floats.add(X, t.double(0.0)) is not X
    assert floats.sub(X, t.double(-0.0)) is not X
    assert floats.sub(X, X) is not floats.ZERO
    assert floats.eq(X, X) is not t.TRUE
    assert floats.mul(X, t.double(0.0)) is not floats.ZERO


# -- numbers of several types ------------------------------------------------------------------


@pytest.mark.parametrize("n", [-3, -1, 0, 1, 2**53, 2**53 + 1, -(2**53) - 1, 10**400, -(10**400)])
def test_an_int_is_compared_with_a_known_float_exactly(n: int) -> None:
    number, env = v.IntV(t.var("n", t.INT)), {"n": n}
    for x in (*TRICKY, 0.5, -0.5, -2.5):
        other = v.FloatV(t.double(x))
        assert evaluate(floats.less(number, other), env) is (n < x), (n, x)
        assert evaluate(floats.less(other, number), env) is (x < n), (n, x)
        assert evaluate(floats.at_most(number, other), env) is (n <= x), (n, x)
        assert evaluate(floats.at_most(other, number), env) is (x <= n), (n, x)
        assert evaluate(floats.equal(number, other), env) is (n == x), (n, x)


def test_an_int_that_may_be_no_double_does_not_meet_an_unknown_float() -> None:
    unknown = v.FloatV(X)
    for number in (t.var("n", t.INT), t.integer(2**53 + 1), t.integer(10**400)):
        with pytest.raises(Unsupported, match="an int that"):
            floats.less(v.IntV(number), unknown)
        with pytest.raises(Unsupported, match="an int that"):
            floats.exactly(v.IntV(number))
    for number in (0, -7, 2**53, 2**60, 10**22):
        assert floats.value(floats.exactly(v.IntV(t.integer(number)))) == number


def test_nan_may_be_in_what_is_not_known() -> None:
    assert floats.may_hold_nan(v.FloatV(X))
    assert floats.may_hold_nan(v.FloatV(t.double(math.nan)))
    assert not floats.may_hold_nan(v.FloatV(t.double(0.5)))
    pair = v.TupleV((v.IntV(t.integer(1)), v.FloatV(X)))
    assert floats.may_hold_nan(pair)
    assert not floats.may_hold_nan(v.ItemsSeq(ir.FLOAT, ()))
    with pytest.raises(Unsupported, match="identities"):
        floats.check_identity(pair, pair)
    floats.check_identity(pair, v.TupleV((v.FloatV(t.double(1.0)),)))


def test_an_int_is_not_within_float() -> None:
    assert not floats.within(ir.INT, ir.FLOAT)
    assert not floats.within(ir.UnionType((ir.INT, ir.FLOAT)), ir.FLOAT)
    assert floats.within(ir.FLOAT, ir.UnionType((ir.FLOAT, ir.NONE)))
    assert not floats.within(ir.ListType(ir.INT), ir.ListType(ir.FLOAT))


# -- whole expressions through the executor ----------------------------------------------------


def outcome(text: str, x: float, y: float) -> object:
    """What CPython makes of an expression: a value, or the name of an exception."""
    try:
        return bits(eval(text, {"math": math}, {"x": x, "y": y}))
    except (ZeroDivisionError, ValueError) as error:
        return type(error).__name__


def symbolic(text: str) -> tuple[v.Value, Machine]:
    """The symbolic value of an expression over floats x and y, and the conditions met."""
    source = (
        "import math\nfrom icontract import require\n\n\n@require(lambda x: True)\n"
        f"def f(x: float, y: float):\n    return {text}\n"
    )
    program = lower(next(s for s in load(source).functions if s.qualname == "f"))
    function = program.functions[program.entry]
    machine = Machine(program, Theory(), Mode(ANY_EXCEPTION), Invariants())
    entry = enter(machine, function, next(aliasing.partitions(function)))
    machine.entry = entry.state
    flow = run(machine, function.body, [entry.state.copy()])
    (_, value), *more = flow.returns
    assert not more
    return value, machine


def concrete(value: v.Value, values: dict[str, object]) -> object:
    """The Python value that a symbolic scalar stands for."""
    match value:
        case v.FloatV(term) | v.IntV(term) | v.BoolV(term):
            return evaluate(term, values)
        case v.UnionV(tag, _, payloads):
            return concrete(payloads[evaluate(tag, values)], values)
        case _:
            raise TypeError(value)


def named(value: float, other: float, machine: Machine) -> dict[str, object]:
    """An assignment to the parameters' own names."""
    assert machine.entry is not None
    parts = {"x": value, "y": other}
    return {str(machine.entry.locals[k].term.payload): x for k, x in parts.items()}


def modelled(value: v.Value, machine: Machine, x: float, y: float) -> object:
    """What the model says: the value's bits, or that some condition fails."""
    values = named(x, y, machine)
    for condition in machine.conditions:
        reached = all(evaluate(a, values) is True for a in condition.assumptions)
        if reached and evaluate(condition.goal, values) is not True:
            return "raises"
    return bits(concrete(value, values))


LEAVES = (
    "x", "y", "x", "y", "0.0", "-0.0", "1", "True", "2.5", "-3", "math.inf", "1e308", "5e-324",
    "math.nan", "float('-inf')",
)  # fmt: skip


def random_text(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(LEAVES)
    a, b, c = (random_text(rng, depth - 1) for _ in range(3))
    test = f"{a} {rng.choice(['<', '<=', '==', '!=', '>', '>='])} {b}"
    return rng.choice(
        [
            f"({a} + {b})",
            f"({a} - {b})",
            f"({a} * {b})",
            f"({a} / {b})",
            f"min({a}, {b})",
            f"max({a}, {b})",
            f"min({a}, {b}, {c})",
            f"max({a}, {b}, {c})",
            f"max([{a}, {b}])",
            f"abs({a})",
            f"(-{a})",
            f"({a} if {test} else {c})",
            f"({a} or {b})",
            f"({a} and {b})",
            f"(not {a})",
            f"({test})",
            f"({a} < {b} <= {c})",
            f"math.sqrt({a})",
            f"math.fabs({a})",
            f"float({a})",
            f"bool({a})",
            f"({a} in ({b}, {c}))",
            f"(({a}, {b}) == ({c}, {a}))",
            f"math.isnan({a})",
        ]
    )


def agree(text: str, rng: random.Random, pairs: int) -> bool:
    """Whether the expression is modelled; it is compared with CPython if so."""
    try:
        value, machine = symbolic(text)
    except Unsupported:
        return False
    for _ in range(pairs):
        x, y = rng.choice(TRICKY), rng.choice(TRICKY)
        expected = outcome(text, x, y)
        found = modelled(value, machine, x, y)
        if isinstance(expected, str) and expected.endswith("Error"):
            assert found == "raises", (text, x, y)
        else:
            assert found == expected, (text, x, y, found, expected)
    return True


@pytest.mark.parametrize("seed", range(4))
def test_random_expressions_agree_with_cpython(seed: int) -> None:
    rng = random.Random(seed)
    done = sum(agree(random_text(rng, rng.choice([1, 2, 2, 3])), rng, 12) for _ in range(120))
    assert done >= 40


@pytest.mark.parametrize(
    "text",
    [
        "min(x, y)", "max(x, y)", "min(y, x)", "max(y, x)", "min(x, 0.0)", "max(0.0, x)",
        "max(0, x)", "max(x, 0)", "min(x, y, 0.0)", "max(-0.0, x, y)", "min([x, y])",
        "max((x, y))", "x or y", "x and y", "not x", "x == x", "x != x", "x < y <= x", "-x",
        "abs(x)", "x / y", "1 / x", "x / 2", "x / 3", "3 / 4", "True + x", "float(True)",
        "float('inf')", "float(' -1.5e3 ')", "float()", "math.sqrt(x)", "math.sqrt(2)",
        "x in (0.0, 1.0)", "0.0 in (x, y)", "(x, 1.0) == (1.0, 0.0)", "[x] == []",
        "x if x else y", "x == 1", "x < True", "math.fabs(-3)", "0.1 + 0.2", "x - x",
    ],
)  # fmt: skip
def test_expressions_agree_with_cpython(text: str) -> None:
    value, machine = symbolic(text)
    for x, y in product(TRICKY, repeat=2):
        expected = outcome(text, x, y)
        found = modelled(value, machine, x, y)
        if isinstance(expected, str) and expected.endswith("Error"):
            assert found == "raises", (text, x, y)
        else:
            assert found == expected, (text, x, y)


@pytest.mark.parametrize(
    "text",
    [
        "x ** 2", "x // y", "x % y", "round(x)", "int(x)", "str(x)", "math.floor(x)", "x is y",
        "sum([x, y])", "[x] == [y]", "(x,) == (x,)", "x in [x]", "x in (x, y)", "sorted([x, y])",
        "[x, y].count(x)", "[x, y].index(x)", "(x, y) < (y, x)", "len({x, y})",
        "x + (2 ** 53 + 1)", "x < 2 ** 53 + 1", "x == len(str(1)) + 0 * int(y)", "divmod(x, y)",
        "math.copysign(1.0, x)", "float(str(1))",
    ],
)  # fmt: skip
def test_what_has_no_exact_model_is_refused(text: str) -> None:
    with pytest.raises(Unsupported):
        symbolic(text)
