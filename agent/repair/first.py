"""What a repair starts from: the module as it is, or after names were set right that fit no call.

Parameters that are renamed (`Origin.renamed`) and keywords that a callee has not are mended before
anything is tried, as nothing can be said of the function without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from verify_agent.agent.repair.rename.keywords import mended_calls
from verify_agent.agent.repair.starting import origin_of, starting_text, subject_of
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.task import Task
from verify_agent.verifier.errors import Unsupported

UNCHANGED, RENAMED, KEYWORD = "unchanged", "rename", "keyword"


@dataclass(frozen=True)
class First:
    """A text to start from, what its function does on inputs if that can be seen, and what was
    changed, in words."""

    text: str
    strategy: str
    told: str
    trial: Trial | None

    @property
    def faulty(self) -> bool:
        """Whether an input is known on which the function fails, or does not come to an end."""
        return self.trial is not None and bool(self.trial.failing or self.trial.endless)


def firsts(task: Task, clock: Callable[[], float]) -> Iterator[First]:
    """The texts to start from, at least one; of several, the names most alike come first."""
    text = starting_text(task)
    renamed = origin_of(task).renamed
    done = renamed.told if renamed is not None else ""
    mended = mended_calls(task, text)
    for change in mended:
        told = "; ".join(filter(None, (done, change.told)))
        yield First(change.text, KEYWORD, told, _trial(task, change.text, clock))
    if not mended:
        yield First(text, RENAMED if done else UNCHANGED, done, _trial(task, text, clock))


def _trial(task: Task, text: str, clock: Callable[[], float]) -> Trial | None:
    try:
        return Trial(subject_of(task, text), task.seed, clock)
    except Unsupported:
        return None
