"""The loop ends in every way that it can, always with what was known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import verify_agent.agent.loop as loop_module
from verify_agent.agent.abstraction import Stage
from verify_agent.agent.loop import Decision, run
from verify_agent.agent.policy import LazyPolicy, SolvedPolicy, model_of, solved_policy
from verify_agent.agent.policy_actions import DELIVER, GIVE_UP
from verify_agent.agent.policy_model import CLASSES, all_states
from verify_agent.agent.policy_rivals import FixedOrder
from verify_agent.agent.state import MAX_SET_ASIDE, Ending, Goal, KindClass, Standing, State
from verify_agent.mdp.certify import Certificate, certify
from verify_agent.mdp.check import check_automaton
from verify_agent.mdp.solve import evaluate
from verify_agent.verifier.errors import BadInput, Unsupported
from verify_agent.verifier.evidence import Verdict, weakest

Bench = Callable[..., Any]
RIGHT = "def double(x: int) -> int:\n    return 2 * x\n"
WRONG = "def double(x: int) -> int:\n    return x\n"


class Notes:
    """A journal that keeps everything."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.happenings: list[tuple[State, State]] = []
        self.endings: list[State] = []

    def decided(self, number: int, decision: Decision, state: State) -> None:
        assert number == len(self.decisions) + 1
        self.decisions.append(decision)

    def happened(self, number: int, decision: Decision, before: State, after: State) -> None:
        self.happenings.append((before, after))

    def ended(self, state: State) -> None:
        self.endings.append(state)


#: An order that does not change with what is learned; CrossHair waits for the proof.
PROOF_FIRST = FixedOrder(
    (frozenset({"deductive", "properties", "typing"}), frozenset({"symbolic"})), patient=False
)
NEW = [c for c in CLASSES if c[0] is KindClass.NEW]


@pytest.fixture(scope="session")
def policy() -> SolvedPolicy:
    return solved_policy(classes=NEW)


def test_a_right_candidate_is_delivered_with_all_evidence(
    start: State, policy: SolvedPolicy, fake_bench: Bench
) -> None:
    bench, notes = fake_bench(), Notes()
    last = run(start, policy, bench, notes)
    assert last.ending is Ending.DELIVERED
    assert last.ending.exit_code == 0
    assert [s.candidate.source for s in bench.delivered if s.candidate] == [RIGHT]
    assert notes.endings == [last]
    assert notes.decisions[-1].action == DELIVER
    assert {o.verdict for o in last.obligations} == {Verdict.PROVED}


def test_counterexamples_reach_the_synthesizer(
    start: State, policy: SolvedPolicy, fake_bench: Bench
) -> None:
    bench = fake_bench(candidates=[WRONG, WRONG, RIGHT])
    last = run(start, policy, bench, Notes())
    assert last.ending is Ending.DELIVERED
    assert len(last.rejections) == 2
    assert [c.call for c in bench.known] == ["double(1)"] * 2


@pytest.mark.parametrize(
    ("changes", "ending", "code"),
    [
        ({"standing": Standing.VACUOUS}, Ending.VACUOUS, 1),
        ({"standing": Standing.UNSATISFIABLE}, Ending.UNSATISFIABLE, 1),
        ({"candidates": []}, Ending.NONE_FOUND, 1),
        ({"candidates": [WRONG]}, Ending.NONE_FOUND, 1),
        ({"candidates": [WRONG] * 100}, Ending.OUT_OF_BUDGET, 3),
        ({"says": {"deductive": Verdict.UNKNOWN}}, Ending.INCONCLUSIVE, 3),
        ({"says": {"deductive": Verdict.CANDIDATE}}, Ending.INCONCLUSIVE, 3),
        ({"says": {"typing": Verdict.UNKNOWN}}, Ending.INCONCLUSIVE, 3),
        ({"says": {"properties": Verdict.UNKNOWN}}, Ending.INCONCLUSIVE, 3),
        ({"says": {"typing": Verdict.ERROR}}, Ending.TOOL_BROKE, 4),
        ({"says": {"deductive": Verdict.VACUOUS}}, Ending.VACUOUS, 1),
    ],
)
def test_every_other_way_to_end(
    changes: dict[str, Any],
    ending: Ending,
    code: int,
    start: State,
    policy: SolvedPolicy,
    fake_bench: Bench,
) -> None:
    symbolic = {"symbolic": Verdict.UNKNOWN}
    if "says" in changes:
        changes = {**changes, "says": {**symbolic, **changes["says"]}}
    bench = fake_bench(**changes)
    last = run(start, policy, bench, Notes())
    assert (last.ending, last.ending and last.ending.exit_code) == (ending, code)
    assert last.problem
    assert bench.delivered == []


