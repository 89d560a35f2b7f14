"""The counterexample before and after, run for real in the worker that has a sandbox."""

from __future__ import annotations

from dataclasses import dataclass

from verify_agent.agent.run_engines import replays
from verify_agent.verifier.evidence import Counterexample
from verify_agent.verifier.replay import NotReproduced, Replayed, replay
from verify_agent.verifier.subject import Subject


@dataclass(frozen=True)
class Gone:
    """A call that broke the contract: `before` as it was seen, `after` what it does now."""

    before: Counterexample
    after: str


def gone(before: Subject, after: Subject, claimed: Counterexample) -> Gone | None:
    """The call run on both versions; None where the first run does not break the contract."""
    first = replay(before, claimed, replays())
    if not isinstance(first, Replayed):
        return None
    match replay(after, claimed, replays()):
        case NotReproduced(reason=reason):
            return Gone(first.counterexample, reason)
        case Replayed(counterexample=still):
            return Gone(first.counterexample, f"it still breaks: {still.outcome}")
