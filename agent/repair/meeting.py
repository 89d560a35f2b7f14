"""A contract that nobody can meet: a stronger precondition, and callers that meet it.

Only where it is shown that some allowed input has no result that the contract accepts. The
weakest simple condition that leaves out the failing inputs is put on the function. A caller that
breaks it then gets a guard where its own contract says what to do there, else a precondition in
its turn. All of it is one change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.repair.codebase import changed_copy, codebase_of, mentioned
from verify_agent.agent.repair.edits import applied
from verify_agent.agent.repair.preconditions import conditions, required
from verify_agent.agent.repair.sites import source_of
from verify_agent.agent.repair.starting import origin_of
from verify_agent.agent.repair.statement_edits import guard_edits
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.repair.vocabulary import vocabulary_of
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import read_exactly
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.frontend.load import load, load_file, named

DEPTH, GUARDS, DIFFERENT = 3, 600, 2
#: Inline source has no path.
Where = Path | None
Over = Callable[[], bool]


@dataclass(frozen=True)
class Change:
    """The texts of modules that change, and what was done, in words."""

    texts: Mapping[Where, str]
    told: tuple[str, ...]

    def and_also(self, where: Where, text: str, told: str) -> Change:
        """The change and one more."""
        return Change({**self.texts, where: text}, (*self.told, told))


def strengthened(task: Task, text: str, trial: Trial, over: Over) -> Iterator[Change]:
    """Changes after which the function's failing inputs are no longer allowed, weakest first."""
    origin = origin_of(task)
    where = origin.path.resolve() if origin.path is not None else None
    others = origin.renamed.others if origin.renamed is not None else ()
    before: dict[Where, str] = {Path(name): changed for name, changed in others}
    for condition in conditions(trial):
        if over():
            return
        changed = required(text, task.qualname, condition)
        if changed is None:
            return
        first = Change({**before, where: changed}, (f"{task.qualname} requires {condition}",))
        whole = _callers_met(task, first, task.qualname, where, DEPTH, over)
        if whole is not None:
            yield whole


def _callers_met(
    task: Task, change: Change, qualname: str, where: Where, depth: int, over: Over
) -> Change | None:
    """The change with every caller of a function mended; None where one can't be."""
    for place, caller in _callers(task, change, qualname, where):
        if over() or depth == 0:
            return None
        mended = _mended(task, change, place, caller)
        if mended is None:
            return None
        if mended is not change and mended.told[-1].startswith(f"{caller} requires"):
            mended = _callers_met(task, mended, caller, place, depth - 1, over)
            if mended is None:
                return None
        change = mended
    return change


def _callers(task: Task, change: Change, qualname: str, where: Where) -> list[tuple[Where, str]]:
    """Functions under contract that mention the function, with the module of each."""
    name = qualname.rpartition(".")[2]
    files: list[Where] = [None] if where is None else list(codebase_of(task).files)
    found: list[tuple[Where, str]] = []
    for file in files:
        text = change.texts.get(file)
        if text is None and file is not None:
            text = read_exactly(file)[0]
        if text is None or name not in text:
            continue
        try:
            module = load(text)
        except BadSource:
            continue
        found += [
            (file, s.qualname)
            for s in module.subjects
            if (file, s.qualname) != (where, qualname) and name in mentioned(module, s.qualname)
        ]
    return found


def _mended(task: Task, change: Change, where: Where, caller: str) -> Change | None:
    """The change with one caller mended, the same if it needs nothing, None if it can't be."""
    with ExitStack() as stack:
        try:
            trial = _trial(task, change, where, caller, stack)
        except (Unsupported, BadSource):
            return change  # it can't be tried; the engines judge it with the whole change
        if not trial.failing:
            return change
        text = trial.subject.source
        guards = _guards(trial, text, caller)
        atoms = conditions(trial)
    put = required(text, caller, atoms[0]) if atoms else None
    if len(guards) == 1 or (guards and put is None):
        return change.and_also(where, guards[0], f"{caller} has a guard")
    return change.and_also(where, put, f"{caller} requires {atoms[0]}") if put else None


def _trial(task: Task, change: Change, where: Where, caller: str, stack: ExitStack) -> Trial:
    """The caller on concrete inputs, with the change made."""
    if where is None:
        return Trial(named(load(change.texts[None]), caller), task.seed)
    codebase = codebase_of(task)
    texts = {p: t for p, t in change.texts.items() if p is not None}
    root = stack.enter_context(changed_copy(codebase, texts))
    return Trial(named(load_file(root / codebase.relative(where)), caller), task.seed)


def _guards(trial: Trial, text: str, caller: str) -> list[str]:
    """Texts with an early exit that the caller's contract accepts, at most two.

    Two exits that are both accepted mean that the contract does not say what to do.
    """
    source = source_of(text, caller)
    contract = trial.subject.contract
    words = vocabulary_of(trial.program, [c.text for c in contract.ensures])
    atoms = words.atoms(words.parameters)
    found: dict[str, str] = {}
    edits = sorted(guard_edits(source, words, atoms), key=lambda e: e.size)
    for edit in edits[:GUARDS]:
        leaves = edit.splices[0].text.strip().splitlines()[-1].strip()
        if leaves in found:
            continue
        made = applied(source.data, (edit,))
        if trial.survives(made):
            found[leaves] = made
            if len(found) >= DIFFERENT:
                break
    return list(found.values())
