"""The record of a policy: it says enough to be checked, and only what matters is compared."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from verify_agent.agent.audit.policy_record import (
    PolicyInUse,
    differences,
    read,
    recheck,
    to_text,
)
from verify_agent.mdp.certify import Certificate, certify
from verify_agent.mdp.model import Choice, Model

STAY, LEAVE = (
    Choice(Fraction(1), (("a", Fraction(1)),)),
    Choice(Fraction(0), (("end", Fraction(1)),)),
)
MODEL = Model(
    ("a", "end"), ("stay", "leave"), {"a": {"stay": STAY, "leave": LEAVE}}, Fraction(1, 2)
)
POLICY, VALUES = {"a": "stay"}, {"a": 2.0, "end": 0.0}


@pytest.fixture
def text() -> str:
    return to_text(PolicyInUse(MODEL, POLICY, certify(MODEL, POLICY, VALUES)))


def test_it_reads_back_what_was_written(text: str) -> None:
    head, model, policy, values = read(text)
    assert (head["digest"], policy) == (MODEL.digest, POLICY)
    assert model.digest == MODEL.digest
    assert values == {"a": 2, "end": 0}
    assert recheck(text) == ()
    assert differences(text, text) == ()


def test_a_policy_without_certificate_is_not_written() -> None:
    judged = certify(MODEL, {"a": "leave"}, {"a": 0.0, "end": 0.0})
    assert not isinstance(judged, Certificate)
    with pytest.raises(ValueError, match="no certificate"):
        to_text(PolicyInUse(MODEL, {"a": "leave"}, judged))


@pytest.mark.parametrize(("shift", "same"), [("1/1000000000000", True), ("1/10", False)])
def test_only_the_last_bits_of_values_may_differ(text: str, shift: str, same: bool) -> None:
    raw = json.loads(text)
    raw["states"]["a"]["value"] = str(2 + Fraction(shift))
    assert (differences(json.dumps(raw), text) == ()) == same


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"states": {"a": {}}}', '{"states": 3}'])
def test_a_broken_record_is_told(broken: str, text: str) -> None:
    assert recheck(broken)
    with pytest.raises(ValueError):
        differences(broken, text)
