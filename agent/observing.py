"""Looks at what a function does, in the worker that has a warm sandbox for its code."""

from __future__ import annotations

import os

from verify_agent.agent.run_engines import engine
from verify_agent.agent.run_worker import Request
from verify_agent.agent.state import PROPERTIES
from verify_agent.verifier.engines.observations import (
    Input,
    Observation,
    Outcome,
    observed,
    repeated,
)
from verify_agent.verifier.engines.properties import PropertiesEngine
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.harness.wire import pack
from verify_agent.verifier.replay import Runner
from verify_agent.verifier.sandbox.policy import Completed
from verify_agent.verifier.subject import Subject

_COVERED = "verify_agent.agent.quality.coverage_job:covered"
_EXAMPLES = "verify_agent.agent.documenting.doctest_job:failing"
SECONDS = 8.0


def sandbox() -> Runner:
    """The sandbox of this process in which Hypothesis is loaded."""
    found = engine(PROPERTIES)
    assert isinstance(found, PropertiesEngine)
    return found.sandbox


def observe(subject: Subject, count: int, seed: int) -> tuple[Observation, ...]:
    """See `observed`."""
    return observed(subject, sandbox(), count=count, seed=seed)


def repeat(
    subjects: tuple[Subject, ...], inputs: tuple[Input, ...], seconds: float
) -> tuple[tuple[Outcome, ...], ...]:
    """What each of several versions does on the same inputs; see `repeated`."""
    return tuple(repeated(s, inputs, sandbox(), seconds=seconds) for s in subjects)


def failing_examples(subject: Subject) -> tuple[str, ...]:
    """The examples of the docstring that do not give what it says; see `doctest_job`."""
    answer = sandbox().call(
        _EXAMPLES, {"subject": pack(subject)}, wall_seconds=SECONDS - 1, roots=subject.roots
    )
    if not isinstance(answer, Completed):
        raise ToolMissing(f"the docstring's examples were not run: {answer}")
    return tuple(answer.value)


def covered(subject: Subject, tests: str, file: str, seconds: float) -> tuple[int, int]:
    """Statements and branches of the function that the tests reach, and how many there are.

    `ToolMissing` where coverage.py gives no answer.
    """
    payload = {"subject": pack(subject), "tests": tests, "file": file, "seconds": seconds}
    roots = (*subject.roots, os.path.dirname(file))
    answer = sandbox().call(_COVERED, payload, wall_seconds=seconds + 3.0, roots=roots)
    if not isinstance(answer, Completed):
        raise ToolMissing(f"the coverage of the tests was not measured: {answer}")
    return answer.value["covered"], answer.value["all"]


def asked(function: str, *arguments: object) -> Request:
    """The request for one of these functions."""
    return Request(f"{__name__}:{function}", arguments)
