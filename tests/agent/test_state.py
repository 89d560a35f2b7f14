"""The abstraction is total and deterministic, and every image is a state of the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.abstraction import Stage, abstract_state
from verify_agent.agent.policy_actions import ACTIONS, enabled
from verify_agent.agent.policy_model import CLASSES, all_states, build_model
from verify_agent.agent.state import (
    ENGINES,
    MAX_SET_ASIDE,
    Ending,
    Goal,
    KindClass,
    LastOutcome,
    Standing,
    State,
)
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task
from verify_agent.verifier.engines.base import Findings
from verify_agent.verifier.evidence import Obligation, Verdict
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation

STATES = all_states()
NAMES = {s.name for s in STATES}
CANDIDATE = Candidate("def double(x: int) -> int:\n    return 2 * x\n", "test", 9)
WORDS = [v for v in Verdict if v is not Verdict.REFUTED]

Make = Callable[[Subject, str, Verdict], Findings]


def evidence(subject: Subject, words: dict[str, Verdict], make: Make) -> tuple[Obligation, ...]:
    blank = (types_obligation(subject), *obligations_of(subject))
    told = [make(subject, engine, word).attempts for engine, word in words.items()]
    return tuple(o.with_attempts([t[o.id] for t in told if o.id in t]) for o in blank)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, object]:
    engines = draw(st.sets(st.sampled_from(ENGINES)))
    return {
        "goal": Goal(
            draw(st.sampled_from([Verdict.TESTED, Verdict.CONFIRMED, Verdict.PROVED])),
            60.0,
            draw(st.booleans()),
            kind=draw(st.sampled_from(KindClass)),
        ),
        "standing": draw(st.sampled_from(Standing)),
        "candidate": draw(st.sampled_from([None, CANDIDATE])),
        "simplified": draw(st.booleans()),
        "words": {e: draw(st.sampled_from(WORDS)) for e in sorted(engines)},
        "exhausted": draw(st.booleans()),
        "rejected": draw(st.sampled_from([0, 1, 39, 40])),
        "set_aside": draw(st.sampled_from([0, 1, MAX_SET_ASIDE])),
        "unsupported": draw(st.sampled_from(["", "str.upper"])),
        "seconds": draw(st.sampled_from([0.0, 29.9, 30.0, 60.0, 1e9])),
        "last": draw(st.sampled_from(LastOutcome)),
        "ending": draw(st.sampled_from([None, None, *Ending])),
    }


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans())
def test_every_state_has_one_image_in_the_model(
    plan: dict[str, object], double: Task, make_findings: Make
) -> None:
    words = plan.pop("words")
    assert isinstance(words, dict)
    subject = double.subject(CANDIDATE.source)
    told = evidence(subject, words, make_findings) if words else ()
    goal = plan.pop("goal")
    assert isinstance(goal, Goal)
    state = replace(State(double, goal), tried=frozenset(words), obligations=told, **plan)
    image = abstract_state(state)
    assert image.name in NAMES
    assert abstract_state(replace(state)) == image
    over = image.stage in (Stage.DELIVERED, Stage.GIVEN_UP)
    assert over == (state.ending is not None) == (not enabled(image))
    if state.ending is None:
        assert image.deliverable == state.deliverable or not image.deliverable
        assert not image.deliverable or state.deliverable


def test_states_are_few_and_named_apart() -> None:
    assert len(NAMES) == len(STATES)
    assert all(200 <= len(all_states([c])) <= 300 for c in CLASSES)


def test_a_run_never_leaves_its_class() -> None:
    whole = build_model(CLASSES[:2])
    parts = [build_model([c]) for c in CLASSES[:2]]
    for part in parts:
        assert {s: whole.choices[s] for s in part.choices} == part.choices
    assert sum(len(p.states) - 2 for p in parts) == len(whole.states) - 2


def test_the_model_has_exactly_the_enabled_actions() -> None:
    model = build_model(CLASSES[:1])
    assert model.actions == ACTIONS
    for state in all_states(CLASSES[:1]):
        assert model.enabled(state.name) == enabled(state)
        over = state.stage in (Stage.DELIVERED, Stage.GIVEN_UP)
        assert over == (state.name in model.terminal)
