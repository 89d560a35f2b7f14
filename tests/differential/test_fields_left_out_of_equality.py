"""A dataclass's `==` need not look at every field: what follows from it then is not proved."""

from __future__ import annotations

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Violation
from verify_agent.verifier.harness.script import check_script

MODULE = """
import dataclasses
import typing
from dataclasses import dataclass, field
from enum import Enum
from icontract import ensure

class Unit(Enum):
    CENT = 1

class Holder:
    LATER = field(default=1, compare=False)

LEFT_OUT = field(default=1, compare=False)
WORDS = dict(compare=False)
alias = field

def made() -> int:
    return field(default=1, compare=False)

@dataclass({frozen})
class Pair:
    x: int
    y: int = {right}
{more}

{derived}

@ensure(lambda a, b, result: not result or a.y == b.y)
def f(a: {name}, b: {name}) -> bool:
    return a == b
"""
LEFT_OUT = (
    "field(default=1, compare=False)",
    "dataclasses.field(default=1, compare=False)",
    "alias(default=1, compare=False)",
    "field(default=1, **WORDS)",
    "made()",
    "LEFT_OUT",
    "Holder.LATER",
    "1 if False else LEFT_OUT",
    "typing.cast(int, LEFT_OUT)",
)
KEPT = ("1", "-1", "field(default=1)", "int(1)", "2 * 3")


def _text(right: str, frozen: str = "", more: str = "", derived: str = "") -> str:
    name = "Derived" if derived else "Pair"
    return MODULE.format(right=right, frozen=frozen, more=more, derived=derived, name=name)


def _proved(text: str) -> bool:
    """Whether the contract of `f` is proved, having seen under CPython that it can be broken."""
    subject = next(s for s in load(text).functions if s.qualname == "f")
    name = "Derived" if "class Derived" in text else "Pair"
    unit = ", Unit.CENT" if "unit: Unit" in text else ""
    call = f"f({name}(1, 2{unit}), {name}(1, 3{unit}))"
    found = check_script(Harness(subject), (), call, seconds=5.0)
    attempts = Deductive().check(subject, Limits(seconds=4, per_query_ms=600), 0).attempts
    proved = {id_ for id_, a in attempts.items() if a.outcome is Verdict.PROVED}
    assert not isinstance(found, Violation) or found.obligation_id not in proved
    return any(o.kind == "ensure" and o.id in proved for o in Harness(subject).obligations)


@pytest.mark.parametrize("right", LEFT_OUT)
@pytest.mark.parametrize("frozen", ["", "frozen=True"])
def test_a_field_left_out(right: str, frozen: str) -> None:
    assert not _proved(_text(right, frozen))


@pytest.mark.parametrize("frozen", ["", "frozen=True"])
def test_a_field_left_out_by_the_base_or_beside_an_enumeration(frozen: str) -> None:
    derived = f"@dataclass({frozen})\nclass Derived(Pair):\n    pass\n"
    assert not _proved(_text(LEFT_OUT[0], frozen, derived=derived))
    assert not _proved(_text(LEFT_OUT[0], frozen, more="    unit: Unit = Unit.CENT\n"))


@pytest.mark.parametrize("right", KEPT)
@pytest.mark.parametrize("frozen", ["", "frozen=True"])
def test_a_field_that_is_compared(right: str, frozen: str) -> None:
    assert _proved(_text(right, frozen))
