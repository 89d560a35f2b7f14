"""What engines claim, run for real: candidates become refuted or stay what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.replay import NotReproduced, Replayed, Runner, replay
from verify_agent.verifier.subject import Subject


def judged(
    subject: Subject, attempts: Mapping[str, Attempt], sandbox: Runner, seconds: float = 5.0
) -> list[tuple[str, Attempt]]:
    """The attempts, by obligation id, with every unreplayed counterexample run once.

    One that a run bears out is `REFUTED`, on the obligation that the run broke.
    """
    return [
        pair
        for obligation_id, attempt in attempts.items()
        for pair in _one(subject, obligation_id, attempt, sandbox, seconds)
    ]


def _one(
    subject: Subject, obligation_id: str, attempt: Attempt, sandbox: Runner, seconds: float
) -> Iterator[tuple[str, Attempt]]:
    claimed = attempt.counterexample
    if attempt.outcome is not Verdict.CANDIDATE or claimed is None:
        yield obligation_id, attempt
        return
    if "not borne out" in attempt.reason or "not in a fresh process" in attempt.reason:
        yield obligation_id, attempt
        return
    match replay(subject, claimed, sandbox, seconds, claimed=obligation_id):
        case Replayed(counterexample=seen, obligation_id=broken):
            refuted = replace(attempt, outcome=Verdict.REFUTED, reason="", counterexample=seen)
            yield broken, refuted
            if broken != obligation_id:
                reason = f"its counterexample breaks another obligation, {broken}"
                yield obligation_id, replace(attempt, reason=reason)
        case NotReproduced(reason=reason):
            told = "; ".join(filter(None, (attempt.reason, f"not borne out: {reason}")))
            yield obligation_id, replace(attempt, reason=told)
