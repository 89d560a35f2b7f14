"""An example is said to kill a mutant only where its assertion would fail."""

from __future__ import annotations

import pytest

from verify_agent.agent.testing.kills import assertion
from verify_agent.verifier.engines.observations import (
    HUNG,
    OTHER,
    RAISED,
    RETURNED,
    Outcome,
    killed,
)

ONE = Outcome(RETURNED, "1")
CHANGED = Outcome(RETURNED, "None", after=(("xs", "[1]"),))


@pytest.mark.parametrize(
    ("wanted", "came", "dead"),
    [
        (ONE, Outcome(RETURNED, "2"), True),
        (ONE, Outcome(RETURNED, "1"), False),
        (ONE, Outcome(RETURNED, "True"), False),  # `1 == True`
        (Outcome(RETURNED, "True"), ONE, True),  # `1 is True`
        (ONE, Outcome(RAISED, "ValueError"), True),
        (Outcome(RAISED, "ValueError"), Outcome(RAISED, "KeyError"), True),
        (Outcome(RAISED, "ValueError"), Outcome(RAISED, "ValueError", "other words"), False),
        (ONE, Outcome(HUNG, "time"), True),
        (ONE, Outcome(OTHER, "MemoryError"), False),
        (CHANGED, Outcome(RETURNED, "None"), True),
        (CHANGED, Outcome(RETURNED, "None", after=(("xs", "[2]"),)), True),
        (ONE, Outcome(RETURNED, "1", after=(("xs", "[2]"),)), False),  # nobody looks there
    ],
)
def test_killed(wanted: Outcome, came: Outcome, dead: bool) -> None:
    assert killed(wanted, came) is dead


@pytest.mark.parametrize(
    ("value", "wanted"), [(True, "True"), (1, "1"), (1, "2"), (True, "1"), ([1], "[1]")]
)
def test_the_assertion_says_the_same(value: object, wanted: str) -> None:
    dead = killed(Outcome(RETURNED, wanted), Outcome(RETURNED, repr(value)))
    try:
        exec(assertion("value", wanted), {"value": value})
    except AssertionError:
        assert dead
    else:
        assert not dead
