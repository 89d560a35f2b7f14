"""The normal form of a contract: the same for the same demand, another for another."""

from __future__ import annotations

import ast
import itertools
import json
from pathlib import Path

import pytest

from verify_agent.agent.memory.adapting import (
    arrangements,
    from_form,
    inputs_from_form,
    inputs_to_form,
    to_form,
)
from verify_agent.agent.memory.normal import Normal
from verify_agent.agent.memory.proposer import form_of
from verify_agent.agent.task import Task, parse_task


def task(signature: str, **lists: list[str] | str | dict[str, str]) -> Task:
    lines = ["name: t", f'signature: "{signature}"']
    for key, value in lists.items():
        lines.append(f"{key}: {json.dumps(value)}")
    return parse_task("\n".join(lines), Path("t.yaml"))


def form(signature: str, **lists: list[str] | str | dict[str, str]) -> Normal:
    found = form_of(task(signature, **lists))
    assert found is not None
    return found


SAME = {
    "renamed and permuted": (
        ("clamp(x: int, lo: int, hi: int) -> int", ["lo <= hi"], ["lo <= result <= hi"]),
        ("bound(top: int, a: int, low: int) -> int", ["low <= top"], ["low <= result <= top"]),
    ),
    "flipped comparisons": (
        ("f(a: int, b: int) -> int", ["a < b"], ["result >= a", "result == a + b"]),
        ("f(a: int, b: int) -> int", ["b > a"], ["a <= result", "b + a == result"]),
    ),
    "negated comparisons": (
        ("f(a: int, b: int) -> int", ["not (a < b)"], ["not result != a"]),
        ("f(a: int, b: int) -> int", ["a >= b"], ["result == a"]),
    ),
    "conjuncts split and sorted": (
        ("f(a: int) -> int", [], ["result > 0 and result < 9 and result % 2 == a % 2"]),
        ("f(a: int) -> int", [], ["a % 2 == result % 2", "0 < result < 9"]),
    ),
    "implications": (
        ("f(a: int) -> int", [], ["not a > 0 or result == 1", "a > 0 or result == 2"]),
        ("f(a: int) -> int", [], ["result == 1 if a > 0 else result == 2"]),
    ),
    "cases": (
        ("f(a: int) -> int", [], ["(a > 0 and result == 1) or (a <= 0 and result == 2)"]),
        ("f(a: int) -> int", [], ["result == 2 if a <= 0 else result == 1"]),
    ),
    "true where it does not matter": (
        ("f(a: int) -> int", [], ["result == 1 if a > 0 else True"]),
        ("f(a: int) -> int", ["True"], ["a <= 0 or result == 1"]),
    ),
    "de morgan": (
        ("f(a: int, b: int) -> bool", [], ["result == (not (a < 0 or b < 0))"]),
        ("f(b: int, a: int) -> bool", [], ["(not (b < 0 or a < 0)) == result"]),
    ),
    "quantifiers": (
        ("f(xs: list[int]) -> int", [], ["all(result >= x for x in xs)"]),
        ("f(values: list[int]) -> int", [], ["not any(not (v <= result) for v in values)"]),
    ),
    "operands in another order": (
        ("f(a: int, b: int) -> int", [], ["result == max(a, b) * 2 + min(a, b)"]),
        ("f(x: int, y: int) -> int", [], ["min(y, x) + 2 * max(y, x) == result"]),
    ),
}


@pytest.mark.parametrize("kind", SAME)
def test_the_same_demand_has_one_form(kind: str) -> None:
    one, other = (form(s, requires=r, ensures=e) for s, r, e in SAME[kind])
    assert one.form == other.form
    assert (one.key, one.family) == (other.key, other.family)


