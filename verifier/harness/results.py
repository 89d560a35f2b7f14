"""What a judged call comes to."""

from __future__ import annotations

import inspect
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from verify_agent.contracts.model import Condition
from verify_agent.verifier.harness.values import Frame

_REPEAT_SECONDS = 0.05


@dataclass(frozen=True)
class NotAllowed:
    """The contract says nothing about this call; `text` says why."""

    text: str


@dataclass(frozen=True)
class Passed:
    """The call kept every promise."""

    outcome: str


@dataclass(frozen=True)
class Violation:
    """The call broke the obligation of that id; `also` holds others that it broke."""

    obligation_id: str
    kind: str
    text: str
    outcome: str
    expected: str
    also: tuple[Violation, ...] = ()


@dataclass(frozen=True)
class Resource:
    """The call ran out of `memory`, `recursion` depth or `time`: no word on the contract."""

    kind: str


@dataclass(frozen=True)
class Unjudged:
    """The call can't be judged by itself: a callee broke its own promise, say."""

    reason: str


CallResult = NotAllowed | Passed | Violation | Resource | Unjudged


class TimeUp(BaseException):
    """The alarm of one call."""


class CalleePrecondition(AssertionError):
    """The function called itself where its own precondition does not hold."""


class NestedViolation(AssertionError):
    """A call that the function made to itself broke the contract."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.text)
        self.violation = violation


@dataclass(frozen=True)
class Entry:
    """What was found on entry: exceptions that are due, snapshots (or why not), the frame."""

    due: tuple[tuple[type[BaseException], str, Condition, bool], ...]
    old: object
    frame: Frame
    spare: dict[str, Any] | None


@dataclass(frozen=True)
class Returned:
    """How the function itself ended: a value, or an exception."""

    text: str
    value: object = None
    error: BaseException | None = None


def invoke(
    function: Callable[..., Any], signature: inspect.Signature, args: Mapping[str, Any]
) -> Any:
    """Call with arguments by parameter, each handed over as its kind asks."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for name, parameter in signature.parameters.items():
        match parameter.kind:
            case inspect.Parameter.VAR_POSITIONAL:
                positional.extend(args[name])
            case inspect.Parameter.VAR_KEYWORD:
                named.update(args[name])
            case inspect.Parameter.KEYWORD_ONLY:
                named[name] = args[name]
            case _:
                positional.append(args[name])
    return function(*positional, **named)


def of_the_world(error: BaseException) -> str:
    """Why an exception says something of this sandbox, not of the function; empty if it may not.

    What the system refuses here (a file, a socket, a module) may well be there elsewhere.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return f"it depends on the world outside: {error}"
    if isinstance(error, ImportError):
        return f"it imports what is not here: {error}"
    return ""


@contextmanager
def alarm(seconds: float | None, *, of_processor: bool = False) -> Iterator[None]:
    """Raise `TimeUp` in this, the main, thread after so long; again and again if it is caught.

    The seconds are of the wall's clock, or of this process's own on the processor.
    """
    if seconds is None:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeUp

    number = signal.SIGPROF if of_processor else signal.SIGALRM
    clock = signal.ITIMER_PROF if of_processor else signal.ITIMER_REAL
    before = signal.signal(number, ring)
    signal.setitimer(clock, seconds, _REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(clock, 0)
        signal.signal(number, before)
