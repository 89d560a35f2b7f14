"""Random modules of classes, constants and helpers: no wrong word, and runs as CPython has them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

import pytest
from clocks import no_collection
from random_modules import Case, cases

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Violation
from verify_agent.verifier.harness.script import check_script
from verify_agent.verifier.ir.interpreter import Broken, Interpreter, Raised, Returned, Stopped
from verify_agent.verifier.ir.interpreter_values import Limits as Steps
from verify_agent.verifier.subject import Subject

LIMITS = Limits(seconds=4, per_query_ms=600)
STEPS = Steps(steps=20_000, bits=4_000, size=5_000)


def _violated(found: object) -> Iterator[str]:
    if isinstance(found, Violation):
        yield found.obligation_id
        for other in found.also:
            yield from _violated(other)


def _subject(text: str, name: str) -> Subject:
    return next(s for s in load(text).functions if s.qualname == name)


def _judged(case: Case, seed: int, count: int, words: Counter[str]) -> None:
    """The engine's words on `f`, tried on calls with instances of all kinds."""
    subject = _subject(case.text, "f")
    attempts = Deductive().check(subject, LIMITS, seed).attempts
    words.update(a.outcome.value for a in attempts.values())
    for a in attempts.values():
        assert a.outcome is not Verdict.ERROR, f"{case.text}\n{a.reason}"
        if "unsupported" in a.reason:
            words[a.reason.rpartition(" at ")[0]] += 1
    with no_collection():
        _held_against_cpython(case, random.Random(seed), count, attempts, words)


def _held_against_cpython(
    case: Case,
    rng: random.Random,
    count: int,
    attempts: dict[str, Attempt],
    words: Counter[str],
) -> None:
    harness = Harness(_subject(case.text, "f"))
    proved = {id_ for id_, a in attempts.items() if a.outcome is Verdict.PROVED}
    vacuous = Verdict.VACUOUS in {a.outcome for a in attempts.values()}
    for _ in range(count if proved or vacuous else 0):
        given = case.arguments(rng)
        names = [name for name, _ in case.parameters]
        values: list[Any] = list(eval(f"({given},)", dict(vars(harness.module))))
        found = harness.check_call(dict(zip(names, values, strict=True)), seconds=1.0)
        wrong = proved & set(_violated(found))
        assert not wrong, f"proved, but not so for f({given}):\n{case.text}\n{found}"
        assert not vacuous or type(found).__name__ == "NotAllowed", f"{case.text}\n{given}"
    for id_, attempt in attempts.items():
        known = attempt.counterexample
        if attempt.outcome is Verdict.CANDIDATE and known is not None:
            found = check_script(harness, known.setup, known.call, seconds=1.0)
            words["replayed" if isinstance(found, Violation) else "not replayed"] += 1
            words["another breaks"] += id_ not in set(_violated(found))
            if not isinstance(found, Violation):
                print(f"not replayed: {known}\n{found}\n{case.text}")


def _ran(case: Case, words: Counter[str], observed: Any) -> None:
    """The interpreter's runs of `drive` beside CPython's."""
    text = _without_contracts(case.text)
    try:
        program = lower(_subject(text + case.drive, "drive"))
    except Unsupported:
        words["not lowered"] += 1
        return
    if program.unsupported:
        words["not lowered"] += 1
        return
    machine = Interpreter(program, STEPS)
    scope: dict[str, Any] = {"__name__": "builtins"}
    exec(compile(text + case.drive, "module", "exec", dont_inherit=True), scope)
    for pair in product((-1, 0, 2, 3), (-2, 1, 2)):
        ours = observed(lambda given: _call(machine, given), list(pair))
        if ours.outcome == "_Skipped":
            continue
        theirs = observed(lambda given: scope["drive"](*given), list(pair))
        assert ours == theirs, f"drive{pair}:\n{text}{case.drive}"
        words["runs"] += 1


class _Skipped(Exception):
    """The run took more than it may, or met what it has no model for."""


def _call(machine: Interpreter, args: list[Any]) -> Any:
    try:
        outcome = machine.run(args)
    except Unsupported as error:
        raise _Skipped from error
    match outcome:
        case Returned(value):
            return value
        case Raised(error):
            raise error
        case Stopped():
            raise _Skipped
        case Broken() as broken:
            raise AssertionError(broken)


def _without_contracts(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(x for x in lines if not x.startswith(("@ensure", "@require", "@snapshot")))


def _campaign(seed: int, cases_: int, count: int, observed: Any) -> Counter[str]:
    words: Counter[str] = Counter()
    for number, case in enumerate(islice(cases(random.Random(seed)), cases_)):
        _judged(case, seed + number, count, words)
        _ran(case, words, observed)
    print(dict(words))
    return words


def test_random_modules(observed: Any) -> None:
    words = _campaign(0, 14, 120, observed)
    assert words["proved"] >= 10
    assert words["runs"] >= 60
    assert not words["not replayed"]


@pytest.mark.slow
def test_more_random_modules(observed: Any) -> None:
    words = _campaign(1, 200, 600, observed)
    assert words["proved"] >= 150
    assert not words["not replayed"]


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_random_modules(seed: int, observed: Any) -> None:
    words = _campaign(seed, 300, 1_000, observed)
    assert words["proved"] >= 200
    assert not words["not replayed"]
