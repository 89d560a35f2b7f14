"""What the agent knows in a run, and its finite abstraction: the only bridge to `mdp/`.

`State` is a value: a tool takes one and returns another. `abstract_state` is total (every state
of a run has an image) and deterministic (it reads nothing but the state).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verify_agent.agent.evidence_needed import broke, meets, undecided
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

MAX_REJECTED = 40
#: So many candidates about which an engine stayed silent are set aside for the next one.
MAX_SET_ASIDE = 3
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


@dataclass(frozen=True)
class Goal:
    """What the run must reach and may spend; `scalar` is the type class of the signature."""

    evidence: Verdict
    seconds: float
    scalar: bool = True
    rejected: int = MAX_REJECTED


@dataclass(frozen=True)
class State:
    """All that the agent knows now.

    `tried` are the engines done on the present candidate and `obligations` its evidence so far;
    `seconds` is wall time spent since the start; `rejections` are candidates that were refuted or
    set aside, with what is known of them; `problem` says why the contract or a tool is at fault.
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
    def sound(self) -> bool:
        """Whether no engine that is always needed was tried without a positive word."""
        return not any(
            undecided(self.obligations, engine) for engine in ALWAYS if engine in self.tried
        )

    @property
    def broken(self) -> bool:
        """Whether an engine that is always needed broke, so that no candidate can be delivered."""
        return any(broke(self.obligations, e) for e in ALWAYS if e in self.tried)

    @property
    def replaceable(self) -> bool:
        """Whether another candidate is worth a try because an engine can't judge this one."""
        return not (self.sound or self.broken or self.exhausted or self.set_aside >= MAX_SET_ASIDE)

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


class Stage(enum.Enum):
    """Where a run stands, coarsely."""

    START = "start"
    SEARCH = "search"
    CANDIDATE = "candidate"
    LAST_CALL = "last call"
    HOPELESS = "hopeless"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


@dataclass(frozen=True)
class AbstractState:
    """A state of the decision process; about 400 of them (see `policy_model.all_states`).

    | field | values |
    |---|---|
    | `stage` | start, search, candidate, last call (budget spent, deliverable), hopeless, endings |
    | `scalar` | the type class of the signature: int, bool, str and tuples of them, or more |
    | `proof` | whether more than tests is asked for |
    | `late` | a candidate was rejected, or half of the time is gone |
    | `simplified` | whether the untouched candidate was simplified (true once engines spoke) |
    | `tried` | engines done on the candidate |
    | `sound` | no engine that is always needed fell silent |
    | `reached` | every obligation has its evidence |
    """

    stage: Stage
    scalar: bool = True
    proof: bool = True
    late: bool = False
    simplified: bool = True
    tried: frozenset[str] = frozenset()
    sound: bool = True
    reached: bool = False

    @property
    def deliverable(self) -> bool:
        """Whether a delivery is allowed."""
        return self.stage is Stage.LAST_CALL or (
            self.stage is Stage.CANDIDATE
            and self.tried.issuperset(ALWAYS)
            and self.sound
            and self.reached
        )

    @property
    def name(self) -> str:
        """A readable unique name, the state's id in the decision process."""
        stage = str(self.stage.value)
        if self.stage in (Stage.DELIVERED, Stage.GIVEN_UP):
            return stage
        words = [
            stage,
            "scalar" if self.scalar else "collection",
            "proof" if self.proof else "tests",
        ]
        if self.stage in (Stage.SEARCH, Stage.CANDIDATE):
            words.append("late" if self.late else "early")
        if self.stage is Stage.CANDIDATE:
            words.append("+".join(e for e in ENGINES if e in self.tried) or "unchecked")
            words += ["raw"] * (not self.simplified) + ["silent"] * (not self.sound)
            words += ["reached"] * self.reached
        return " | ".join(words)


def abstract_state(state: State) -> AbstractState:
    """The image of a state: total, deterministic, and what the policy decides on."""
    scalar, proof = state.goal.scalar, state.goal.evidence is not Verdict.TESTED
    match state:
        case State(ending=Ending.DELIVERED):
            return AbstractState(Stage.DELIVERED)
        case State(ending=Ending()):
            return AbstractState(Stage.GIVEN_UP)
        case State(deliverable=True, spent=True):
            return AbstractState(Stage.LAST_CALL, scalar, proof)
        case State(infeasible=True) | State(spent=True):
            return AbstractState(Stage.HOPELESS, scalar, proof)
        case State(candidate=None, exhausted=True):
            return AbstractState(Stage.HOPELESS, scalar, proof)
        case State(sound=False, replaceable=False):
            return AbstractState(Stage.HOPELESS, scalar, proof)
        case State(standing=Standing.UNCHECKED):
            return AbstractState(Stage.START, scalar, proof)
        case State(candidate=None):
            return AbstractState(Stage.SEARCH, scalar, proof, state.late)
        case _:
            return _of_candidate(state, scalar, proof)


def _of_candidate(state: State, scalar: bool, proof: bool) -> AbstractState:
    tried = state.tried & frozenset(ENGINES)
    return AbstractState(
        Stage.CANDIDATE,
        scalar,
        proof,
        state.late,
        state.simplified or bool(tried),
        tried,
        state.sound,
        bool(tried) and state.sound and state.reached,
    )
