"""Every axiom and fact about sets, dicts and text keys, put to concrete values, is CPython's."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import evaluate
from verify_agent.verifier.smt.terms import Binder, Function, Term
from verify_agent.verifier.smt.values import ArrayValue
from verify_agent.verifier.smt.values import Value as Constant
from verify_agent.verifier.theory import dicts, keys, sets
from verify_agent.verifier.theory.registry import Theory

NUMBERS = range(-4, 5)


def as_set(array: ArrayValue) -> set[int]:
    return {k for k, present in array.entries if present}


def as_array(members: Iterable[int]) -> ArrayValue:
    made = ArrayValue(False)
    for k in members:
        made = made.set(k, True)
    return made


def items(array: ArrayValue, lo: int, hi: int) -> list[int]:
    found = [array.get(k) for k in range(lo, hi)]
    return [x for x in found if isinstance(x, int)]


def _missing(a: ArrayValue, b: ArrayValue) -> int:
    return min(as_set(a) - as_set(b), default=0)


def _twins(array: ArrayValue, lo: int, hi: int) -> tuple[int, int]:
    pairs = ((p, q) for p in range(lo, hi) for q in range(p + 1, hi))
    return next(((p, q) for p, q in pairs if array.get(p) == array.get(q)), (0, 0))


def _place(array: ArrayValue, lo: int, hi: int, k: int) -> int:
    return next((p for p in range(lo, hi) if array.get(p) == k), 0)


def _last(array: ArrayValue, lo: int, hi: int, k: int) -> int:
    return next((p for p in range(hi - 1, lo - 1, -1) if array.get(p) == k), 0)


TEXTS: list[str] = []


def _text(length: int, cells: ArrayValue) -> int:
    """A numbering of the strings, in the order in which they are met."""
    text = "".join(chr(x + 100) for x in items(cells, 0, length))
    if text not in TEXTS:
        TEXTS.append(text)
    return TEXTS.index(text)


def _spelled(key: int) -> str:
    while len(TEXTS) <= key:
        TEXTS.append("~" * (len(TEXTS) + 50))
    return TEXTS[key]


def _cells(key: int) -> ArrayValue:
    text = _spelled(key)
    return ArrayValue(0, tuple((n, ord(c) - 100) for n, c in enumerate(text)))


def _difference(length: int, a: ArrayValue, b: ArrayValue) -> int:
    return next((p for p in range(length) if a.get(p) != b.get(p)), 0)


MEANING: dict[str, Callable[..., Constant]] = {
    "card": lambda a: len(as_set(a)),
    "finite": lambda _: True,
    "some-member": lambda a: min(as_set(a), default=0),
    "missing": _missing,
    "members": lambda a, lo, hi: as_array(set(items(a, lo, hi))),
    "place": _place,
    "last": _last,
    "twin": lambda a, lo, hi: _twins(a, lo, hi)[0],
    "other-twin": lambda a, lo, hi: _twins(a, lo, hi)[1],
    "text": _text,
    "text-length": lambda key: len(_spelled(key)),
    "text-cells": _cells,
    "text-difference": _difference,
}


def value(variable: Term, rng: random.Random, low: int = -4) -> Constant:
    if variable.sort == t.INT:
        return rng.randrange(low, 5)
    if variable.sort == sets.SET:
        return as_array(rng.sample(NUMBERS, rng.randrange(0, 4)))
    return ArrayValue(0, tuple((k, rng.randrange(-2, 3)) for k in range(-6, 7)))


def check(formula: Term, given: dict[str, Constant], rng: random.Random, low: int = -4) -> None:
    bound = formula.payload.variables if isinstance(formula.payload, Binder) else ()
    body = formula.args[0] if bound else formula
    for _ in range(80):
        values = given | {str(v.payload): value(v, rng, low) for v in bound}
        assert evaluate(body, values, MEANING) is True, (formula, values)


def axioms_of(function: Function) -> tuple[Term, ...]:
    return (*sets.axioms(function), *dicts.axioms(function), *keys.axioms(function))


@pytest.mark.parametrize(
    ("function", "count"),
    [(sets.CARD, 4), (sets.MEMBERS, 6), (dicts.LAST, 2), (keys.TEXT, 4)],
)
def test_an_axiom_holds_of_cpython(function: Function, count: int) -> None:
    made = axioms_of(function)
    assert len(made) == count
    for axiom in made:
        check(axiom, {}, random.Random(count), 0 if function is keys.TEXT else -4)


A, B = t.var("A", sets.SET), t.var("B", sets.SET)


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("union", set.union),
        ("intersection", set.intersection),
        ("difference", set.difference),
        ("symmetric-difference", set.symmetric_difference),
    ],
)
def test_a_combination_of_sets(kind: str, meant: Callable[..., set[int]]) -> None:
    theory, rng = Theory(), random.Random(kind)
    name = sets.combined(theory, kind, A, B)
    for _ in range(30):
        a, b = value(A, rng), value(B, rng)
        assert isinstance(a, ArrayValue)
        assert isinstance(b, ArrayValue)
        made = as_array(meant(as_set(a), as_set(b)))
        definition = theory.definition_of(name)
        assert definition is not None
        for fact in definition.facts:
            check(fact, {"A": a, "B": b, str(name.payload): made}, rng)


@pytest.mark.parametrize("present", [True, False])
def test_a_set_with_one_key_changed(present: bool) -> None:
    theory, rng = Theory(), random.Random(1)
    name = sets.changed(theory, A, t.integer(2), present)
    definition = theory.definition_of(name)
    assert definition is not None
    assert sets.lemmas(definition)
    for _ in range(40):
        a = value(A, rng)
        assert isinstance(a, ArrayValue)
        made = as_array(as_set(a) | {2} if present else as_set(a) - {2})
        for fact in (*definition.facts, *sets.lemmas(definition)):
            check(fact, {"A": a, str(name.payload): made}, rng)


def test_relations_of_sets() -> None:
    theory, rng = Theory(), random.Random(5)
    relations = (
        (sets.same(theory, A, B), set.__eq__),
        (sets.subset(theory, A, B), set.issubset),
        (sets.disjoint(theory, A, B), set.isdisjoint),
    )
    for formula, meant in relations:
        for _ in range(60):
            a, b = value(A, rng), value(B, rng)
            assert isinstance(a, ArrayValue)
            assert isinstance(b, ArrayValue)
            holds = all(
                evaluate(
                    formula.args[0], {"A": a, "B": b, str(formula.payload.variables[0].payload): k}
                )
                for k in NUMBERS
            )
            assert holds == meant(as_set(a), as_set(b))
