"""Skills, generations, proposals and decisions as values."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_agent.agent.improve.model import (
    Decision,
    Generation,
    Proposal,
    Skill,
    StepOutcome,
    StepVerdict,
    canonical,
    digest_of_text,
)

SOURCE = """import icontract

@icontract.require(lambda size: size >= 0)
@icontract.ensure(lambda result: result >= 1)
def cost(size: int) -> int:
    return size + 1
"""


@pytest.fixture
def generation() -> Generation:
    other = SOURCE.replace("cost", "rank")
    return Generation.of(0, None, [Skill.read("rank", other), Skill.read("cost", SOURCE)])


def test_a_skill_is_read_with_its_contract() -> None:
    skill = Skill.read("cost", SOURCE)
    assert [c.text for c in skill.contract.requires] == ["size >= 0"]
    assert [c.text for c in skill.contract.ensures] == ["result >= 1"]


@pytest.mark.parametrize(
    ("name", "source", "error"),
    [("price", SOURCE, KeyError), ("cost", "def cost(:", SyntaxError)],
)
def test_what_is_no_skill_is_refused(name: str, source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Skill.read(name, source)


def test_a_generation_keeps_its_skills_in_order(generation: Generation) -> None:
    assert list(generation.sources) == ["cost", "rank"]
    assert generation.skill("rank").name == "rank"
    with pytest.raises(KeyError):
        generation.skill("other")
    with pytest.raises(ValueError, match="same name"):
        Generation.of(0, None, [generation.skills[0]] * 2)


def test_a_replaced_skill_changes_the_hash_and_back(generation: Generation) -> None:
    changed = Skill.read("cost", SOURCE.replace("size + 1", "size + 2"))
    child = generation.replaced(changed, 1)
    assert (child.number, child.parent) == (1, 0)
    assert child.hash != generation.hash
    assert child.replaced(generation.skill("cost"), 2).hash == generation.hash
    with pytest.raises(KeyError):
        generation.replaced(replace(changed, name="new"), 1)


@pytest.mark.parametrize("name", ["skill", "source", "aim", "proposer", "parent"])
def test_each_field_of_a_proposal_is_in_its_hash(name: str) -> None:
    proposal = Proposal("cost", SOURCE, "slow", "search", "0" * 64)
    assert replace(proposal, **{name: "another"}).hash != proposal.hash


@given(st.text(), st.text())
def test_texts_have_one_hash_each(a: str, b: str) -> None:
    assert (digest_of_text(a) == digest_of_text(b)) == (a == b)


def test_canonical_text_takes_no_float_that_is_no_number() -> None:
    with pytest.raises(ValueError):
        canonical({"q": float("nan")})


def test_seconds_are_in_no_hash() -> None:
    step = StepOutcome("typing", StepVerdict.PASSED, "", {"n": 1}, 0.5)
    assert replace(step, seconds=9.0).hash == step.hash
    assert replace(step, evidence={"n": 2}).hash != step.hash


def test_nothing_is_admitted_past_a_step_that_did_not_pass() -> None:
    good = StepOutcome("typing", StepVerdict.PASSED)
    bad = StepOutcome("proof", StepVerdict.UNKNOWN, "timeout")
    assert Decision("p", True, (good,)).reason == ""
    assert Decision("p", False, (good, bad)).reason == "proof: timeout"
    for steps in ((), (good, bad)):
        with pytest.raises(ValueError, match="admitted"):
            Decision("p", True, steps)
