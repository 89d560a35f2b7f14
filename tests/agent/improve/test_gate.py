"""The gate's steps in their order, and that each stops what it is there for."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from verify_agent.agent.improve.approval import Mode, Request
from verify_agent.agent.improve.betting import Measured
from verify_agent.agent.improve.canaries import canaries
from verify_agent.agent.improve.gate import ORDER, quality_after
from verify_agent.agent.improve.gate_scope import question
from verify_agent.agent.improve.gate_trials import Rules, quality
from verify_agent.agent.improve.limits import Stopped
from verify_agent.agent.improve.model import Decision, Generation, Proposal, Skill, StepVerdict
from verify_agent.agent.skills.registry import NAMES, shipped_source

if TYPE_CHECKING:
    from conftest import Place

CHEAPER = ("return 60", "return 30")


def stopped(place: Place, proposal: Proposal) -> tuple[str, str]:
    decision = place.gate.decide(proposal, place.current)
    assert not decision.admitted
    return decision.steps[-1].step, decision.steps[-1].reason


def admit(place: Place, proposal: Proposal) -> Decision:
    decision = place.gate.decide(proposal, place.current)
    assert decision.admitted, decision.reason
    child = place.current.replaced(
        Skill.read(proposal.skill, proposal.source), place.current.number + 1
    )
    place.life.admit(proposal, decision, child, quality_after(decision))
    place.current = child
    return decision


def test_a_real_gain_is_admitted_with_every_step_on_record(place: Place) -> None:
    place.gate.sound = False
    decision = admit(place, place.proposal(CHEAPER))
    steps = [s.step for s in decision.steps]
    assert steps == [s for s in ORDER if s not in ("symbolic", "properties")]
    assert place.life.quality > Fraction(1, 2) + place.gate.rules.delta
    kinds = [e.kind for e in place.life.entries]
    assert kinds == ["start", "committed", "admitted"]
    (name,) = place.life.ledger.evidence()
    kept = json.loads((place.life.ledger.folder / "evidence" / f"{name}.json").read_text())
    assert kept["proposal"]["source"] == place.current.skill("cost").source
    assert kept["decision"]["hash"] == decision.hash


def test_nothing_is_run_for_a_text_that_is_refused(place: Place) -> None:
    assert stopped(place, place.proposal(CHEAPER, ("size >= 0", "size >= 1")))[0] == "refinement"
    assert place.world.calls == []
    assert len(place.life.entries) == 1


def test_a_task_that_is_lost_is_never_made_up_for(place: Place) -> None:
    place.world.broken = lambda name, sources: name == "h" and "return 30" in sources["cost"]
    step, reason = stopped(place, place.proposal(CHEAPER))
    assert (step, reason) == ("replay", "1 of 8 solved tasks are lost: h")


def test_a_gain_below_delta_is_none(place: Place) -> None:
    assert stopped(place, place.proposal(("return 60", "return 59")))[0] == "quality"
    assert stopped(place, place.proposal(("return 60", "return 70")))[0] == "quality"
    assert len(place.life.entries) == 1, "no level is spent on it"


def test_a_gain_on_known_tasks_alone_is_refused_on_fresh_ones(place: Place) -> None:
    honest = place.world.measured

    def measured(name: str, sources: object) -> Measured:
        found = honest(name, sources)  # type: ignore[arg-type]
        return found if len(name) == 1 else Measured(found.solved, 100 + len(name) % 3)

    place.world.measured = measured  # type: ignore[method-assign]
    step, reason = stopped(place, place.proposal(CHEAPER))
    assert step == "fresh"
    assert "not shown better" in reason
    assert [e.kind for e in place.life.entries] == ["start", "committed"]
    assert place.life.entries[1].level == place.gate.rules.alpha / 2


def test_tasks_are_drawn_after_the_commitment_and_never_again(place: Place) -> None:
    first = place.gate.decide(place.proposal(CHEAPER, aim="a"), place.current)
    second = place.gate.decide(place.proposal(CHEAPER, aim="a"), place.current)
    drawn = [[n for n, _ in d.steps[-3].evidence["outcomes"]] for d in (first, second)]
    assert not set(drawn[0]) & set(drawn[1])
    levels = [e.level for e in place.life.entries if e.kind == "committed"]
    assert levels == [Fraction(1, 40), Fraction(1, 120)]


def test_a_question_that_failed_before_is_not_evaluated(place: Place) -> None:
    proposal = place.proposal(("return 60", "return 59"))
    known = {question(proposal): "the gain was too small"}
    place.gate.failed = known.get
    again = place.of(proposal.source.replace("    return 40", "    # better\n    return  40"))
    assert stopped(place, again) == ("duplicate", "it failed before: the gain was too small")
    assert place.world.calls == []


def test_known_bad_proposals_are_refused_where_they_should_be(place: Place) -> None:
    from random import Random

    found = [
        c.kind
        for c in canaries(place.current, Random(5))
        if place.gate.examine(c.proposal, place.current)[-1].step in c.refused_at
    ]
    assert len(found) == len(set(found)) == 12


@pytest.mark.slow
@pytest.mark.parametrize("name", ["critic", "scope"])
def test_a_gate_with_a_hole_stops_itself(
    place: Place, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verify_agent.agent.improve import gate
    from verify_agent.agent.improve.model import StepOutcome

    place.gate.sound = False
    monkeypatch.setattr(gate, name, lambda *_: StepOutcome(name, StepVerdict.PASSED))
    step, reason = stopped(place, place.proposal(CHEAPER))
    assert step == "canaries"
    assert "was not refused" in reason
    monkeypatch.undo()
    assert stopped(place, place.proposal(CHEAPER))[0] == "breaker"
    place.life.reset("a person")
    assert place.life.tripped == ""


def test_a_core_that_changes_meanwhile_opens_the_breaker(place: Place) -> None:
    hashes = iter(["before", *["after"] * 50])
    place.life.core = lambda: next(hashes)
    place.gate.core = "before"
    step, reason = stopped(place, place.proposal(CHEAPER))
    assert step == "core"
    assert place.life.tripped == reason


def test_what_breaks_is_unknown_and_refused(place: Place) -> None:
    def suite(sources: object) -> dict[str, Measured]:
        return {}

    place.world.suite = suite  # type: ignore[method-assign, assignment]
    decision = place.gate.decide(place.proposal(CHEAPER), place.current)
    assert decision.steps[-1].verdict is StepVerdict.UNKNOWN
    assert "or of none" in decision.reason


def test_what_breaks_in_a_step_is_kept_and_a_stop_goes_through(place: Place) -> None:
    def suite(sources: object) -> dict[str, Measured]:
        raise OSError("no more processes")

    def begin(step: str) -> None:
        if step == "replay":
            raise Stopped("paused")

    place.world.suite = suite  # type: ignore[method-assign, assignment]
    assert "OSError: no more processes" in stopped(place, place.proposal(CHEAPER))[1]
    place.gate.begin = begin
    with pytest.raises(Stopped, match="paused"):
        place.gate.decide(place.proposal(CHEAPER), place.current)
    assert [e.kind for e in place.life.entries] == ["start"]


@pytest.mark.slow
def test_permissions_grow_slowly_and_are_lost_at_once(place: Place) -> None:
    code = ("if size > 3", "if size >= 5")
    deeper = ("    if size > 3:\n        return 60\n    return 40", "    return 30")
    assert "nobody is there" in stopped(place, place.proposal(deeper))[1]
    admit(place, place.proposal(CHEAPER))
    admit(place, place.proposal(("return 40", "return 20")))
    admit(place, place.proposal(code, ("return 30", "return 10")))
    place.life.roll_back(place.current, place.life.quality)
    reason = stopped(
        place,
        place.proposal(("    if size >= 5:\n        return 10\n    return 20", "    return 9")),
    )[1]
    assert "a change of code needs a person" in reason


def test_a_person_sees_the_change_and_decides(place: Place) -> None:
    seen: list[Request] = []

    def ask(request: Request) -> bool:
        seen.append(request)
        return len(seen) > 1

    place.gate.mode, place.gate.ask = Mode.ASK, ask
    proposal = place.proposal(CHEAPER, ("1 <= result <= 1000", "1 <= result <= 900"))
    assert stopped(place, proposal) == ("approval", "a person said no")
    assert "-        return 60" in seen[0].diff
    assert "900" in seen[0].contracts[1]
    assert "1000" in seen[0].contracts[0]
    assert [s.step for s in seen[0].steps][-1] == "core"
    admit(place, proposal)
    place.gate.mode = Mode.NEVER
    assert stopped(place, place.proposal(("return 40", "return 20")))[0] == "approval"


def test_quality_is_exact_and_needs_the_same_tasks() -> None:
    shipped = {"a": Measured(True, 30), "b": Measured(True, 7)}
    assert quality(shipped, shipped) == Fraction(1, 2)
    lost = {"a": Measured(False, 1), "b": Measured(True, 14)}
    assert quality(lost, shipped) == Fraction(1, 6)
    with pytest.raises(ValueError, match="different suites"):
        quality({"a": Measured(True, 1)}, shipped)


@pytest.mark.parametrize("wrong", [{"delta": Fraction(0)}, {"alpha": Fraction(1)}, {"horizon": 0}])
def test_rules_that_mean_nothing_are_refused(wrong: dict[str, Fraction]) -> None:
    with pytest.raises(ValueError, match="mean nothing"):
        Rules(**wrong)  # type: ignore[arg-type]


def test_the_generation_stays_as_it_was(place: Place, generation: Generation) -> None:
    before = dict(generation.sources)
    place.gate.decide(place.proposal(CHEAPER), place.current)
    assert generation.sources == before


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_shipped_skill_makes_a_canary_that_is_refused_elsewhere(place: Place, name: str) -> None:
    from random import Random

    alone = Generation.of(0, None, [Skill.read(name, shipped_source(name))])
    for canary in canaries(alone, Random(len(name))):
        last = place.gate.examine(canary.proposal, alone)[-1]
        assert last.verdict is not StepVerdict.PASSED, canary.kind
        assert last.step in canary.refused_at, (canary.kind, last.reason)


@pytest.mark.slow
def test_the_whole_gate_with_what_it_runs_in_the_sandbox(place: Place) -> None:
    from verify_agent.agent.improve.gate_engines import Engines
    from verify_agent.verifier.sandbox.runner import Sandbox

    place.gate.engines = Engines(Sandbox())
    decision = admit(place, place.proposal(CHEAPER))
    assert [s.step for s in decision.steps] == list(ORDER)
