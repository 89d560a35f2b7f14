"""Dicts and sets in the deductive engine: nothing false is proved, with no run to correct it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from verify_agent.contracts.model import Condition
from verify_agent.verifier.frontend.load import load_file
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.smt.portfolio import default_portfolio
from verify_agent.verifier.subject import Subject
from verify_agent.verifier.vc import loops
from verify_agent.verifier.vc.verify import verify
from verify_agent.verifier.vc.verify_limits import Limit

FILE = Path(__file__).parents[2] / "corpus" / "traps" / "tables.py"
VIOLATED = "# expect: violated"
#: The solvers use up their time on it.
LONG = {"text_keys_can_be_equal"}
PROVED = (
    "one_key_for_equal_numbers",
    "without",
    "only_in_first",
    "read_text_key",
    "put",
    "drop",
    "get_or_zero",
    "squares",
)


def subjects() -> dict[str, Subject]:
    return {s.qualname: s for s in load_file(FILE).functions}


def wrong() -> list[object]:
    lines = FILE.read_text().splitlines()
    names = [line.split("(")[0].removeprefix("def ") for line in lines if VIOLATED in line]
    return [pytest.param(n, marks=[pytest.mark.slow] if n in LONG else []) for n in names]


def proved(subject: Subject) -> bool:
    done = verify(lower(subject), loops.Invariants(), default_portfolio(), Limit())
    assert done.found.failed is None
    assert not done.vacuous
    return done.proved


@pytest.mark.parametrize("name", PROVED)
def test_what_holds_is_proved(name: str) -> None:
    assert proved(subjects()[name])


@pytest.mark.parametrize("name", wrong())
def test_what_is_wrong_is_not_proved(name: str) -> None:
    assert not proved(subjects()[name])


@pytest.mark.parametrize("name", PROVED)
def test_the_axioms_do_not_prove_everything(name: str) -> None:
    subject = subjects()[name]
    promised = (*subject.contract.ensures, Condition("1 == 2"))
    assert not proved(replace(subject, contract=replace(subject.contract, ensures=promised)))
