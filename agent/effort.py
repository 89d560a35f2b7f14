"""How long a tool may take in a state: the one place where the limits are written down."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from verify_agent.agent.state import PROPERTIES, SYMBOLIC, TYPING, Round, State
from verify_agent.verifier.evidence import DEDUCTIVE, Verdict

#: Seconds that an engine may take at most. CrossHair's confirmation is needed only where it is
#: asked for: else it is there to refute, which it does early or not at all.
ENGINE_SECONDS: Mapping[str, float] = MappingProxyType(
    {TYPING: 20.0, SYMBOLIC: 6.0, PROPERTIES: 10.0, DEDUCTIVE: 20.0}
)
#: CrossHair where it is asked to confirm, and where all is proved and tested already.
CONFIRMING_SECONDS = 20.0
AFTER_PROOF_SECONDS = 1.5
#: The prover, and the search, once a candidate was set aside.
FURTHER_PROOF_SECONDS = 8.0
FURTHER_SEARCH_SECONDS = 15.0
LEAST_SECONDS = 1.0


def seconds_of(engine: str, state: State) -> float:
    """What an engine may take on the present candidate, within what is left of the budget."""
    left = state.goal.seconds - state.seconds
    return max(LEAST_SECONDS, min(_most(engine, state), left))


def search_seconds(state: State) -> float:
    """What the search for the next candidate may take."""
    left = state.goal.seconds - state.seconds
    again = state.candidate is not None or state.round is not Round.FIRST
    return min(left, FURTHER_SEARCH_SECONDS) if again else left


def _most(engine: str, state: State) -> float:
    asked = state.goal.evidence
    if engine == SYMBOLIC and asked is not Verdict.TESTED:
        if state.reached and PROPERTIES in state.tried:
            return AFTER_PROOF_SECONDS
        if asked is Verdict.CONFIRMED:
            return CONFIRMING_SECONDS
    if engine == DEDUCTIVE and state.round is not Round.FIRST:
        return FURTHER_PROOF_SECONDS
    return ENGINE_SECONDS[engine]
