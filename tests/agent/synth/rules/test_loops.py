"""An expression in a loop's place means the same: proved for each rule, and run under CPython."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.synth.problem import Body, SynthesisProblem
from verify_agent.agent.synth.rules.copies import without_copy
from verify_agent.agent.synth.rules.loops import without_loop
from verify_agent.agent.synth.rules.running_totals import weighted_form
from verify_agent.agent.synth.rules.simplify import simplified
from verify_agent.agent.synth.synthesizer import Synthesizer
from verify_agent.contracts.model import Condition, Contract, Parameter, Raises, Signature
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Proved, prove
from verify_agent.verifier.frontend.load import subject

Make = Callable[..., SynthesisProblem]

XS = "xs: list[int], k: int"
NOT_EMPTY = "len(xs) > 0"
#: parameters, result, precondition, loop, the expression that stands for it.
RULES = [
    (
        XS, "int", "True",
        "t = 0\nfor x in xs:\n    if x > k:\n        t += x + k\nreturn t",
        "sum((x + k for x in xs if x > k))",
    ),
    (
        XS, "int", "True",
        "t = 0\nfor i, x in enumerate(xs):\n    if i >= 2:\n        t += x\nreturn t",
        "sum(xs[2:])",
    ),
    (
        XS, "bool", "True",
        "t = False\nfor x in xs:\n    if x > k:\n        t = True\nreturn t",
        "any((x > k for x in xs))",
    ),
    (
        XS, "bool", "True",
        "t = True\nfor x in xs:\n    if x > k:\n        t = False\nreturn t",
        "all((x <= k for x in xs))",
    ),
    (
        XS, "bool", "True",
        "for x in xs:\n    if x == k:\n        return True\nreturn False",
        "k in xs",
    ),
    (
        XS, "bool", "True",
        "for x in xs:\n    if x == k:\n        return False\nreturn True",
        "k not in xs",
    ),
    (
        XS, "list[int]", "True",
        "t = []\nfor x in xs:\n    if x > k:\n        t.append(x + k)\nreturn t",
        "[x + k for x in xs if x > k]",
    ),
    (
        XS, "int", NOT_EMPTY,
        "t = xs[0]\nfor x in xs[1:]:\n    if t < x:\n        t = x\nreturn t",
        "max(xs)",
    ),
    (
        XS, "int", NOT_EMPTY,
        "t = xs[0]\nfor x in xs:\n    t = min(t, x)\nreturn t",
        "min(xs)",
    ),
]  # fmt: skip
TOTALS = "t = 0\ns = 0\nfor x in xs:\n    s += x\n    t += s\nreturn t"
TEXTS = [
    (
        "s: str",
        "t = ''\nfor i, c in enumerate(s):\n    if i > 1:\n        t += c.upper()\nreturn t",
        "s[2:].upper()",
    ),
    ("s: str", "t = ''\nfor c in s:\n    t += c\nreturn t", "s"),
    ("s: str", "t = ''\nfor i in range(1, len(s)):\n    t += s[i]\nreturn t", "s[1:]"),
    (
        "s: str",
        "t = ''\nfor i in range(len(s)):\n    if s[i] != 'a':\n        t += s[i]\nreturn t",
        "''.join((item for item in s if item != 'a'))",
    ),
    (
        "s: str",
        "t = ''\nfor i in range(1, len(s)):\n    t += s[i] + s[i - 1]\nreturn t",
        "''.join((s[i] + s[i - 1] for i in range(1, len(s))))",
    ),
    (
        "s: str",
        "t = ''\nfor c in s:\n    if c != 'a':\n        t += c\nreturn t",
        "''.join((c for c in s if c != 'a'))",
    ),
]


def problem(
    parameters: str, returns: str, *forbid: str, raises: tuple[Raises, ...] = ()
) -> SynthesisProblem:
    """A problem with nothing but a signature, and what is forbidden."""
    node = ast.parse(f"def f({parameters}): ...").body[0]
    assert isinstance(node, ast.FunctionDef)
    named = tuple(Parameter(a.arg, ast.unparse(a.annotation or a)) for a in node.args.args)
    signature = Signature("f", named, returns)
    return SynthesisProblem(signature, Contract(raises=raises), frozenset(forbid))


def made(asked: SynthesisProblem, loop: str) -> str | None:
    """The text in the loop's place, simplified; None where no rule fits."""
    found = without_loop(asked, Body(tuple(ast.parse(loop).body)))
    if found is None:
        return None
    return "\n".join(ast.unparse(s) for s in simplified(asked, found)[0].statements)


