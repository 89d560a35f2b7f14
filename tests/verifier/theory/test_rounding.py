"""The facts about rounded arithmetic: of CPython's floats, and of all values of a small format."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable, Iterable
from itertools import product

import pytest

from verify_agent.verifier.smt import doubles as fp
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import evaluate
from verify_agent.verifier.smt.portfolio import prove
from verify_agent.verifier.smt.query import Budget, Query
from verify_agent.verifier.theory.rounding import Node, abstracted, facts_of, midpoint, monotone

A, B, C, D, V, W = (t.var(name, t.F64) for name in "abcdvw")
KNOWN = (0.0, 5e-324, 0.1, 1.0, 3.0, 1e300, 1.7976931348623157e308)
TRICKY = (
    0.0, 5e-324, 1e-323, 2.2250738585072014e-308, 1e-160, 0.1, 0.5, 0.9999999999999999, 1.0,
    1.0000000000000002, 2.0, 3.0, 2.0**53, 1e154, 1e300, 8.98846567431158e307,
    1.7976931348623157e308, math.inf, math.nan,
)  # fmt: skip
SIGNED = tuple(x for value in TRICKY for x in (value, -value))
Operation = Callable[[float, float], float]


def quotient(x: float, y: float) -> float:
    """IEEE's quotient, by zeros too."""
    if y != 0.0 or math.isnan(x) or x == 0.0:
        return math.nan if y == 0.0 else x / y
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def root(x: float, _: float) -> float:
    return math.nan if x < 0 else math.sqrt(x)


OPERATIONS: dict[str, Operation] = {
    "fp.add": lambda x, y: x + y,
    "fp.mul": lambda x, y: x * y,
    "fp.div": quotient,
    "fp.sqrt": root,
}


def node(op: str, value: t.Term, args: tuple[t.Term, t.Term]) -> Node:
    return Node(op, value, args[:1] if op == "fp.sqrt" else args)


def compiled(facts: Iterable[t.Term]) -> Callable[..., bool]:
    """The facts together as a function of a, b, c, d, v and w, to try them on many values."""
    parts = " and ".join(map(python, facts))
    names = {"inf": math.inf, "nan": math.nan}
    made: Callable[..., bool] = eval(f"lambda a=0, b=0, c=0, d=0, v=0, w=0: {parts}", names)
    return made


def python(term: t.Term) -> str:
    args = [python(a) for a in term.args]
    match term.op:
        case "const" | "var":
            return f"({term.payload})"
        case "and" | "or":
            return f"({f' {term.op} '.join(args)})"
        case "not":
            return f"(not {args[0]})"
        case "implies":
            return f"(not {args[0]} or {args[1]})"
        case "=":
            assert all(a.sort == t.BOOL for a in term.args)
            return f"({args[0]} is {args[1]})"
        case "fp.neg":
            return f"(-{args[0]})"
        case "fp.abs":
            return f"abs({args[0]})"
        case "fp.isNaN":
            return f"({args[0]} != {args[0]})"
        case "fp.isInfinite":
            return f"(abs({args[0]}) == inf)"
        case _:
            return f"({args[0]} {_COMPARISONS[term.op]} {args[1]})"


_COMPARISONS = {"fp.lt": "<", "fp.leq": "<=", "fp.eq": "=="}


def test_compiled_facts_are_the_facts() -> None:
    facts = [f for op in OPERATIONS for f in facts_of(node(op, V, (A, B)), (0.1, 3.0))]
    rng = random.Random(6)
    for _ in range(60):
        values = {"a": random_double(rng), "b": random_double(rng), "v": random_double(rng)}
        for fact in facts:
            assert compiled([fact])(**values) is evaluate(fact, values), (fact, values)


def random_double(rng: random.Random) -> float:
    """Any bits, a tricky value, or one near it."""
    match rng.randrange(4):
        case 0:
            return struct.unpack("<d", rng.randbytes(8))[0]
        case 1:
            return rng.choice(SIGNED)
        case 2:
            return math.nextafter(rng.choice(SIGNED), rng.choice([-math.inf, math.inf]))
        case _:
            return rng.uniform(-3.0, 3.0)


def pairs(rng: random.Random, count: int) -> Iterable[tuple[float, float]]:
    yield from product(SIGNED, repeat=2)
    for _ in range(count):
        yield random_double(rng), random_double(rng)


@pytest.mark.parametrize("op", OPERATIONS)
def test_facts_of_one_operation(op: str) -> None:
    known = KNOWN if op != "fp.sqrt" else ()
    facts = list(facts_of(node(op, V, (A, B)), known))
    assert len(facts) > 3
    hold = compiled(facts)
    for x, y in pairs(random.Random(1), 4_000):
        assert hold(a=x, b=y, v=OPERATIONS[op](x, y)), (op, x, y)


@pytest.mark.parametrize("op", OPERATIONS)
def test_facts_of_two_operations(op: str) -> None:
    rng = random.Random(2)
    facts = list(monotone(node(op, V, (A, B)), node(op, W, (C, D))))
    assert facts
    hold = compiled(facts)
    plain = OPERATIONS[op]
    for _ in range(20_000):
        x, y = random_double(rng), random_double(rng)
        # Related operands, so that what the facts ask for is often met.
        z = rng.choice([x, -x, y, math.nextafter(x, math.inf), random_double(rng)])
        u = rng.choice([y, -y, x, math.nextafter(y, -math.inf), random_double(rng)])
        values = {"a": x, "b": y, "c": z, "d": u, "v": plain(x, y), "w": plain(z, u)}
        assert hold(**values), (op, values)


