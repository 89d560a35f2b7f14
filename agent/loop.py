"""The agent's loop: ask the policy for a tool, run it, put on record what came.

Every way to stop is an `Ending` of the state, and the trajectory is handed to the journal step
by step, so that it is there even when a tool breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from verify_agent.agent import policy_actions as actions
from verify_agent.agent.abstraction import AbstractState, abstract_state
from verify_agent.agent.state import Ending, LastOutcome, State
from verify_agent.agent.tools.bench import Bench
from verify_agent.agent.tools.check import STOPPED, side_by_side
from verify_agent.agent.tools.deliver import deliver
from verify_agent.agent.tools.examine import examine
from verify_agent.agent.tools.give_up import give_up
from verify_agent.agent.tools.property_test import property_test
from verify_agent.agent.tools.prove import prove
from verify_agent.agent.tools.simplify import simplify
from verify_agent.agent.tools.symbolic import symbolic
from verify_agent.agent.tools.synthesize import synthesize
from verify_agent.agent.tools.typecheck import typecheck
from verify_agent.verifier.errors import BadInput, Unsupported, VerifyAgentError

Tool = Callable[[State, Bench], State]

TOOLS: dict[str, Tool] = {
    actions.EXAMINE: examine,
    actions.SYNTHESIZE: synthesize,
    actions.SIMPLIFY: simplify,
    "check: typing": typecheck,
    "check: symbolic": symbolic,
    "check: properties": property_test,
    "check: deductive": prove,
    actions.DELIVER: deliver,
    actions.GIVE_UP: give_up,
}


@dataclass(frozen=True)
class Decision:
    """What the policy chose in a state, and what each enabled action is worth there."""

    state: AbstractState
    action: str
    values: tuple[tuple[str, float], ...] = ()


class Policy(Protocol):
    """Chooses the next tool."""

    def decide(self, state: AbstractState) -> Decision:
        """The choice in an abstract state that is no ending."""


class Journal(Protocol):
    """Hears what happens, as it happens."""

    def decided(self, number: int, decision: Decision, state: State) -> None:
        """A tool is about to run, as step `number` (from 1)."""

    def happened(self, number: int, decision: Decision, before: State, after: State) -> None:
        """A tool came back."""

    def ended(self, state: State) -> None:
        """The run is over."""


def run(state: State, policy: Policy, bench: Bench, journal: Journal) -> State:
    """The state in which the run ended; its `ending` says how, nothing is raised.

    Ctrl-C ends the run as `INTERRUPTED` and a tool that raises as `TOOL_BROKE`; what was known
    before stays known.
    """
    number = 0
    while state.ending is None:
        number += 1
        try:
            state = step(number, state, policy, bench, journal)
        except KeyboardInterrupt:
            state = replace(state, ending=Ending.INTERRUPTED, problem=STOPPED).after(bench.now())
        except Exception as error:  # the edge of a tool: the cause is kept for the report
            state = _stopped(state, error).after(bench.now())
    journal.ended(state)
    return state


def step(number: int, state: State, policy: Policy, bench: Bench, journal: Journal) -> State:
    """The state after the tool that the policy chooses."""
    before = state.after(bench.now())
    decision = policy.decide(abstract_state(before))
    journal.decided(number, decision, before)
    after = act(decision.action, before, bench)
    journal.happened(number, decision, before, after)
    return after


def act(action: str, state: State, bench: Bench) -> State:
    """Run an action of the policy; `ValueError` where there is none of that name."""
    if action in TOOLS:
        return TOOLS[action](state, bench)
    engines = actions.engines_of(action)
    if not engines:
        raise ValueError(f"no such action: {action}")
    return side_by_side(state, bench, engines)


def _stopped(state: State, error: Exception) -> State:
    """The run ended by what a tool raised: unsupported, a file that can't be written, or worse."""
    match error:
        case Unsupported():
            placed = str(error) if error.line else f"unsupported: {error.construct}"
            ending, problem = Ending.INCONCLUSIVE, placed
        case BadInput():
            ending, problem = Ending.BAD_INPUT, str(error)
        case VerifyAgentError():
            ending, problem = Ending.TOOL_BROKE, str(error)
        case _:
            ending, problem = Ending.TOOL_BROKE, f"{type(error).__name__}: {error}"
    return replace(state, ending=ending, problem=problem, last=LastOutcome.BROKE)
