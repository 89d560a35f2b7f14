"""Methods of str with an exact model, in functions under contract."""

from __future__ import annotations

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Proved, prove
from verify_agent.verifier.frontend.load import load

LIMITS = Limits(seconds=10, per_query_ms=2_000)
HOLDS = {
    "found_where_it_stands": """
@ensure(lambda s, result: result == -1 or s[result] == "a")
def f(s: str) -> int:
    return s.find("a")
""",
    "missing_as_minus_one": """
@ensure(lambda s, result: (result == -1) == ("a" not in s))
def f(s: str) -> int:
    return s.find("a")
""",
    "the_first_of_them": """
@ensure(lambda s, result: all(s[i] != "a" for i in range(result)))
def f(s: str) -> int:
    return s.find("a")
""",
}
VIOLATED = {
    "always_found": """
@ensure(lambda s, result: result >= 0)
def f(s: str) -> int:
    return s.find("a")
""",
    "the_last_of_them": """
@ensure(lambda s, result: all(s[i] != "a" for i in range(result + 1, len(s))))
def f(s: str) -> int:
    return s.find("a")
""",
    "several_characters": """
@ensure(lambda s, result: result == -1 or s[result] == "b")
def f(s: str) -> int:
    return s.find("ab")
""",
}


def answer(text: str) -> object:
    return prove(load("from icontract import ensure\n" + text).functions[-1], LIMITS, 0)


@pytest.mark.parametrize("name", HOLDS)
def test_proved(name: str) -> None:
    assert isinstance(answer(HOLDS[name]), Proved), name


@pytest.mark.parametrize("name", VIOLATED)
def test_never_proved(name: str) -> None:
    assert not isinstance(answer(VIOLATED[name]), Proved), name
