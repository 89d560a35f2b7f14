"""The symbolic engine: CrossHair, in the sandbox, on one function under contract."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from verify_agent.verifier.engines.aliasing import open_type, possible_aliases
from verify_agent.verifier.engines.base import Findings, Limits
from verify_agent.verifier.engines.state import module_state
from verify_agent.verifier.evidence import Attempt, Counterexample, Verdict
from verify_agent.verifier.harness.wire import pack
from verify_agent.verifier.replay import NotReproduced, Replayed, Runner, replay
from verify_agent.verifier.sandbox.policy import Completed, Outcome, TimedOut
from verify_agent.verifier.subject import Subject, obligations_of

NAME = "symbolic"
#: What a warm sandbox should have imported before it forks.
PRELOAD = (
    "verify_agent.verifier.engines.symbolic_preload",
    "verify_agent.verifier.engines.symbolic_job",
)
_CLAIM = "CrossHair says that this breaks the contract"
_JOB = "verify_agent.verifier.engines.symbolic_job:job"
# CrossHair looks at its clock between paths only: the rest is for the path it is on.
_SHARE = 0.6
_START_SECONDS = 1.0


@dataclass(frozen=True)
class SymbolicEngine:
    """`CONFIRMED` over all paths, a counterexample, or `UNKNOWN` with CrossHair's state."""

    sandbox: Runner

    @property
    def name(self) -> str:
        """The name under which attempts are recorded."""
        return NAME

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """Attempts at all obligations but examples, verdicts read from message states alone.

        A counterexample is run again in a fresh process: borne out it is `REFUTED`, for the
        obligation that the run breaks, else it stays a `CANDIDATE`.
        """
        if subject.unread:
            return Findings()
        started = time.perf_counter()
        outcome = self.sandbox.call(
            _JOB,
            {"subject": pack(subject), "seconds": max(0.5, limits.seconds * _SHARE)},
            wall_seconds=limits.seconds + _START_SECONDS,
            memory_mb=limits.memory_mb,
            roots=subject.roots,
        )
        found = _found(subject, outcome)
        doubt = uncountable(subject)
        empty = Attempt(
            NAME,
            Verdict.UNKNOWN,
            version=_version(),
            seconds=time.perf_counter() - started,
            limits={"seconds": limits.seconds},
        )
        attempts: dict[str, Attempt] = {}
        for obligation_id, one in found.items():
            self._record(subject, obligation_id, one, doubt, empty, attempts)
        return Findings(attempts)

    def _record(
        self,
        subject: Subject,
        obligation_id: str,
        found: Mapping[str, Any],
        doubt: str,
        empty: Attempt,
        attempts: dict[str, Attempt],
    ) -> None:
        match found["word"]:
            case "confirmed" if doubt:
                reason = f"CrossHair's confirmation is not counted: {doubt}"
                attempts.setdefault(obligation_id, replace(empty, reason=reason))
            case "confirmed":
                attempts.setdefault(obligation_id, replace(empty, outcome=Verdict.CONFIRMED))
            case "claimed":
                claimed = Counterexample(found["call"], _CLAIM, tuple(found["setup"]))
                for broken, attempt in self._replayed(subject, obligation_id, claimed, empty):
                    old = attempts.get(broken)
                    if old is None or old.outcome is not Verdict.REFUTED:
                        attempts[broken] = attempt
            case _:
                attempts.setdefault(obligation_id, replace(empty, reason=found["reason"]))

    def _replayed(
        self, subject: Subject, obligation_id: str, claimed: Counterexample, empty: Attempt
    ) -> list[tuple[str, Attempt]]:
        match replay(subject, claimed, self.sandbox, claimed=obligation_id):
            case Replayed(counterexample=seen, obligation_id=broken):
                refuted = replace(empty, outcome=Verdict.REFUTED, counterexample=seen)
                made = [(broken, refuted)]
                if broken != obligation_id:
                    reason = f"the counterexample breaks another obligation: {broken}"
                    made.append((obligation_id, replace(empty, reason=reason)))
                return made
            case NotReproduced(reason=reason):
                candidate = replace(
                    empty,
                    outcome=Verdict.CANDIDATE,
                    reason=f"CrossHair's counterexample was not borne out: {reason}",
                    counterexample=claimed,
                )
                return [(obligation_id, candidate)]


def uncountable(subject: Subject) -> str:
    """Why CrossHair's `confirmed` is worth nothing for this function; empty if it counts."""
    state = module_state(subject)
    if state:
        return f"the code reads or changes state: {state}"
    aliases = possible_aliases(subject)
    if aliases:
        return aliases
    if "." in subject.qualname:
        return "a method: objects are reached by their constructor only"
    unbounded = open_type(subject)
    return f"not all values of {unbounded} are run through" if unbounded else ""


def _found(subject: Subject, outcome: Outcome) -> Mapping[str, Any]:
    if isinstance(outcome, Completed) and isinstance(outcome.value, dict):
        found: Mapping[str, Any] = outcome.value["found"]
        return found
    match outcome:
        case TimedOut(limit=limit):
            reason = f"timeout: CrossHair did not end within {limit:g} s"
        case other:
            reason = other.told
    return {o.id: {"word": "unknown", "reason": reason} for o in obligations_of(subject)}


def _version() -> str:
    return version("crosshair-tool")


def versions() -> Mapping[str, str]:
    """The tools that this engine rests on."""
    return {"crosshair": _version(), "z3": version("z3-solver")}
