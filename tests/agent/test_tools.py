"""The tools' preconditions and the model's enabled actions agree in every abstract state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from icontract import ViolationError

from verify_agent.agent.abstraction import AbstractState, Stage, abstract_state
from verify_agent.agent.loop import act
from verify_agent.agent.policy_actions import ACTIONS, enabled
from verify_agent.agent.policy_model import CLASSES, all_states
from verify_agent.agent.state import (
    ALWAYS,
    BEFORE_ALTERNATIVES,
    MAX_SET_ASIDE,
    PROPERTIES,
    SYMBOLIC,
    TYPING,
    Ending,
    Goal,
    KindClass,
    LastOutcome,
    Round,
    Standing,
    State,
)
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task
from verify_agent.agent.tools.bench import CheckInterrupted, Said
from verify_agent.agent.tools.deliver import deliver
from verify_agent.agent.tools.examine import examine
from verify_agent.verifier.engines.base import Findings
from verify_agent.verifier.evidence import (
    DEDUCTIVE,
    INCONSISTENT,
    Attempt,
    Counterexample,
    Obligation,
    Verdict,
)
from verify_agent.verifier.subject import ENSURE, Subject, find, obligations_of, types_obligation

RIGHT = Candidate("def double(x: int) -> int:\n    return 2 * x\n", "test", 9)
Make = Callable[[Subject, str, Verdict], Findings]
Bench = Callable[..., Any]


def told(task: Task, words: dict[str, Verdict], make: Make) -> tuple[Obligation, ...]:
    subject = task.subject(RIGHT.source)
    blank = (types_obligation(subject), *obligations_of(subject))
    found = [make(subject, engine, word).attempts for engine, word in words.items()]
    return tuple(o.with_attempts([f[o.id] for f in found if o.id in f]) for o in blank)


def words_for(image: AbstractState) -> dict[str, Verdict]:
    """What the engines that were tried must have said to give that image."""
    good = Verdict.PROVED if image.reached else Verdict.UNKNOWN
    said = {
        TYPING: Verdict.PROVED,
        SYMBOLIC: good,
        PROPERTIES: Verdict.TESTED if image.sound else Verdict.UNKNOWN,
        DEDUCTIVE: good,
    }
    words = {e: said[e] for e in image.tried}
    if not image.sound:
        silent = {TYPING: Verdict.UNKNOWN, PROPERTIES: Verdict.UNKNOWN}
        words |= {e: silent[e] for e in image.tried & set(silent)}
    elif image.reached and not image.tried & {SYMBOLIC, DEDUCTIVE}:
        words |= dict.fromkeys(image.tried & {PROPERTIES}, Verdict.PROVED)
    return words


def concretes(image: AbstractState, task: Task, make: Make) -> list[State]:
    """States of a run with that image."""
    if image.stage is not Stage.HOPELESS:
        found = [concrete(image, task, make)]
        confirming = replace(found[0], goal=replace(found[0].goal, evidence=Verdict.CONFIRMED))
        return [s for s in (*found, confirming) if abstract_state(s) == image]
    plain = replace(image, stage=Stage.CANDIDATE, tried=frozenset({DEDUCTIVE, TYPING}))
    state = concrete(replace(image, stage=Stage.SEARCH), task, make)
    unsound = with_candidate(replace(plain, sound=False), state, make)
    words = {TYPING: Verdict.PROVED, PROPERTIES: Verdict.ERROR}
    return [
        replace(state, exhausted=True),
        replace(state, seconds=60.0),
        replace(state, rejected=state.goal.rejected),
        replace(state, standing=Standing.VACUOUS, problem="shown"),
        replace(state, standing=Standing.UNSATISFIABLE, problem="shown"),
        replace(state, standing=Standing.UNCHECKED, seconds=60.0),
        replace(with_candidate(plain, state, make), seconds=60.0),
        *([blocked(state, make)] if image.proof else []),
        replace(unsound, set_aside=MAX_SET_ASIDE),
        replace(unsound, exhausted=True),
        replace(
            unsound,
            tried=frozenset(words),
            obligations=told(task, words, make),
        ),
    ]


def blocked(state: State, make: Make) -> State:
    """The prover has no model of something in the contract."""
    tried = frozenset({DEDUCTIVE, *BEFORE_ALTERNATIVES})
    plain = AbstractState(Stage.CANDIDATE, tried=tried, stuck=True)
    return replace(with_candidate(plain, state, make), unsupported="str.upper")


def concrete(image: AbstractState, task: Task, make: Make) -> State:
    """One of them."""
    waits = DEDUCTIVE in image.tried and image.sound and not (image.reached or image.stuck)
    asked = Verdict.CONFIRMED if waits else Verdict.PROVED
    goal = Goal(asked if image.proof else Verdict.TESTED, 60.0, image.scalar, kind=image.kind)
    aside = {Round.FIRST: 0, Round.FURTHER: 1, Round.LAST: MAX_SET_ASIDE}[image.round]
    slow = 30.0 if image.late and not image.refuted else 0.0
    state = State(task, goal, rejected=int(image.refuted), set_aside=aside, seconds=slow)
    ready = replace(state, standing=Standing.OPEN)
    match image.stage:
        case Stage.START:
            return state
        case Stage.SEARCH:
            return ready
        case Stage.DELIVERED:
            return replace(ready, ending=Ending.DELIVERED)
        case Stage.GIVEN_UP:
            return replace(ready, ending=Ending.NONE_FOUND)
        case Stage.LAST_CALL:
            full = AbstractState(
                Stage.CANDIDATE, image.scalar, image.proof, tried=frozenset(ALWAYS), reached=True
            )
            return replace(with_candidate(full, ready, make), seconds=60.0)
    return with_candidate(image, ready, make)


def with_candidate(image: AbstractState, state: State, make: Make) -> State:
    words = words_for(image)
    return replace(
        state,
        candidate=RIGHT,
        simplified=image.simplified,
        tried=image.tried,
        obligations=told(state.task, words, make) if words else (),
    )


def realisable(image: AbstractState) -> bool:
    """Types alone are no evidence; tests that pass are all that is asked where only tests are."""
    behaviour = image.tried - {TYPING}
    if image.reached:
        return bool(behaviour)
    if not image.sound and not image.tried & {TYPING, PROPERTIES}:
        return False  # where CrossHair alone is silent, it broke: the run is hopeless
    if image.stuck and not image.proof:
        return False  # whatever is tested is enough
    if image.sound and not image.stuck and image.tried >= {SYMBOLIC, DEDUCTIVE}:
        return not image.proof and PROPERTIES not in image.tried
    enough = not image.proof and PROPERTIES in image.tried and image.sound
    return not enough


NEW = [c for c in CLASSES if c[0] is KindClass.NEW]
STATES = [s for s in all_states(NEW) if s.stage is not Stage.CANDIDATE or realisable(s)]


@pytest.mark.parametrize("image", STATES, ids=lambda s: s.name)
def test_preconditions_and_enabled_actions_agree(
    image: AbstractState, double: Task, fake_bench: Bench, make_findings: Make
) -> None:
    for state, action in product(concretes(image, double, make_findings), ACTIONS):
        assert abstract_state(state) == image
        allowed = True
        try:
            act(action, state, fake_bench())
        except ViolationError:
            allowed = False
        assert allowed == (action in enabled(image)), action


def test_the_kind_of_task_changes_no_precondition() -> None:
    """So that what agrees for new code agrees for code that is there already."""
    for image in all_states(NEW):
        assert enabled(replace(image, kind=KindClass.EXISTING)) == enabled(image)


def test_a_state_is_never_edited(double: Task, start: State, fake_bench: Bench) -> None:
    before = repr(start)
    after = examine(start, fake_bench())
    assert repr(start) == before
    assert after.standing is Standing.OPEN


@pytest.mark.parametrize("missing", [TYPING, SYMBOLIC, PROPERTIES, DEDUCTIVE])
def test_nothing_is_delivered_without_an_engine(
    missing: str, start: State, fake_bench: Bench, make_findings: Make
) -> None:
    words = {
        TYPING: Verdict.PROVED,
        SYMBOLIC: Verdict.UNKNOWN,
        PROPERTIES: Verdict.TESTED,
        DEDUCTIVE: Verdict.PROVED,
    }
    del words[missing]
    state = ready(start, words, make_findings)
    bench = fake_bench()
    with pytest.raises(ViolationError):
        deliver(state, bench)
    assert bench.delivered == []


@pytest.mark.parametrize(
    ("engine", "word"),
    [
        (TYPING, Verdict.UNKNOWN),
        (TYPING, Verdict.ERROR),
        (SYMBOLIC, Verdict.ERROR),
        (PROPERTIES, Verdict.UNKNOWN),
        (DEDUCTIVE, Verdict.UNKNOWN),
        (DEDUCTIVE, Verdict.CANDIDATE),
        (DEDUCTIVE, Verdict.TESTED),
    ],
)
def test_nothing_is_delivered_on_less_than_was_asked_for(
    engine: str, word: Verdict, start: State, fake_bench: Bench, make_findings: Make
) -> None:
    words = {
        TYPING: Verdict.PROVED,
        SYMBOLIC: Verdict.UNKNOWN,
        PROPERTIES: Verdict.TESTED,
        DEDUCTIVE: Verdict.PROVED,
    }
    delivered = deliver(ready(start, words, make_findings), fake_bench())
    assert delivered.ending is Ending.DELIVERED
    with pytest.raises(ViolationError):
        deliver(ready(start, {**words, engine: word}, make_findings), fake_bench())


def ready(start: State, words: dict[str, Verdict], make: Make) -> State:
    return replace(
        start,
        standing=Standing.OPEN,
        candidate=RIGHT,
        simplified=True,
        tried=frozenset(words),
        obligations=told(start.task, words, make),
    )


def test_a_refuted_candidate_goes_and_its_counterexample_stays(
    start: State, fake_bench: Bench
) -> None:
    wrong = Candidate("def double(x: int) -> int:\n    return x\n", "test", 5)
    state = replace(start, standing=Standing.OPEN, candidate=wrong)
    after = act("check: properties + deductive", state, fake_bench())
    assert after.candidate is None
    assert after.last is LastOutcome.REFUTED
    assert [c.call for c in after.counterexamples] == ["double(1)"]
    assert after.rejections[0].verdict is Verdict.REFUTED
    assert (after.rejected, after.tried, after.obligations) == (1, frozenset(), ())


def test_the_provers_counterexample_comes_first(start: State, fake_bench: Bench) -> None:
    class Two:
        def __init__(self) -> None:
            self.inner = fake_bench()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def check(self, subject: Subject, engines: frozenset[str], seconds: Any) -> Any:
            wanted = find(obligations_of(subject), ENSURE)

            def by(engine: str) -> Said:
                shown = Counterexample(f"double({len(engine)})", "wrong", replayed=True)
                told = Attempt(engine, Verdict.REFUTED, counterexample=shown)
                return Said(((wanted.id, told),))

            return {e: by(e) for e in engines}

    state = replace(start, standing=Standing.OPEN, candidate=RIGHT)
    after = act("check: symbolic + properties + deductive", state, Two())
    assert after.counterexamples[0].call == f"double({len(DEDUCTIVE)})"


def test_a_proof_against_a_run_is_a_broken_tool(
    start: State, fake_bench: Bench, make_findings: Make
) -> None:
    class Liar:
        def __init__(self) -> None:
            self.inner = fake_bench()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def check(self, subject: Subject, engines: frozenset[str], seconds: Any) -> Any:
            said = {DEDUCTIVE: Verdict.PROVED, PROPERTIES: Verdict.REFUTED}
            return {e: Said.of(make_findings(subject, e, said[e])) for e in engines}

    state = replace(start, standing=Standing.OPEN, candidate=RIGHT)
    after = act("check: properties + deductive", state, Liar())
    assert after.ending is Ending.TOOL_BROKE
    assert after.ending.exit_code == 4
    assert INCONSISTENT in after.problem
    assert any(o.verdict is Verdict.ERROR for o in after.obligations)


def test_what_was_known_at_ctrl_c_is_kept(
    start: State, fake_bench: Bench, make_findings: Make
) -> None:
    class Slow:
        def __init__(self) -> None:
            self.inner = fake_bench()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def check(self, subject: Subject, engines: frozenset[str], seconds: Any) -> Any:
            raise CheckInterrupted(
                {TYPING: Said.of(make_findings(subject, TYPING, Verdict.PROVED))}
            )

    state = replace(start, standing=Standing.OPEN, candidate=RIGHT)
    after = act("check: typing + symbolic", state, Slow())
    assert after.ending is Ending.INTERRUPTED
    assert after.tried == {TYPING}
    assert after.obligations[0].verdict is Verdict.PROVED
