"""A plan is run, cut, taken up and reported; bad plans are refused with their line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.experiment import report
from verify_agent.agent.experiment.conduct import EVERY, EXHAUSTED, MOST, RECORDS, conduct
from verify_agent.agent.experiment.plan import Plan, load_plan
from verify_agent.agent.experiment.study import Draw
from verify_agent.verifier.errors import BadInput

PLAN = """question: Does it help?
study: {kind: policies}
stop: {half_width: 0.1, least: 5, most: 60}
"""


class Cut(Exception):
    """The run is interrupted."""


@dataclass
class Fake:
    """Two arms: the second is better by `gain` on each unit."""

    gain: float = 0.0
    census: bool = True
    size: int = 40
    arms: Sequence[str] = ("old", "new")
    measure: str = "points (more is better)"
    bound: float = 1.0
    more_is_better: bool = True
    method: str = "Counted."
    threats: Sequence[str] = ("It is made up.",)
    orders: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def units(self) -> Sequence[str]:
        return [f"u{k}" for k in range(self.size)]

    def values(self, draw: Draw, order: Sequence[str]) -> Mapping[str, float]:
        self.orders.append(tuple(order))
        return {"old": 0.0, "new": self.gain}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return load_plan(path)


def quiet(_: object) -> None:
    pass


def test_a_gain_is_found_before_all_is_measured(plan: Plan, tmp_path: Path) -> None:
    done = conduct(plan, Fake(gain=0.8), tmp_path / "out", quiet)
    assert done.why_stopped == EVERY
    assert len(done.draws) < 40
    assert done.latest()["new"].low > 0


def test_a_census_ends_with_the_last_unit(plan: Plan, tmp_path: Path) -> None:
    done = conduct(plan, Fake(size=8), tmp_path / "out", quiet)
    assert done.why_stopped == EXHAUSTED
    assert sorted(draw.unit for draw, _ in done.draws) == sorted(Fake(size=8).units)


def test_independent_draws_end_with_the_most(plan: Plan, tmp_path: Path) -> None:
    narrow = plan.stop.model_copy(update={"half_width": 1e-6})
    endless = plan.model_copy(update={"stop": narrow})
    done = conduct(endless, Fake(census=False), tmp_path / "out", quiet)
    assert (done.why_stopped, len(done.draws)) == (MOST, 60)


def test_the_order_of_the_arms_is_left_to_chance(plan: Plan, tmp_path: Path) -> None:
    study = Fake(census=False)
    conduct(plan, study, tmp_path / "out", quiet)
    assert {("old", "new"), ("new", "old")} == set(study.orders)


@pytest.mark.parametrize("rubbish", ["", '{"draw": 7, "uni'])
def test_a_cut_run_is_taken_up(plan: Plan, tmp_path: Path, rubbish: str) -> None:
    def cut(done: object) -> None:
        if len(done.draws) == 7:  # type: ignore[attr-defined]
            raise Cut

    with pytest.raises(Cut):
        conduct(plan, Fake(size=12), tmp_path / "out", cut)
    with (tmp_path / "out" / RECORDS).open("a") as records:
        records.write(rubbish)
    again = Fake(size=12)
    taken_up = conduct(plan, again, tmp_path / "out", quiet)
    assert len(again.orders) == 5
    whole = conduct(plan, Fake(size=12), tmp_path / "other", quiet)
    assert taken_up.draws == whole.draws
    assert (tmp_path / "out" / RECORDS).read_bytes() == (tmp_path / "other" / RECORDS).read_bytes()


def test_records_of_another_plan_are_kept(plan: Plan, tmp_path: Path) -> None:
    conduct(plan, Fake(size=6), tmp_path, quiet)
    before = (tmp_path / RECORDS).read_bytes()
    other = plan.model_copy(update={"seed": 9})
    with pytest.raises(BadInput, match="another plan"):
        conduct(other, Fake(size=6), tmp_path, quiet)
    assert (tmp_path / RECORDS).read_bytes() == before


def test_damaged_records_are_refused(plan: Plan, tmp_path: Path) -> None:
    conduct(plan, Fake(size=6), tmp_path, quiet)
    path = tmp_path / RECORDS
    path.write_text(path.read_text().replace('"draw": 2', '"drew": 2'))
    with pytest.raises(BadInput, match="damaged"):
        conduct(plan, Fake(size=6), tmp_path, quiet)


def test_the_report_tells_what_the_records_hold(plan: Plan, tmp_path: Path) -> None:
    done = conduct(plan, Fake(gain=-0.5, size=10), tmp_path, quiet)
    path = report.write(done, tmp_path, tmp_path / "plan.yaml")
    text = path.read_text()
    data = json.loads((tmp_path / report.RESULT).read_text())
    assert data["differences"]["new"]["verdict"] == "worse"
    assert data["means"] == {"old": 0.0, "new": -0.5}
    assert "# Does it help?" in text
    assert "| new | -0.500 | -0.500 |" in text
    assert "- It is made up." in text
    assert (tmp_path / report.PICTURE).read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PLAN.replace("policies", "tastes"), "plan.yaml:2: study"),
        (PLAN.replace("most: 60", "most: 2"), "over `stop.most`"),
        (PLAN.replace("half_width", "half_widht"), "plan.yaml:3: stop.half_widht"),
        ("- 1\n", "mapping"),
        ("question: [", "not YAML"),
    ],
)
def test_a_bad_plan_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    with pytest.raises(BadInput) as caught:
        load_plan(path)
    assert told in str(caught.value)


SUM = """from icontract import ensure

