"""A mutant is called equal only by a proof that covers all that a test could see."""

from __future__ import annotations

import pytest

from verify_agent.agent.testing.difference import Differs, Equal, Open, difference, ending
from verify_agent.verifier.frontend.load import subject

CLAMP = """\
from icontract import require


@require(lambda x: x >= 0)
def f(x: int) -> int:
    if x > 9:
        return 9
    return x
"""
POP = """\
def f(xs: list[int]) -> int:
    xs.append(1)
    return len(xs)
"""


def test_equal_where_the_precondition_makes_it_so() -> None:
    about = subject(CLAMP, "f")
    assert isinstance(difference(about, CLAMP.replace("x > 9", "x >= 9"), False), Equal)
    assert isinstance(difference(about, CLAMP.replace("return x", "return abs(x)"), False), Equal)


def test_an_input_where_they_differ() -> None:
    found = difference(subject(CLAMP, "f"), CLAMP.replace("> 9", "> 7"), False)
    assert found == Differs((8,))


def test_what_may_change_is_not_compared_by_results_alone() -> None:
    about = subject(POP, "f")
    other = POP.replace("xs.append(1)\n    return len(xs)", "return len(xs) + 1")
    assert isinstance(difference(about, other, False), Open)
    assert not isinstance(difference(about, other, True), Equal)


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        ("return sum(range(x))", True),
        ("for i in range(x):\n        x += i\n    return x", True),
        ("while x:\n        x -= 1\n    return x", False),
        ("return f(x - 1)", False),
        ("xs = [1]\n    for i in xs:\n        xs.append(i)\n    return 1", False),
        ("return next(iter(int, 1))", False),
    ],
)
def test_ending(body: str, ends: bool) -> None:
    assert ending(f"def f(x: int) -> int:\n    {body}\n", "f") is ends
