"""The safe evaluator agrees with CPython and refuses what could do harm."""

from __future__ import annotations

from typing import Any

import pytest

from verify_agent.agent.synth.contract.interpret import Machine
from verify_agent.agent.synth.contract.primitives import OutOfBudget
from verify_agent.verifier.errors import Unsupported

ENV: dict[str, Any] = {"x": 7, "y": -3, "xs": [3, 1, 2], "s": "Ab c", "d": {1: 2}, "t": (1, "a")}


@pytest.mark.parametrize(
    "text",
    [
        "x // y, x % y, -x, x ** 2, x << 2, x & 5",
        "1 < x <= 7 != y",
        "xs[0] if xs else None",
        "[a * b for a in xs for b in xs if a < b]",
        "sum(v for v in xs), max(xs), min(x, y), sorted(xs, reverse=True), max([], default=4)",
        "all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1))",
        "{v: i for i, v in enumerate(xs)}",
        "s.upper().split(), s[::-1], 'b' in s, s.replace('b', 'xx')",
        "d.get(1, 0) + d.get(5, 10)",
        "x and 0 or 'none'",
        "list(zip(xs, reversed(xs)))",
        "t == (1, 'a') and t[1]",
        "x.bit_length()",
    ],
)
def test_agrees_with_python(text: str) -> None:
    assert Machine().expression(text)(dict(ENV)) == eval(text, dict(ENV))


@pytest.mark.parametrize(
    "text",
    [
        "xs.__class__",
        "lambda: 0",
        "open('a')",
        "eval('1')",
        "(y := 3)",
        "f'{x!r}'",
        "[*xs]",
        "print(x)",
        "getattr(xs, 'append')",
        "__import__('os')",
        "sorted(xs, key=len)",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(Unsupported):
        Machine().expression(text)


@pytest.mark.parametrize("text", ["xs.__len__()", "s.format(1)", "x.to_bytes()"])
def test_unknown_methods_do_not_exist(text: str) -> None:
    with pytest.raises(AttributeError):
        Machine().expression(text)(dict(ENV))


@pytest.mark.parametrize(
    "text",
    [
        "2 ** 10 ** 9",
        "1 << 10 ** 9",
        "'a' * 10 ** 9",
        "sum(range(10 ** 9))",
        "all(i >= 0 for i in range(10 ** 9))",
        "list(range(10 ** 9))",
    ],
)
def test_work_is_limited(text: str) -> None:
    with pytest.raises(OutOfBudget):
        Machine().expression(text)({})


def test_functions_and_statements() -> None:
    machine = Machine()
    machine.define(
        "def f(n: int) -> int:\n"
        "    total = 0\n"
        "    for i in range(n):\n"
        "        if i % 2:\n"
        "            continue\n"
        "        total += i\n"
        "    while total > 10:\n"
        "        total -= 3\n"
        "        if total == 8:\n"
        "            break\n"
        "    return total\n"
        "def g(n: int) -> int:\n"
        "    return 1 if n <= 0 else n * g(n - 1)\n"
    )
    assert machine.expression("f(9), g(5)")({}) == (8, 120)


def test_endless_functions_stop() -> None:
    machine = Machine(steps=100)
    machine.define(
        "def f() -> int:\n    while True:\n        pass\ndef g() -> int:\n    return g()\n"
    )
    for text in ("f()", "g()"):
        machine.budget.refill()
        with pytest.raises(OutOfBudget):
            machine.expression(text)({})
