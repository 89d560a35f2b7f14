"""What is known of the decimal text of an int, held against CPython's `str`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import evaluate
from verify_agent.verifier.smt.values import ArrayValue
from verify_agent.verifier.theory import numerals
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory

NUMBER, LENGTH = t.var("number", t.INT), t.var("length", t.INT)
CELLS = t.var("cells", t.array_sort(t.INT, t.INT))


def holds(number: int, text: str) -> bool:
    """Whether all facts hold of a number and a text; the quantified one at each position."""
    values = {"number": number, "length": len(text)}
    cells = ArrayValue(0, tuple((k, ord(c)) for k, c in enumerate(text)))
    quantified = [f for f in numerals.cell_facts(CELLS, [NUMBER, LENGTH]) if f.op == "forall"]
    assert len(quantified) == 1
    plain = [f for f in numerals.cell_facts(CELLS, [NUMBER, LENGTH]) if f.op != "forall"]
    facts = [*numerals.length_facts(LENGTH, NUMBER), *plain]
    digits = all(c in "0123456789" for c in text[number < 0 :])
    return digits and all(evaluate(f, {**values, "cells": cells}) is True for f in facts)


@pytest.mark.parametrize("number", [*range(-120, 121), 10**20, -(10**20), 999, -1000])
def test_the_facts_hold_of_what_cpython_writes(number):
    assert holds(number, str(number))


@given(st.integers())
def test_the_facts_hold_of_any_number(number):
    assert holds(number, str(number))


@pytest.mark.parametrize(
    ("number", "text"), [(5, "6"), (5, "05"), (-5, "5"), (10, "1"), (12, "13"), (100, "10")]
)
def test_the_facts_tell_texts_apart(number, text):
    assert not holds(number, text)


def test_a_text_remembers_its_number():
    theory = Theory()
    text = numerals.text_of(theory, NUMBER)
    assert numerals.number_in(theory, text) is NUMBER
    assert numerals.text_of(theory, NUMBER) == text
    assert numerals.number_in(theory, v.text("12")) is None


def test_only_what_cpython_writes_is_writable():
    limit = 10**numerals.MOST_DIGITS
    ok = numerals.writable(NUMBER)
    assert [evaluate(ok, {"number": n}) for n in (limit - 1, limit, 1 - limit, -limit)] == [
        True,
        False,
        True,
        False,
    ]
