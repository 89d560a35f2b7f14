"""The actions of the decision process, and where each is enabled.

An action that checks is a *set* of engines that run side by side (a single one too), so that
choosing an order and running in parallel are the same decision.
"""

from __future__ import annotations

from itertools import combinations

from verify_agent.agent.abstraction import AbstractState, Stage
from verify_agent.agent.state import ENGINES

EXAMINE = "examine the contract"
SYNTHESIZE = "synthesize"
SIMPLIFY = "simplify"
DELIVER = "deliver"
GIVE_UP = "give up"
_CHECK = "check: "


def check_action(engines: frozenset[str]) -> str:
    """The name of the action that runs these engines side by side.

    >>> check_action(frozenset({"typing", "deductive"}))
    'check: typing + deductive'
    """
    return _CHECK + " + ".join(e for e in ENGINES if e in engines)


def engines_of(action: str) -> frozenset[str]:
    """The engines that an action runs; empty where it is none that checks."""
    if not action.startswith(_CHECK):
        return frozenset()
    return frozenset(action.removeprefix(_CHECK).split(" + "))


CHECK_ACTIONS = tuple(
    check_action(frozenset(chosen))
    for size in range(1, len(ENGINES) + 1)
    for chosen in combinations(ENGINES, size)
)
ACTIONS = (EXAMINE, SYNTHESIZE, SIMPLIFY, *CHECK_ACTIONS, DELIVER, GIVE_UP)


def enabled(state: AbstractState) -> tuple[str, ...]:
    """The actions whose tool's precondition holds in every state of a run with this image."""
    match state.stage:
        case Stage.START:
            return (EXAMINE,)
        case Stage.SEARCH:
            return (SYNTHESIZE,)
        case Stage.HOPELESS:
            return (GIVE_UP,)
        case Stage.LAST_CALL:
            return (DELIVER,)
        case Stage.DELIVERED | Stage.GIVEN_UP:
            return ()
        case Stage.CANDIDATE:
            return _with_candidate(state)
    raise ValueError(f"no such stage: {state.stage}")


def _with_candidate(state: AbstractState) -> tuple[str, ...]:
    first = () if state.simplified or state.tried else (SIMPLIFY,)
    checks = tuple(a for a in CHECK_ACTIONS if not engines_of(a) & state.tried)
    if state.deliverable:
        return (*checks, DELIVER)
    if state.replaceable:
        return (*checks, SYNTHESIZE)
    return (*first, *checks) or (GIVE_UP,)
