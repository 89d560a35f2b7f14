"""What solved this contract before is proposed first; whoever proposes else comes after it.

A remembered program is trusted with nothing. It must pass the contract on the search's own cases
to be proposed at all, and is then judged by every engine, as any candidate. Inputs that refuted
candidates of this contract are the first that the next proposer hears of.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from verify_agent.agent.memory.adapting import arrangements, from_form, inputs_from_form
from verify_agent.agent.memory.normal import Normal, normal
from verify_agent.agent.memory.store import Memory
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.synth.render import size
from verify_agent.agent.task import IMPLEMENT, Task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.errors import VerifyAgentError
from verify_agent.verifier.evidence import Counterexample

if TYPE_CHECKING:
    from verify_agent.agent.proposers import Proposer
    from verify_agent.agent.synth.context import Context

EXACT = "memory"
RELATED = "memory of a related contract"
#: So many remembered programs are proposed in a run, and so many related ones looked at.
MOST_PROPOSED = 2
MOST_RELATED = 12
MOST_INPUTS = 8


def form_of(task: Task) -> Normal | None:
    """The normal form under which memory knows a task; None where it keeps nothing of it."""
    if task.kind != IMPLEMENT or "." in task.qualname:
        return None
    try:
        reference = task.reference.read_text(encoding="utf-8") if task.reference else ""
    except (OSError, UnicodeDecodeError):
        return None
    return normal(task, reference)


@dataclass
class Remembering:
    """Memory before another proposer; `context` gives the search's cases for a first look."""

    task: Task
    inner: Proposer
    context: Callable[[], Context]
    folder: Path
    heard: Callable[[str], None] = lambda text: None
    _asked: Normal | None = field(default=None, init=False)
    _remembered: Iterator[Candidate] | None = field(default=None, init=False)
    _known: tuple[Counterexample, ...] = field(default=(), init=False)
    _proposed: int = field(default=0, init=False)
    _said: list[str] = field(default_factory=list, init=False)
    _mine: bool = field(default=False, init=False)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """A remembered program that passes the known cases, else the next of the other proposer."""
        if self._remembered is None:
            try:
                self._remembered = self._recalled()
            except Exception as problem:  # what is only a help must not end a run
                self._remembered = iter(())
                self._said.append(f"memory was not read: {type(problem).__name__}: {problem}")
        self._mine = True
        while self._proposed < MOST_PROPOSED:
            candidate = next(self._remembered, None)
            if candidate is None:
                break
            self._proposed += 1
            return candidate
        self._mine = False
        return self.inner.propose((*self._known, *counterexamples), deadline)

    def simplify(self, candidate: Candidate) -> Candidate:
        """A remembered program was delivered as it is; others as their proposer does it."""
        return candidate if self._mine else self.inner.simplify(candidate)

    def learn(self, said: Mapping[str, Said]) -> None:
        """Told to the other proposer, of its own candidates."""
        from verify_agent.agent.proposers import Attentive

        if not self._mine and isinstance(self.inner, Attentive):
            self.inner.learn(said)

    @property
    def notes(self) -> tuple[str, ...]:
        """What came from memory, what is wrong with it, and what the other proposer says."""
        from verify_agent.agent.proposers import Attentive

        others = self.inner.notes if isinstance(self.inner, Attentive) else ()
        return (*self._said, *others)

    def close(self) -> None:
        """Close the other proposer."""
        self.inner.close()

    def _recalled(self) -> Iterator[Candidate]:
        """The programs worth a try; memory is read at once and closed."""
        self._asked = form_of(self.task)
        if self._asked is None:
            return iter(())
        memory = Memory(self.folder)
        try:
            found = self._programs(memory, self._asked)
            inputs = [f.inputs for f in memory.failures(self._asked.key)]
        finally:
            memory.close()
        self._said += [f"memory: {note}" for note in memory.notes]
        self._known = tuple(_calls(inputs, self._asked))
        return self._passing(found) if found else iter(())

    def _programs(self, memory: Memory, asked: Normal) -> list[tuple[str, str, str]]:
        """Texts of functions of this task, by what they were, and for which contract."""
        found: dict[str, tuple[str, str]] = {}
        exact = memory.solved(asked.key)
        if exact is not None:
            text = from_form(exact.program, asked)
            if text is not None:
                found[text] = (EXACT, exact.title)
        for related in memory.relatives(asked.family)[:MOST_RELATED]:
            if related.key != asked.key:
                for text in arrangements(related.program, asked):
                    found.setdefault(text, (RELATED, related.title))
        return [(text, strategy, title) for text, (strategy, title) in found.items()]

    def _passing(self, found: list[tuple[str, str, str]]) -> Iterator[Candidate]:
        """Those that use only what they may and meet the contract on the search's cases."""
        try:
            context = self.context()
        except VerifyAgentError:  # it has no cases to look at: the other proposer will say so
            return
        for text, strategy, title in found:
            (node,) = ast.parse(text).body
            assert isinstance(node, ast.FunctionDef)
            if not context.uses_allowed(list(node.body)):
                continue
            if context.passes(node, learn=False):
                self.heard(f"remembered: {title}")
                yield Candidate(text, strategy, size(node), remembered=True)


def _calls(inputs: list[str], asked: Normal) -> Iterator[Counterexample]:
    """Remembered inputs as calls of the task's function: claims, that are judged afresh."""
    name = asked.signature.name
    read = (inputs_from_form(text, asked) for text in inputs)
    for values in [v for v in read if v is not None][:MOST_INPUTS]:
        yield Counterexample(f"{name}({', '.join(map(repr, values))})", "remembered")
