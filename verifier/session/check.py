"""Check one function: engines side by side, claims replayed, evidence combined."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import Enum

from verify_agent.verifier.engines.base import Engine, Findings, Limits
from verify_agent.verifier.evidence import Attempt, FunctionReport, Verdict
from verify_agent.verifier.replay import Runner
from verify_agent.verifier.session.plan import enough, next_is_due, planned, report_of
from verify_agent.verifier.session.replays import judged
from verify_agent.verifier.session.session import Stoppable
from verify_agent.verifier.session.worker import Stopped
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation

_TICK_SECONDS = 0.05
_STOP_SECONDS = 0.7
_TYPING = "typing"


class Step(Enum):
    """What happened to an engine."""

    STARTED = "started"
    FINISHED = "finished"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Event:
    """Progress: an engine's step on a function; `seconds` is wall time since its start."""

    step: Step
    engine: str
    function: str
    seconds: float = 0.0
    text: str = ""


Listener = Callable[[Event], None]


def check_function(
    subject: Subject,
    engines: Sequence[Engine],
    limits: Limits,
    seed: int,
    *,
    sandbox: Runner,
    on_event: Listener = lambda event: None,
    cancel: threading.Event | None = None,
    stop_at: Verdict | None = None,
    known: Mapping[str, Sequence[Attempt]] | None = None,
) -> FunctionReport:
    """All that the engines find out about a function, counterexamples replayed in `sandbox`.

    The engines start in their order, side by side. When `cancel` is set all are stopped and the
    report holds what was known, with a note for each engine that was stopped: an attempt that
    was not made is not invented. With `stop_at` they start one after the other (`plan`), and the
    rest is not asked as soon as that evidence is there for every obligation, or a refutation.
    `known` are attempts to start from.
    """
    # What an engine said about a contract that could not be read would be about another one.
    asked = [] if subject.unread else list(engines)
    run = _Run(subject, asked, limits, seed, sandbox, on_event, stop_at)
    for obligation_id, attempts in (known or {}).items():
        for attempt in attempts:
            run.add(Findings({obligation_id: attempt}))
    return run.all(cancel or threading.Event())


