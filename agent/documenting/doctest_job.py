"""Runs the examples in a function's docstring. Runs in the sandbox."""

from __future__ import annotations

import doctest
import io
from collections.abc import Mapping
from typing import Any

from verify_agent.verifier.harness.module import load, target_of
from verify_agent.verifier.harness.results import TimeUp, alarm
from verify_agent.verifier.harness.wire import unpack

_SECONDS = 3.0


def failing(payload: Mapping[str, Any]) -> list[str]:
    """The examples, as source, of which the result is not what the docstring says."""
    subject = unpack(payload["subject"])
    module = load(subject)
    function = target_of(module, subject.qualname).original
    test = doctest.DocTestParser().get_doctest(
        function.__doc__ or "", dict(vars(module)), subject.qualname, subject.path, 0
    )
    runner = _Runner(verbose=False)
    try:
        with alarm(_SECONDS):
            runner.run(test, out=io.StringIO().write, clear_globs=False)
    except TimeUp:
        return [e.source.strip() for e in test.examples]
    return runner.wrong


class _Runner(doctest.DocTestRunner):
    """Keeps the examples that fail."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.wrong: list[str] = []

    def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        self.wrong.append(example.source.strip())

    def report_unexpected_exception(
        self, out: Any, test: Any, example: doctest.Example, exc_info: Any
    ) -> None:
        self.wrong.append(example.source.strip())
