"""Module variables that functions write: any value on entry, the new one on exit."""

from __future__ import annotations

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Passed, Violation
from verify_agent.verifier.harness.script import check_script

HEAD = """from icontract import ensure, require, snapshot

counter = 0
on: bool = False


@snapshot(lambda: counter, name="before")
@ensure(lambda result, OLD: result == counter == OLD.before + 1)
def tick() -> int:
    global counter
    counter += 1
    return counter


def plain(n: int) -> None:
    global counter
    counter = counter + n


@ensure(lambda: counter == 0)
def reset() -> None:
    global counter
    counter = 0


"""
PROVED = {
    "the new value": (
        "@snapshot(lambda: counter, name='before')\n"
        "@ensure(lambda n, OLD: counter == OLD.before + n)\n"
        "def f(n: int) -> None:\n    global counter\n    counter += n\n"
    ),
    "calls by contract": (
        "@snapshot(lambda: counter, name='before')\n"
        "@ensure(lambda result, OLD: result == OLD.before + 2)\n"
        "def f(n: int) -> int:\n    tick()\n    return tick()\n"
    ),
    "calls that are executed": (
        "@ensure(lambda n, result: result == n)\n"
        "def f(n: int) -> int:\n    reset()\n    plain(n)\n    return counter\n"
    ),
    "a precondition reads it": (
        "@require(lambda: counter > 0)\n@ensure(lambda result: result > 1)\n"
        "def f(n: int) -> int:\n    return tick()\n"
    ),
    "what is not written stays": (
        "@snapshot(lambda: on, name='before')\n@ensure(lambda OLD: on == OLD.before)\n"
        "def f(n: int) -> None:\n    plain(n)\n"
    ),
    "a switch": (
        "@snapshot(lambda: on, name='before')\n@ensure(lambda OLD: on != OLD.before)\n"
        "def f(n: int) -> None:\n    global on\n    on = not on\n"
    ),
    "a local of the same name": (
        "@ensure(lambda n, result: result == n)\n"
        "def f(n: int) -> int:\n    counter = n\n    tick()\n    return counter\n"
    ),
}
REFUTED = {
    "the first value is not the only one": (
        "@ensure(lambda result: result == 0)\ndef f(n: int) -> int:\n    return counter\n"
    ),
    "a call writes it": (
        "@snapshot(lambda: counter, name='before')\n@ensure(lambda OLD: counter == OLD.before)\n"
        "def f(n: int) -> int:\n    return tick()\n"
    ),
    "only from some values on": (
        "@ensure(lambda result: result < 7)\n"
        "def f(n: int) -> int:\n    return counter if counter > 5 and n > 2 else 0\n"
    ),
    "a precondition of a call": (
        "@require(lambda: counter >= 0)\ndef g() -> int:\n    return counter\n\n\n"
        "@ensure(lambda result: result >= 0)\ndef f(n: int) -> int:\n"
        "    plain(n)\n    return g()\n"
    ),
}


def subject(text):
    return next(s for s in load(HEAD + text).functions if s.qualname == "f")


def attempts(text):
    limits = Limits(seconds=30, per_query_ms=5_000)
    return Deductive().check(subject(text), limits, 0).attempts.values()


@pytest.mark.parametrize("case", PROVED)
def test_proved(case):
    assert {a.outcome for a in attempts(PROVED[case])} == {Verdict.PROVED}


@pytest.mark.parametrize("case", REFUTED)
def test_refuted_by_a_run_that_sets_the_variable(case):
    found = [a for a in attempts(REFUTED[case]) if a.outcome is not Verdict.PROVED]
    assert [a.outcome for a in found] == [Verdict.CANDIDATE]
    known = found[0].counterexample
    harness = Harness(subject(REFUTED[case]))
    assert isinstance(check_script(harness, known.setup, known.call, seconds=5), Violation)


def test_the_counterexample_calls_what_writes_the_variable():
    text = "@ensure(lambda result: result < 2)\ndef f(n: int) -> int:\n    return counter\n"
    found = [a.counterexample for a in attempts(text) if a.outcome is Verdict.CANDIDATE]
    assert found[0].setup
    assert all(line.startswith(("tick(", "plain(")) for line in found[0].setup)
    assert found[0].call == "f(0)"
    shown = check_script(Harness(subject(text)), (), found[0].call, seconds=5)
    assert isinstance(shown, Passed)


def test_a_counterexample_sets_what_no_call_reaches():
    text = "@ensure(lambda result: result != 77)\ndef f(n: int) -> int:\n    return counter\n"
    found = [a.counterexample for a in attempts(text) if a.outcome is Verdict.CANDIDATE]
    assert found[0].setup == ("import candidate as module", "module.counter = 77")


NOT_FOLLOWED = {
    "def g() -> None:\n    global counter\n    counter = None\n\n\n"
    "def f(n: int) -> int:\n    return counter\n": "module variables that g writes",
    "class C:\n    def m(self) -> None:\n        global counter\n        counter = 2\n\n\n"
    "def f(n: int) -> int:\n    return counter\n": "global statement outside of a module",
    "def f(n: int) -> int:\n    def g() -> int:\n        return counter\n    return g()\n": (
        "module variables that are written, in this place"
    ),
    "@ensure(lambda result: tick() > result)\ndef f(n: int) -> int:\n    return n\n": (
        "a contract that calls tick, which writes module variables"
    ),
    "def g() -> None:\n    global counter\n    del counter\n\n\n"
    "def f(n: int) -> int:\n    return counter\n": "global counter",
    "items = [1]\n\n\ndef f(n: int) -> int:\n    global items\n    items = [n]\n    return n\n": (
        "global statement"
    ),
    "def f(n: int) -> str:\n    global counter\n    counter = 'a'\n    return 'a'\n": (
        "str as counter, which is int,"
    ),
}


@pytest.mark.parametrize("text", NOT_FOLLOWED)
def test_what_is_not_followed(text):
    with pytest.raises(Unsupported) as refused:
        lower(subject(text))
    assert refused.value.construct.startswith(NOT_FOLLOWED[text])


def test_a_frame_speaks_of_arguments_alone():
    source = HEAD + "def f(xs: list[int]) -> int:\n    return tick()\n"
    found = next(s for s in load(source).functions if s.qualname == "f")
    program = lower(found)
    assert len(program.functions["f"].parameters) == 2
    assert len(program.functions["tick"].parameters) == 1
