"""The interpreter and CPython must agree on every program: value, exception, mutation."""

from __future__ import annotations

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir.interpreter import Broken, Interpreter, Raised, Returned, Stopped
from verify_agent.verifier.ir.interpreter_values import FailedAssert, Limits

LIMITS = Limits(steps=20_000, bits=4_000, size=5_000)


class _Skipped(Exception):
    """The run took more than it may; CPython is not asked either."""


def _call(machine, args):
    match machine.run(args):
        case Returned(value):
            return value
        case Raised(FailedAssert()):
            raise AssertionError
        case Raised(error):
            raise error
        case Stopped():
            raise _Skipped
        case Broken() as broken:
            raise AssertionError(broken)


def _compare(seed, random_program, cpython, observed):
    """How many runs were compared: None where the program is refused."""
    source, arguments = random_program(seed)
    try:
        program = lower(next(s for s in load(source).functions if s.qualname == "f"))
    except Unsupported:
        return None
    if program.unsupported:
        return None
    machine = Interpreter(program, LIMITS)
    compared = 0
    for args in arguments:
        ours = observed(lambda given: _call(machine, given), args)
        if ours.outcome == "_Skipped":
            continue
        theirs = cpython(source, args)
        assert ours == theirs, f"seed {seed}, f(*{args}):\n{source}"
        compared += 1
    return compared


def _campaign(seeds, random_program, cpython, observed):
    found = [_compare(seed, random_program, cpython, observed) for seed in seeds]
    lowered = [n for n in found if n is not None]
    return len(lowered), sum(lowered)


def test_random_programs(random_program, cpython, observed):
    programs, runs = _campaign(range(380), random_program, cpython, observed)
    assert programs >= 300
    assert runs >= 1_000


@pytest.mark.nightly
def test_many_random_programs(random_program, cpython, observed):
    programs, runs = _campaign(range(1_000, 31_000), random_program, cpython, observed)
    assert programs >= 20_000
    assert runs >= 60_000
