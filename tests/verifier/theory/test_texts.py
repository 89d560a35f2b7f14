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
    "joined_characters": """
@ensure(lambda s, result: result == s)
def f(s: str) -> str:
    return "".join(c for c in s)
""",
    "joined_without_blanks": """
@ensure(lambda s, result: all(c != " " for c in result))
def f(s: str) -> str:
    return "".join(c for c in s if c != " ")
""",
    "length_of_joined": """
@ensure(lambda words, result: len(result) == sum(len(w) for w in words))
def f(words: list[str]) -> str:
    return "".join(words)
""",
    "joined_by_a_comma": """
@ensure(lambda a, b, result: result == a + "," + b)
def f(a: str, b: str) -> str:
    return ",".join([a, b])
""",
    "stripped_twice": """
@ensure(lambda s, result: result == result.strip())
def f(s: str) -> str:
    return s.strip()
""",
    "stripped_at_both_ends": """
@ensure(lambda s, result: result == s.lstrip().rstrip())
def f(s: str) -> str:
    return s.strip()
""",
    "no_such_character_at_the_end": """
@ensure(lambda s, result: not result or result[-1] not in "!?")
def f(s: str) -> str:
    return s.rstrip("!?")
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
    "blanks_of_ascii_alone": """
@ensure(lambda s, result: not result or result[0] not in " \\t\\n\\r\\x0b\\x0c" or result == s)
@ensure(lambda s, result: not s or s[0] in " \\t\\n\\r\\x0b\\x0c" or result == s)
def f(s: str) -> str:
    return s.lstrip()
""",
    "characters_as_a_prefix": """
@ensure(lambda s, result: result == s or result == s[2:])
def f(s: str) -> str:
    return s.lstrip("ab")
""",
    "a_comma_after_the_last": """
@ensure(lambda words, result: result == "" or result[-1] == ",")
def f(words: list[str]) -> str:
    return ",".join(words)
""",
    "as_many_as_texts": """
@ensure(lambda words, result: len(result) >= len(words))
def f(words: list[str]) -> str:
    return "".join(words)
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
