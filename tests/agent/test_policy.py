"""Estimates, counts, the shipped policy and its file, the gate of learning, and what is shown."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from verify_agent.agent import policy_learn
from verify_agent.agent.abstraction import AbstractState, Stage
from verify_agent.agent.cli import run_command_line
from verify_agent.agent.loop import Decision, run
from verify_agent.agent.policy import LazyPolicy, in_use, model_of, policy_of_class, shipped
from verify_agent.agent.policy_actions import enabled
from verify_agent.agent.policy_certify import judge_class
from verify_agent.agent.policy_counts import Counts, counted, read_counts, write_counts
from verify_agent.agent.policy_estimates import Estimates, Tally, keys
from verify_agent.agent.policy_file import LEARNED, basis, read_solutions, write_solutions
from verify_agent.agent.policy_judge import Trial, Watcher, judge, paired
from verify_agent.agent.policy_learn import loss_when_replayed, recorded_suite
from verify_agent.agent.policy_model import CLASSES, RunClass, all_states
from verify_agent.agent.policy_rivals import FixedOrder, Random, fixed_orders
from verify_agent.agent.run_store import Recorder, Run, open_store
from verify_agent.agent.state import Goal, KindClass, State
from verify_agent.agent.task import Task
from verify_agent.verifier.evidence import Verdict

SCALAR = CLASSES[0]
ONE_BY_ONE = FixedOrder(
    tuple(frozenset({e}) for e in ("deductive", "properties", "typing", "symbolic"))
)


def test_kinds_of_task_fall_into_few_classes() -> None:
    kinds = ("implement", "repair", "optimize", "specify", "test", "document")
    assert {KindClass.of(k) for k in kinds} == set(KindClass)
    assert KindClass.of("implement") is KindClass.NEW


def test_what_was_counted_moves_an_estimate_from_the_prior() -> None:
    key = next(k for k in keys(*SCALAR) if "deductive | fresh" in k)
    before = Estimates()[key]
    tally = Tally({"refutes": 180}, 180, 180 * 7.0, 180 * 49.0)
    after = Estimates({key: tally})[key]
    assert before.mean["refutes"] < Fraction(1, 10) < Fraction(8, 10) < after.mean["refutes"]
    assert sum(after.mean.values()) == 1
    assert float(before.mean_seconds) < 1 < 6.5 < float(after.mean_seconds) < 7
    wide, narrow = (e.interval("refutes") for e in (before, after))
    assert wide[1] - wide[0] > narrow[1] - narrow[0]
    assert after.counted == 180


def test_every_key_of_a_class_has_an_estimate() -> None:
    for run_class in CLASSES:
        for key in keys(*run_class):
            assert sum(Estimates()[key].mean.values()) == 1


def test_counts_come_back_from_their_file(tmp_path: Path) -> None:
    counts = counted(
        [("a", "found", 1.5), ("a", "none", None), ("b", "open", 2.0)], 2, "2026-01-02"
    )
    write_counts(tmp_path / "counts.json", counts)
    assert read_counts(tmp_path / "counts.json") == counts
    assert counts.size == 3
    assert counts.plus(counts).tallies["a"] == Tally({"found": 2, "none": 2}, 2, 3.0, 4.5)
    assert read_counts(tmp_path / "absent.json") == Counts({})
    (tmp_path / "counts.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no counts"):
        read_counts(tmp_path / "counts.json")


def test_the_shipped_policy_fits_the_states_and_is_one_of_this_model() -> None:
    found = shipped()
    assert found is not None
    solutions, origin = found
    assert set(solutions) == set(CLASSES)
    assert origin.observations > 0
    assert origin.updated
    for run_class, solution in solutions.items():
        for state in all_states((run_class,)):
            assert (state.name in solution.policy) == bool(enabled(state))


def certified(run_class: RunClass) -> None:
    solution = policy_of_class(run_class).solution
    found = judge_class(run_class, model_of((run_class,)), solution.policy)
    assert found.right, "the model changed: run benchmarks/policy/ship.py"
    assert found.forecast is not None
    assert sum(found.forecast.endings.values()) == 1
    # No run of the other classes was recorded: there the prior speaks alone, and with caution.
    recorded = run_class[0] is KindClass.NEW
    least = Fraction(1, 2) if recorded else Fraction(1, 4)
    assert found.forecast.endings["delivered"] > least


def test_the_shipped_policy_is_certified_for_new_scalar_code() -> None:
    certified(SCALAR)


@pytest.mark.slow
@pytest.mark.parametrize("run_class", CLASSES[1:], ids=str)
def test_the_shipped_policy_is_certified(run_class: RunClass) -> None:
    certified(run_class)


@pytest.mark.slow
def test_an_action_altered_in_any_state_of_the_shipped_policy_is_refused() -> None:
    """Unless it is as good: then both are optimal, and an exact solve says so."""
    from verify_agent.mdp.certify import Certificate, certify

    model = model_of((SCALAR,))
    solution = policy_of_class(SCALAR).solution
    for state, actions in solution.q.items():
        for action, worth in actions.items():
            if worth < solution.values[state] - 1e-3:
                altered = {**solution.policy, state: action}
                assert not isinstance(certify(model, altered, solution.values), Certificate)


def test_solutions_come_back_from_their_file(tmp_path: Path) -> None:
    solutions, origin = in_use()
    write_solutions(tmp_path / "policy.json", {SCALAR: solutions[SCALAR]}, origin)
    found = read_solutions(tmp_path / "policy.json")
    assert found is not None
    assert found[1] == origin
    assert dict(found[0][SCALAR].policy) == dict(solutions[SCALAR].policy)
    for damaged in (
        "{",
        "[]",
        '{"origin": [1, 2, "", ""], "classes": {"new | scalar | proof": []}}',
    ):
        (tmp_path / "policy.json").write_text(damaged, encoding="utf-8")
        assert read_solutions(tmp_path / "policy.json") is None


def test_a_learned_policy_counts_only_for_the_model_that_it_was_solved_for(tmp_path: Path) -> None:
    solutions, origin = in_use()
    write_solutions(tmp_path / LEARNED, solutions, replace(origin, runs=77, basis=basis()))
    assert in_use(tmp_path)[1].runs == 77
    write_solutions(tmp_path / LEARNED, solutions, replace(origin, runs=77, basis="another"))
    assert in_use(tmp_path)[1] == origin


def test_a_run_starts_nothing_heavy_for_its_policy() -> None:
    import subprocess
    import sys

    script = (
        "import sys\n"
        "from verify_agent.agent.policy import LazyPolicy\n"
        "from verify_agent.agent.abstraction import AbstractState, Stage\n"
        "print(LazyPolicy().decide(AbstractState(Stage.CANDIDATE)).action)\n"
        "print(*sorted(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    action, loaded = done.stdout.splitlines()
    assert action in enabled(AbstractState(Stage.CANDIDATE))
    assert not set(loaded.split()) & {"numpy", "mdptoolbox", "networkx", "scipy", "flint"}


def test_engines_side_by_side_teach_what_they_teach_alone(
    double: Task, fake_bench: Callable[..., Any]
) -> None:
    goal = Goal(Verdict.PROVED, 60.0)
    seen = {}
    for sets in (("typing", "properties", "symbolic"), ("typing+properties+symbolic",)):
        order = tuple(frozenset(s.split("+")) for s in ("deductive", *sets))
        watcher = Watcher()
        run(State(double, goal), FixedOrder(order), fake_bench(), watcher)
        seen[len(sets)] = [(key, outcome) for key, outcome, _ in watcher.seen]
    alone = {k: o for k, o in seen[3] if "| proved" in k and "symbolic" not in k}
    beside = {k: o for k, o in seen[1] if "| proved" in k and "symbolic" not in k}
    assert alone == beside
    assert set(alone.values()) == {"agrees"}
    assert ("new | scalar | proof | deductive | fresh", "reaches") in seen[1]


def test_a_refutation_is_counted_for_the_engine_that_refutes(
    double: Task, fake_bench: Callable[..., Any]
) -> None:
    watcher = Watcher()
    wrong, right = (
        "def double(x: int) -> int:\n    return x\n",
        "def double(x: int) -> int:\n    return 2 * x\n",
    )
    bench = fake_bench(candidates=[wrong, right])
    run(State(double, Goal(Verdict.PROVED, 60.0)), ONE_BY_ONE, bench, watcher)
    seen = [(key, outcome) for key, outcome, _ in watcher.seen]
    assert ("new | scalar | proof | deductive | fresh", "refutes") in seen
    assert ("new | scalar | proof | search | refuted", "found") in seen


def test_a_fixed_order_covers_every_engine_and_there_are_150() -> None:
    orders = list(fixed_orders())
    assert len(set(orders)) == 150
    assert all(len(frozenset().union(*o.order)) == 4 for o in orders)
    assert all(sum(map(len, o.order)) == 4 for o in orders)


def test_differences_are_paired_by_task() -> None:
    def trials(*seconds: float) -> list[Trial]:
        return [Trial(str(i // 2), Verdict.PROVED, True, s) for i, s in enumerate(seconds)]

    found = paired(trials(1, 3, 5, 5), trials(2, 4, 8, 8))
    assert found.mean == pytest.approx(-2.0)
    assert found.low < -2.0 < found.high
    with pytest.raises(ValueError, match="other tasks"):
        paired(trials(1), trials(1, 2))


def test_a_recorded_task_is_replayed_under_any_policy() -> None:
    suite = recorded_suite()[:3]
    solved = judge(LazyPolicy(), suite)
    assert all(t.reached for t in solved)
    assert solved == judge(LazyPolicy(), suite)
    other = judge(Random(random.Random(1)), suite)
    assert sum(t.cost for t in other) > sum(t.cost for t in solved)


class Slow:
    """Only does what takes longest: an order that a gate must not let through."""

    def decide(self, state: AbstractState) -> Decision:
        return FixedOrder(
            tuple(frozenset({e}) for e in ("symbolic", "deductive", "properties", "typing"))
        ).decide(state)


def test_a_dearer_policy_is_refused_and_an_equal_one_is_not() -> None:
    suite = recorded_suite()[:4]
    assert "costs" in loss_when_replayed(LazyPolicy(), Slow(), suite)
    assert loss_when_replayed(Slow(), LazyPolicy(), suite) == ""
    assert loss_when_replayed(LazyPolicy(), LazyPolicy(), suite) == ""


@pytest.mark.slow
def test_a_refused_policy_leaves_every_file_as_it_was(
    tmp_path: Path,
    double: Task,
    fake_bench: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    start: State,
) -> None:
    task = tmp_path / "double.yaml"
    task.write_text(TASK, encoding="utf-8")
    keep_a_run(tmp_path, start, fake_bench())
    monkeypatch.setattr(policy_learn, "CLASSES", (SCALAR,))
    monkeypatch.setattr(policy_learn, "loss_when_replayed", lambda *a: "it no longer reaches x")
    told: list[str] = []
    before = sorted(p.name for p in tmp_path.iterdir())
    assert policy_learn.learn(tmp_path, [task], told.append) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert told[-1] == "not taken over: it no longer reaches x"
    monkeypatch.setattr(policy_learn, "loss_when_replayed", lambda *a: "")
    monkeypatch.setattr(policy_learn, "loss_in_runs", lambda *a: "")
    assert policy_learn.learn(tmp_path, [task], told.append) == 0
    assert in_use(tmp_path)[1].runs == (in_use()[1].runs + 1)


TASK = 'name: double\nsignature: "double(x: int) -> int"\nensures: ["result == x + x"]\n'


def keep_a_run(folder: Path, start: State, bench: Any) -> None:
    store = open_store(folder)
    store.begin(Run("r1", "2026-01-02T03:04:05+00:00", "double.yaml", (), 0))
    last = run(start, LazyPolicy(), bench, Recorder(store, "r1"))
    store.end("r1", last, "{}")
    store.close()


def test_the_path_of_a_finished_run_shows_what_was_expected(
    tmp_path: Path, start: State, fake_bench: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    keep_a_run(tmp_path, start, fake_bench())
    assert run_command_line(["policy", "path", "--state-folder", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "double.yaml: delivered" in told
    assert "1. start | new | scalar | proof" in told
    assert "expected worth" in told
    assert told.rstrip().endswith("delivered")
    assert run_command_line(["policy", "path", "nix", "--state-folder", str(tmp_path)]) == 2
    assert "`nix` is no run" in capsys.readouterr().err


def test_show_why_and_graph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from xml.etree import ElementTree

    def told(*words: str) -> str:
        assert run_command_line(["policy", *words, "--state-folder", str(tmp_path)]) == 0
        return capsys.readouterr().out

    shown = told("show", "--estimates")
    assert "observations" in shown
    assert "new | scalar | proof | deductive | fresh" in shown
    assert "delivered 0." in shown
    raw = AbstractState(Stage.CANDIDATE, simplified=False).name
    worth = told("why", raw)
    assert f"state   {raw}" in worth
    assert len(worth.splitlines()) > 10
    file = tmp_path / "graph.svg"
    assert str(file) in told("graph", "--output", str(file))
    root = ElementTree.parse(file).getroot()
    assert root.tag.endswith("svg")
    assert len(list(root.iter("{http://www.w3.org/2000/svg}rect"))) > 10
    assert run_command_line(["policy", "why", "nowhere"]) == 2
    assert "no states" in capsys.readouterr().err
