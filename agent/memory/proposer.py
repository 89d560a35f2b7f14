"""What solved this contract before is proposed first; whoever proposes else comes after it.

A remembered program is trusted with nothing. It must pass the contract on the search's own cases
to be proposed at all, and is then judged by every engine, as any candidate. Inputs that refuted
candidates of this contract are the first that the next proposer hears of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verify_agent.agent.found_first import FoundFirst, Program
from verify_agent.agent.memory.adapting import arrangements, from_form, inputs_from_form
from verify_agent.agent.memory.normal import Normal, normal
from verify_agent.agent.memory.store import Memory
from verify_agent.agent.task import IMPLEMENT, Task
from verify_agent.verifier.evidence import Counterexample

EXACT = "memory"
RELATED = "memory of a related contract"
#: So many related programs are looked at.
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
class Remembering(FoundFirst):
    """Memory before another proposer."""

    folder: Path
    _known: tuple[Counterexample, ...] = field(default=(), init=False)
    _said: list[str] = field(default_factory=list, init=False)

    def found(self) -> list[Program]:
        """The programs worth a try; memory is read at once and closed."""
        try:
            return self._recalled()
        except Exception as problem:  # what is only a help must not end a run
            self._said.append(f"memory was not read: {type(problem).__name__}: {problem}")
            return []

    @property
    def known(self) -> tuple[Counterexample, ...]:
        """Inputs that refuted candidates of this contract."""
        return self._known

    @property
    def notes(self) -> tuple[str, ...]:
        """What came from memory, what is wrong with it, and what the other proposer says."""
        return (*self._said, *super().notes)

    def _recalled(self) -> list[Program]:
        asked = form_of(self.task)
        if asked is None:
            return []
        memory = Memory(self.folder)
        try:
            found = self._programs(memory, asked)
            inputs = [f.inputs for f in memory.failures(asked.key)]
        finally:
            memory.close()
        self._said += [f"memory: {note}" for note in memory.notes]
        self._known = tuple(_calls(inputs, asked))
        return found

    def _programs(self, memory: Memory, asked: Normal) -> list[Program]:
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
        return [
            Program(text, strategy, f"remembered: {title}")
            for text, (strategy, title) in found.items()
        ]


def _calls(inputs: list[str], asked: Normal) -> Iterator[Counterexample]:
    """Remembered inputs as calls of the task's function: claims, that are judged afresh."""
    name = asked.signature.name
    read = (inputs_from_form(text, asked) for text in inputs)
    for values in [v for v in read if v is not None][:MOST_INPUTS]:
        yield Counterexample(f"{name}({', '.join(map(repr, values))})", "remembered")
