"""What the agent knows in a run. `State` is a value: a tool takes one and returns another."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verify_agent.agent.evidence_needed import broke, meets, out_of_reach, undecided
from verify_agent.agent.task import ABOUT_GIVEN
from verify_agent.verifier.evidence import (
    DEDUCTIVE,
    Counterexample,
    FunctionReport,
    Obligation,
    Verdict,
)

if TYPE_CHECKING:
    from verify_agent.agent.synth.problem import Candidate
    from verify_agent.agent.task import Task

TYPING, SYMBOLIC, PROPERTIES = "typing", "symbolic", "properties"
ENGINES = (TYPING, SYMBOLIC, PROPERTIES, DEDUCTIVE)
#: Engines that must have spoken before anything is delivered, whatever evidence is asked for.
ALWAYS = (TYPING, SYMBOLIC, PROPERTIES)

#: Engines that must have spoken about the first candidate before another is asked for, so that
#: a run that proves none of them has one that is tested.
BEFORE_ALTERNATIVES = frozenset({TYPING, PROPERTIES})

MAX_REJECTED = 40
#: So many candidates that an engine can't judge or the prover can't prove are set aside.
MAX_SET_ASIDE = 5
LATE_SHARE = 0.5


class Standing(enum.Enum):
    """What is known of the contract itself, before any search."""

    UNCHECKED = "unchecked"
    OPEN = "no defect found"
    VACUOUS = "vacuous"
    UNSATISFIABLE = "unsatisfiable"


class Ending(enum.Enum):
    """How a run stopped; every way has its exit code."""

    DELIVERED = "delivered"
    NONE_FOUND = "no implementation found"
    VACUOUS = "vacuous"
    UNSATISFIABLE = "unsatisfiable"
    NO_BETTER = "no better one found"
    INCONCLUSIVE = "inconclusive"
    OUT_OF_BUDGET = "out of budget"
    INTERRUPTED = "interrupted"
    TOOL_BROKE = "a tool broke"
    BAD_INPUT = "bad input"

    @property
    def exit_code(self) -> int:
        """The exit code of a run that ends so; see `verify-agent run --help`."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Ending.DELIVERED: 0,
    Ending.NONE_FOUND: 1,
    Ending.VACUOUS: 1,
    Ending.UNSATISFIABLE: 1,
    Ending.NO_BETTER: 0,
    Ending.INCONCLUSIVE: 3,
    Ending.OUT_OF_BUDGET: 3,
    Ending.INTERRUPTED: 130,
    Ending.TOOL_BROKE: 4,
    Ending.BAD_INPUT: 2,
}


class LastOutcome(enum.Enum):
    """The class of the last tool's outcome."""

    NONE = "none"
    PROGRESS = "progress"
    SILENT = "silent"
    REFUTED = "refuted"
    BROKE = "broke"


class KindClass(enum.Enum):
    """What kinds of task differ in, for the choice of tools: whether there is code already."""

    NEW = "new"
    EXISTING = "existing"

    @classmethod
    def of(cls, kind: str) -> KindClass:
        """The class of a task's kind; a kind that starts from the user's code is `EXISTING`.

        >>> KindClass.of("implement").value, KindClass.of("repair").value
        ('new', 'existing')
        """
        return cls.NEW if kind == "implement" else cls.EXISTING


@dataclass(frozen=True)
class Goal:
    """What the run must reach and may spend; `scalar` is the type class of the signature."""

    evidence: Verdict
    seconds: float
    scalar: bool = True
    rejected: int = MAX_REJECTED
    kind: KindClass = KindClass.NEW


@dataclass(frozen=True)
class Aside:
    """A candidate that no engine refutes and the prover can't prove, with what is known of it."""

    candidate: Candidate
    tried: frozenset[str]
    obligations: tuple[Obligation, ...]
    notes: tuple[str, ...]


class Round(enum.Enum):
    """How many candidates were set aside: none, some, or so many that this is the last."""

    FIRST = "first"
    FURTHER = "further"
    LAST = "last"