@dataclass
class _Run:
    subject: Subject
    engines: list[Engine]
    limits: Limits
    seed: int
    sandbox: Runner
    on_event: Listener
    stop_at: Verdict | None
    attempts: dict[str, list[Attempt]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    events: queue.SimpleQueue[Event] = field(default_factory=queue.SimpleQueue)
    began: dict[str, float] = field(default_factory=dict)

    def all(self, cancel: threading.Event) -> FunctionReport:
        """Run the engines and report."""
        waiting = planned(self.engines, self.stop_at)
        if self._enough() or self._refuted():
            # Known from an earlier run, and borne out again just now.
            waiting = [e for e in waiting if e.name == _TYPING]
        pool = ThreadPoolExecutor(max(1, len(waiting)), "engine")
        pending: dict[Future[list[tuple[str, Attempt]]], Engine] = {}
        try:
            self._work(pool, pending, waiting, cancel)
        except BaseException:
            self._stop(pending, "")
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            self._tell()
        return self.report()

    def report(self) -> FunctionReport:
        """What is known now."""
        typed = any(e.name == _TYPING for e in self.engines)
        return report_of(self.subject, self.attempts, self.notes, types=typed)

    def add(self, findings: Findings) -> None:
        """Record findings; counterexamples in them that were not run yet are run now."""
        self.notes.extend(findings.notes)
        self._record(judged(self.subject, findings.attempts, self.sandbox))

    def _record(self, pairs: Sequence[tuple[str, Attempt]]) -> None:
        for obligation_id, attempt in pairs:
            self.attempts.setdefault(obligation_id, []).append(attempt)

    def _one(self, engine: Engine) -> list[tuple[str, Attempt]]:
        """One engine's word, in a thread: the engine itself works in another process."""
        self.began[engine.name] = time.perf_counter()
        self._event(Step.STARTED, engine)
        found = engine.check(self.subject, self.limits, self.seed)
        self.notes.extend(found.notes)
        made = judged(self.subject, found.attempts, self.sandbox)
        self._event(Step.FINISHED, engine, _summary(made))
        return made

    def _work(
        self,
        pool: ThreadPoolExecutor,
        pending: dict[Future[list[tuple[str, Attempt]]], Engine],
        waiting: list[Engine],
        cancel: threading.Event,
    ) -> None:
        """Start the engines that wait, each when it is its turn, until there is nothing to do."""
        started = time.perf_counter()
        while pending or waiting:
            now = time.perf_counter()
            if waiting and next_is_due(
                waiting, list(pending.values()), self.stop_at, now - started
            ):
                engine, started = waiting.pop(0), now
                pending[pool.submit(self._one, engine)] = engine
                continue
            done, _ = wait(pending, _TICK_SECONDS, FIRST_COMPLETED)
            self._tell()
            for future in done:
                self._finish(future, pending.pop(future))
            if cancel.is_set():
                self.notes.extend(f"{e.name}: not asked: stopped on request" for e in waiting)
                return self._stop(pending, "stopped on request")
            if (pending or waiting) and self._enough():
                self._rest_is_needless(pending, waiting)
        return None

    def _rest_is_needless(
        self, pending: dict[Future[list[tuple[str, Attempt]]], Engine], waiting: list[Engine]
    ) -> None:
        """Leave the engines out that could only say less; types are a matter of their own."""
        assert self.stop_at is not None
        needless = {f: e for f, e in pending.items() if e.name != _TYPING}
        spared = [e for e in waiting if e.name != _TYPING]
        names = [e.name for e in (*needless.values(), *spared)]
        if not names:
            return
        self._stop(needless, "")
        for future in needless:
            del pending[future]
        waiting[:] = [e for e in waiting if e.name == _TYPING]
        reached = "a refutation" if self._refuted() else f"`{self.stop_at.value}`"
        self.notes.append(f"plan: {reached} is there; not needed: {', '.join(names)}")

    def _finish(self, future: Future[list[tuple[str, Attempt]]], engine: Engine) -> None:
        try:
            self._record(future.result())
        except Stopped:
            self.notes.append(f"{engine.name}: stopped")
        except TimeoutError as late:
            self._failed(engine, Verdict.UNKNOWN, f"timeout: {late}")
        except Exception as broken:
            # The edge of an engine: that it broke is evidence of nothing but of that.
            self._failed(engine, Verdict.ERROR, f"{type(broken).__name__}: {broken}")

    def _failed(self, engine: Engine, verdict: Verdict, reason: str) -> None:
        seconds = time.perf_counter() - self.began.get(engine.name, time.perf_counter())
        attempt = Attempt(engine.name, verdict, reason, seconds=seconds)
        typing = engine.name == _TYPING
        about = (types_obligation(self.subject),) if typing else obligations_of(self.subject)
        self._record([(o.id, attempt) for o in about])
        self._event(Step.FINISHED, engine, reason)

    def _enough(self) -> bool:
        report = self.report()
        return enough(report, self.stop_at)

    def _refuted(self) -> bool:
        return any(o.verdict is Verdict.REFUTED for o in self.report().obligations)

    def _stop(self, pending: dict[Future[list[tuple[str, Attempt]]], Engine], why: str) -> None:
        """Kill what the engines run in, all at once, and take what was finished meanwhile."""
        stoppers = []
        for engine in pending.values():
            if isinstance(engine, Stoppable):
                stopper = threading.Thread(target=engine.stop, daemon=True)
                stopper.start()
                stoppers.append(stopper)
        for stopper in stoppers:
            stopper.join(_STOP_SECONDS)
        for future, engine in pending.items():
            if why:
                self.notes.append(f"{engine.name}: {why}")
            future.cancel()
            self._event(Step.STOPPED, engine, why)

    def _event(self, step: Step, engine: Engine, text: str = "") -> None:
        now = time.perf_counter()
        seconds = now - self.began.get(engine.name, now)
        self.events.put(Event(step, engine.name, self.subject.id, seconds, text))

    def _tell(self) -> None:
        while not self.events.empty():
            self.on_event(self.events.get())


def _summary(made: Sequence[tuple[str, Attempt]]) -> str:
    """`3 proved, 1 unknown`, for people."""
    counts: dict[str, int] = {}
    for _, attempt in made:
        counts[attempt.outcome.value] = counts.get(attempt.outcome.value, 0) + 1
    return ", ".join(f"{n} {word}" for word, n in counts.items())
