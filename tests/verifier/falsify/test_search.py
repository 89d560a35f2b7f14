"""Wrong programs are refuted quickly and by small inputs; right ones never."""

from __future__ import annotations

import ast
import time
from itertools import islice
from pathlib import Path

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.falsify.inputs import inputs
from verify_agent.verifier.falsify.mentions import mentions_of
from verify_agent.verifier.falsify.search import Budget, falsify, traces
from verify_agent.verifier.falsify.states import StateSpace
from verify_agent.verifier.falsify.values import Values
from verify_agent.verifier.frontend.load import load, load_file
from verify_agent.verifier.frontend.lower import lower

SUITES = Path(__file__).parents[3].parent / "shared" / "suites" / "verify"
HEAD = "from icontract import ensure, invariant, require, snapshot\n"


def refuted(source, budget=None, name=None):
    subjects = load(HEAD + source).subjects
    subject = next(s for s in subjects if name in (None, s.qualname))
    return falsify(lower(subject), budget=budget or Budget(seconds=30.0)).refutations


def shown(refutations):
    return [(r.counterexample.setup, r.counterexample.call) for r in refutations]


def _suite(pattern):
    if not SUITES.is_dir():
        pytest.skip("the verification suites are not beside the project")
    for path in sorted(SUITES.glob(f"*/{pattern}.py")):
        found = {}
        for subject in load_file(path).subjects:
            try:
                found[subject.qualname] = falsify(
                    lower(subject), budget=Budget(inputs=1_500)
                ).refutations
            except Unsupported:
                found[subject.qualname] = None
        yield path.stem, found


def test_every_violated_program_of_the_suites_that_is_lowered_is_refuted():
    missed = [
        name
        for name, found in _suite("*__violated")
        if None not in found.values() and not any(found.values())
    ]
    assert missed == []


@pytest.mark.slow
def test_no_program_of_the_suites_that_holds_is_refuted():
    wrong = {name: shown(r) for name, found in _suite("*__holds") for r in found.values() if r}
    assert wrong == {}


