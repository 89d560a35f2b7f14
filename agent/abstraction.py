"""The finite abstraction of a run's state: the only bridge to `mdp/`.

`abstract_state` is total (every state of a run has an image) and deterministic (it reads nothing
but the state).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from verify_agent.agent.state import (
    ALWAYS,
    BEFORE_ALTERNATIVES,
    ENGINES,
    Ending,
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


@dataclass(frozen=True)
class AbstractState:
    """A state of the decision process; about 770 of them, 200 for one
    type class and kind of evidence (see `policy_model.all_states`).

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
    | `stuck` | what lacks can't come any more: the prover can't prove it |
    | `round` | how many candidates were set aside: none, some, all that may be |
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
            "scalar" if self.scalar else "collection",
            "proof" if self.proof else "tests",
        ]
        if self.stage in (Stage.SEARCH, Stage.CANDIDATE):
            words += ["late" if self.late else "early", self.round.value]
        if self.stage is Stage.CANDIDATE:
            words.append("+".join(e for e in ENGINES if e in self.tried) or "unchecked")
            words += ["raw"] * (not self.simplified) + ["silent"] * (not self.sound)
            words += ["reached"] * self.reached + ["stuck"] * self.stuck
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
        case State(blocked=True) | State(sound=False, replaceable=False):
            return AbstractState(Stage.HOPELESS, scalar, proof)
        case State(standing=Standing.UNCHECKED):
            return AbstractState(Stage.START, scalar, proof)
        case State(candidate=None):
            return AbstractState(Stage.SEARCH, scalar, proof, _late(state), round=state.round)
        case _:
            return _of_candidate(state, scalar, proof)


def _late(state: State) -> bool:
    return state.late or state.round is not Round.FIRST


def _of_candidate(state: State, scalar: bool, proof: bool) -> AbstractState:
    tried = state.tried & frozenset(ENGINES)
    return AbstractState(
        Stage.CANDIDATE,
        scalar,
        proof,
        _late(state),
        state.simplified or bool(tried),
        tried,
        state.sound,
        bool(tried) and state.sound and state.reached,
        state.stuck,
        state.round,
    )
