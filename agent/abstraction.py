"""The finite abstraction of a run's state: the only bridge to `mdp/`.

`abstract_state` is total (every state of a run has an image) and deterministic (it reads nothing
but the state).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from verify_agent.agent.state import (
    ALWAYS,
    BEFORE_ALTERNATIVES,
    ENGINES,
    PROPERTIES,
    SYMBOLIC,
    TYPING,
    Ending,
    KindClass,
    LastOutcome,
    Round,
    Standing,
    State,
)
from verify_agent.verifier.evidence import Verdict


class Stage(enum.Enum):
    """Where a run stands, coarsely."""

    START = "start"
    SEARCH = "search"
    CANDIDATE = "candidate"
    LAST_CALL = "last call"
    HOPELESS = "hopeless"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


class Known(enum.Enum):
    """How a candidate stands, as people say it; read off an abstract state's fields."""

    NONE = "none"
    REFUTED = "refuted with a counterexample"
    UNTOUCHED = "unchecked"
    TYPED = "typed"
    TESTED = "tested"
    SEARCHED = "symbolic execution found nothing against it"
    PROVED = "proved or confirmed, as was asked"


@dataclass(frozen=True)
class AbstractState:
    """A state of the decision process.

    A run stays in its class (kind of task, type class, evidence), so each class is a process of
    its own, of some 240 states (`policy_model.all_states`).

    | field | values | stands for |
    |---|---|---|
    | `stage` | start, search, candidate, last call, hopeless, the endings | how far a run is |
    | `kind` | new, existing | kind of task: is there code already? |
    | `scalar` | int, bool, str and tuples of them, or more | type class of the signature |
    | `proof` | more than tests, tests | evidence asked for |
    | `late` | yes, no | budget: half of the time is gone, or a candidate was rejected |
    | `refuted` | yes, no | attempts and last outcome: a candidate was refuted |
    | `round` | first, further, last | attempts: candidates set aside: none, some, all |
    | `simplified` | yes, no | candidate simplified (true once engines spoke) |
    | `tried` | set of engines | candidate's standing: who spoke about it |
    | `sound` | yes, no | last outcome: nobody who is always needed fell silent |
    | `reached` | yes, no | candidate's standing: every obligation has its evidence |
    | `stuck` | yes, no | what lacks can't come any more: the prover can't prove it |

    "Last call" is a spent budget with a candidate that may be delivered.
    """

    stage: Stage
    scalar: bool = True
    proof: bool = True
    late: bool = False
    simplified: bool = True
    tried: frozenset[str] = frozenset()
    sound: bool = True
    reached: bool = False
    stuck: bool = False
    round: Round = Round.FIRST
    kind: KindClass = KindClass.NEW
    refuted: bool = False

    @property
    def known(self) -> Known:
        """The candidate's standing."""
        if self.stage is Stage.SEARCH and self.refuted:
            return Known.REFUTED
        if self.stage is not Stage.CANDIDATE:
            return Known.NONE
        if self.reached and self.proof:
            return Known.PROVED
        if self.sound and SYMBOLIC in self.tried:
            return Known.SEARCHED
        if self.sound and PROPERTIES in self.tried:
            return Known.TESTED
        return Known.TYPED if self.sound and TYPING in self.tried else Known.UNTOUCHED

    @property
    def last(self) -> LastOutcome:
        """The class of the last outcome, as far as the state keeps it."""
        if self.stage is Stage.SEARCH:
            return LastOutcome.REFUTED if self.refuted else LastOutcome.NONE
        return LastOutcome.PROGRESS if self.sound else LastOutcome.SILENT

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
    def replaceable(self) -> bool:
        """Whether another candidate may be asked for in place of this one."""
        if self.stage is not Stage.CANDIDATE or self.round is Round.LAST:
            return False
        tested = self.round is Round.FURTHER or self.tried.issuperset(BEFORE_ALTERNATIVES)
        return not self.sound or (self.stuck and tested)

    @property
    def name(self) -> str:
        """A readable unique name, the state's id in the decision process."""
        stage = str(self.stage.value)
        if self.stage in (Stage.DELIVERED, Stage.GIVEN_UP):
            return stage
        words = [
            stage,
            self.kind.value,
            "scalar" if self.scalar else "collection",
            "proof" if self.proof else "tests",
        ]
        if self.stage in (Stage.SEARCH, Stage.CANDIDATE):
            words += ["late" if self.late else "early", self.round.value]
            words += ["refuted"] * self.refuted
        if self.stage is Stage.CANDIDATE:
            words.append("+".join(e for e in ENGINES if e in self.tried) or "unchecked")
            words += ["raw"] * (not self.simplified) + ["silent"] * (not self.sound)
            words += ["reached"] * self.reached + ["stuck"] * self.stuck
        return " | ".join(words)


def abstract_state(state: State) -> AbstractState:
    """The image of a state: total, deterministic, and what the policy decides on."""
    match state:
        case State(ending=Ending.DELIVERED):
            return AbstractState(Stage.DELIVERED)
        case State(ending=Ending()):
            return AbstractState(Stage.GIVEN_UP)
        case State(deliverable=True, spent=True):
            return _at(Stage.LAST_CALL, state)
        case State(infeasible=True) | State(spent=True):
            return _at(Stage.HOPELESS, state)
        case State(candidate=None, exhausted=True):
            return _at(Stage.HOPELESS, state)
        case State(blocked=True) | State(sound=False, replaceable=False):
            return _at(Stage.HOPELESS, state)
        case State(standing=Standing.UNCHECKED):
            return _at(Stage.START, state)
        case State(candidate=None):
            return _worn(Stage.SEARCH, state)
        case _:
            return _of_candidate(state)


def _at(stage: Stage, state: State) -> AbstractState:
    proof = state.goal.evidence is not Verdict.TESTED
    return AbstractState(stage, state.goal.scalar, proof, kind=state.goal.kind)


def _worn(stage: Stage, state: State) -> AbstractState:
    """With what was spent so far: time, and candidates."""
    first = state.round is Round.FIRST
    return replace(
        _at(stage, state),
        late=state.late or not first,
        round=state.round,
        refuted=first and state.rejected > 0,
    )


def _of_candidate(state: State) -> AbstractState:
    tried = state.tried & frozenset(ENGINES)
    return replace(
        _worn(Stage.CANDIDATE, state),
        simplified=state.simplified or bool(tried),
        tried=tried,
        sound=state.sound,
        reached=bool(tried) and state.sound and state.reached,
        stuck=state.stuck,
    )
