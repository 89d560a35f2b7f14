"""What is asked of engines before the run waits for it: both processors are kept at work.

Every candidate that is delivered has gone through the engines of `ALWAYS`, in whatever order the
policy chose. While it waits for some of them the others are asked too, so that their words are
there when they are wanted. CrossHair is asked with its short limit first: where all is proved
more time brings nothing, elsewhere it is asked again with the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from verify_agent.agent.effort import AFTER_PROOF_SECONDS, ENGINE_SECONDS
from verify_agent.agent.run_worker import Answer, Request
from verify_agent.agent.run_workers import Workers
from verify_agent.agent.state import ALWAYS, PROPERTIES, SYMBOLIC
from verify_agent.agent.task import IMPLEMENT, REPAIR, Task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.evidence import DEDUCTIVE, Verdict
from verify_agent.verifier.subject import Subject

#: Imported while the contract is examined, and while the engines check.
FOR_SEARCH = ("verify_agent.agent.synth.synthesizer", "verify_agent.agent.synth.strategies.folds")
FOR_DELIVERY = (
    "verify_agent.agent.artifacts",
    "verify_agent.agent.quality.score",
    "radon.complexity",
    "radon.metrics",
    "verify_agent.verifier.strength.weakness",
    "verify_agent.verifier.report.json_",
    "verify_agent.verifier.report.text",
)
CHECK = "verify_agent.agent.run_engines:check"


def first_seconds(seconds: Mapping[str, float]) -> dict[str, float]:
    """The limits of a first round: CrossHair's is short where the prover is asked as well."""
    first = dict(seconds)
    if DEDUCTIVE in first and SYMBOLIC in first:
        first[SYMBOLIC] = min(first[SYMBOLIC], AFTER_PROOF_SECONDS)
    return first


def seconds_ahead(engine: str) -> float:
    """The limit of an engine that is asked before it is wanted."""
    return AFTER_PROOF_SECONDS if engine == SYMBOLIC else ENGINE_SECONDS[engine]


def wants_more(said: Mapping[str, Said]) -> bool:
    """Whether CrossHair's whole limit may still bring something, after its short one."""
    attempts = [a for one in said.values() for _, a in one.attempts]
    if any(a.outcome is Verdict.REFUTED for a in attempts):
        return False
    if SYMBOLIC not in said or _positive(said.get(DEDUCTIVE)):
        return False
    return any(a.outcome is Verdict.UNKNOWN for _, a in said[SYMBOLIC].attempts)


def not_needed(engine: str, first: Mapping[str, float], known: Mapping[str, Answer]) -> bool:
    """Whether an engine is asked for a short word only, after all is proved."""
    limit = first.get(engine, ENGINE_SECONDS[engine])
    proved = DEDUCTIVE in known or DEDUCTIVE not in first
    return engine in first and engine not in known and proved and limit <= AFTER_PROOF_SECONDS


def get_ready(modules: tuple[str, ...]) -> None:
    """Import what will be needed, while other processes work."""
    for name in modules:
        import_module(name)


def _positive(said: Said | None) -> bool:
    return (
        said is not None
        and bool(said.attempts)
        and all(a.outcome.positive for _, a in said.attempts)
    )


@dataclass
class Ahead:
    """The requests of one run that were made early; nothing is asked early of other kinds.

    In a codebase a repair's callers are judged by the same workers, so that they are left free.
    """

    task: Task
    workers: Workers
    _subject: Subject | None = None
    _asked: dict[str, Request] = field(default_factory=dict)
    _said: dict[str, Answer] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Whether anything is asked early for this task."""
        return self.task.kind in (IMPLEMENT, REPAIR) and not self.task.in_codebase

    def knows(self, subject: Subject, answers: Mapping[str, Answer]) -> None:
        """An earlier run's words, which need no asking."""
        self._about(subject)
        self._said.update(answers)

    def request(self, engine: str, subject: Subject, seconds: float) -> Request:
        """The request of one engine's check; the one that was made early where there is one."""
        self._about(subject)
        made = Request(CHECK, (engine, subject, Limits(seconds=seconds), self.task.seed))
        early = self._asked.pop(engine, None)
        return early if early is not None and limit_of(early) <= seconds else made

    def others(self, subject: Subject, asked: frozenset[str]) -> None:
        """Ask those engines that will be needed and are not asked or known yet."""
        self._about(subject)
        if not self.used:
            return
        for engine in ALWAYS:
            if engine in asked or engine in self._asked or engine in self._said:
                continue
            request = self.request(engine, subject, seconds_ahead(engine))
            self._asked[engine] = request
            self.workers.ahead(engine, request)

    def came(self, engine: str, answer: Answer) -> None:
        """An engine has answered: once all is proved and tested, measure what a delivery tells."""
        self._said[engine] = answer
        if not self.used or self._subject is None:
            return
        if all(_told(self._said.get(e)) for e in (PROPERTIES, DEDUCTIVE)):
            self.workers.ahead(PROPERTIES, *self._measurements(self._subject))

    def _measurements(self, subject: Subject) -> Iterator[Request]:
        from verify_agent.agent.quality.score import before, covering
        from verify_agent.agent.run_aftermath import sifting

        earlier = before(self.task, subject)
        if earlier is not None:
            yield covering(self.task, earlier)
            yield covering(self.task, subject)
        strength = sifting(subject, self.task.seed)
        if strength is not None:
            yield strength

    def _about(self, subject: Subject) -> None:
        if subject != self._subject:
            self._subject = subject
            self._asked.clear()
            self._said.clear()


def limit_of(request: Request) -> float:
    """The seconds that an engine may take for a check; 0 for another request."""
    limits = request.arguments[2]
    return limits.seconds if isinstance(limits, Limits) else 0.0


def _told(answer: Answer | None) -> bool:
    return answer is not None and isinstance(answer.value, Said) and _positive(answer.value)
