"""The properties engine: random inputs by Hypothesis, each call judged for real, sandboxed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from verify_agent.verifier.engines.base import Findings, Limits
from verify_agent.verifier.evidence import Attempt, Counterexample, Obligation, Verdict
from verify_agent.verifier.harness.wire import pack
from verify_agent.verifier.replay import NotReproduced, Replayed, Runner, replay
from verify_agent.verifier.sandbox.policy import Completed, Outcome, TimedOut
from verify_agent.verifier.subject import Subject, obligations_of

NAME = "properties"
#: What a warm sandbox should have imported before it forks.
PRELOAD = ("verify_agent.verifier.engines.properties_preload",)
_JOB = "verify_agent.verifier.engines.properties_job:job"
_FAR_SHARE = 0.3
_WORDS = {"tested": Verdict.TESTED, "unknown": Verdict.UNKNOWN}


@dataclass(frozen=True)
class PropertiesEngine:
    """`TESTED` with the number of examples, or a counterexample that a second run confirmed."""

    sandbox: Runner

    @property
    def name(self) -> str:
        """The name under which attempts are recorded."""
        return NAME

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """Attempts at every obligation; the same seed gives the same examples.

        Small inputs run first and by themselves: what large ones do to a process can't lose
        what small ones showed.
        """
        if subject.unread:
            return Findings()
        started = time.perf_counter()
        near = self._run(subject, limits, seed, "near", limits.seconds * (1 - _FAR_SHARE))
        found = dict(near)
        notes: tuple[str, ...] = ()
        if any(f["word"] == "tested" for f in near.values()):
            spent = time.perf_counter() - started
            left = max(0.5, min(limits.seconds * _FAR_SHARE, limits.seconds - spent))
            far = self._run(subject, limits, seed + 1, "far", left)
            found, notes = _joined(near, far)
        seconds = time.perf_counter() - started
        made = obligations_of(subject)
        attempts = {
            o.id: self._attempt(subject, o, found[o.id], limits, seed, seconds)
            for o in made
            if o.id in found
        }
        return Findings(attempts, notes)

    def _run(
        self, subject: Subject, limits: Limits, seed: int, reach: str, seconds: float
    ) -> Mapping[str, Any]:
        payload = {
            "subject": pack(subject),
            "examples": limits.examples,
            "seed": seed,
            "seconds": max(0.2, seconds - 0.5),
            "reach": reach,
        }
        outcome = self.sandbox.call(
            _JOB,
            payload,
            wall_seconds=seconds + 2.0,
            memory_mb=limits.memory_mb,
            roots=subject.roots,
        )
        if isinstance(outcome, Completed) and isinstance(outcome.value, dict):
            found: Mapping[str, Any] = outcome.value["found"]
            return found
        verdict = "unknown" if reach == "near" else "none"
        reason = _stopped(outcome)
        return {o.id: {"word": verdict, "reason": reason} for o in obligations_of(subject)}

    def _attempt(
        self,
        subject: Subject,
        obligation: Obligation,
        found: Mapping[str, Any],
        limits: Limits,
        seed: int,
        seconds: float,
    ) -> Attempt:
        attempt = Attempt(
            NAME,
            _WORDS.get(found["word"], Verdict.UNKNOWN),
            found.get("reason", ""),
            version=_version(),
            seconds=seconds,
            limits={"examples": limits.examples, "seconds": limits.seconds},
            seed=seed,
            details=tuple(found.get("details", ())),
        )
        if found["word"] != "broken":
            return attempt
        return self._replayed(subject, obligation, _counterexample(found), attempt)

    def _replayed(
        self,
        subject: Subject,
        obligation: Obligation,
        claimed: Counterexample,
        attempt: Attempt,
    ) -> Attempt:
        """Refuted where a fresh process breaks the same obligation, else a candidate."""
        fields = {f: getattr(attempt, f) for f in ("version", "seconds", "limits", "seed")}
        match replay(subject, claimed, self.sandbox, claimed=obligation.id):
            case Replayed(counterexample=seen, obligation_id=broken) if broken == obligation.id:
                return Attempt(NAME, Verdict.REFUTED, counterexample=seen, **fields)
            case Replayed(also=also, counterexample=seen):
                reason = f"a second run broke another obligation: {seen.outcome} {also or ''}"
            case NotReproduced(reason=reason):
                pass
        return Attempt(
            NAME,
            Verdict.CANDIDATE,
            f"seen once, not in a fresh process: {reason}",
            counterexample=claimed,
            **fields,
        )


def _joined(
    near: Mapping[str, Any], far: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The near findings, with what large inputs broke and how many of them passed."""
    joined: dict[str, Any] = {}
    notes: dict[str, None] = {}
    for obligation_id, found in near.items():
        other = far.get(obligation_id, {"word": "none", "reason": ""})
        if other["word"] == "broken" and found["word"] != "broken":
            joined[obligation_id] = other
            continue
        joined[obligation_id] = found
        if other["word"] == "tested" and found["word"] == "tested":
            details = [*found["details"], f"{other['examples']} of them large"]
            joined[obligation_id] = {**found, "details": details}
        elif other["reason"] and found["word"] == "tested":
            notes[f"large inputs were not tested: {other['reason']}"] = None
    return joined, tuple(notes)


def _counterexample(found: Mapping[str, Any]) -> Counterexample:
    raw = found["counterexample"]
    return Counterexample(raw["call"], raw["outcome"], tuple(raw["setup"]), raw["expected"])


def _stopped(outcome: Outcome) -> str:
    match outcome:
        case TimedOut(limit=limit):
            return f"timeout: the examples did not end within {limit:g} s"
        case Completed():
            return "the job gave no findings"
        case other:
            return other.told


def _version() -> str:
    return version("hypothesis")


def versions() -> Mapping[str, str]:
    """The tool that this engine rests on."""
    return {"hypothesis": _version()}