@pytest.mark.parametrize(("parameters", "returns", "requires", "loop", "expression"), RULES)
def test_the_prover_shows_that_they_are_equal(
    parameters: str, returns: str, requires: str, loop: str, expression: str
) -> None:
    assert made(problem(parameters, returns), loop) == f"return {expression}"
    body = loop.replace("\n", "\n    ").replace("t = []", "t: list[int] = []")
    text = (
        "from icontract import ensure, require\n\n"
        f"@require(lambda xs: {requires})\n"
        f"@ensure(lambda xs, k, result: result == ({expression}))\n"
        f"def f({parameters}) -> {returns}:\n    {body}\n"
    )
    patient = Limits(seconds=300.0, per_query_ms=60_000)
    assert isinstance(prove(subject(text, "f"), patient), Proved)


def run(parameters: str, body: str, *arguments: object) -> Any:
    space: dict[str, Any] = {}
    exec(f"def f({parameters}):\n    " + body.replace("\n", "\n    "), space)
    return space["f"](*arguments)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(xs=st.lists(st.integers(-3, 3), max_size=5), k=st.integers(-3, 3))
def test_they_are_equal_when_run(xs: list[int], k: int) -> None:
    for parameters, returns, requires, loop, _ in RULES:
        if xs or requires != NOT_EMPTY:
            short = made(problem(parameters, returns), loop)
            assert short is not None
            assert run(parameters, short, xs, k) == run(parameters, loop, xs, k)


@settings(max_examples=200, deadline=None)
@given(s=st.text(max_size=6))
def test_they_are_equal_on_texts(s: str) -> None:
    for parameters, loop, expression in TEXTS:
        short = made(problem(parameters, "str"), loop)
        assert short == f"return {expression}"
        assert run(parameters, short, s) == run(parameters, loop, s)


@pytest.mark.parametrize(
    ("parameters", "returns", "loop"),
    [
        # The sum of floats is another when `sum` makes it.
        ("xs: list[float]", "float", "t = 0\nfor x in xs:\n    t += x\nreturn t"),
        # It reads what it makes.
        (XS, "int", "t = 0\nfor x in xs:\n    if t < k:\n        t += x\nreturn t"),
        # A test that may raise after the answer is known.
        (XS, "bool", "t = False\nfor x in xs:\n    if k // x > 1:\n        t = True\nreturn t"),
        # What a letter becomes depends on where it stands: a sigma at the end.
        ("s: str", "str", "t = ''\nfor c in s:\n    t += c.lower()\nreturn t.lower()"),
        # Another start.
        (XS, "int", "t = 1\nfor x in xs:\n    t += x\nreturn t"),
        ("sum: int, xs: list[int]", "int", "t = 0\nfor x in xs:\n    t += x\nreturn t"),
    ],
)
def test_what_would_mean_something_else_is_left(parameters: str, returns: str, loop: str) -> None:
    assert made(problem(parameters, returns), loop) is None


def test_lower_is_no_matter_of_each_letter() -> None:
    loop = "t = ''\nfor c in s:\n    t += c.lower()\nreturn t"
    assert made(problem("s: str", "str"), loop) == "return ''.join((c.lower() for c in s))"


