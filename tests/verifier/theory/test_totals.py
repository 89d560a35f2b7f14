"""Every axiom and lemma about sums over sets of keys, put to concrete values, is CPython's."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable

import pytest

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import evaluate
from verify_agent.verifier.smt.terms import Binder, Term
from verify_agent.verifier.smt.values import ArrayValue
from verify_agent.verifier.smt.values import Value as Constant
from verify_agent.verifier.theory import sets, totals
from verify_agent.verifier.theory.registry import Definition, Theory

KEYS = range(-3, 4)
ORDER = "order"


def members(array: ArrayValue) -> list[int]:
    return [k for k, present in array.entries if present and isinstance(k, int)]


def number(array: ArrayValue, key: int) -> int:
    found = array.get(key)
    assert isinstance(found, int)
    return found


def _first(keys: Iterable[int], has: Callable[[int], bool]) -> int:
    return next((k for k in keys if has(k)), 0)


def _total(domain: ArrayValue, values: ArrayValue) -> int:
    return sum({k: number(values, k) for k in members(domain)}.values())


def _difference(d: ArrayValue, v: ArrayValue, e: ArrayValue, w: ArrayValue) -> int:
    return _first(
        KEYS,
        lambda k: bool(d.get(k)) != bool(e.get(k)) or (bool(d.get(k)) and v.get(k) != w.get(k)),
    )


def _sum(array: ArrayValue, lo: int, hi: int) -> int:
    return sum(number(array, k) for k in range(lo, hi))


def _among(has: Callable[[int], bool]) -> Callable[..., Constant]:
    """A member other than the one given whose value is of that kind."""
    return lambda d, v, *but: _first(members(d), lambda k: k not in but and has(number(v, k)))


MEANING: dict[str, Callable[..., Constant]] = {
    "total": _total,
    "total-difference": _difference,
    "finite": lambda _: True,
    "card": lambda d: len(members(d)),
    "sum": _sum,
    "member-negative": _among(lambda x: x < 0),
    "member-positive": _among(lambda x: x > 0),
    "member-not-one": _among(lambda x: x != 1),
    "other-negative": _among(lambda x: x < 0),
    "other-positive": _among(lambda x: x > 0),
}


def value(variable: Term, rng: random.Random) -> Constant:
    if variable.sort == t.INT:
        return rng.choice(KEYS)
    if variable.sort == sets.SET:
        return ArrayValue(
            False, tuple((k, True) for k in sorted(rng.sample(KEYS, rng.randrange(5))))
        )
    low, high = rng.choice([(-2, 3), (0, 3), (1, 2), (-2, 1)])
    return ArrayValue(0, tuple((k, rng.randrange(low, high)) for k in KEYS))


def check(formula: Term, given: dict[str, Constant], rng: random.Random, rounds: int) -> int:
    """How many instances were true: as many as were tried."""
    bound = formula.payload.variables if isinstance(formula.payload, Binder) else ()
    body = formula.args[0] if bound else formula
    functions = dict(MEANING)
    if ORDER in given:
        functions |= {f: _off_order(given[ORDER]) for f in _functions(formula)}
    for _ in range(rounds):
        values = given | {str(v.payload): value(v, rng) for v in bound}
        assert evaluate(body, values, functions) is True, (formula, values)
    return rounds


def _functions(formula: Term) -> list[str]:
    stack, found = [formula], []
    while stack:
        term = stack.pop()
        name = str(getattr(term.payload, "name", ""))
        found += [name] if name.startswith("off-order") else []
        stack.extend(term.args)
    return found


def _off_order(order: Constant) -> Callable[..., Constant]:
    def place(row: ArrayValue, values: ArrayValue, size: int) -> int:
        assert isinstance(order, ArrayValue)
        here = order
        return _first(range(size), lambda j: number(row, j) != number(values, number(here, j)))

    return place


AXIOMS = totals.axioms(totals.TOTAL)


@pytest.mark.parametrize("number", range(len(AXIOMS)))
def test_an_axiom_holds_of_cpython(number: int) -> None:
    assert check(AXIOMS[number], {}, random.Random(number), 400) == 400


def test_there_are_axioms_of_sums_alone() -> None:
    assert len(AXIOMS) == 6
    assert totals.axioms(sets.CARD) == ()


A, V = t.var("A", sets.SET), t.var("V", totals.INTS)


def _lemma(theory: Theory, name: Term) -> Term:
    definition = theory.definition_of(name)
    assert isinstance(definition, Definition)
    (lemma,) = totals.lemmas(definition)
    return lemma


@pytest.mark.parametrize(("present", "key"), list(itertools.product([True, False], [-1, 2])))
def test_the_sum_over_a_set_with_one_key_changed(present: bool, key: int) -> None:
    theory, rng = Theory(), random.Random(key)
    name = sets.changed(theory, A, t.integer(key), present)
    lemma = _lemma(theory, name)
    for _ in range(60):
        before = value(A, rng)
        assert isinstance(before, ArrayValue)
        kept = set(members(before)) - {key} | ({key} if present else set())
        after = ArrayValue(False, tuple((k, True) for k in sorted(kept)))
        assert check(lemma, {"A": before, str(name.payload): after}, rng, 5)


@pytest.mark.parametrize("key", [-1, 2])
def test_the_sum_of_values_of_which_one_is_changed(key: int) -> None:
    theory, rng = Theory(), random.Random(key)
    name = sets.store(theory, V, t.integer(key), t.integer(7))
    lemma = _lemma(theory, name)
    for _ in range(60):
        before = value(V, rng)
        assert isinstance(before, ArrayValue)
        given: dict[str, Constant] = {"V": before, str(name.payload): before.set(key, 7)}
        assert check(lemma, given, rng, 5)


def test_the_sum_along_an_order_is_that_of_the_set() -> None:
    theory, rng = Theory(), random.Random(3)
    name = sets.enumeration(theory, A)
    lemma = _lemma(theory, name)
    met = 0
    for _ in range(200):
        domain = value(A, rng)
        assert isinstance(domain, ArrayValue)
        keys = members(domain)
        rng.shuffle(keys)
        order = ArrayValue(0, tuple(enumerate(keys)))
        values = value(V, rng)
        assert isinstance(values, ArrayValue)
        row = ArrayValue(0, tuple((n, number(values, k)) for n, k in enumerate(keys)))
        bound = lemma.payload.variables  # type: ignore[attr-defined]
        given: dict[str, Constant] = {"A": domain, str(name.payload): order, ORDER: order}
        assert check(lemma, given, rng, 5)
        row_name, values_name, size = (str(v.payload) for v in bound)
        functions = MEANING | {f: _off_order(order) for f in _functions(lemma)}
        told = given | {row_name: row, values_name: values, size: len(keys)}
        assert evaluate(lemma.args[0], told, functions) is True
        met += _sum(row, 0, len(keys)) == _total(domain, values)
    assert met == 200