CASES = {
    "a number far away": (
        "@ensure(lambda n, result: result == n)\n"
        "def f(n: int) -> int:\n    return n + (n == 123456)",
        [((), "f(123456)")],
    ),
    "two constants meet": (
        "@ensure(lambda n, result: result)\ndef f(n: int) -> bool:\n    return n - 1000 != 37 * 12",
        [((), "f(1444)")],
    ),
    "one list given twice": (
        "@ensure(lambda a, b, result: result == len(b))\n"
        "def f(a: list[int], b: list[int]) -> int:\n    n = len(b)\n    a.append(1)\n"
        "    b.append(1)\n    return n + 1",
        [(("a = []",), "f(a, a)")],
    ),
    "rows that are one object": (
        "@require(lambda g: len(g) == 2 and len(g[0]) == 1 and len(g[1]) == 1)\n"
        "@ensure(lambda g, result: result == 0)\n"
        "def f(g: list[list[int]]) -> int:\n    g[0][0], g[1][0] = 1, 0\n    return g[0][0] - 1",
        [(("g = [0]",), "f([g, g])")],
    ),
    "a text made of mentioned parts": (
        "@ensure(lambda s, result: not result)\ndef f(s: str) -> bool:\n"
        "    return s.startswith('GET ') and s.endswith('.html') and len(s) == 20",
        [((), "f('GET aaaaaaaaaaa.html')")],
    ),
    "None": (
        "from typing import Optional\n@ensure(lambda n, result: result == 0)\n"
        "def f(n: Optional[int]) -> int:\n    return 1 if n is None else 0",
        [((), "f(None)")],
    ),
    "a dict": (
        "@ensure(lambda d, result: result == 0)\n"
        "def f(d: dict[str, int]) -> int:\n    return sum(d.values())",
        [((), "f({'': 1})")],
    ),
    "a state of an object": (
        "class C:\n    def __init__(self) -> None:\n        self.n = 0\n"
        "    def up(self) -> None:\n        self.n += 1\n"
        "    @ensure(lambda result: result < 3)\n    def get(self) -> int:\n"
        "        return self.n\n",
        [(("instance = C()", *["instance.up()"] * 3), "instance.get()")],
    ),
    "an object as a parameter": (
        "class C:\n    def __init__(self, n: int) -> None:\n        self.n = n\n"
        "@ensure(lambda c, result: result == 0)\ndef f(c: C) -> int:\n    return c.n\n",
        [(("c = C(1)",), "f(c)")],
    ),
    "a property, which is read": (
        "class C:\n    def __init__(self) -> None:\n        self.n = 0\n"
        "    @property\n    @ensure(lambda result: result < 2)\n    def get(self) -> int:\n"
        "        return self.n\n"
        "    @property\n    def next(self) -> int:\n        self.n += 1\n"
        "        return self.n\n",
        [(("instance = C()", *["instance.next"] * 2), "instance.get")],
    ),
    "what is returned breaks, and what escapes": (
        "@ensure(lambda n, result: result > 0)\ndef f(n: int) -> int:\n    return 6 // n",
        [((), "f(-1)"), ((), "f(0)")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refuted_by_a_small_call(name):
    source, expected = CASES[name]
    found = refuted(source)
    assert sorted(shown(found)) == sorted(expected)
    for setup, call in shown(found):
        ast.parse("\n".join([*setup, call]))


def test_a_constructor():
    source = (
        "@invariant(lambda self: self.n > 0)\nclass C:\n"
        "    def __init__(self, n: int) -> None:\n        self.n = n\n"
    )
    assert shown(refuted(source, name="C.__init__")) == [((), "C(0)")]


def test_states_that_no_call_reaches_are_not_made_up():
    source = (
        "class C:\n    def __init__(self) -> None:\n        self.n = 0\n"
        "    @ensure(lambda result: result == 0)\n    def get(self) -> int:\n"
        "        return self.n\n"
    )
    assert refuted(source) == ()


def test_the_same_seed_gives_the_same_answer():
    source = (
        "@ensure(lambda x, y, result: result)\n"
        "def f(x: float, y: float) -> bool:\n    return x + y - y == x"
    )
    assert refuted(source) == refuted(source) != ()


def test_a_program_that_never_ends_is_given_up():
    start = time.monotonic()
    source = "@ensure(lambda result: False)\ndef f(n: int) -> int:\n    while True:\n        pass\n"
    assert refuted(source, Budget()) == ()
    assert time.monotonic() - start < 30


def test_traces_show_the_variables_at_loop_heads():
    source = (
        "@require(lambda n: n >= 0)\n@ensure(lambda n, result: result == n)\n"
        "def f(n: int) -> int:\n    c = 0\n    while n > 0:\n        n -= 1\n"
        "        c += 1\n    return c"
    )
    seen = traces(lower(load(HEAD + source).subjects[0]))
    assert set(seen) == {"L1"}
    assert len(seen["L1"]) > 50
    assert all(e["n"] + e["c"] == e["old(n)"] for e in seen["L1"])


def test_an_item_stands_in_for_an_argument_of_its_own_class_only() -> None:
    source = """
class Box:
    def __init__(self, n: int) -> None:
        self.n = n

class Crate:
    def __init__(self, box: Box) -> None:
        self.box = box

def f(crate: Crate, boxes: list[Box], box: Box) -> int:
    return crate.box.n
"""
    program = lower(next(s for s in load(source).functions if s.qualname == "f"))
    space = StateSpace(program, mentions_of(program))
    types = [p.type for p in program.functions["f"].parameters]
    drawn = list(islice(inputs(Values(space.mentions, space.states), types, 0), 2_000))
    assert {a.class_name for a, _, _ in drawn} == {"Crate"}
    assert {x.class_name for _, xs, x in drawn for x in (*xs, x)} == {"Box"}
