"""Programs found elsewhere, in memory or in the codebase, proposed before another proposer's.

They are trusted with nothing. Each must use only what the task allows and pass the contract on the
search's own cases to be proposed at all, and is then judged by every engine, as any candidate.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.synth.render import size
from verify_agent.agent.task import Task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.errors import VerifyAgentError
from verify_agent.verifier.evidence import Counterexample

if TYPE_CHECKING:
    from verify_agent.agent.proposers import Proposer
    from verify_agent.agent.synth.context import Context

#: So many of them are proposed in a run.
MOST_PROPOSED = 2


@dataclass(frozen=True)
class Program:
    """The text of a function, and what is told where it passes."""

    text: str
    strategy: str
    told: str


@dataclass
class FoundFirst(ABC):
    """What was found elsewhere before another proposer; `context` gives the search's cases."""

    task: Task
    inner: Proposer
    context: Callable[[], Context]
    heard: Callable[[str], None] = field(default=lambda text: None, kw_only=True)
    _passing: Iterator[Candidate] | None = field(default=None, init=False)
    _proposed: int = field(default=0, init=False)
    _mine: bool = field(default=False, init=False)

    @abstractmethod
    def found(self) -> Iterable[Program]:
        """The programs worth a try, asked for once."""

    @property
    def known(self) -> tuple[Counterexample, ...]:
        """Counterexamples that the other proposer hears of first."""
        return ()

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """A program that passes the known cases, else the next of the other proposer."""
        if self._passing is None:
            self._passing = self._candidates(self.found())
        self._mine = True
        candidate = next(self._passing, None) if self._proposed < MOST_PROPOSED else None
        if candidate is not None:
            self._proposed += 1
            return candidate
        self._mine = False
        return self.inner.propose((*self.known, *counterexamples), deadline)

    def simplify(self, candidate: Candidate) -> Candidate:
        """What was found is proposed as it is; others as their proposer does it."""
        return candidate if self._mine else self.inner.simplify(candidate)

    def learn(self, said: Mapping[str, Said]) -> None:
        """Told to the other proposer, of its own candidates."""
        from verify_agent.agent.proposers import Attentive

        if not self._mine and isinstance(self.inner, Attentive):
            self.inner.learn(said)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the other proposer says."""
        from verify_agent.agent.proposers import Telling

        return self.inner.notes if isinstance(self.inner, Telling) else ()

    def close(self) -> None:
        """Close the other proposer."""
        self.inner.close()

    def _candidates(self, found: Iterable[Program]) -> Iterator[Candidate]:
        context: Context | None = None
        for program in found:
            try:
                context = context or self.context()
            except VerifyAgentError:  # there are no cases: the other proposer will say so
                return
            (node,) = ast.parse(program.text).body
            assert isinstance(node, ast.FunctionDef)
            if context.uses_allowed(list(node.body)) and context.passes(node, learn=False):
                self.heard(program.told)
                yield Candidate(program.text, program.strategy, size(node), remembered=True)
