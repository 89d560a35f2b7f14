"""Every axiom and lemma, put to concrete values, agrees with CPython."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable

import pytest

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import evaluate
from verify_agent.verifier.smt.terms import Binder, Function, Term
from verify_agent.verifier.smt.values import ArrayValue
from verify_agent.verifier.smt.values import Value as Constant
from verify_agent.verifier.smt.walk import substitute
from verify_agent.verifier.theory import folds, ints, sequences
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.vc.normal import Normaliser

INTS = (-7, -3, -2, -1, 0, 1, 2, 3, 8)


def _items(array: ArrayValue, lo: int, hi: int) -> list[int]:
    found = [array.get(k) for k in range(lo, hi)]
    return [int(x) for x in found if isinstance(x, int)]


def _where(array: ArrayValue, value: int, lo: int, hi: int) -> int:
    return next((k for k in range(lo, hi) if array.get(k) == value), lo)


def _first(array: ArrayValue, lo: int, hi: int, has: Callable[[int], bool]) -> int:
    found = zip(range(lo, hi), _items(array, lo, hi), strict=True)
    return next((k for k, x in found if has(x)), lo)


def _sum(array: ArrayValue, lo: int, hi: int) -> int:
    return sum(_items(array, lo, hi))


def _count(array: ArrayValue, value: int, lo: int, hi: int) -> int:
    return _items(array, lo, hi).count(value)


def _maximum(array: ArrayValue, lo: int, hi: int) -> int:
    return max(_items(array, lo, hi), default=0)


def _minimum(array: ArrayValue, lo: int, hi: int) -> int:
    return min(_items(array, lo, hi), default=0)


def _power(base: int, exponent: int) -> int:
    return base**exponent if exponent > 0 else 1


MEANING: dict[str, Callable[..., Constant]] = {
    "fdiv": lambda a, b: a // b if b else 0,
    "fmod": lambda a, b: a % b if b else 0,
    "pow": _power,
    "pow~1": _power,
    "pow2": lambda n: _power(2, n),
    "pow2~1": lambda n: _power(2, n),
    "gcd": math.gcd,
    "gcd~1": math.gcd,
    "isqrt": lambda n: math.isqrt(n) if n >= 0 else -1,
    "max": _maximum,
    "min": _minimum,
    "where<Int>": _where,
    "where-max": lambda a, lo, hi: _where(a, _maximum(a, lo, hi), lo, hi),
    "where-min": lambda a, lo, hi: _where(a, _minimum(a, lo, hi), lo, hi),
    "where-negative": lambda a, lo, hi: _first(a, lo, hi, lambda x: x < 0),
    "where-positive": lambda a, lo, hi: _first(a, lo, hi, lambda x: x > 0),
    **{f"sum{level}": _sum for level in folds.LEVELS},
    **{f"count<Int>{level}": _count for level in folds.LEVELS},
}


def _values(variable: Term, rng: random.Random) -> Constant:
    if variable.sort == t.INT:
        return rng.choice(INTS)
    entries = tuple((k, rng.randrange(-2, 3)) for k in range(-8, 9))
    return ArrayValue(0, entries)


def _check(axiom: Term, given: dict[str, Constant], rng: random.Random, rounds: int) -> int:
    """Put random values for the bound variables; the number of instances that were true."""
    variables = axiom.payload.variables if isinstance(axiom.payload, Binder) else ()
    body = axiom.args[0] if variables else axiom
    for _ in range(rounds):
        values = given | {str(v.payload): _values(v, rng) for v in variables}
        assert evaluate(body, values, MEANING) is True, (axiom, values)
    return rounds


AXIOMS = {
    f"{function.name} {n}": axiom
    for function in (
        ints.FDIV,
        ints.FMOD,
        ints.POW,
        ints.POW2,
        ints.GCD,
        ints.ISQRT,
        folds.sum_symbol(),
        folds.count_symbol(t.INT),
        folds.extreme_symbol("max"),
        folds.extreme_symbol("min"),
    )
    for n, axiom in enumerate((*ints.axioms(function), *folds.axioms(function)))
}


@pytest.mark.parametrize("name", AXIOMS)
def test_an_axiom_holds_of_cpython(name: str) -> None:
    assert _check(AXIOMS[name], {}, random.Random(name), 300) == 300


def test_unfolding_ends() -> None:
    """The lowest level of a fold has no axiom that introduces it anew."""
    for symbol in (
        folds.sum_symbol(2),
        folds.count_symbol(t.INT, 2),
        ints.POW_LOW,
        ints.POW2_LOW,
        ints.GCD_LOW,
    ):
        assert (*ints.axioms(symbol), *folds.axioms(symbol)) == ()


ARRAY = t.var("A", folds.INTS)
OTHER = t.var("B", folds.INTS)
FOLDS = (folds.sum_symbol(), folds.count_symbol(t.INT))


def _facts_and_lemmas(theory: Theory, name: Term) -> Iterable[Term]:
    definition = theory.definition_of(name)
    assert definition is not None
    yield from definition.facts
    for fold in FOLDS:
        yield from folds.lemmas(fold, definition)


def _instances(formula: Term, given: dict[str, Constant], rng: random.Random) -> int:
    bound = {str(v.payload) for v in _bound(formula)}
    assert bound.isdisjoint(given)
    return _check(formula, given, rng, 60)


def _bound(formula: Term) -> tuple[Term, ...]:
    return formula.payload.variables if isinstance(formula.payload, Binder) else ()


@pytest.mark.parametrize("index", [-1, 0, 3])
def test_facts_and_lemmas_of_a_changed_array(index: int) -> None:
    theory, rng = Theory(), random.Random(index)
    name = sequences._store(theory, ARRAY, t.integer(index), t.integer(2))
    before = _values(ARRAY, rng)
    assert isinstance(before, ArrayValue)
    given: dict[str, Constant] = {"A": before, str(name.payload): before.set(index, 2)}
    done = [_instances(f, given, rng) for f in _facts_and_lemmas(theory, name)]
    assert len(done) == 4


@pytest.mark.parametrize("size", [0, 1, 4])
def test_facts_and_lemmas_of_joined_arrays(size: int) -> None:
    theory, rng = Theory(), random.Random(size)
    name = sequences._joined(theory, ARRAY, t.integer(1), t.integer(size), OTHER, t.integer(-2))
    a, b = _values(ARRAY, rng), _values(OTHER, rng)
    assert isinstance(a, ArrayValue)
    assert isinstance(b, ArrayValue)
    entries = [(k, a.get(k + 1) if 0 <= k < size else b.get(k - size - 2)) for k in range(-9, 20)]
    given: dict[str, Constant] = {"A": a, "B": b, str(name.payload): ArrayValue(0, tuple(entries))}
    for formula in _facts_and_lemmas(theory, name):
        assert _instances(formula, given, rng)


def test_a_table_is_its_body() -> None:
    theory, rng = Theory(), random.Random(1)
    j = theory.eigen()
    name = sequences.tabulate(theory, t.mul(t.select(ARRAY, j), t.integer(3)), j)
    before = _values(ARRAY, rng)
    assert isinstance(before, ArrayValue)
    after = ArrayValue(0, tuple((k, 3 * int(str(x))) for k, x in before.entries))
    for formula in _facts_and_lemmas(theory, name):
        bare = t.forall(formula.payload.variables, formula.args[0]) if _bound(formula) else formula
        assert _instances(bare, {"A": before, str(name.payload): after}, rng)


@pytest.mark.parametrize("divisor", [-4, -3, -1, 1, 2, 7])
def test_division_by_a_constant(divisor: int) -> None:
    x = t.var("x", t.INT)
    for value in range(-15, 16):
        given = {"x": value}
        assert evaluate(ints.floor_div(x, t.integer(divisor)), given) == value // divisor
        assert evaluate(ints.floor_mod(x, t.integer(divisor)), given) == value % divisor


ZERO = t.integer(0)


def _rest(x: Term, b: Term) -> Term:
    return ints.floor_mod(ints.absolute(x), b)


def test_modulo_of_rewritten_sums() -> None:
    x, y, b = (t.var(n, t.INT) for n in "xyb")
    forms = (
        t.sub(x, ints.floor_mod(x, b)),
        t.add(t.mul(b, y), x),
        t.add(x, ints.floor_mod(y, b)),
        t.sub(t.mul(t.integer(3), x), ints.floor_mod(t.add(x, y), b)),
        t.add(x, ints.floor_mod(ints.absolute(x), b)),
        t.sub(x, t.ite(t.lt(x, ZERO), t.neg(_rest(x, b)), _rest(x, b))),
        t.add(ints.minimum(x, y), t.neg(ints.floor_mod(ints.maximum(x, t.neg(y)), b))),
        t.sub(ints.clamp(x, y, b), ints.floor_mod(x, t.ite(t.lt(y, ZERO), b, t.neg(b)))),
    )
    for form in forms:
        for vx, vy, vb in itertools.product((-5, 0, 3), (-2, 4), (-3, -1, 2, 7)):
            given = {"x": vx, "y": vy, "b": vb}
            whole = evaluate(form, given, MEANING)
            assert isinstance(whole, int)
            assert evaluate(ints.floor_mod(form, b), given, MEANING) == whole % vb


def test_remainders_of_remainders_under_many_conditions() -> None:
    """Twenty deep: to split every condition at every depth would never end."""
    x, b = t.var("x", t.INT), t.var("b", t.INT)
    whole, values = x, {start: start for start in (-7, 0, 5)}
    for depth in range(20):
        taken = t.lt(x, t.integer(depth - 3))
        whole = ints.floor_mod(t.ite(taken, t.add(whole, t.integer(depth)), t.neg(whole)), b)
        for start, now in values.items():
            values[start] = (now + depth if start < depth - 3 else -now) % 3
    for start, end in values.items():
        assert evaluate(whole, {"x": start, "b": 3}, MEANING) == end


@pytest.mark.parametrize("relation", ["<=", "<", ">=", ">", "=="])
def test_neighbours_lifted_to_pairs(relation: str) -> None:
    """Wherever the neighbours' statement is true of an array, all that it lifts to is."""
    k = t.var("k", t.INT)
    a, b = t.select(ARRAY, k), t.select(ARRAY, t.add(k, t.integer(1)))
    make = {"<=": t.le, "<": t.lt, ">=": t.ge, ">": t.gt, "==": t.eq}[relation]
    lo, hi = t.var("lo", t.INT), t.var("hi", t.INT)
    inside = t.conj(t.le(lo, k), t.lt(k, hi))
    lifted = Normaliser(Theory()).assumption(t.forall([k], t.implies(inside, make(a, b))))
    pairs = [f for f in lifted if len(_bound(f)) == 2 and "p!!" in repr(f)]
    assert len(pairs) == 1
    _check_lift(pairs[0], relation)


def _check_lift(pairs: Term, relation: str) -> None:
    rows = itertools.product((0, 1, 2, 3), repeat=4)
    holding = [
        r for r in rows if all(eval(f"{x} {relation} {y}") for x, y in itertools.pairwise(r))
    ]
    assert holding
    for row in holding:
        array = ArrayValue(9, tuple(enumerate(row)))
        values: dict[str, Constant] = {"A": array, "lo": 0, "hi": 3}
        for p, q in itertools.product(range(-1, 5), repeat=2):
            named = dict(zip((str(v.payload) for v in _bound(pairs)), (p, q), strict=True))
            assert evaluate(pairs.args[0], {**values, **named}) is True


def test_equal_definitions_have_one_name() -> None:
    theory = Theory()
    first = sequences._store(theory, ARRAY, t.integer(0), t.integer(1))
    second = sequences._store(theory, ARRAY, t.integer(0), t.integer(1))
    i, j = theory.eigen(), theory.eigen()
    by_i = sequences._store(theory, ARRAY, i, t.integer(1))
    by_j = sequences._store(theory, ARRAY, j, t.integer(1))
    assert first is second
    assert by_i is not by_j
    assert substitute(by_i, {i: j}) is by_j
    assert isinstance(by_i.payload, Function)
