"""Proposes repairs: the module as it is where nothing is known against it, then small edits."""

from __future__ import annotations

import ast
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verify_agent.agent.history.versions import Version, history_of
from verify_agent.agent.proposers import SearchProposer, arguments_of
from verify_agent.agent.repair.earlier import Earlier
from verify_agent.agent.repair.first import First, firsts
from verify_agent.agent.repair.meeting import Change, strengthened
from verify_agent.agent.repair.others import others_like
from verify_agent.agent.repair.search import Repair, Search
from verify_agent.agent.repair.starting import origin_of
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.synth.contract.forbidden import used
from verify_agent.agent.synth.problem import Candidate, SynthesisProblem
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import find_node
from verify_agent.agent.task_subject import in_place
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.evidence import Counterexample

if TYPE_CHECKING:
    from verify_agent.agent.llm.editor import Editors

#: The share of the time after which the whole body is looked for instead.
EDITING = 0.6
FEW = 3


@dataclass
class RepairProposer:
    """Repairs of the task's function; a candidate's text is the whole module.

    `clock` gives seconds; `unmeetable` says that no body meets the contract. The first candidate
    is the module as it is, unless an input is found on which it breaks its contract. `editors` are
    language models that are asked before the search.
    """

    task: Task
    clock: Callable[[], float]
    unmeetable: bool = False
    editors: Editors | None = None
    _changes: Iterator[Change] | None = field(default=None, init=False)
    _text: str = field(default="", init=False)
    _first: First = field(init=False)
    _firsts: Iterator[First] = field(init=False)
    _trial: Trial | None = field(default=None, init=False)
    _repairs: Iterator[Repair] | None = field(default=None, init=False)
    _bodies: SearchProposer | None = field(default=None, init=False)
    _earlier: Earlier | None = field(default=None, init=False)
    _others: Iterator[tuple[str, str]] | None = field(default=None, init=False)
    _versions: Iterator[tuple[str, Version]] | None = field(default=None, init=False)
    _offered: set[str] = field(default_factory=set, init=False)
    _known: int = field(default=0, init=False)
    _gone: Counterexample | None = field(default=None, init=False)
    _stop: float = field(default=0.0, init=False)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """The next repair; None where nothing is left, or nothing is known to be wrong."""
        self._start()
        if not self._offered and not self._faulty():
            return self._as_it_is(self._first)
        self._learn(counterexamples)
        if not self._faulty() and not counterexamples and not self._doubtful():
            return None
        now = self.clock()
        self._stop = now + EDITING * max(0.0, deadline - now)
        if self.unmeetable:
            return self._strengthened()
        found = self._otherwise()
        found = found or self._edited_by_models(counterexamples)
        found = found or self._edited() or self._like_another()
        return found or self._other_body(counterexamples, deadline)

    def simplify(self, candidate: Candidate) -> Candidate:
        """The same: a repair stays as small as it is."""
        return candidate

    def close(self) -> None:
        """End the search for another body, and let the models go."""
        if self._bodies is not None:
            self._bodies.close()
        if self.editors is not None:
            self.editors.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """For the report: what language models cost, and what git knows of the function."""
        models = self.editors.notes if self.editors is not None else ()
        renamed = origin_of(self.task).renamed
        kept = renamed.notes if renamed is not None else ()
        return (*models, *kept, *(self._earlier.notes if self._earlier is not None else ()))

    @property
    def failing(self) -> tuple[tuple[object, ...], ...]:
        """A few inputs on which the function fails, none of them with an object in it."""
        self._start()
        found = self._trial.failing if self._trial is not None else []
        return tuple(tuple(args) for args in found if _literal(args))[:FEW]

    @property
    def changing(self) -> bool:
        """Whether a body may change its arguments, so that no result alone can be judged."""
        self._start()
        contract = self.task.contract
        if contract.modifies is not None:
            return bool(contract.modifies)
        method = bool(contract.invariants) or "." in self.task.qualname
        trial = self._trial
        return method or trial is None or bool(contract.snapshots) or trial.changes_arguments()

    def _start(self) -> None:
        """Read the module and try the function, once."""
        if self._text:
            return
        self._firsts = firsts(self.task, self.clock)
        tried: list[First] = []
        for first in self._firsts:
            tried.append(first)
            if not first.faulty:
                break
        self._first = min(tried, key=lambda first: first.faulty)
        self._text, self._trial = self._first.text, self._first.trial

    def _as_it_is(self, first: First) -> Candidate | None:
        """The module as it is, but for names that were set right."""
        summary = "" if first.told else "the function as it is"
        return self._candidate(first.text, first.strategy, summary, None, first.told)

    def _otherwise(self) -> Candidate | None:
        """Another way to set names right, that no known input speaks against."""
        for first in self._firsts:
            if not first.faulty:
                return self._as_it_is(first)
        return None

    def _faulty(self) -> bool:
        """Whether an input is known on which the function fails, or does not come to an end."""
        trial = self._trial
        return trial is not None and bool(trial.failing or trial.endless)

    def _doubtful(self) -> bool:
        """Whether a state of the receiver is known in which it fails, maybe one out of reach."""
        return self._trial is not None and bool(self._trial.invented)

    def _learn(self, counterexamples: tuple[Counterexample, ...]) -> None:
        fresh = counterexamples[self._known :]
        self._known = len(counterexamples)
        for found in fresh:
            if self._gone is None and not self._faulty():
                self._gone = found  # it broke the function as it is
            values = arguments_of(found)
            if values is not None and self._trial is not None:
                self._trial.learn(list(values))

    def _edited_by_models(self, counterexamples: tuple[Counterexample, ...]) -> Candidate | None:
        """A model's edits that survive the inputs that are known; they get half of the time."""
        if self.editors is None:
            return None
        until = time.monotonic() + max(0.0, self._stop - self.clock()) / 2
        shown = self._shown()
        failing = counterexamples[-1:] or ((shown,) if shown is not None else ())
        while (text := self.editors.propose(self._text, failing, until)) is not None:
            survives = self._trial is None or self._trial.survives(text)
            if survives and self._allowed(text):
                made = self._candidate(text, "model", f"edits by {self.editors.last}", shown)
                if made is not None:
                    return made
        return None

    def _edited(self) -> Candidate | None:
        if self._trial is None:
            return self._as_it_was()
        if self._repairs is None:
            problem, past = self._problem(), self._past()
            search = Search(
                self._text, self.task.qualname, self._trial, self._allowed, problem, past
            )
            self._repairs = search.repairs(lambda: self.clock() >= self._stop)
        for repair in self._repairs:
            made = self._candidate(repair.text, "edit", told(repair), self._shown())
            if made is not None:
                return made
        return None

    def _past(self) -> Earlier | None:
        """The function's versions in git; None where it stands in no file, or without memory."""
        path = origin_of(self.task).path
        if self._earlier is None and path is not None and self.task.memory:
            history = history_of(path, self.task.qualname)
            self._earlier = Earlier(self._text, self.task.qualname, history)
        return self._earlier

    def _as_it_was(self) -> Candidate | None:
        """The latest versions in git, of a function that can't be tried on inputs."""
        if self._versions is None:
            past = self._past()
            self._versions = itertools.islice(past.bodies() if past is not None else (), FEW)
        for text, version in self._versions:
            if self._allowed(text):
                summary = f"the body as in {version.told}"
                made = self._candidate(text, "earlier version", summary, self._shown())
                if made is not None:
                    return made
        return None

    def _problem(self) -> SynthesisProblem | None:
        """The function as the synthesizer sees it; None for methods and what it can't read."""
        from verify_agent.agent.run_problem import problem_of

        if "." in self.task.qualname:
            return None
        try:
            return problem_of(self.task)
        except Unsupported:
            return None

    def _strengthened(self) -> Candidate | None:
        """A stronger precondition with callers that meet it, as one change."""
        if self._trial is None:
            return None
        if self._changes is None:
            self._changes = strengthened(
                self.task, self._text, self._trial, lambda: self.clock() >= self._stop
            )
        path = origin_of(self.task).path
        own = path.resolve() if path is not None else None
        for change in self._changes:
            others = tuple((str(p), t) for p, t in change.texts.items() if p != own)
            summary = "; ".join(change.told)
            made = self._candidate(change.texts[own], "precondition", summary, self._shown())
            if made is not None:
                return replace(made, others=others)
        return None

    def _like_another(self) -> Candidate | None:
        """The body of another function of the codebase that keeps the contract on known inputs."""
        if self._trial is None or not self.task.in_codebase or "." in self.task.qualname:
            return None
        if self._others is None:
            self._others = others_like(self.task, self._text, self._trial)
        for text, place in self._others:
            made = self._candidate(text, "body", f"the body of {place}", self._shown())
            if made is not None and self._allowed(text):
                return made
        return None

    def _other_body(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """A body found anew, where no edit is enough."""
        if self._bodies is None:
            self._bodies = SearchProposer(self.task, self.clock)
        while self.clock() < deadline:
            try:
                found = self._bodies.propose(counterexamples, deadline)
                if found is None:
                    return None
                text = in_place(self._text, self.task.qualname, found.source)
            except (Unsupported, BadSource):
                return None
            if self._trial is None or self._trial.survives(text):
                summary = f"another body ({found.strategy})"
                made = self._candidate(text, "body", summary, self._shown())
                if made is not None:
                    return made
        return None

    def _allowed(self, text: str) -> bool:
        """Whether the function uses nothing that the task forbids."""
        if not self.task.forbid:
            return True
        node = find_node(text, self.task.qualname)
        return not used(list(node.body)) & set(self.task.forbid)

    def _shown(self) -> Counterexample | None:
        """A call that breaks the function as it is: the smallest known, or the last one found."""
        if self._gone is None and self._trial is not None:
            self._gone = self._trial.shown()
        return self._gone

    def _candidate(
        self,
        text: str,
        strategy: str,
        summary: str,
        gone: Counterexample | None,
        done: str | None = None,
    ) -> Candidate | None:
        if text in self._offered:
            return None
        self._offered.add(text)
        node = find_node(text, self.task.qualname)
        renamed = origin_of(self.task).renamed
        others = renamed.others if renamed is not None else ()
        told = "; ".join(filter(None, (self._first.told if done is None else done, summary)))
        return Candidate(text, strategy, sum(1 for _ in ast.walk(node)), told, gone, others)


def _literal(value: object) -> bool:
    match value:
        case list() | tuple() | set() | frozenset():
            return all(map(_literal, value))
        case dict():
            return all(map(_literal, value.values()))
        case _:
            return value is None or isinstance(value, bool | int | float | str)


def told(repair: Repair) -> str:
    """What a repair does, in words."""
    return " and ".join(e.told for e in repair.edits)
