"""Printed expressions mean in Python what the node means."""

from __future__ import annotations

import ast

import pytest

from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir import printer

EXPRESSIONS = [
    "(a + b) * 2",
    "a - (b - 1)",
    "a - b - 1",
    "-a ** 2",
    "(-a) ** 2",
    "2 ** -a",
    "(a ** b) ** 2",
    "not (a and b)",
    "(not a) == b",
    "a < b <= 3",
    "(a < b) == True",
    "(a or b) and 1",
    "a or b and 1",
    "1 if a else 2 if b else 3",
    "(1 if a else 2) + 3",
    "[x * 2 for x in xs if x > a if x]",
    "sum(x for x in xs)",
    "all(x < y for x, y in zip(xs, xs[1:]))",
    "{x: a for x in xs}",
    "xs[a:b:-1]",
    "xs[:b]",
    "(xs + [a])[0]",
    "(a,)",
    "(a, (b, 1))",
    "a // b % 3",
    "a & b | 1 ^ 2",
    "a << (b + 1)",
    "~a + -b",
    "sorted(xs, key=lambda x: -x, reverse=True)",
    "max(a, b, key=abs)",
    "f'{s}!' + s.upper()",
    "s.join(['a', s])",
    "isinstance(a, int)",
    "float('inf') > a",
    "a is None",
    "(a + (b if a else 1)) * 2",
    "(-1) ** a",
    "1.5 * a",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_printed_expressions_mean_the_same(text):
    source = f"def f(a: int, b: int, xs: list[int], s: str):\n    return {text}"
    program = lower(load(source).functions[0])
    (returned,) = program.functions["f"].body
    printed = printer.expression(returned.value)
    ast.parse(printed, mode="eval")
    for args in ((0, 0, [], ""), (3, 1, [4, 2], "ab"), (-1, 2, [1, 5, 5], "x")):
        names = dict(zip(("a", "b", "xs", "s"), args, strict=True))
        assert _value(printed, names) == _value(text, names)


def _value(text, names):
    try:
        return repr(eval(text, dict(names)))
    except Exception as error:
        return type(error).__name__


def test_a_function_with_its_contract():
    source = (
        "import icontract\n@icontract.require(lambda n: n >= 0)\n"
        "@icontract.ensure(lambda result: result >= 0)\n"
        "def f(n: int) -> int:\n    t = 0\n    for i in range(n):\n"
        "        if i % 2:\n            t += i\n"
        "        else:\n            continue\n    return t"
    )
    text = printer.program(lower(load(source).functions[0]))
    assert text.splitlines() == [
        "def f(n):",
        "    # requires n >= 0",
        "    # ensures result >= 0",
        "    t = 0",
        "    for i in range(n):  # L1, k1 taken",
        "        if i % 2:",
        "            t += i",
        "        else:",
        "            continue",
        "    return t",
    ]
