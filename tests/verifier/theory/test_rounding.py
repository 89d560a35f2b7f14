"""The facts about rounded arithmetic hold of CPython's floats; and of a small format, exhaustively."""

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
    return evaluate(fp.div(A, B), {"a": x, "b": y})  # type: ignore[return-value]


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
    whole = t.conj(*facts)
    for x, y in pairs(random.Random(1), 200):
        values = {"a": x, "b": y, "v": OPERATIONS[op](x, y)}
        if evaluate(whole, values) is not True:
            broken = [f for f in facts if evaluate(f, values) is not True]
            pytest.fail(f"{op} of {x!r}, {y!r}: {broken}")


@pytest.mark.parametrize("op", OPERATIONS)
def test_facts_of_two_operations(op: str) -> None:
    rng = random.Random(2)
    facts = list(monotone(node(op, V, (A, B)), node(op, W, (C, D))))
    assert facts
    whole = t.conj(*facts)
    plain = OPERATIONS[op]
    for _ in range(6_000):
        x, y = random_double(rng), random_double(rng)
        # Related operands, so that what the facts ask for is often met.
        z = rng.choice([x, -x, y, math.nextafter(x, math.inf), random_double(rng)])
        u = rng.choice([y, -y, x, math.nextafter(y, -math.inf), random_double(rng)])
        values = {"a": x, "b": y, "c": z, "d": u, "v": plain(x, y), "w": plain(z, u)}
        assert evaluate(whole, values) is True, (op, values)


def test_the_midpoint_lies_between() -> None:
    facts = list(midpoint(Node("fp.add", V, (A, B)), Node("fp.mul", W, (t.double(0.5), V))))
    assert len(facts) == 2
    for x, y in pairs(random.Random(3), 4_000):
        values = {"a": x, "b": y, "v": x + y, "w": (x + y) * 0.5}
        assert evaluate(t.conj(*facts), values) is True, values


def test_no_midpoint_where_it_is_no_half_of_that_sum() -> None:
    total = Node("fp.add", V, (A, B))
    assert not list(midpoint(total, Node("fp.mul", W, (t.double(0.25), V))))
    assert not list(midpoint(total, Node("fp.mul", W, (t.double(0.5), A))))


# -- a small format: six bits of significand and exponents from -6 to 7, every pair ------------


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
    facts = t.conj(*facts_of(node(op, V, (A, B)), (1.0, 3.0) if op != "fp.sqrt" else ()))
    values = small_values()
    rng = random.Random(4)
    chosen = rng.sample(list(product(values, repeat=2)), 4_000)
    for x, y in chosen:
        given = {"a": x, "b": y, "v": rounded(OPERATIONS[op](x, y))}
        assert evaluate(facts, given) is True, (op, given)


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
