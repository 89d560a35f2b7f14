"""The prover beside real runs: what has no model can still be refuted, and only by a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from verify_agent.verifier.engines.base import Findings, Limits
from verify_agent.verifier.evidence import Attempt, Counterexample, Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.check import check_function
from verify_agent.verifier.session.runs import WithRuns
from verify_agent.verifier.session.session import Session
from verify_agent.verifier.subject import ENSURE, NO_EXCEPTION, Subject, find, obligations_of

SOURCE = """\
from icontract import ensure

seen = [0]


def count() -> None:
    seen[0] += 1


def keep(x: int, kept: list[int] = []) -> list[int]:
    kept.append(x)
    return kept


@ensure(lambda x, result: result == x + 1)
def by_module(x: int) -> int:
    count()
    return x + seen[0]


@ensure(lambda result: result == 1)
def by_default(x: int) -> int:
    return len(keep(x))


@ensure(lambda x, result: result >= x)
def holds(x: int) -> int:
    count()
    return x + seen[0]


@ensure(lambda result: result == 0)
def closures(n: int) -> int:
    return [lambda: i for i in range(3)][0]()
"""


@dataclass
class Says:
    """An engine, or the process that one runs in, with one word an obligation."""

    words: dict[str, Verdict]
    asked: list[float] = field(default_factory=list)
    name: str = "says"

    def check(self, *given: Any) -> Findings:
        subject, limits, _ = given[-3:]
        self.asked.append(limits.seconds)
        made = {}
        for kind, word in self.words.items():
            call = Counterexample("f(1)", kind, replayed=True) if word is Verdict.REFUTED else None
            made[find(obligations_of(subject), kind).id] = Attempt(
                self.name, word, "why", counterexample=call
            )
        return Findings(made)


def subject_of(name: str) -> Subject:
    return next(s for s in load(SOURCE).subjects if s.qualname == name)


def words(found: Findings, subject: Subject) -> dict[str, Verdict]:
    names = {o.id: o.kind for o in obligations_of(subject)}
    return {names[i]: a.outcome for i, a in found.attempts.items()}


def test_only_what_is_open_is_run_and_only_refutations_are_taken_over() -> None:
    subject = subject_of("closures")
    runs = Says({ENSURE: Verdict.REFUTED, NO_EXCEPTION: Verdict.TESTED})
    prover = Says({ENSURE: Verdict.UNKNOWN, NO_EXCEPTION: Verdict.UNKNOWN}, name="deductive")
    both = WithRuns(cast(Any, prover), worker=cast(Any, prover), runs=cast(Any, runs))
    found = both.check(subject, Limits(seconds=10.0), 0)
    assert words(found, subject) == {ENSURE: Verdict.REFUTED, NO_EXCEPTION: Verdict.UNKNOWN}
    broken = found.attempts[find(obligations_of(subject), ENSURE).id]
    assert broken.engine == "deductive"
    assert broken.counterexample == Counterexample("f(1)", ENSURE, replayed=True)
    assert len(runs.asked) == 1
    assert runs.asked[0] < 10.0


@pytest.mark.parametrize("word", [Verdict.PROVED, Verdict.CANDIDATE])
def test_nothing_is_run_where_the_prover_has_its_answer(word: Verdict) -> None:
    subject = subject_of("closures")
    runs = Says({ENSURE: Verdict.REFUTED})
    prover = Says({ENSURE: word})
    both = WithRuns(cast(Any, prover), worker=cast(Any, prover), runs=cast(Any, runs))
    assert words(both.check(subject, Limits(), 0), subject) == {ENSURE: word}
    assert runs.asked == []


def test_a_run_may_refute_where_the_prover_came_too_late() -> None:
    class Late(Says):
        def check(self, *given: Any) -> Findings:
            raise TimeoutError("no answer")

    subject = subject_of("closures")
    runs, late = Says({ENSURE: Verdict.REFUTED}), Late({})
    both = WithRuns(cast(Any, late), worker=cast(Any, late), runs=cast(Any, runs))
    found = both.check(subject, Limits(), 0)
    assert words(found, subject)[ENSURE] is Verdict.REFUTED
    assert words(found, subject)[NO_EXCEPTION] is Verdict.UNKNOWN


@pytest.mark.slow
def test_state_and_closures_are_refuted_by_the_prover_alone() -> None:
    expected = {
        "by_module": (Verdict.REFUTED, ("by_module(0)",)),
        "by_default": (Verdict.REFUTED, ("by_default(0)",)),
        "holds": (Verdict.UNKNOWN, ()),
        "closures": (Verdict.REFUTED, ()),
    }
    seen = {}
    with Session(Options(engines=("deductive",))) as session:
        for name in expected:
            report = check_function(
                subject_of(name),
                session.engines,
                Limits(seconds=20.0),
                0,
                sandbox=session.sandbox,
            )
            ensure = find(report.obligations, ENSURE)
            shown = ensure.counterexample
            seen[name] = (ensure.verdict, shown.setup if shown else ())
    assert seen == expected
