"""What the prover says of random functions under random contracts must survive CPython."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

import pytest
from clocks import no_collection
from random_contracts import cases, inputs

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.frontend.load import subject as from_source
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Violation
from verify_agent.verifier.harness.script import check_script
from verify_agent.verifier.subject import Subject

LIMITS = Limits(seconds=4, per_query_ms=800)


def _violated(found: object) -> Iterator[str]:
    if isinstance(found, Violation):
        yield found.obligation_id
        for other in found.also:
            yield from _violated(other)


def _judged(text: str, seed: int, count: int, words: Counter[str]) -> None:
    """The engine's words on one module, each tried on CPython."""
    subject = from_source(text, "f")
    attempts = Deductive().check(subject, LIMITS, seed).attempts
    words.update(a.outcome.value for a in attempts.values())
    assert Verdict.ERROR not in {a.outcome for a in attempts.values()}, text
    with no_collection():
        _held_against_cpython(text, seed, count, subject, attempts, words)


def _held_against_cpython(
    text: str,
    seed: int,
    count: int,
    subject: Subject,
    attempts: Mapping[str, Attempt],
    words: Counter[str],
) -> None:
    harness = Harness(subject)
    proved = {id_ for id_, a in attempts.items() if a.outcome is Verdict.PROVED}
    vacuous = Verdict.VACUOUS in {a.outcome for a in attempts.values()}
    for args in inputs(random.Random(seed), count) if proved or vacuous else ():
        shown = repr(args)
        found = harness.check_call(args, seconds=1.0)
        wrong = proved & set(_violated(found))
        assert not wrong, f"proved, but not so for f(**{shown}):\n{text}\n{found}"
        assert not vacuous or type(found).__name__ == "NotAllowed", f"{text}\n{shown}"
    for id_, attempt in attempts.items():
        if attempt.outcome is Verdict.CANDIDATE and attempt.counterexample is not None:
            known = attempt.counterexample
            found = check_script(harness, known.setup, known.call, seconds=1.0)
            words["replayed" if isinstance(found, Violation) else "not replayed"] += 1
            words["another breaks"] += id_ not in set(_violated(found))


def _campaign(seed: int, cases_: int, count: int) -> Counter[str]:
    words: Counter[str] = Counter()
    for number, case in enumerate(islice(cases(random.Random(seed)), cases_)):
        _judged(case.text, seed + number, count, words)
    print(dict(words))
    return words


def test_random_contracts() -> None:
    words = _campaign(0, 8, 300)
    assert words["proved"] >= 5
    assert words["replayed"] >= 2
    assert not words["not replayed"]


@pytest.mark.slow
def test_more_random_contracts() -> None:
    words = _campaign(1, 130, 2_000)
    assert words["proved"] >= 50
    assert not words["not replayed"]


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_random_contracts(seed: int) -> None:
    words = _campaign(seed, 150, 2_000)
    assert words["proved"] >= 50
    assert not words["not replayed"]
