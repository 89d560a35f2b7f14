"""A campaign of random calls against one subject. Runs in the sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import HypothesisException

from verify_agent.verifier.engines.coverage import Coverage
from verify_agent.verifier.engines.strategies import Strategy
from verify_agent.verifier.engines.strategies_recipe import Recipe, recipe
from verify_agent.verifier.evidence import Counterexample
from verify_agent.verifier.harness.results import (
    CallResult,
    NotAllowed,
    Passed,
    Resource,
    TimeUp,
    Unjudged,
    Violation,
)

_MOST_HANGS = 2
_TRACED = 60
Judge = Callable[[Recipe], CallResult]


class Broken(Exception):
    """What the test function raises so that Hypothesis looks for a smaller input."""


@dataclass
class Tally:
    """What the calls of a campaign came to; `broken` holds the smallest input by obligation."""

    generated: int = 0
    rejected: int = 0
    passed: set[str] = field(default_factory=set)
    refused: str = ""
    hung: list[str] = field(default_factory=list)
    resources: int = 0
    unjudged: str = ""
    broken: dict[str, Counterexample] = field(default_factory=dict)

    def keep(self, obligation: str, found: Counterexample) -> None:
        """Keep the counterexample if it is the smallest so far; of two the later, being simpler."""
        old = self.broken.get(obligation)
        if old is None or _size(found) <= _size(old):
            self.broken[obligation] = found


@dataclass
class Campaign:
    """Draws inputs, judges each, keeps count.

    `write` turns a recipe into the statements and the call to show, `judge` runs it. `deadline`
    is a time of `time.monotonic`; after it no more calls are made.
    """

    write: Callable[[Recipe], tuple[tuple[str, ...], str]]
    judge: Judge
    deadline: float
    coverage: Coverage | None = None
    tally: Tally = field(default_factory=Tally)

    def run(self, strategy: Strategy, examples: int, seed: int) -> None:
        """Rounds of examples, until one round breaks nothing that was not broken before."""
        known = set(self.tally.broken)
        while not self.over:
            self._round(strategy, examples, seed, known)
            new = set(self.tally.broken) - known
            if not new:
                return
            known |= new

    @property
    def over(self) -> bool:
        """Whether the time is up, or the function hangs too often to go on."""
        return time.monotonic() > self.deadline or len(self.tally.hung) >= _MOST_HANGS

    def try_all(self, inputs: Iterable[Mapping[str, Any]], most: int) -> None:
        """Judge up to `most` of these inputs, in their order."""
        for number, values in enumerate(inputs):
            if number >= most or self.over:
                return
            self.one(values, set())

    def _round(self, strategy: Strategy, examples: int, seed: int, known: set[str]) -> None:
        @hypothesis.seed(seed)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @given(strategy)
        def test(values: Mapping[str, Any]) -> None:
            if not self.over:
                self.one(values, known)

        try:
            test()
        except (Broken, HypothesisException):
            # What was found stands in the tally. Hypothesis's own complaints (nothing can be
            # drawn, an outcome that changed when the time was up) show in the counts.
            return

    def one(self, values: Mapping[str, Any], known: set[str]) -> None:
        """Judge one input; raises `Broken` for a violation of anything not yet known."""
        made = recipe(values)
        self.tally.generated += 1
        result = self._judged(made)
        setup, call = self.write(made)
        match result:
            case Passed():
                self.tally.passed.add("\n".join((*setup, call)))
            case NotAllowed(text=text):
                self.tally.refused = text
                self.tally.rejected += 1
                if hypothesis.currently_in_test_context():
                    hypothesis.reject()
            case Violation():
                self._violated(result, setup, call, known)
            case Resource(kind="time"):
                self.tally.hung.append("; ".join((*setup, call)))
            case Resource():
                self.tally.resources += 1
            case Unjudged(reason=reason):
                self.tally.unjudged = reason

    def _judged(self, made: Recipe) -> CallResult:
        coverage = self.coverage
        watched = coverage is not None and coverage.traced < _TRACED
        with coverage.tracing() if coverage and watched else nullcontext():
            try:
                return self.judge(made)
            except TimeUp:
                return Resource("time")

    def _violated(
        self, found: Violation, setup: tuple[str, ...], call: str, known: set[str]
    ) -> None:
        fresh = False
        for violation in (found, *found.also):
            seen = Counterexample(call, violation.outcome, setup, violation.expected)
            if violation.obligation_id not in known:
                self.tally.keep(violation.obligation_id, seen)
                fresh = True
        if fresh and hypothesis.currently_in_test_context():
            raise Broken(found.obligation_id)


def _size(found: Counterexample) -> tuple[int, int]:
    return len(found.setup), sum(map(len, (*found.setup, found.call)))
