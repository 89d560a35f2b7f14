"""Functions of the codebase that meet a contract on known cases, before another proposer.

They are trusted with nothing: each is judged by every engine, as any candidate.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from verify_agent.agent.repair.codebase import Codebase, codebase_of
from verify_agent.agent.similar.gather import Function, functions_in
from verify_agent.agent.similar.offering import offers
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.synth.render import size
from verify_agent.agent.task import Task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.errors import BadSource, VerifyAgentError
from verify_agent.verifier.evidence import Counterexample

if TYPE_CHECKING:
    from verify_agent.agent.proposers import Proposer
    from verify_agent.agent.synth.context import Context

STRATEGY = "a function of the codebase"
MOST_PROPOSED, MOST_TRIED = 2, 200
#: Of the clock, for reading the codebase.
SECONDS = 3.0


def functions_of_codebase(codebase: Codebase, seconds: float = SECONDS) -> list[Function]:
    """The functions of the codebase's files, as many as can be read in the time."""
    stop = time.monotonic() + seconds
    found: list[Function] = []
    for path in codebase.files:
        if time.monotonic() > stop:
            break
        try:
            found.extend(functions_in(path))
        except BadSource:
            continue
    return found


@dataclass
class Neighbouring:
    """The codebase's functions before another proposer; `context` gives the search's cases."""

    task: Task
    inner: Proposer
    context: Callable[[], Context]
    heard: Callable[[str], None] = lambda text: None
    _offered: Iterator[Candidate] | None = field(default=None, init=False)
    _proposed: int = field(default=0, init=False)
    _mine: bool = field(default=False, init=False)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """A function that passes the known cases, else the next of the other proposer."""
        if self._offered is None:
            self._offered = self._passing()
        self._mine = True
        while self._proposed < MOST_PROPOSED:
            candidate = next(self._offered, None)
            if candidate is None:
                break
            self._proposed += 1
            return candidate
        self._mine = False
        return self.inner.propose(counterexamples, deadline)

    def simplify(self, candidate: Candidate) -> Candidate:
        """A person wrote it like this; others as their proposer does it."""
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

    def _passing(self) -> Iterator[Candidate]:
        origin = self.task.origin
        if origin is None or origin.path is None:
            return
        codebase = codebase_of(self.task)
        functions = functions_of_codebase(codebase)
        itself: tuple[Path, str] = (codebase.file, self.task.qualname)
        found = offers(self.task.signature, functions, itself, None, MOST_TRIED)
        if not found:
            return
        try:
            context = self.context()
        except VerifyAgentError:  # it has no cases to look at: the other proposer will say so
            return
        for offer in found:
            (node,) = ast.parse(offer.text).body
            assert isinstance(node, ast.FunctionDef)
            if context.uses_allowed(list(node.body)) and context.passes(node, learn=False):
                place = f"{codebase.relative(offer.function.path)}::{offer.function.qualname}"
                self.heard(f"like it in the codebase: {place}")
                yield Candidate(offer.text, STRATEGY, size(node), remembered=True)