@dataclass(frozen=True)
class State:
    """All that the agent knows now.

    `tried` are the engines done on the present candidate and `obligations` its evidence so far;
    `seconds` is wall time spent since the start; `rejections` are candidates that were refuted or
    set aside, with what is known of them, and `best` is the best one that was set aside;
    `unsupported` names what in the contract the prover has no model of; `problem` says why the
    contract or a tool is at fault.
    """

    task: Task
    goal: Goal
    standing: Standing = Standing.UNCHECKED
    candidate: Candidate | None = None
    simplified: bool = False
    tried: frozenset[str] = frozenset()
    obligations: tuple[Obligation, ...] = ()
    notes: tuple[str, ...] = ()
    counterexamples: tuple[Counterexample, ...] = ()
    rejections: tuple[FunctionReport, ...] = ()
    exhausted: bool = False
    rejected: int = 0
    set_aside: int = 0
    best: Aside | None = None
    unsupported: str = ""
    seconds: float = 0.0
    last: LastOutcome = LastOutcome.NONE
    problem: str = ""
    ending: Ending | None = None

    @property
    def spent(self) -> bool:
        """Whether no budget is left for another tool."""
        return self.seconds >= self.goal.seconds or self.rejected >= self.goal.rejected

    @property
    def late(self) -> bool:
        """Whether something went wrong already or half of the time is gone."""
        return self.rejected > 0 or self.seconds >= LATE_SHARE * self.goal.seconds

    @property
    def infeasible(self) -> bool:
        """Whether the contract itself is known to be at fault."""
        return self.standing in (Standing.VACUOUS, Standing.UNSATISFIABLE)

    @property
    def needed(self) -> tuple[str, ...]:
        """The engines without whose positive word nothing is delivered.

        What a type checker says of code that stays as it is goes on record and stops nothing.
        """
        if self.task.kind in ABOUT_GIVEN:
            return tuple(e for e in ALWAYS if e != TYPING)
        return ALWAYS

    @property
    def sound(self) -> bool:
        """Whether no engine that is always needed was tried without a positive word."""
        return not any(
            undecided(self.obligations, engine) for engine in self.needed if engine in self.tried
        )

    @property
    def broken(self) -> bool:
        """Whether an engine that is always needed broke, so that no candidate can be delivered."""
        return any(broke(self.obligations, e) for e in self.needed if e in self.tried)

    @property
    def round(self) -> Round:
        """Whether candidates were set aside, and whether another may be asked for."""
        if self.exhausted or self.set_aside >= MAX_SET_ASIDE:
            return Round.LAST
        return Round.FURTHER if self.set_aside else Round.FIRST

    @property
    def stuck(self) -> bool:
        """Whether the evidence that lacks can't come any more, and nothing is wrong else."""
        if not self.tried or not self.sound or self.reached:
            return False
        return self.tried.issuperset(ENGINES) or out_of_reach(
            self.obligations, self.goal.evidence, self.tried
        )

    @property
    def blocked(self) -> bool:
        """Whether no other candidate could be proved either: the contract has no model."""
        return (
            bool(self.unsupported)
            and self.stuck
            and self.goal.evidence is Verdict.PROVED
            and self.tried.issuperset(BEFORE_ALTERNATIVES)
        )

    @property
    def replaceable(self) -> bool:
        """Whether another candidate is worth a try: this one can't be judged, or not proved."""
        if self.round is Round.LAST or self.broken or self.blocked:
            return False
        tested = self.set_aside > 0 or self.tried.issuperset(BEFORE_ALTERNATIVES)
        return not self.sound or (self.stuck and tested)

    @property
    def reached(self) -> bool:
        """Whether every obligation has the evidence that was asked for."""
        return bool(self.tried) and meets(self.obligations, self.goal.evidence)

    @property
    def deliverable(self) -> bool:
        """Whether everything that a delivery needs is there."""
        return (
            self.candidate is not None
            and self.standing is Standing.OPEN
            and self.tried.issuperset(ALWAYS)
            and self.sound
            and self.reached
        )

    def after(self, seconds: float) -> State:
        """The same knowledge at a later time."""
        return replace(self, seconds=max(self.seconds, seconds))