def named(number: int) -> str:
    """A right program, each number another text."""
    return RIGHT.replace("2 * x", f"2 * x + {number} - {number}")


def test_another_program_is_proved_in_place_of_one_that_is_not(
    start: State, fake_bench: Bench
) -> None:
    bench = fake_bench(candidates=[named(1), named(2), RIGHT], unproved=(named(1), named(2)))
    notes = Notes()
    last = run(start, PROOF_FIRST, bench, notes)
    assert last.ending is Ending.DELIVERED
    assert last.candidate
    assert last.candidate.source == RIGHT
    assert (last.set_aside, len(last.rejections), last.rejected) == (2, 2, 2)
    assert not any(a.reason for o in last.obligations for a in o.attempts)
    assert ["deductive" in c for c in bench.calls if c.startswith("check")].count(True) == 3
    assert sum("symbolic" in c for c in bench.calls) <= 2, "CrossHair waits for the proof"


@pytest.mark.parametrize("offered", [1, 2, MAX_SET_ASIDE + 1, 30])
def test_the_best_program_is_shown_where_none_is_proved(
    offered: int, start: State, policy: SolvedPolicy, fake_bench: Bench
) -> None:
    texts = [named(i) for i in range(offered)]
    last = run(start, policy, fake_bench(candidates=[*texts], unproved=tuple(texts)), Notes())
    assert last.ending is Ending.INCONCLUSIVE
    assert last.candidate
    assert last.candidate.source == texts[0]
    assert weakest(o.verdict for o in last.obligations) is Verdict.TESTED
    assert last.set_aside <= MAX_SET_ASIDE
    assert "too hard" in last.problem


def test_a_contract_that_has_no_model_ends_the_run_at_once(
    start: State, policy: SolvedPolicy, fake_bench: Bench
) -> None:
    texts = [named(i) for i in range(9)]
    fault = "unsupported: str.upper at double.yaml:4 ensures"
    bench = fake_bench(candidates=texts, unproved=tuple(texts), unsupported=fault)
    last = run(start, policy, bench, Notes())
    assert (last.ending, last.problem, last.set_aside) == (Ending.INCONCLUSIVE, fault, 0)
    assert bench.calls.count("propose") == 1


def test_infeasible_contracts_are_never_searched(
    start: State, policy: SolvedPolicy, fake_bench: Bench
) -> None:
    bench = fake_bench(standing=Standing.UNSATISFIABLE)
    run(start, policy, bench, Notes())
    assert bench.calls == ["examine"]


def test_the_budget_ends_a_run(start: State, policy: SolvedPolicy, fake_bench: Bench) -> None:
    short = replace(start, goal=Goal(Verdict.PROVED, 0.02))
    last = run(short, policy, fake_bench(), Notes())
    assert last.ending is Ending.OUT_OF_BUDGET


