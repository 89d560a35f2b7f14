"""Every step of a run is a step of the automaton: the abstraction is a simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.abstraction import abstract_state
from verify_agent.agent.loop import Decision, run
from verify_agent.agent.policy import solved_policy
from verify_agent.agent.policy_actions import enabled
from verify_agent.agent.policy_model import CLASSES, build_model
from verify_agent.agent.state import ENGINES, Ending, Goal, KindClass, Standing, State
from verify_agent.agent.task import Task
from verify_agent.verifier.evidence import Verdict

RIGHT = "def double(x: int) -> int:\n    return 2 * x\n"
OTHER = "def double(x: int) -> int:\n    return 0 + 2 * x\n"
WRONG = "def double(x: int) -> int:\n    return x\n"
NEW = [c for c in CLASSES if c[0] is KindClass.NEW]
MODEL = build_model(NEW)
SOLVED = solved_policy(classes=NEW)
STEPS = {
    (state, action): {successor for successor, _ in choice.successors}
    for state, choices in MODEL.choices.items()
    for action, choice in choices.items()
}
POSSIBLE = {
    "typing": [Verdict.PROVED, Verdict.UNKNOWN],
    "symbolic": [Verdict.CONFIRMED, Verdict.UNKNOWN, Verdict.ERROR, Verdict.VACUOUS],
    "properties": [Verdict.TESTED, Verdict.UNKNOWN, Verdict.ERROR],
    "deductive": [Verdict.PROVED, Verdict.UNKNOWN, Verdict.CANDIDATE, Verdict.VACUOUS],
}


class Steps:
    """A journal of abstract steps."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str, str]] = []

    def decided(self, number: int, decision: Decision, state: State) -> None:
        assert decision.action in enabled(decision.state)

    def happened(self, number: int, decision: Decision, before: State, after: State) -> None:
        self.steps.append((decision.state.name, decision.action, abstract_state(after).name))

    def ended(self, state: State) -> None:
        assert state.ending is not None


class AnyPolicy:
    """Chooses any enabled action, so that more than the solved policy's paths are walked."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw

    def decide(self, state: Any) -> Decision:
        return Decision(state, self.draw(st.sampled_from(enabled(state))))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_step_of_a_run_is_a_step_of_the_automaton(
    data: st.DataObject, double: Task, fake_bench: Callable[..., Any]
) -> None:
    draw = data.draw
    goal = Goal(
        draw(st.sampled_from([Verdict.TESTED, Verdict.CONFIRMED, Verdict.PROVED])),
        60.0,
        draw(st.booleans()),
        rejected=draw(st.sampled_from([1, 2, 40])),
    )
    bench = fake_bench(
        says={engine: draw(st.sampled_from(POSSIBLE[engine])) for engine in ENGINES},
        candidates=draw(st.lists(st.sampled_from([RIGHT, OTHER, WRONG]), max_size=8)),
        unproved=draw(st.sampled_from([(), (RIGHT,), (OTHER,)])),
        unsupported=draw(st.sampled_from(["", "str.upper"])),
        standing=draw(st.sampled_from([Standing.OPEN, Standing.OPEN, Standing.VACUOUS])),
    )
    jumps = draw(st.lists(st.sampled_from([0.1, 0.1, 31.0, 61.0]), min_size=1, max_size=6))
    slow = bench.now

    def now() -> float:
        if jumps:
            bench.seconds += jumps.pop()
        return float(slow())

    bench.now = now
    policy = SOLVED if draw(st.booleans()) else AnyPolicy(draw)
    journal = Steps()
    last = run(State(double, goal), policy, bench, journal)
    assert last.ending not in (None, Ending.INTERRUPTED)
    for before, action, after in journal.steps:
        assert after in STEPS[before, action], (before, action, after)
    if last.ending is Ending.DELIVERED:
        assert last.deliverable