def test_the_midpoint_lies_between() -> None:
    facts = list(midpoint(Node("fp.add", V, (A, B)), Node("fp.mul", W, (t.double(0.5), V))))
    assert len(facts) == 2
    hold = compiled(facts)
    for x, y in pairs(random.Random(3), 20_000):
        assert hold(a=x, b=y, v=x + y, w=(x + y) * 0.5), (x, y)


def test_no_midpoint_where_it_is_no_half_of_that_sum() -> None:
    total = Node("fp.add", V, (A, B))
    assert not list(midpoint(total, Node("fp.mul", W, (t.double(0.25), V))))
    assert not list(midpoint(total, Node("fp.mul", W, (t.double(0.5), A))))


# -- a small format: four bits of significand, exponents from -6 to 7, every pair --------------


def small_values() -> list[float]:
    """All values of a format with 3 fraction bits, subnormals, infinities and NaN among them."""
    finite = {m * 2.0**-9 for m in range(8)}
    finite |= {(8 + m) * 2.0 ** (e - 3) for e in range(-6, 8) for m in range(8)}
    return [
        *sorted({s * x for x in finite for s in (1.0, -1.0)}),
        -0.0,
        math.inf,
        -math.inf,
        math.nan,
    ]


def rounded(exact: float) -> float:
    """To the small format, ties to even; the double is exact or rounded far beyond it."""
    if exact == 0.0 or not math.isfinite(exact):
        return exact
    exponent = max(math.frexp(exact)[1] - 1, -6)
    scale = 2.0 ** (exponent - 3)
    result = round(exact / scale) * scale
    if abs(result) > 15 * 2.0**4:
        return math.copysign(math.inf, exact)
    return math.copysign(result, exact)


@pytest.mark.parametrize("op", OPERATIONS)
def test_facts_hold_in_every_case_of_a_small_format(op: str) -> None:
    # Magnitudes whose sums, products and quotients the small format has too.
    hold = compiled(facts_of(node(op, V, (A, B)), (1.0, 2.0) if op != "fp.sqrt" else ()))
    for x, y in product(small_values(), repeat=2):
        assert hold(a=x, b=y, v=rounded(OPERATIONS[op](x, y))), (op, x, y)


def test_the_midpoint_lies_between_in_every_case_of_a_small_format() -> None:
    hold = compiled(midpoint(Node("fp.add", V, (A, B)), Node("fp.mul", W, (t.double(0.5), V))))
    for x, y in product(small_values(), repeat=2):
        total = rounded(x + y)
        assert hold(a=x, b=y, v=total, w=rounded(total * 0.5)), (x, y)


# -- the facts at work -------------------------------------------------------------------------


def valid(assumptions: list[t.Term], goal: t.Term) -> bool:
    """Whether a goal about rounded results is proved by their bounds alone."""
    found = abstracted([*assumptions, goal])
    assert found is not None
    (*given, wanted), facts = found
    outcome = prove(Query("bounds", (*given, *facts), wanted), Budget(timeout_ms=4_000))
    return outcome.valid


def between(low: float, x: t.Term, high: float) -> t.Term:
    return t.conj(fp.le(t.double(low), x), fp.le(x, t.double(high)))


def test_bounds_prove_what_follows_from_them() -> None:
    unit = [between(0.0, A, 1.0), between(0.0, B, 1.0)]
    assert valid(unit, between(0.0, fp.mul(A, B), 1.0))
    assert valid([between(0.0, A, 5.0), between(1.0, B, 2.0)], between(0.0, fp.div(A, B), 5.0))
    assert valid(unit, fp.le(t.double(-1.0), fp.sub(A, B)))
    assert valid([fp.le(A, B), between(-9.0, A, 9.0), between(-9.0, B, 9.0)],
                 fp.le(t.double(0.0), fp.sub(B, A)))  # fmt: skip


def test_bounds_do_not_prove_what_rounding_breaks() -> None:
    small = [between(0.0, A, 1.0), between(0.0, B, 1.0), between(0.0, C, 1.0)]
    assert not valid(small, fp.ieee_eq(fp.add(fp.add(A, B), C), fp.add(A, fp.add(B, C))))
    assert not valid([fp.lt(t.double(0.0), A)], fp.lt(A, fp.add(A, t.double(1.0))))
    assert not valid([fp.lt(t.double(0.0), A)], fp.lt(t.double(0.0), fp.mul(A, A)))
    assert not valid([], fp.le(t.double(0.0), fp.mul(A, A)))
    average = fp.mul(t.double(0.5), fp.add(A, B))
    assert not valid([fp.le(A, B)], fp.le(A, average))


def test_quantified_formulas_are_left_alone() -> None:
    k = t.var("k", t.INT)
    items = t.var("xs", t.array_sort(t.INT, t.F64))
    body = fp.lt(fp.add(t.select(items, k), A), B)
    assert abstracted([t.forall([k], body)]) is None
    assert abstracted([fp.lt(A, B)]) is None