def test_a_delivery_that_is_ready_is_made_though_the_time_is_over(
    start: State, fake_bench: Bench
) -> None:
    bench = fake_bench()
    slow = bench.check

    def check(*arguments: Any) -> Any:
        bench.seconds += 20
        return slow(*arguments)

    bench.check = check
    last = run(replace(start, goal=Goal(Verdict.PROVED, 30.0)), PROOF_FIRST, bench, Notes())
    assert last.ending is Ending.DELIVERED
    assert last.seconds > 30


@pytest.mark.parametrize(
    ("raised", "ending"),
    [
        (KeyboardInterrupt(), Ending.INTERRUPTED),
        (RuntimeError("it fell over"), Ending.TOOL_BROKE),
        (MemoryError(), Ending.TOOL_BROKE),
        (Unsupported("complex", 3), Ending.INCONCLUSIVE),
        (BadInput("it can't be written"), Ending.BAD_INPUT),
    ],
)
@pytest.mark.parametrize("where", ["examine", "propose", "check", "deliver"])
def test_what_was_known_survives_a_broken_tool(
    raised: BaseException,
    ending: Ending,
    where: str,
    start: State,
    policy: SolvedPolicy,
    fake_bench: Bench,
) -> None:
    def broken(*arguments: Any) -> Any:
        raise raised

    bench, notes = fake_bench(), Notes()
    setattr(bench, where, broken)
    last = run(start, policy, bench, notes)
    assert last.ending is ending
    assert notes.endings == [last]
    assert len(notes.happenings) == len(notes.decisions) - 1
    if where == "deliver":
        assert {o.verdict for o in last.obligations} == {Verdict.PROVED}


def test_the_policy_is_certified_and_its_automaton_sound(policy: SolvedPolicy) -> None:
    model = model_of(NEW)
    solution = evaluate(model, policy.solution.policy)
    assert isinstance(certify(model, solution.policy, solution.values), Certificate)
    deliverable = {s.name for s in all_states(NEW) if s.deliverable}
    starts = [s.name for s in all_states(NEW) if s.stage is Stage.START]
    report = check_automaton(
        model, solution.policy, starts, lambda s, a: a != DELIVER or s in deliverable
    )
    assert report.sound
    assert report.endings == {"delivered", "given up"}


def test_a_policy_that_delivers_untested_code_would_be_noticed(policy: SolvedPolicy) -> None:
    model = model_of(NEW)
    report = check_automaton(
        model, policy.solution.policy, ["start | new | scalar | proof"], lambda s, a: a != DELIVER
    )
    assert not report.sound
    assert all(action == DELIVER for _, action in report.unsafe)


def test_each_decision_shows_what_the_alternatives_are_worth(
    start: State, policy: SolvedPolicy, fake_bench: Bench
) -> None:
    notes = Notes()
    run(start, policy, fake_bench(), notes)
    for decision in notes.decisions:
        assert decision.values[0][0] == decision.action
        assert decision.values[0][1] == max(value for _, value in decision.values)
    assert any(len(d.values) > 3 for d in notes.decisions)
    assert notes.decisions[0].action != GIVE_UP


def test_a_choice_of_one_needs_no_solution(
    start: State, policy: SolvedPolicy, fake_bench: Bench, tmp_path: Path
) -> None:
    lazy, shown = LazyPolicy(tmp_path / "a"), LazyPolicy(tmp_path / "b", explain=True)
    bench = fake_bench(standing=Standing.UNSATISFIABLE)
    assert run(start, lazy, bench, Notes()).ending is Ending.UNSATISFIABLE
    assert not (tmp_path / "a").exists()
    for state in all_states(NEW):
        if state.stage not in (Stage.DELIVERED, Stage.GIVEN_UP):
            wanted = policy.decide(state)
            assert lazy.decide(state).action == wanted.action
            assert dict(shown.decide(state).values) == pytest.approx(dict(wanted.values))


def test_the_loop_is_readable_in_one_sitting() -> None:
    assert loop_module.__file__ is not None
    assert len(Path(loop_module.__file__).read_text(encoding="utf-8").splitlines()) < 200
