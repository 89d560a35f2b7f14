"""The executor meets the exceptions of a call's arguments in CPython's order."""

from __future__ import annotations

import pytest
from campaign import Tally, compared, lowered

from verify_agent.verifier.ir.nodes import Program

ONE, OTHER = "[6 // a for w in [1, 2]]", "(6 // a for w in [1, 2])"
CALLS = [
    *(f"{f}({x}, default=ys[7])" for f in ("min", "max") for x in (ONE, OTHER)),
    *(f"{f}([6 // a], default=ys[7])" for f in ("min", "max")),
    *(f"{f}((y for y in [ys[7]]), default=6 // a)" for f in ("min", "max")),
    *(f"sum({x}, ys[7])" for x in (ONE, OTHER)),
    *(f"sum({x}, start=ys[7])" for x in (ONE, OTHER)),
    "sum((y for y in [ys[7]]), 6 // a)",
    f"list(zip({ONE}, [ys[7]]))",
    f"list(enumerate({ONE}, ys[7]))",
    f"sorted({ONE})[ys[7]]",
    f"any({ONE}) or ys[7]",
    f"len({ONE}) + ys[7]",
]


@pytest.mark.parametrize("constants", [False, True])
@pytest.mark.parametrize("call", CALLS)
def test_exceptions_come_in_order(call: str, constants: bool) -> None:
    source = f"def f(a: int, ys: list[int]):\n    return {call}\n"
    program = lowered(source)
    assert isinstance(program, Program), program
    tally = Tally()
    for args in ([0, [1]], [2, [1]], [0, list(range(8))], [3, list(range(8))]):
        compared(tally, program, source, args, constants=constants, catching=True)
    assert tally.runs


def test_a_choice_between_new_objects_where_nothing_gets_to() -> None:
    source = """def f(a: int, ys: list[int]):
    while (ys[7] in ys) and (a > 1):
        f = 6
        while (-a > (1 if False else a)):
            b, b = ([a] if a > 1 else list(reversed(ys)))
        a = -1
    return a
"""
    program = lowered(source)
    assert isinstance(program, Program), program
    tally = Tally()
    for constants in (False, True):
        for args in ([0, [1]], [2, [1, 2]], [2, list(range(8))]):
            compared(tally, program, source, args, constants=constants, catching=False)
    assert tally.runs
