"""A journal that puts into memory what a run found out: what was refuted, what was delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from verify_agent.agent.loop import Decision
from verify_agent.agent.memory.adapting import inputs_to_form, to_form
from verify_agent.agent.memory.normal import Normal
from verify_agent.agent.memory.proposer import EXACT, form_of
from verify_agent.agent.memory.records import Failure, Solved
from verify_agent.agent.memory.store import Memory
from verify_agent.agent.state import Ending, State
from verify_agent.agent.task import Task
from verify_agent.verifier.evidence import DEDUCTIVE, Counterexample, weakest


@dataclass
class Noting:
    """Hears a run's events; writes once, at its end. `complain` is told of trouble."""

    task: Task
    folder: Path
    complain: Callable[[str], None] = lambda text: None
    _refuted: list[tuple[str, Counterexample]] = field(default_factory=list, init=False)
    _wrong: bool = field(default=False, init=False)

    def decided(self, number: int, decision: Decision, state: State) -> None:
        """Nothing is known yet."""

    def happened(self, number: int, decision: Decision, before: State, after: State) -> None:
        """Hear which candidate was given up, and the input that refuted it."""
        gone = before.candidate
        if gone is None or len(after.rejections) == len(before.rejections):
            return
        if gone.strategy == EXACT:
            self._wrong = True
        fresh = after.counterexamples[len(before.counterexamples) :]
        self._refuted += [(gone.source, shown) for shown in fresh]

    def ended(self, state: State) -> None:
        """Keep what is worth it; a remembered program that failed here is forgotten."""
        delivered = state.ending is Ending.DELIVERED and state.candidate is not None
        if not (delivered or self._refuted or self._wrong):
            return
        try:
            self._write(state, delivered)
        except Exception as problem:  # what is only a help must not end a run that is done
            self.complain(f"memory was not written: {type(problem).__name__}: {problem}")

    def _write(self, state: State, delivered: bool) -> None:
        asked = form_of(self.task)
        if asked is None:
            return
        memory = Memory(self.folder)
        try:
            if self._wrong:
                memory.forget(key=asked.key, kind=Solved.kind)
            memory.keep(*self._failures(asked))
            made = self._solved(asked, state) if delivered else None
            if made is not None:
                memory.keep(made)
        finally:
            memory.close()
        for note in memory.notes:
            self.complain(note)

    def _failures(self, asked: Normal) -> list[Failure]:
        from verify_agent.agent.proposers import arguments_of

        found = []
        for source, shown in self._refuted:
            values, program = arguments_of(shown), to_form(source, asked)
            inputs = inputs_to_form(values, asked) if values is not None else None
            if inputs is not None and program is not None:
                found.append(
                    Failure(asked.key, asked.family, program, inputs, self.task.signature.name)
                )
        return found

    def _solved(self, asked: Normal, state: State) -> Solved | None:
        if state.candidate is None or state.candidate.strategy == EXACT:
            return None  # what is remembered already keeps its first record
        program = to_form(state.candidate.source, asked)
        if program is None:
            return None
        proofs = [
            a
            for o in state.obligations
            for a in o.attempts
            if a.engine == DEDUCTIVE and a.vc_sha256
        ]
        return Solved(
            asked.key,
            asked.family,
            asked.form,
            program,
            state.candidate.strategy,
            _title(self.task),
            weakest(o.verdict for o in state.obligations).value,
            tuple(dict.fromkeys(a.vc_sha256 for a in proofs)),
            tuple(dict.fromkeys(line for a in proofs for line in a.details)),
        )


def _title(task: Task) -> str:
    given = ", ".join(f"{p.name}: {p.annotation}" for p in task.signature.parameters)
    return f"{task.signature.name}({given}) -> {task.signature.returns}"