DIFFERENT = [
    ("f(a: int, b: int) -> int", [], ["result == a - b"]),
    ("f(a: int, b: int) -> int", [], ["result == a + b"]),
    ("f(a: int, b: int) -> int", ["a < b"], ["result == a - b"]),
    ("f(a: int, b: int) -> int", ["b < a"], ["result == a - b"]),
    ("f(a: int, b: int) -> int", ["a <= b"], ["result == a - b"]),
    ("f(a: int, b: bool) -> int", [], ["result == a - b"]),
    ("f(a: int, b: int) -> bool", [], ["result == a - b"]),
    ("f(a: int, b: int) -> int", [], ["result == a - b or a < 0"]),
    ("f(a: int, b: int) -> int", [], ["result == a - 1"]),
    ("f(a: int, b: int) -> int", [], ["result == a // b if b != 0 else result == 0"]),
    ("f(a: int, b: int) -> int", [], ["result == b // a if b != 0 else result == 0"]),
    ("f(a: str, b: str) -> str", [], ["result == a + a + b"]),
    ("f(a: str, b: str) -> str", [], ["result == a + b + a"]),
]


def test_another_demand_has_another_form() -> None:
    forms = [form(s, requires=r, ensures=e) for s, r, e in DIFFERENT]
    for one, other in itertools.combinations(forms, 2):
        assert one.key != other.key, (one.form, other.form)


def test_what_stands_beside_the_conditions_counts() -> None:
    base = form("f(a: int) -> int", ensures=["result == a"])
    limited = form("f(a: int) -> int", ensures=["result == a"], forbid=["+"])
    raising = form("f(a: int) -> int", ensures=["result == a"], raises={"ValueError": "a < 0"})
    assert len({base.key, limited.key, raising.key}) == 3
    assert base.family == limited.family == raising.family
    exemplified = form("f(a: int) -> int", ensures=["result == a"], examples=["f(1) == 1"])
    assert exemplified.key == base.key


def test_definitions_and_old_values_are_renamed_too() -> None:
    one = form(
        "f(n: int) -> int",
        requires=["n >= 0"],
        ensures=["result == total(n)"],
        definitions="def total(n: int) -> int:\n    return 0 if n == 0 else n + total(n - 1)\n",
    )
    other = form(
        "g(count: int) -> int",
        requires=["count >= 0"],
        ensures=["total_of(count) == result"],
        definitions="def total_of(k: int) -> int:\n"
        "    '''Its sum.'''\n    return 0 if k == 0 else k + total_of(k - 1)\n",
    )
    assert one.key == other.key
    modified = (
        form(
            f"f({a}: list[int]) -> int",
            modifies=[a],
            ensures=[f"len({a}) == len(old({a})) + 1", "result == 0"],
        )
        for a in ("xs", "items")
    )
    assert len({m.key for m in modified}) == 1


PROGRAMS = {
    "clamp(x: int, lo: int, hi: int) -> int": "def clamp(x: int, lo: int, hi: int) -> int:\n"
    "    return min(hi, max(x, lo))\n",
    "gcd(a: int, b: int) -> int": "def gcd(a: int, b: int) -> int:\n"
    "    if b == 0:\n        return a\n    return gcd(b, b=a % b) if False else gcd(b, a % b)\n",
    "scaled(k: int, xs: list[int]) -> list[int]": (
        "def scaled(k: int, xs: list[int]) -> list[int]:\n"
        "    p0 = [k * x for x in xs]\n    return p0\n"
    ),
}
CALLS = {"clamp": [(5, 0, 3), (-1, 0, 3), (2, 0, 3)], "gcd": [(12, 18)], "scaled": [(2, [1, 2])]}


def run(source: str, name: str, arguments: tuple[object, ...]) -> object:
    names: dict[str, object] = {}
    exec(source, names)
    function = names[name]
    assert callable(function)
    return function(*arguments)


