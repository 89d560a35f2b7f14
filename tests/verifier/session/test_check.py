"""Sessions: engines side by side, claims replayed, stopping at once, nothing invented."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from verify_agent.verifier.engines.base import Engine, Findings, Limits
from verify_agent.verifier.evidence import (
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Verdict,
)
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.options import Options, total
from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.session.check import Event, Step, check_function
from verify_agent.verifier.session.module import check_module
from verify_agent.verifier.session.session import Session
from verify_agent.verifier.subject import ENSURE, NO_EXCEPTION, Subject, find, obligations_of

SOURCE = """\
from icontract import ensure, require


@require(lambda x: x > 0)
@ensure(lambda x, result: result > x)
def f(x: int) -> int:
    return x
"""
LIMITS = Limits(seconds=4.0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Zygote]:
    with Zygote(preload=["verify_agent.verifier.harness.script"]) as zygote:
        yield zygote


@pytest.fixture
def subject() -> Subject:
    return load(SOURCE).subjects[0]


@dataclass
class Says:
    """An engine that says the same of one obligation of each function."""

    name: str
    outcome: Verdict
    call: str = ""
    kind: str = ENSURE
    setup: tuple[str, ...] = ()

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        seen = Counterexample(self.call, "claimed", self.setup) if self.call else None
        about = find(obligations_of(subject), self.kind)
        return Findings({about.id: Attempt(self.name, self.outcome, counterexample=seen)})


@dataclass
class Sleeps:
    """An engine that does not come back until it is stopped."""

    name: str = "sleeper"
    awake: threading.Event = field(default_factory=threading.Event)

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        self.awake.wait(30.0)
        raise TimeoutError("woken")

    def start(self) -> None:
        """Nothing to warm."""

    def stop(self) -> None:
        self.awake.set()


class Breaks:
    name = "breaker"

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        raise ArithmeticError("broken inside")


def of_kind(report: FunctionReport, kind: str) -> Obligation:
    return find(report.obligations, kind)


def run(subject: Subject, sandbox: Zygote, *engines: Engine) -> FunctionReport:
    return check_function(subject, engines, LIMITS, 0, sandbox=sandbox)


def test_a_claim_that_a_run_bears_out_is_refuted(subject: Subject, sandbox: Zygote) -> None:
    report = run(subject, sandbox, Says("deductive", Verdict.CANDIDATE, "f(1)"))
    assert of_kind(report, ENSURE).verdict is Verdict.REFUTED
    seen = of_kind(report, ENSURE).counterexample
    assert seen is not None
    assert (seen.call, seen.outcome, seen.replayed) == ("f(1)", "returned 1", True)


def test_a_claim_about_another_obligation_refutes_the_one_that_breaks(
    subject: Subject, sandbox: Zygote
) -> None:
    report = run(subject, sandbox, Says("deductive", Verdict.CANDIDATE, "f(1)", NO_EXCEPTION))
    assert of_kind(report, ENSURE).verdict is Verdict.REFUTED
    assert of_kind(report, NO_EXCEPTION).verdict is Verdict.CANDIDATE


def test_a_claim_that_no_run_bears_out_stays_a_candidate(subject: Subject, sandbox: Zygote) -> None:
    report = run(subject, sandbox, Says("deductive", Verdict.CANDIDATE, "f(-1)"))
    assert of_kind(report, ENSURE).verdict is Verdict.CANDIDATE
    assert "does not allow the call" in of_kind(report, ENSURE).reason


def test_a_proof_and_a_refutation_are_inconsistent(subject: Subject, sandbox: Zygote) -> None:
    engines = [Says("deductive", Verdict.PROVED), Says("x", Verdict.CANDIDATE, "f(1)")]
    report = run(subject, sandbox, *engines)
    assert of_kind(report, ENSURE).verdict is Verdict.ERROR
    assert "inconsistent" in of_kind(report, ENSURE).reason


def test_an_engine_that_breaks_is_an_error_and_the_others_count(
    subject: Subject, sandbox: Zygote
) -> None:
    report = run(subject, sandbox, Breaks(), Says("x", Verdict.CONFIRMED))
    assert of_kind(report, ENSURE).verdict is Verdict.CONFIRMED
    assert of_kind(report, NO_EXCEPTION).verdict is Verdict.ERROR
    assert "broken inside" in of_kind(report, NO_EXCEPTION).reason


def test_cancelling_returns_within_a_second_with_what_was_known(
    subject: Subject, sandbox: Zygote
) -> None:
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    started = time.monotonic()
    report = check_function(
        subject,
        [Says("x", Verdict.TESTED), Sleeps()],
        LIMITS,
        0,
        sandbox=sandbox,
        cancel=cancel,
    )
    assert time.monotonic() - started < 1.3
    assert of_kind(report, ENSURE).verdict is Verdict.TESTED
    assert of_kind(report, NO_EXCEPTION).attempts == ()
    assert report.notes == ("sleeper: stopped on request",)


def test_the_rest_is_stopped_when_the_evidence_is_there(subject: Subject, sandbox: Zygote) -> None:
    report = check_function(
        subject,
        [Says("x", Verdict.CANDIDATE, "f(1)"), Sleeps()],
        LIMITS,
        0,
        sandbox=sandbox,
        stop_at=Verdict.PROVED,
    )
    assert of_kind(report, ENSURE).verdict is Verdict.REFUTED
    assert report.notes == ("plan: a refutation is there; not needed: sleeper",)


def test_progress_is_told_in_order(subject: Subject, sandbox: Zygote) -> None:
    seen: list[Event] = []
    engine = Says("x", Verdict.TESTED)
    check_function(subject, [engine], LIMITS, 0, sandbox=sandbox, on_event=seen.append)
    assert [(e.step, e.engine, e.function) for e in seen] == [
        (Step.STARTED, "x", "candidate:f"),
        (Step.FINISHED, "x", "candidate:f"),
    ]
    assert seen[1].text == "1 tested"


def test_a_whole_module_with_real_engines() -> None:
    options = total({"engines": ["typing", "properties", "symbolic"], "seconds": 4})
    report = check_module(SOURCE.replace("return x", "return x + 1"), "m.py", options=options)
    (function,) = report.functions
    assert function.verdict is Verdict.CONFIRMED
    assert {a.engine for o in function.obligations for a in o.attempts} == set(options.engines)
    assert report.complete
    assert report.run.options_digest == options.digest
    assert {"mypy", "hypothesis", "crosshair-tool", "z3-solver"} <= set(report.run.tools)
    assert report.run.sandbox
    assert list(report.subjects) == ["m.py"]


def test_a_real_session_stops_at_once() -> None:
    source = SOURCE.replace("return x", "while x > 0:\n        x += 1\n    return x")
    options = Options(engines=("properties", "symbolic"), seconds=20.0)
    cancel = threading.Event()
    with Session(options) as session:
        session.start()
        threading.Timer(0.5, cancel.set).start()
        started = time.monotonic()
        report = check_module(source, options=options, session=session, cancel=cancel)
        assert time.monotonic() - started < 2.0
    assert not report.complete
    assert report.verdict is Verdict.UNKNOWN
