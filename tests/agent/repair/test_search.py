"""Each class of edit repairs what it is for, by the smallest change, and keeps the layout."""

from __future__ import annotations

import difflib

import pytest

from verify_agent.agent.repair.edits import EditClass
from verify_agent.agent.repair.search import Search
from verify_agent.agent.repair.trial import Trial
from verify_agent.verifier.frontend.load import subject

HEAD = "from icontract import ensure, invariant, require, snapshot\n\n\n"


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that went, and lines that came, without the white space around."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    gone = [line[2:].strip() for line in lines if line.startswith("- ")]
    come = [line[2:].strip() for line in lines if line.startswith("+ ")]
    return gone, come


CASES = {
    "operator": (
        "@ensure(lambda result, a, b: result == (a if a > b else b))\n"
        "def f(a: int, b: int) -> int:\n    # the larger\n    return a if a < b else b  # here\n",
        EditClass.OPERATOR,
        (["return a if a < b else b  # here"], ["return a if a > b else b  # here"]),
    ),
    "constant": (
        "@ensure(lambda result, x: result == 2 * x + 1)\n"
        "def f(x: int) -> int:\n    return 2 * x + 3\n",
        EditClass.CONSTANT,
        (["return 2 * x + 3"], ["return 2 * x + 1"]),
    ),
    "variable": (
        "@ensure(lambda result, a, b: result == a * a + b)\n"
        "def f(a: int, b: int) -> int:\n    square = a * b\n    return square + b\n",
        EditClass.VARIABLE,
        (["square = a * b"], ["square = a * a"]),
    ),
    "loop bound": (
        "@require(lambda n: n >= 0)\n"
        "@ensure(lambda result, n: 2 * result == n * (n + 1))\n"
        "def f(n: int) -> int:\n    total = 0\n    for i in range(n):\n        total += i\n"
        "    return total\n",
        EditClass.OFF_BY_ONE,
        (["total += i"], ["total += i + 1"]),
    ),
    "initial value": (
        "@ensure(lambda result, xs: result == sum(xs))\n"
        "def f(xs: list[int]) -> int:\n    total = 1\n    for x in xs:\n        total += x\n"
        "    return total\n",
        EditClass.CONSTANT,
        (["total = 1"], ["total = 0"]),
    ),
    "condition": (
        "@ensure(lambda result, x, low: result == (1 if x >= 2 * low else 0))\n"
        "def f(x: int, low: int) -> int:\n    if x > 0 and low == 7:\n"
        "        return 1\n    return 0\n",
        EditClass.CONDITION,
        (["if x > 0 and low == 7:"], ["if x >= 2 * low:"]),
    ),
    "missing update": (
        "@ensure(lambda result, xs: result == sum(1 for x in xs if x > 3))\n"
        "def f(xs: list[int]) -> int:\n    n = 0\n    for x in xs:\n        if x > 3:\n"
        "            pass\n    return n\n",
        EditClass.UPDATE,
        ([], ["n += 1"]),
    ),
    "missing update of an endless loop": (
        "@require(lambda n: n >= 0)\n@ensure(lambda result, n: result == n * n)\n"
        "def f(n: int) -> int:\n    i = 0\n    s = 0\n    while i < n:\n        s += n\n"
        "    return s\n",
        EditClass.UPDATE,
        ([], ["i += 1"]),
    ),
    "order": (
        "@ensure(lambda result, xs: all(result[i] == xs[i] * xs[i] + 1 for i in range(len(xs))))\n"
        "@ensure(lambda result, xs: len(result) == len(xs))\n"
        "def f(xs: list[int]) -> list[int]:\n    found: list[int] = []\n    for x in xs:\n"
        "        y = x\n        found.append(y)\n        y = x * x + 1\n    return found\n",
        EditClass.ORDER,
        None,
    ),
    "branches": (
        "@ensure(lambda result, x: result == (2 if x > 10 else 1 if x > 0 else 0))\n"
        "def f(x: int) -> int:\n    if x > 0:\n        return 1\n    elif x > 10:\n"
        "        return 2\n    return 0\n",
        EditClass.BRANCHES,
        None,
    ),
    "guard": (
        "@ensure(lambda result, xs: result == (xs[0] if xs else 0))\n"
        "def f(xs: list[int]) -> int:\n    first = xs[0]\n    return first\n",
        EditClass.GUARD,
        ([], ["if not xs:", "return 0"]),
    ),
    "rounding": (
        "@require(lambda a, b: a >= 0 and b > 0)\n"
        "@ensure(lambda result, a, b: result * b >= a and (result - 1) * b < a)\n"
        "def f(a: int, b: int) -> int:\n    return a // b\n",
        EditClass.OFF_BY_ONE,
        (["return a // b"], ["return (a + b - 1) // b"]),
    ),
}