@pytest.mark.parametrize("signature", PROGRAMS)
def test_a_program_survives_the_way_there_and_back_under_other_names(signature: str) -> None:
    name = signature.partition("(")[0]
    given = ast.parse(f"def {signature}: ...").body[0]
    assert isinstance(given, ast.FunctionDef)
    own = [a.arg for a in given.args.args]
    types = [ast.unparse(a.annotation) for a in given.args.args if a.annotation]
    assert given.returns is not None
    asked = form(signature, ensures=[f"result == ({own[0]}, {own[1]}) or result != 0"])
    program = to_form(PROGRAMS[signature], asked)
    assert program is not None
    for places in itertools.permutations(range(len(own))):
        fresh = [f"{'xyzp'[i]}{i}" if i != 1 else "p0" for i in range(len(own))]
        parameters = ", ".join(f"{fresh[p]}: {types[p]}" for p in places)
        text = f"other({parameters}) -> {ast.unparse(given.returns)}"
        again = form(text, ensures=[f"result == ({fresh[0]}, {fresh[1]}) or result != 0"])
        assert again.key == asked.key
        adapted = from_form(program, again)
        assert adapted is not None
        for call in CALLS[name]:
            moved = tuple(call[p] for p in places)
            assert run(adapted, "other", moved) == run(PROGRAMS[signature], name, call)
            kept = inputs_to_form(call, asked)
            assert kept is not None
            assert inputs_from_form(kept, again) == moved


@pytest.mark.parametrize(
    "source",
    [
        "def f(a: int, b: int) -> int:\n    import os\n    return a\n",
        "def f(a: int, b: int) -> int:\n    global a1\n    return a\n",
        "def f(a: int, b: int = 0) -> int:\n    return a\n",
        "def f(a: int, *b: int) -> int:\n    return a\n",
        "def f(b: int) -> int:\n    return b\n",
        "def f(a: int, b: int) -> int:\n    return f(*[a, b])\n",
        "def f(a: int, b: int) -> int:\n    g = f\n    return g(a, b)\n",
        "def f(a: int, b: int) -> int:\n    match a:\n        case b:\n            return b\n",
        "def f(a: int, b: int) -> int:\n    def g(a: int) -> int:\n        return a\n"
        "    return g(a=b)\n",
        "def g(a: int, b: int) -> int:\n    return a\n",
        "def f(a: int, b: int) -> int:\n    return a\ndef h() -> int:\n    return 0\n",
        "@print\ndef f(a: int, b: int) -> int:\n    return a\n",
        "f = lambda a, b: a\n",
        "def f(a, b:\n",
        "",
    ],
)
def test_what_can_not_be_moved_exactly_is_refused(source: str) -> None:
    asked = form("f(a: int, b: int) -> int", ensures=["result == a - b"])
    assert to_form(source, asked) is None


def test_a_parameter_must_not_hide_a_builtin_that_is_used() -> None:
    asked = form("f(a: int, b: int) -> int", ensures=["result == max(a, b) - b"])
    program = to_form("def f(a: int, b: int) -> int:\n    return max(a, b) - b\n", asked)
    hiding = form("f(max: int, b: int) -> int", ensures=["result == (max if max > b else b) - b"])
    assert program is not None
    assert from_form(program, hiding) is None


def test_every_arrangement_that_the_types_allow() -> None:
    asked = form("f(a: int, s: str, b: int) -> int", ensures=["result == a - b"])
    program = "def f(p0: int, p1: int, p2: str) -> int:\n    return p0 - p1\n"
    found = list(arrangements(program, asked))
    assert {run(text, "f", (7, "", 4)) for text in found} == {3, -3}
    assert list(arrangements("def f(p0: int) -> int:\n    return p0\n", asked)) == []


@pytest.mark.parametrize("text", ["", "(", "(1, 2", "(1,)", "1, __import__('os')", "(10**9, 2)"])
def test_inputs_that_are_no_small_literals_are_left_out(text: str) -> None:
    asked = form("f(a: int, b: int) -> int", ensures=["result == a - b"])
    assert inputs_from_form(text, asked) is None
    assert inputs_to_form((10**30, 2), asked) is None
    assert inputs_to_form((1, object()), asked) is None
