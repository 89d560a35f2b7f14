"""Who proposes code: one interface, and which proposer a task asks for.

A proposer is trusted with nothing. What it returns is a candidate like any other, and is judged
by the engines under the task's contract.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from verify_agent.agent.run_store import FOLDER
from verify_agent.agent.task import ABOUT_GIVEN, OPTIMIZE, REPAIR, SPECIFY, SYNTH, Task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.evidence import Counterexample

if TYPE_CHECKING:
    from verify_agent.agent.run_method import Method
    from verify_agent.agent.synth.problem import Candidate
    from verify_agent.agent.synth.synthesizer import Synthesizer


class Proposer(Protocol):
    """Proposes candidates for one task, each at most once."""

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """The next candidate, or None where there is none before the deadline.

        `counterexamples` are all that are known in this run, the oldest first; `deadline` is a
        time of the run's clock in seconds.
        """

    def simplify(self, candidate: Candidate) -> Candidate:
        """The candidate as a person would write it if that is shorter, else the same."""

    def close(self) -> None:
        """End every process that it started."""


@runtime_checkable
class Telling(Protocol):
    """A proposer that has something for the report."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the report should say of it."""


@runtime_checkable
class Attentive(Telling, Protocol):
    """A proposer that hears what became of its candidates, and has something for the report."""

    def learn(self, said: Mapping[str, Said]) -> None:
        """Hear what engines said of the last candidate."""


def proposer_for(
    task: Task,
    clock: Callable[[], float],
    heard: Callable[[str], None] = lambda text: None,
    folder: Path = Path(FOLDER),
) -> Proposer:
    """The proposer of a task's kind; to implement, memory, the codebase's own functions, who is
    named as provider, the search.

    `heard` is told in words what a language model or memory does, `folder` is where the answers
    of the one and the other are kept.
    """
    if task.kind in ABOUT_GIVEN:
        from verify_agent.agent.given import GivenProposer

        return GivenProposer(task)
    if task.kind == REPAIR:
        from verify_agent.agent.repair.proposer import RepairProposer

        if task.providers == (SYNTH,):
            return RepairProposer(task, clock)
        from verify_agent.agent.llm.choice import editors_for

        return RepairProposer(task, clock, editors=editors_for(task, heard, folder))
    if task.kind == OPTIMIZE:
        from verify_agent.agent.optimize.proposer import OptimizeProposer

        return OptimizeProposer(task, clock)
    if task.kind == SPECIFY:
        from verify_agent.agent.specify.proposer import SpecifyProposer

        return SpecifyProposer(task, clock)
    search = SearchProposer(task, clock)
    found: Proposer = search
    if task.providers != (SYNTH,):
        from verify_agent.agent.llm.choice import models_first

        found = models_first(task, search, clock, heard, folder)
    if not task.memory:
        return found
    if task.in_codebase and "." not in task.qualname:
        from verify_agent.agent.similar.proposer import Neighbouring

        found = Neighbouring(task, found, lambda: search.searching().context, heard=heard)
    from verify_agent.agent.memory.proposer import Remembering

    return Remembering(task, found, lambda: search.searching().context, folder, heard=heard)


@dataclass
class SearchProposer:
    """The offline synthesizer, over functions and over methods seen as functions."""

    task: Task
    clock: Callable[[], float]
    _synthesizer: Synthesizer | None = field(default=None, init=False)
    _known: int = field(default=0, init=False)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """The synthesizer's next candidate; counterexamples that are no plain call are left out."""
        method = self._method()
        if method is not None:  # a call of a method says nothing of the function searched for
            found = self.searching().propose(deadline=deadline)
            from verify_agent.agent.run_method import as_method

            return as_method(method, found) if found else None
        fresh = counterexamples[self._known :]
        self._known = len(counterexamples)
        inputs = [values for c in fresh if (values := arguments_of(c)) is not None]
        return self.searching().propose(inputs, deadline=deadline)

    def simplify(self, candidate: Candidate) -> Candidate:
        """The candidate after the synthesizer's rewriting rules; a method stays as it is."""
        if self._method() is not None:
            return candidate
        from verify_agent.agent.run_problem import simplified_candidate

        return simplified_candidate(self.searching().context, candidate)

    def close(self) -> None:
        """End the search's processes."""
        if self._synthesizer is not None:
            self._synthesizer.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """The strategies of the search that broke."""
        broken = self._synthesizer.broken if self._synthesizer is not None else {}
        return tuple(f"the strategy {name} broke: {cause}" for name, cause in broken.items())

    def _method(self) -> Method | None:
        from verify_agent.agent.run_method import as_function

        return as_function(self.task)

    def searching(self) -> Synthesizer:
        """The synthesizer, started when it is first asked for."""
        if self._synthesizer is None:
            from verify_agent.agent.run_problem import problem_of
            from verify_agent.agent.synth.synthesizer import Synthesizer

            self._synthesizer = Synthesizer(problem_of(self.task), clock=self.clock)
        return self._synthesizer


def arguments_of(counterexample: Counterexample) -> tuple[object, ...] | None:
    """The values in a call with literal positional arguments; None for any other.

    >>> arguments_of(Counterexample("f(-1, [2], 'a')", "False"))
    (-1, [2], 'a')
    """
    if counterexample.setup:
        return None
    try:
        call = ast.parse(counterexample.call, mode="eval").body
        if not isinstance(call, ast.Call) or call.keywords:
            return None
        return tuple(ast.literal_eval(a) for a in call.args)
    except (ValueError, SyntaxError, TypeError):
        return None
