"""Language models in the order of a task's `provider`, and the search after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from verify_agent.agent.llm.answers import Answers, Replay
from verify_agent.agent.llm.client import Client
from verify_agent.agent.llm.editor import Editor, Editors
from verify_agent.agent.llm.endpoint import endpoint
from verify_agent.agent.llm.memory import memory_over
from verify_agent.agent.llm.proposer import ModelProposer
from verify_agent.agent.llm.provider import Provider, ProviderError
from verify_agent.agent.llm.ranking import share_passed
from verify_agent.agent.llm.spending import Spending
from verify_agent.agent.task import SYNTH, Task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.evidence import Counterexample

if TYPE_CHECKING:
    from verify_agent.agent.proposers import Proposer, SearchProposer
    from verify_agent.agent.synth.problem import Candidate

REPLAY = "replay"
ANSWERS = "answers"

Heard = Callable[[str], None]


@dataclass
class InTurn:
    """Proposers in order of preference: the next one where one has no more to say, or fails.

    An endpoint that fails is told about and left for good. `spending` is the models' account.
    """

    proposers: list[Proposer]
    heard: Heard
    spending: Spending
    clock: Callable[[], float]
    problems: list[str] = field(default_factory=list)
    _last: Proposer | None = field(default=None, init=False)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """The next candidate of the first that has one."""
        while self.proposers:
            self._last = self.proposers[0]
            try:
                found = self._last.propose(counterexamples, self._share(deadline))
            except ProviderError as problem:
                self.problems.append(str(problem))
                self.heard(f"{problem}; on to the next provider")
                found = None
            if found is not None or len(self.proposers) == 1:
                return found
            self.proposers.pop(0).close()
        return None

    def _share(self, deadline: float) -> float:
        """Half of the time for one that has others behind it."""
        if len(self.proposers) == 1:
            return deadline
        now = self.clock()
        return now + (deadline - now) / 2

    def simplify(self, candidate: Candidate) -> Candidate:
        """As the one does that proposed it."""
        return self._last.simplify(candidate) if self._last else candidate

    def learn(self, said: Mapping[str, Said]) -> None:
        """Told to the one that proposed last."""
        from verify_agent.agent.proposers import Attentive

        if isinstance(self._last, Attentive):
            self._last.learn(said)

    def close(self) -> None:
        """Close those that are left."""
        for proposer in self.proposers:
            proposer.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """For the report: what the models cost, and the endpoints that failed."""
        return tuple(filter(None, (self.spending.text, *self.problems)))


def models_first(
    task: Task,
    search: SearchProposer,
    clock: Callable[[], float],
    heard: Heard,
    folder: Path,
) -> InTurn:
    """The models that the task names, then the search; answers are kept in the folder of state.

    Several samples are ranked by the cases that the search knows.
    """
    share = share_passed(lambda: search.searching().context)
    spending = Spending(task.budget.tokens)
    made = InTurn([], heard, spending, clock)
    answers = _answers(folder, heard)
    for provider, model in _models(task, heard, made.problems):
        made.proposers.append(
            ModelProposer(task, provider, model, spending, answers, heard, clock, share)
        )
    made.proposers.append(search)
    return made


def editors_for(task: Task, heard: Heard, folder: Path) -> Editors:
    """The models that the task names, as those who edit a function that is to be repaired."""
    spending, problems = Spending(task.budget.tokens), list[str]()
    answers = _answers(folder, heard)
    made = [
        Editor(task, provider, model, spending, answers, heard)
        for provider, model in _models(task, heard, problems)
    ]
    return Editors(made, spending, problems)


def _answers(folder: Path, heard: Heard) -> Answers:
    kept = (folder / ANSWERS).resolve()
    return Answers(kept, memory=memory_over(kept), heard=heard)


def _models(task: Task, heard: Heard, problems: list[str]) -> Iterator[tuple[Provider, str]]:
    """Those before the search that can be asked; why the others can't goes to `problems`."""
    for name in task.providers:
        if name == SYNTH:
            return
        try:
            yield _provider(name, task)
        except ProviderError as problem:
            problems.append(str(problem))
            heard(f"{problem}; on to the next provider")


def _provider(name: str, task: Task) -> tuple[Provider, str]:
    if name == REPLAY:
        return Replay(), task.model
    known = endpoint(name, task.model)
    return Client(known), known.model