def test_an_empty_list_that_must_raise_keeps_its_loop() -> None:
    loop = "t = xs[0]\nfor x in xs:\n    t = max(t, x)\nreturn t"
    raises = (Raises("IndexError", Condition("len(xs) == 0")),)
    assert made(problem(XS, "int", raises=raises), loop) is None


def test_a_flag_ends_early_where_any_is_forbidden() -> None:
    loop = "t = False\nfor x in xs:\n    if x > k:\n        t = True\nreturn t"
    stopping = "for x in xs:\n    if x > k:\n        return True\nreturn False"
    assert made(problem(XS, "bool", "any"), loop) == stopping
    assert made(problem(XS, "bool", "any", "for"), loop) == stopping


def test_membership_needs_neither_any_nor_all() -> None:
    loop = "t = True\nfor x in xs:\n    if x == k:\n        t = False\nreturn t"
    stopping = "for x in xs:\n    if x == k:\n        return False\nreturn True"
    assert made(problem(XS, "bool", "any", "all"), loop) == "return k not in xs"
    assert made(problem(XS, "bool", "any", "all"), stopping) == "return k not in xs"
    assert made(problem(XS, "bool", "any", "all", "in"), loop) == stopping


@settings(max_examples=60, deadline=None)
@given(xs=st.lists(st.integers(-9, 9), max_size=6))
def test_totals_of_totals_are_one_weighted_sum(xs: list[int]) -> None:
    body = Body(tuple(ast.parse(TOTALS).body))
    found = weighted_form(problem(XS, "int"), body)
    assert found is not None
    short = ast.unparse(found.statements[0])
    assert short == "return sum((x * (len(xs) - i) for i, x in enumerate(xs)))"
    assert run(XS, short, xs, 0) == run(XS, TOTALS, xs, 0)
    assert weighted_form(problem(XS, "int", "sum"), body) is None
    assert weighted_form(problem("xs: list[float]", "float"), body) is None


COPIES = [
    ("t = 0\nb = 0\nfor x in xs:\n    b += x\n    t = b\nreturn t", True),
    ("b = k\nt = k\nfor x in xs:\n    if x > b:\n        b = x\n    t = b\nreturn t", True),
    # Another start, a round that is left early, a copy that is read, one that comes first.
    ("t = 0\nb = 1\nfor x in xs:\n    b += x\n    t = b\nreturn t", False),
    (
        "t = 0\nb = 0\nfor x in xs:\n    b += x\n    if x > k:\n        break\n    t = b\nreturn t",
        False,
    ),
    ("t = 0\nb = 0\nfor x in xs:\n    b += x + t\n    t = b\nreturn t", False),
    ("t = 0\nb = 0\nfor x in xs:\n    t = b\n    b += x\nreturn t", False),
]


@pytest.mark.parametrize(("loop", "shorter"), COPIES)
def test_a_copy_is_left_out_where_it_says_the_same(loop: str, shorter: bool) -> None:
    short = without_copy(ast.parse(loop).body)
    assert (len(short) == 3) is shorter
    text = "\n".join(map(ast.unparse, short))
    for xs in ([], [1], [2, -1], [3, 1, 3]):
        for k in (0, 2):
            assert run(XS, text, xs, k) == run(XS, loop, xs, k)


class Given:
    """A strategy that finds one body."""

    name = "given"
    waits = False

    def __init__(self, source: str) -> None:
        self.source = source

    def price(self, context: object) -> float | None:
        return 1.0

    def search(self, context: object) -> Any:
        yield Body(tuple(ast.parse(self.source).body))


def test_the_loop_is_offered_after_the_expression(make_problem: Make) -> None:
    asked = make_problem(
        signature="f(xs: list[int]) -> int", ensures=["result == sum(x for x in xs if x > 2)"]
    )
    loop = "t = 0\nfor x in xs:\n    if x > 2:\n        t += x\nreturn t"
    search = Synthesizer(asked, (Given(loop),))
    offered = [search.propose(), search.propose()]
    search.close()
    assert [c is not None and "for x in xs:" in c.source for c in offered] == [False, True]
