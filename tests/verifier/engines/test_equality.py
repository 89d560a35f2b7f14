"""Equality of two implementations: what is proved, and each way in which `==` would deceive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.subject import REFERENCE, find, obligations_of

TRIANGLE = (
    "def f(n: int) -> int:\n    total = 0\n    for i in range(n + 1):\n        total += i\n"
    "    return total\n"
)
GUARDED = "from icontract import require\n\n\n@require(lambda n: n >= 0)\n"


def word(old: str, new: str) -> tuple[Verdict, str]:
    """The prover's word on equality of the two functions `f`."""
    found = subject(new, "f")
    contract = replace(found.contract, reference="source::f", reference_source=old)
    asked = replace(found, contract=contract)
    said = Deductive().check(asked, Limits(seconds=15), 0).attempts
    attempt = said[find(obligations_of(asked), REFERENCE).id]
    return attempt.outcome, attempt.reason


@pytest.mark.slow
def test_a_loop_equals_its_closed_form() -> None:
    new = "def f(n: int) -> int:\n    return n * (n + 1) // 2\n"
    assert word(GUARDED + TRIANGLE, GUARDED + new)[0] is Verdict.PROVED


@pytest.mark.slow
def test_without_the_precondition_it_does_not() -> None:
    assert word(TRIANGLE, "def f(n: int) -> int:\n    return n * (n + 1) // 2\n")[0] in (
        Verdict.UNKNOWN,
        Verdict.CANDIDATE,
    )


#: old, new: equal by `==` on every input or nearly so, and not the same function.
DECEIVING = {
    "one is True": (
        "def f(a: int, b: int) -> int:\n    if a < b:\n        return 1\n    return 0\n",
        "def f(a: int, b: int) -> int:\n    return a < b\n",
    ),
    "negative zero": (
        "def f(a: float) -> float:\n    return a + 0.0\n",
        "def f(a: float) -> float:\n    return a\n",
    ),
    "the list itself": (
        "def f(a: list[int]) -> list[int]:\n    return list(a)\n",
        "def f(a: list[int]) -> list[int]:\n    return a\n",
    ),
    "a mutation": (
        "def f(a: list[int]) -> int:\n    return sum(a)\n",
        "def f(a: list[int]) -> int:\n    s = sum(a)\n    a.clear()\n    return s\n",
    ),
    "an exception": (
        "def f(a: int) -> int:\n    return a\n",
        "def f(a: int) -> int:\n    assert a != 7\n    return a\n",
    ),
    "no end": (
        "def f(n: int) -> int:\n    return n\n",
        "def f(n: int) -> int:\n    while n == 7:\n        pass\n    return n\n",
    ),
    "the order of keys": (
        "def f(a: int) -> dict[int, int]:\n    return {1: a, 2: a}\n",
        "def f(a: int) -> dict[int, int]:\n    return {2: a, 1: a}\n",
    ),
    "a call back": (
        "def f(n: int) -> int:\n    return n\n\n\ndef g(n: int) -> int:\n    return f(n)\n",
        "def f(n: int) -> int:\n    return g(n)\n\n\ndef g(n: int) -> int:\n    return f(n)\n",
    ),
}


@pytest.mark.parametrize("name", DECEIVING)
def test_what_only_looks_equal_is_not_proved(name: str) -> None:
    outcome, _ = word(*DECEIVING[name])
    assert outcome is not Verdict.PROVED


@pytest.mark.slow
def test_a_sort_by_branches_equals_sorted() -> None:
    head = "def f(a: int, b: int, c: int) -> tuple[int, int, int]:\n"
    old = f"{head}    x, y, z = sorted([a, b, c])\n    return x, y, z\n"
    new = (
        f"{head}    if b < a:\n        a, b = b, a\n    if c < b:\n        if c < a:\n"
        "            return c, a, b\n        return a, c, b\n    return a, b, c\n"
    )
    assert word(old, new)[0] is Verdict.PROVED
    wrong = new.replace("return a, c, b", "return a, b, c")
    assert word(old, wrong)[0] is not Verdict.PROVED
