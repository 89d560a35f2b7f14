"""What a function does on inputs that its contract allows: the host's side.

An observation is a fact about one run under CPython, without a word on whether it is right.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.harness.wire import pack
from verify_agent.verifier.replay import Runner
from verify_agent.verifier.sandbox.policy import Completed, TimedOut
from verify_agent.verifier.subject import Subject

_DRAW = "verify_agent.verifier.engines.observations_job:draw"
_LOOK = "verify_agent.verifier.engines.observations_job:look"
_REPEAT = "verify_agent.verifier.engines.observations_job:repeat"

RETURNED, RAISED, HUNG, OTHER = "returned", "raised", "hung", "other"


@dataclass(frozen=True)
class Input:
    """Statements to run first, an expression for each argument by name, and the call as text."""

    setup: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]
    call: str


@dataclass(frozen=True)
class Outcome:
    """What came of a call.

    `kind` is `returned`, `raised`, `hung` (no end within the time) or `other` (out of memory, an
    object without a literal). `text` is the result's `repr`, or the exception's name, and
    `message` the exception's text. `after` has the arguments that the call changed: name to
    `repr`, an attribute as `name.attribute`.
    """

    kind: str
    text: str = ""
    message: str = ""
    after: tuple[tuple[str, str], ...] = ()

    @property
    def exact(self) -> bool:
        """Whether a test can say exactly this."""
        return self.kind in (RETURNED, RAISED)


@dataclass(frozen=True)
class Observation:
    """One input with its outcome; `path` names the lines that the run went through, in pairs."""

    input: Input
    outcome: Outcome
    path: frozenset[tuple[int, int]] = frozenset()


def observed(
    subject: Subject, sandbox: Runner, *, count: int = 150, seed: int = 0, seconds: float = 3.0
) -> tuple[Observation, ...]:
    """Up to `count` distinct allowed inputs with what came of each, the shortest first.

    Inputs on which the function breaks its contract are left out. Empty where no input can be
    made. `ToolMissing` where the sandbox gives no answer.
    """
    payload = {"subject": pack(subject), "count": count, "seed": seed, "seconds": seconds}
    answer = sandbox.call(_DRAW, payload, wall_seconds=seconds + 4.0, roots=subject.roots)
    if isinstance(answer, TimedOut):
        return ()
    if not isinstance(answer, Completed):
        raise ToolMissing(f"no inputs were drawn: {answer}")
    found = [observation_of(raw) for raw in answer.value]
    return tuple(sorted(found, key=_size))


def repeated(
    subject: Subject, inputs: Sequence[Input], sandbox: Runner, *, seconds: float = 3.0
) -> tuple[Outcome, ...]:
    """What another version of the function does on the same inputs, in their order.

    After a call that does not end, or when the seconds (of the processor) are over, the rest is
    `other`: not run.
    """
    payload = {
        "subject": pack(subject),
        "inputs": [(list(i.setup), list(i.arguments)) for i in inputs],
        "seconds": seconds,
    }
    answer = sandbox.call(_REPEAT, payload, wall_seconds=3 * seconds + 4.0, roots=subject.roots)
    if isinstance(answer, Completed):
        return tuple(outcome_of(raw) for raw in answer.value)
    return tuple(Outcome(OTHER, type(answer).__name__) for _ in inputs)


def looked(
    subject: Subject, arguments: Mapping[str, str], sandbox: Runner, seconds: float = 3.0
) -> Observation | None:
    """What the function does on arguments given as source text; None where they are not allowed."""
    payload = {"subject": pack(subject), "arguments": dict(arguments)}
    answer = sandbox.call(_LOOK, payload, wall_seconds=seconds, roots=subject.roots)
    raw = answer.value if isinstance(answer, Completed) else None
    return None if raw is None else observation_of(raw)


def killed(wanted: Outcome, came: Outcome) -> bool:
    """Whether a test that demands the wanted outcome fails on what came.

    A call that does not end fails its test, if only by the patience of whoever waits. What ran
    out of memory, or can't be compared, counts for nothing.
    """
    if came.kind == HUNG:
        return True
    if came.kind == OTHER:
        return False
    if wanted.kind == RAISED or came.kind == RAISED:
        return (wanted.kind, wanted.text) != (came.kind, came.text)
    if differ(wanted.text, came.text):
        return True
    later = dict(came.after)
    return any(place in later and differ(value, later[place]) for place, value in wanted.after) or (
        wanted.kind == RETURNED and any(place not in later for place, _ in wanted.after)
    )


def differ(wanted: str, came: str) -> bool:
    """Whether `assert came == wanted` fails; truth values and None are compared by identity.

    >>> differ("1", "True"), differ("True", "1"), differ("[1, 2]", "[1, 3]")
    (False, True, True)
    """
    if wanted in ("True", "False", "None"):
        return wanted != came
    return bool(ast.literal_eval(wanted) != ast.literal_eval(came))


def observation_of(raw: Mapping[str, Any]) -> Observation:
    """The observation that JSON carried."""
    arguments = tuple((n, t) for n, t in raw["arguments"])
    made = Input(tuple(raw["setup"]), arguments, raw["call"])
    path = frozenset((a, b) for a, b in raw["path"])
    return Observation(made, outcome_of(raw["outcome"]), path)


def outcome_of(raw: Mapping[str, Any]) -> Outcome:
    """The outcome that JSON carried."""
    after = tuple((n, t) for n, t in raw["after"])
    return Outcome(raw["kind"], raw["text"], raw["message"], after)


def _size(seen: Observation) -> tuple[int, int, str]:
    made = seen.input
    return len(made.setup), sum(map(len, (*made.setup, made.call))), made.call
