"""Looks at what a function does, in the worker that has a warm sandbox for its code."""

from __future__ import annotations

import ast
import os
from dataclasses import replace
from typing import Any

from verify_agent.agent.run_engines import engine
from verify_agent.agent.run_worker import Request
from verify_agent.agent.state import PROPERTIES
from verify_agent.verifier.engines.observations import (
    RETURNED,
    Input,
    Observation,
    Outcome,
    looked,
    observed,
    repeated,
)
from verify_agent.verifier.engines.properties import PropertiesEngine
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.harness.wire import pack
from verify_agent.verifier.replay import Runner
from verify_agent.verifier.sandbox.policy import Completed
from verify_agent.verifier.strength.programs import Program
from verify_agent.verifier.strength.sift import Sifted, sift
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


def look(subject: Subject, arguments: tuple[object, ...]) -> Observation | None:
    """What the function does on these arguments; None where it can't be said."""
    texts = dict(zip(subject.signature.names, map(repr, arguments), strict=True))
    return looked(subject, texts, sandbox())


def stated(subject: Subject) -> tuple[Observation, ...]:
    """The contract's examples of the form `f(1) == 2`, as observations."""
    found = (_of_example(subject, text) for text in subject.contract.examples)
    return tuple(seen for seen in found if seen is not None and seen.outcome.exact)


def _of_example(subject: Subject, text: str) -> Observation | None:
    match ast.parse(text, mode="eval").body:
        case ast.Compare(
            left=ast.Call(func=ast.Name(id=name), args=given, keywords=named),
            ops=[ast.Eq()],
            comparators=[value],
        ) if name == subject.qualname:
            names = subject.signature.names
            texts = dict(zip(names, map(ast.unparse, given), strict=False))
            texts |= {k.arg: ast.unparse(k.value) for k in named if k.arg}
            seen = looked(subject, texts, sandbox()) if _literals([*given, value]) else None
            # In brackets: the example says `== True`, which is less than `is True`.
            told = f"({ast.unparse(value)})"
            return replace(seen, outcome=Outcome(RETURNED, told)) if seen else None
        case _:
            return None


def _literals(nodes: list[ast.expr]) -> bool:
    try:
        return all(ast.literal_eval(node) is not ... for node in nodes)
    except (ValueError, TypeError):
        return False


def sifted(subject: Subject, programs: tuple[Program, ...], seed: int) -> tuple[Sifted, ...]:
    """Which of the programs break the subject's contract; see `sift`."""
    return sift(subject, programs, sandbox(), seed=seed)


def run_tests(subject: Subject, tests: str, file: str, seconds: float) -> dict[str, Any]:
    """What came of running generated tests under coverage.py; see `coverage_job.covered`.

    `ToolMissing` where coverage.py gives no answer.
    """
    payload = {"subject": pack(subject), "tests": tests, "file": file, "seconds": seconds}
    roots = (*subject.roots, os.path.dirname(file))
    answer = sandbox().call(_COVERED, payload, wall_seconds=seconds + 3.0, roots=roots)
    if not isinstance(answer, Completed):
        raise ToolMissing(f"the coverage of the tests was not measured: {answer}")
    found: dict[str, Any] = answer.value
    return found


def asked(function: str, *arguments: object) -> Request:
    """The request for one of these functions."""
    return Request(f"{__name__}:{function}", arguments)