@ensure(lambda xs, result: result == sum(xs))
def total(xs: list[int]) -> int:
    t = 0
    for x in xs:
        t += x
    return t

@ensure(lambda xs, result: result == sum(xs))
def total_broken(xs: list[int]) -> int:  # expect: refuted
    return 0
"""


def test_the_command_measures_what_a_source_is_worth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "sums.py").write_text(SUM)
    plan = tmp_path / "folds.yaml"
    plan.write_text(
        "question: Do folds matter?\n"
        "study: {kind: invariant sources, folder: programs, sources: [folds, order]}\n"
        "stop: {half_width: 0.1, most: 19}\n"
    )
    assert run_command_line(["experiment", str(plan), "--quiet"]) == 0
    assert "1 draws" in capsys.readouterr().out
    data = json.loads((tmp_path / "folds" / report.RESULT).read_text())
    assert data["means"]["all sources"] == 1.0
    assert set(data["differences"]) == {"without folds", "without order"}


def test_a_source_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sums.py").write_text(SUM)
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "question: Do folds matter?\n"
        "study: {kind: invariant sources, folder: ., sources: [flods]}\n"
        "stop: {half_width: 0.1, most: 19}\n"
    )
    assert run_command_line(["experiment", str(plan)]) == 2
    assert "`flods`" in capsys.readouterr().err


def test_policies_are_compared_on_what_they_did_not_learn_from(tmp_path: Path) -> None:
    from verify_agent.agent.experiment.plan import Policies
    from verify_agent.agent.experiment.studies.policies import PolicyStudy

    study = PolicyStudy.of(Policies(kind="policies", orders=2))
    study.suite = dict(list(study.suite.items())[:4])
    draw = Draw(0, study.units[0], 5)
    values = study.values(draw, study.arms)
    assert set(values) == set(study.arms)
    assert all(cost > 0 for cost in values.values())
    assert values == study.values(draw, study.arms)


def test_least_gains_are_compared_on_the_same_lives() -> None:
    from verify_agent.agent.experiment.plan import Deltas
    from verify_agent.agent.experiment.studies.deltas import DeltaStudy

    wanted = Deltas(kind="least gain", deltas=[0.05, 0.0, 0.9], proposals=12, fresh=60)
    study = DeltaStudy.of(wanted)
    lives = [study.values(Draw(k, "life", k), study.arms) for k in range(5)]
    assert lives == [study.values(Draw(k, "life", k), study.arms) for k in range(5)]
    assert all(life["delta 0.9"] == 0 for life in lives), "nothing gains that much"
    assert sum(life["delta 0.05"] for life in lives) > 0