SLOWER = {"missing update", "missing update of an endless loop", "order"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOWER)) for n in CASES]
)
def test_the_smallest_edit_is_found_first(name, repairs):
    text, kind, lines = CASES[name]
    (found,) = repairs(HEAD + text, "f")
    assert [e.kind for e in found.edits] == [kind], found.text
    if lines is not None:
        assert changed(HEAD + text, found.text) == lines


def test_a_method_is_repaired_under_the_invariant_of_its_class(repairs):
    text = HEAD + (
        "@invariant(lambda self: self.level >= 0)\n"
        "class Tank:\n"
        "    def __init__(self) -> None:\n"
        "        self.level = 0\n\n"
        "    @require(lambda n: n > 0)\n"
        "    def fill(self, n: int) -> None:\n"
        "        self.level += n\n\n"
        "    @require(lambda n: n > 0)\n"
        '    @snapshot(lambda self: self.level, name="level")\n'
        "    @ensure(lambda self, OLD, n: self.level == max(0, OLD.level - n))\n"
        "    def drain(self, n: int) -> None:\n"
        "        self.level = min(0, self.level - n)\n"
    )
    (found,) = repairs(text, "Tank.drain")
    assert "self.level = max(0, self.level - n)" in found.text
    assert found.text.count("\n") == text.count("\n")


def test_two_edits_together(repairs):
    text = HEAD + (
        "@ensure(lambda result, a, b: result[0] == a + b)\n"
        "@ensure(lambda result, a, b: result[1] == a - b)\n"
        "def f(a: int, b: int) -> tuple[int, int]:\n"
        "    return (a - b, a + b)\n"
    )
    (found,) = repairs(text, "f")
    assert len(found.edits) == 2
    trial = Trial(subject(text, "f"), clock=lambda: 0.0)
    assert not trial.survives(text)
    assert trial.survives(found.text)


@pytest.mark.slow
def test_line_ends_and_tabs_are_kept(repairs):
    text = (
        "from icontract import ensure\r\n\r\n\r\n"
        "@ensure(lambda result, xs: result == sum(1 for x in xs if x > 3))\r\n"
        "def f(xs: list[int]) -> int:\r\n\tn = 0\r\n\tfor x in xs:\r\n"
        "\t\tif x > 3:\r\n\t\t\tpass\r\n\treturn n\r\n"
    )
    (found,) = repairs(text, "f")
    assert "\r\n\t\t\tpass\r\n\t\t\tn += 1\r\n" in found.text
    assert "\n" not in found.text.replace("\r\n", "")


@pytest.mark.slow
def test_no_text_is_offered_twice_and_none_that_fails(repairs):
    text, _, _ = CASES["condition"]
    found = repairs(HEAD + text, "f", most=4)
    texts = [r.text for r in found]
    assert len(set(texts)) == len(texts) == 4
    trial = Trial(subject(HEAD + text, "f"), clock=lambda: 0.0)
    assert all(trial.survives(t) for t in texts)


def test_the_search_stops_when_it_is_told(repairs):
    text, _, _ = CASES["guard"]
    trial = Trial(subject(HEAD + text, "f"), clock=lambda: 0.0)
    assert list(Search(HEAD + text, "f", trial).repairs(lambda: True)) == []


def test_a_state_that_many_calls_lead_to_is_looked_at(repairs):
    text = HEAD + (
        "@invariant(lambda self: 0 <= self.n <= 10)\n"
        "class Clock:\n    def __init__(self) -> None:\n        self.n = 0\n\n"
        "    @ensure(lambda result, self: result == self.n)\n"
        "    def tick(self) -> int:\n        self.n += 1\n        return self.n\n"
    )
    trial = Trial(subject(text, "Clock.tick"), clock=lambda: 0.0)
    assert not trial.failing
    assert [args[0].fields for args in trial.invented] == [{"n": 10}] * len(trial.invented)
    (found,) = repairs(text, "Clock.tick")
    assert trial.survives(found.text)


def test_a_repair_changes_no_argument_that_the_function_leaves_alone(repairs):
    text = HEAD + (
        "@require(lambda xs: len(xs) > 0)\n"
        "@ensure(lambda result, xs: result == min(xs))\n"
        "def f(xs: list[int]) -> int:\n    low = 0\n    for x in xs:\n"
        "        if x < low:\n            low = x\n    return low\n"
    )
    trial = Trial(subject(text, "f"), clock=lambda: 0.0)
    spoilt = text.replace("    low = 0\n", "    low = 0\n    xs.append(low)\n")
    assert not trial.survives(spoilt)
    (found,) = repairs(text, "f")
    assert "low = xs[0]" in found.text
