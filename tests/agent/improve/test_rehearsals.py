"""A change of the proposer: measured by rehearsals, admitted without moving any quality."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from verify_agent.agent.audit import admissions, bundle, ledger
from verify_agent.agent.audit.ledger import ADMITTED, COMMITTED, PROPOSER_ADMITTED, PROPOSERS, Entry
from verify_agent.agent.improve import rehearsals as rehearsals_module
from verify_agent.agent.improve.approval import good_record
from verify_agent.agent.improve.archive import shipped_generation
from verify_agent.agent.improve.betting import Measured
from verify_agent.agent.improve.cycle import Cycle, with_text
from verify_agent.agent.improve.evaluate import STEERING, Outcome
from verify_agent.agent.improve.model import Proposal
from verify_agent.agent.improve.rehearsal import Rehearsed, rehearse
from verify_agent.agent.improve.rehearsals import LEAST_TRACES, PRICE, Rehearsals
from verify_agent.agent.improve.report import picture
from verify_agent.agent.improve.running import active_hash
from verify_agent.agent.improve.traced import World
from verify_agent.agent.skills.active import read_active
from verify_agent.agent.skills.registry import NAMES, shipped_source
from verify_agent.agent.synth.synthesizer import Kept
from verify_agent.proofs.independent_check import check_ledger, check_life

sys.path.append(str(Path(__file__).parent))
from cycle_world import hasty

STEP = shipped_source("step_size")
Sources = Mapping[str, str]


def trace(number: int) -> Outcome:
    """A search whose first answer is its best: all that came after it was in vain."""
    rng = Random(number)
    spent, size = rng.randint(5_000, 60_000), rng.randint(3, 20)
    kept = Kept("fold", size, bool(number % 2), spent, spent // 50)
    return Outcome(f"t{number}", True, 5 * spent // 50, size, "", "fold", (), (kept,))


@pytest.fixture(scope="module")
def world() -> World:
    waiting = shipped_source("patience").replace("25000 + 1500 * size", "200000 + 2000 * size")
    generation = with_text(shipped_generation(), "patience", waiting)
    return World.of(generation, [trace(n) for n in range(LEAST_TRACES)])


def test_the_proposers_skills_steer_no_search() -> None:
    assert set(NAMES) >= PROPOSERS
    assert not PROPOSERS & set(STEERING)
    assert all(repr(name).replace("'", '"') in inspect.getsource(check_life) for name in PROPOSERS)


def test_a_life_follows_from_its_seed_and_admits_what_holds(world: World) -> None:
    life = rehearse(world, {}, 3, 4)
    assert life == rehearse(world, dict(world.generation.sources), 3, 4)
    assert life.failed == ()
    assert 1 <= life.credited <= life.admitted <= life.proposals <= 4
    assert life.held >= Fraction(1, 50), "the waits are in vain on every trace"


def test_an_admission_counts_where_it_held() -> None:
    assert Rehearsed(8, 3, Fraction(1, 5), Fraction(1, 10)).credited == 3
    assert Rehearsed(8, 3, Fraction(1, 5), Fraction(1, 49)).credited == 1
    assert Rehearsed(8, 3, Fraction(1, 5), Fraction(-1, 10)).credited == 0


def test_a_proposer_that_fails_in_a_life_has_lost_it(world: World) -> None:
    broken = {"step_size": STEP.replace("return 3", "return 3 // failures")}
    trials = Rehearsals(lambda: world, {}, proposals=1)
    names = trials.tasks[:1]
    assert trials.measure(names, broken).solved == frozenset()
    assert trials.measure(names, {}).solved == {names[0].name}


def test_waits_are_told_by_the_trace(world: World) -> None:
    short = shipped_source("patience").replace("return max(1000, min(", "return 1000 + 0 * (min(")
    short = short[: short.index("    whole")] + "    return 1000\n"
    drawn = world.drawn(1)
    assert len(drawn.open) == len(drawn.pool) == LEAST_TRACES // 2
    assert not {o.task for o in drawn.open} & {o.task for o in drawn.pool}
    sources = {**world.generation.sources, "patience": short}
    for one in drawn.open:
        waited = drawn.waited(one, sources)
        assert one.kept[0].tried <= waited.cost < one.cost
        assert waited.size == one.size
        assert drawn.waited(one, world.generation.sources) == one


def test_rehearsals_cost_less_the_more_passes_the_gate(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def fake(world: World, sources: Sources, seed: int, proposals: int) -> Rehearsed:
        asked.append(seed)
        count = sources["step_size"].count("return 3")
        return Rehearsed(8, count, Fraction(1, 5), Fraction(1, 5))

    monkeypatch.setattr(rehearsals_module, "rehearse", fake)
    trials = Rehearsals(lambda: world, {})
    other = {"step_size": STEP.replace("return 3", "return 2")}
    assert set(trials.suite({}).values()) == {Measured(True, PRICE // 2)}
    assert set(trials.suite(other).values()) == {Measured(True, PRICE)}
    assert len(asked) == len(set(asked)) * 2, "both live the same lives"
    asked.clear()
    assert trials.solved_before(other) == trials.suite(other)
    assert asked == [], "no life is lived twice"
    drawn = [next(iter(trials.fresh(c, {}, other))) for c in ("a", "b")]
    assert drawn[0][0] != drawn[1][0]
    assert len(set(asked)) == 2
    bench = trials.bench(lambda: False)
    assert bench is not None
    assert bench.score(bench.tasks[:2], {}) == Fraction(1, 2)


def test_a_world_that_says_little_is_none(world: World) -> None:
    small = World.of(world.generation, world.traces[1:])
    assert Rehearsals(lambda: small, {}).bench(lambda: False) is None


@dataclass
class Lives:
    """Rehearsals whose cost is the step."""

    def suite(self, sources: Sources) -> Mapping[str, Measured]:
        return {f"r{i}": self.one(f"r{i}", sources) for i in range(4)}

    solved_before = suite

    def fresh(
        self, committed: str, before: Sources, after: Sources
    ) -> Iterator[tuple[str, Measured, Measured]]:
        for i in range(240):
            yield f"{committed}{i}", self.one(str(i), before), self.one(str(i), after)

    def one(self, name: str, sources: Sources) -> Measured:
        return Measured(True, 600 if "return 3" in sources["step_size"] else 400)


def proposal_of(cycle: Cycle, number: int = 2) -> Proposal:
    text = STEP.replace("return 3", f"return {number}")
    return Proposal("step_size", text, "an aim", "halving", cycle.current.hash)


@pytest.fixture
def cycle(tmp_path: Path) -> Iterator[Cycle]:
    """A life that admitted a change of the proposer."""
    made = hasty(tmp_path)
    made.gate.rehearsals = Lives()
    made.begin()
    decision = made.judge(proposal_of(made))
    assert decision.admitted, decision.reason
    yield made
    made.trials.evaluator.close()


def test_an_admitted_proposer_is_taken_over_and_moves_no_quality(
    cycle: Cycle, tmp_path: Path
) -> None:
    *_, committed, admitted = cycle.life.entries
    assert (committed.kind, admitted.kind) == (COMMITTED, PROPOSER_ADMITTED)
    assert admitted.quality == cycle.life.entries[0].quality
    assert read_active(tmp_path).call("step_size", "patience", 0) == 2
    assert active_hash(cycle.life.entries, cycle.archive) == cycle.current.hash
    assert cycle.trials.earlier() == [], "its rehearsals are no tasks to replay"
    assert good_record(cycle.life.entries) == 0, "it earns no permission"
    assert picture(cycle.life.entries)


def test_an_admitted_proposer_is_found_again(cycle: Cycle, tmp_path: Path) -> None:
    for path in (tmp_path / "improve" / "proposals").glob("*.json"):
        path.unlink()
    again = hasty(tmp_path)
    again.begin()
    assert again.current == cycle.current
    (record,) = again.archive.records()
    assert record.proposal.skill == "step_size"


def test_the_search_goes_on_where_it_was(cycle: Cycle) -> None:
    before = cycle.life.quality
    leaf = cycle.current.skill("leaf_cost").source.replace("return 1\n", "return 4\n", 1)
    decision = cycle.judge(Proposal("leaf_cost", leaf, "", "halving", cycle.current.hash))
    assert decision.admitted, decision.reason
    assert cycle.life.quality >= before + cycle.life.delta
    assert audited(cycle) == []


def documents(cycle: Cycle) -> dict[str, str]:
    folder = cycle.life.ledger.folder / "evidence"
    return {path.stem: path.read_text() for path in folder.iterdir()}


def audited(cycle: Cycle) -> list[str]:
    """What both checkers say of a life."""
    inputs = bundle.inputs_of_project(cycle.life.ledger.folder, {})
    files = {"ledger.jsonl": inputs.ledger or "", "ledger.head": inputs.head or ""}
    files |= {f"evidence/{name}": text for name, text in inputs.evidence.items()}
    return [*check_ledger(files), *admissions.problems(cycle.life.entries, documents(cycle))]


def test_an_honest_change_of_the_proposer_holds(cycle: Cycle) -> None:
    assert audited(cycle) == []


def step(raw: Any, name: str) -> Any:
    return next(s for s in raw["decision"]["steps"] if s["step"] == name)["evidence"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda raw: step(raw, "quality")["costs"].update(r0=[600, 1]), "by their costs"),
        (lambda raw: step(raw, "quality")["costs"].update(r0=[1, 400]), "the old proposer's"),
        (lambda raw: step(raw, "quality").update(before="3/5"), "below 1/50"),
        (lambda raw: step(raw, "quality")["costs"].clear(), "one suite"),
        (lambda raw: step(raw, "fresh")["outcomes"].pop(), "shows nothing"),
    ],
)
def test_a_changed_document_is_found(
    cycle: Cycle, change: Callable[[Any], None], told: str
) -> None:
    entry = cycle.life.entries[-1]
    raw = json.loads(documents(cycle)[entry.proof])
    change(raw)
    found = admissions.problems(cycle.life.entries, {entry.proof: json.dumps(raw)})
    assert told in "; ".join(found)


def both(entries: list[Entry], proofs: frozenset[str]) -> tuple[str, str]:
    """What the two checkers of the rules say."""
    text = ledger.chained(entries)
    one = ledger.check(text, ledger.head_of(text), proofs).problems
    files = {"ledger.jsonl": text, "ledger.head": ledger.head_of(text)}
    return "; ".join(one), "; ".join(check_ledger(files))


@pytest.mark.parametrize(
    ("change", "one", "other"),
    [
        ({"kind": ADMITTED, "quality": Fraction(3, 4)}, "as one of the search", "something else"),
        ({"quality": Fraction(3, 4)}, "the quality moved", "the quality moved"),
        ({"proof": ""}, "is not there", "is not there"),
        ({"skill": "patience"}, "no change of the proposer", "something else"),
        ({"proposal": "another"}, "without a commitment", "uncommitted"),
    ],
)
def test_no_other_change_passes_as_one_of_the_proposer(
    cycle: Cycle, change: dict[str, Any], one: str, other: str
) -> None:
    *kept, last = cycle.life.entries
    more = {**last.more, **{k: v for k, v in change.items() if k in last.more}}
    told = {k: v for k, v in change.items() if k not in last.more}
    found = both([*kept, replace(last, more=more, **told)], frozenset(documents(cycle)))
    assert one in found[0]
    assert other in found[1]


def test_a_proposer_that_is_no_better_is_refused(cycle: Cycle) -> None:
    cycle.judge(proposal_of(cycle, 4))
    assert cycle.archive.records()[-1].reason.startswith("quality")
