"""A claimed counterexample, run for real: only what is seen here may be called refuted."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from verify_agent.verifier.evidence import Counterexample
from verify_agent.verifier.harness.wire import pack
from verify_agent.verifier.sandbox.policy import (
    Completed,
    Crashed,
    Forbidden,
    Killed,
    Outcome,
    OutOfMemory,
    TimedOut,
    TooMuchOutput,
    last_words,
)
from verify_agent.verifier.subject import Subject

_JOB = "verify_agent.verifier.harness.script:script_job"
_BACK_DOORS = ("__new__", "__dict__", "__setattr__", "__class__", "setattr", "__setstate__")


class Runner(Protocol):
    """A `Sandbox` or a `Zygote`."""

    def call(
        self,
        target: str,
        payload: Any = None,
        *,
        wall_seconds: float | None = None,
        memory_mb: int | None = None,
        roots: Sequence[str] = (),
    ) -> Outcome:
        """See `Sandbox.call`."""


@dataclass(frozen=True)
class Replayed:
    """The run broke `obligation_id`; `also` are ids of others that the same run broke."""

    counterexample: Counterexample
    obligation_id: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotReproduced:
    """The run did not bear the claim out; `diverged` where it never ended."""

    reason: str
    diverged: bool = False


def replay(
    subject: Subject,
    counterexample: Counterexample,
    sandbox: Runner,
    seconds: float = 5.0,
    claimed: str = "",
) -> Replayed | NotReproduced:
    """Run a counterexample from a fresh import under CPython, with the contract on.

    `claimed` is the id of the obligation that it should break: where the run breaks that one
    among others, it is the one that is named. A run that does not end is no refutation of
    partial correctness.
    """
    back_door = next(_back_doors(counterexample.setup), None)
    if back_door:
        return NotReproduced(f"the state is not shown to be reachable by public calls: {back_door}")
    payload = {
        "subject": pack(subject),
        "setup": list(counterexample.setup),
        "call": counterexample.call,
        "seconds": seconds,
    }
    outcome = sandbox.call(_JOB, payload, wall_seconds=seconds + 1.0, roots=subject.roots)
    match outcome:
        case Completed(value=dict() as found):
            return _judged(found, counterexample, claimed, seconds)
        case TimedOut(clock=clock, limit=limit):
            return NotReproduced(f"did not end within {limit:g} s ({clock} time)", diverged=True)
        case OutOfMemory():
            return NotReproduced("ran out of memory")
        case Killed(signal=number):
            return NotReproduced(f"the process was ended by signal {number}")
        case Crashed(text=text):
            return NotReproduced(f"the process ended early: {last_words(text)}")
        case TooMuchOutput(limit=limit):
            return NotReproduced(f"printed or returned more than {limit} bytes")
        case Forbidden(text=text):
            return NotReproduced(f"the code did what is forbidden: {text}")
        case other:
            return NotReproduced(f"the job gave no verdict: {other!r}")


def _judged(
    found: Mapping[str, Any], counterexample: Counterexample, claimed: str, seconds: float
) -> Replayed | NotReproduced:
    match found["result"]:
        case "violation":
            return _replayed(found, counterexample, claimed)
        case "not-allowed":
            return NotReproduced(f"the contract does not allow the call: {found['text']}")
        case "passed":
            return NotReproduced(f"the run kept the contract: {found['outcome']}")
        case "resource" if found["kind"] == "time":
            return NotReproduced(f"did not end within {seconds:g} s", diverged=True)
        case "resource":
            return NotReproduced(f"ran out of {found['kind']}")
        case "unjudged":
            return NotReproduced(str(found["reason"]))
        case other:
            return NotReproduced(f"the job gave no verdict: {other!r}")


def _replayed(found: Mapping[str, Any], counterexample: Counterexample, claimed: str) -> Replayed:
    broken = [found, *found["also"]]
    named = next((b for b in broken if b["obligation_id"] == claimed), found)
    seen = replace(
        counterexample, outcome=named["outcome"], expected=named["expected"], replayed=True
    )
    others = tuple(b["obligation_id"] for b in broken if b is not named)
    return Replayed(seen, named["obligation_id"], others)


def _back_doors(setup: Sequence[str]) -> Iterator[str]:
    """Statements that make a state which calls may not be able to make."""
    for line in setup:
        try:
            tree = ast.parse(line)
        except SyntaxError:
            yield line
            continue
        for node in ast.walk(tree):
            stored = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
            name = getattr(node, "attr", getattr(node, "id", ""))
            if stored or name in _BACK_DOORS:
                yield line
                break
