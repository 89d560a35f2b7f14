"""Proposers: what they read, what they change, and that they leave the contract alone."""

import ast
from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

import pytest

from verify_agent.agent.improve.archive import shipped_generation
from verify_agent.agent.improve.cycle import with_text
from verify_agent.agent.improve.evaluate import Measurement, Outcome
from verify_agent.agent.improve.model import Proposal, Skill
from verify_agent.agent.improve.proposers import traces, waiting
from verify_agent.agent.improve.proposers.analysis import (
    analyze_performance,
    generate_specifications,
)
from verify_agent.agent.improve.proposers.evolution import Elites, evolved, niche_of
from verify_agent.agent.improve.proposers.mutations import mutated
from verify_agent.agent.improve.proposers.parameters import (
    Bench,
    annealing,
    changed,
    halving,
    numbers,
    with_numbers,
)
from verify_agent.agent.improve.proposers.samples import arguments, behaviour
from verify_agent.agent.improve.proposers.tables import Table
from verify_agent.agent.improve.tasks import Task, open_suite
from verify_agent.agent.skills.registry import NAMES, Skills, shipped_source, skill
from verify_agent.agent.synth.synthesizer import Kept

TABLES = ("candidate_rank", "component_cost", "edit_size", "leaf_cost", "prompt_rank")
TASKS = open_suite(6)
WAITING = shipped_source("patience").replace("25000 + 1500 * size", "200000 + 2000 * size")
"""A patience that waits long enough for a descent to have something to do."""


def outcome(task: str, *kept: Kept, cost: int = 9_000, source: str = "") -> Outcome:
    """A solved task whose answer is the smallest of those that were kept."""
    best = min(kept, key=lambda k: k.size)
    return Outcome(task, True, cost, best.size, source, best.strategy, (), kept)


def measurement() -> Measurement:
    """Two solved tasks, one of which got a better answer late, and one that was not solved."""
    late = (Kept("enumerate", 20, False, 30_000, 100), Kept("fold", 15, False, 150_000, 4_000))
    found = (
        outcome(
            "early", Kept("fold", 9, False, 20_000, 50), source="def f(n):\n    return n % 2\n"
        ),
        outcome("late", *late, source="def g(n):\n    return n % 3 + n % 5\n"),
        Outcome("lost", False, 5_000),
    )
    return Measurement({o.task: o for o in found})


def check(proposal: Proposal) -> None:
    """It changes what a skill does, not what it promises, and the result is well."""
    old = shipped_generation().skill(proposal.skill)
    new = Skill.read(proposal.skill, proposal.source)
    assert new.contract == old.contract
    shown = behaviour(proposal.skill, proposal.source)
    assert None not in shown
    assert shown != behaviour(proposal.skill, old.source)
    assert proposal.parent == shipped_generation().hash
    assert proposal.aim


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_written_as_it_was_read(name: str) -> None:
    source = shipped_source(name)
    table = Table.read(name, source)
    assert table.text == source
    other = table.changed({"new": 7})
    assert Table.read(name, other.text).of("new") == 7
    assert Table.read(name, other.text).of("else") == table.rest


@pytest.mark.parametrize("name", ["patience", "strategy_order"])
def test_what_is_no_table_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="no function of one parameter"):
        Table.read(name, shipped_source(name))


@pytest.mark.parametrize("name", traces.LEARNERS)
def test_what_is_learned_from_traces_keeps_its_promise(name: str) -> None:
    proposals = list(
        traces.LEARNERS[name](shipped_generation(), analyze_performance(measurement()))
    )
    assert proposals
    for proposal in proposals:
        check(proposal)


def stops(text: str, task: str) -> int:
    """When the search for a task would end with a patience of this text."""
    skills = Skills({"patience": text})
    kept = measurement().outcomes[task].kept
    return min(k.spent + skills.call("patience", k.size, k.loops, k.spent) for k in kept)


def test_a_learned_patience_waits_for_the_better_answer() -> None:
    current = with_text(shipped_generation(), "patience", WAITING)
    (first, *_) = waiting.tuned_patience(current, analyze_performance(measurement()))
    assert stops(first.source, "late") >= 150_000
    assert stops(first.source, "early") < stops(WAITING, "early")


@pytest.mark.parametrize(
    ("others", "given_up"),
    [(0, False), (9, True)],
    ids=["it is much of all", "it is little of all"],
)
def test_a_better_answer_is_given_up_where_all_get_hardly_longer(
    others: int, given_up: bool
) -> None:
    solved = [o for o in measurement().outcomes.values() if o.solved]
    solved += [outcome(f"other {i}", Kept("fold", 30, False, 20_000, 50)) for i in range(others)]
    old = WAITING
    text = waiting.descended(old, solved, Fraction(103, 100))
    assert (stops(text, "late") < 150_000) is given_up
    assert waiting.descended(text, solved, Fraction(1)) == text or not given_up
    before, after = waiting.waits(old, old, solved), waiting.waits(old, text, solved)
    assert before is not None
    assert after is not None
    assert after.tried < before.tried
    assert after.size <= Fraction(103, 100) * before.size


def test_what_waits_longer_or_fails_is_not_considered() -> None:
    solved = [o for o in measurement().outcomes.values() if o.solved]
    old = shipped_source("patience")
    longer = old.replace("max(1000", "max(300000")
    assert waiting.waits(longer, old, solved) is not None
    assert waiting.waits(old, longer, solved) is None
    assert waiting.waits(old, old.replace("spent // 2", "spent // 0"), solved) is None


def test_turns_get_shorter_first() -> None:
    (first, *_) = traces.learned_turns(shipped_generation(), analyze_performance(measurement()))
    skills = Skills({"strategy_turn": first.source})
    assert skills.call("strategy_turn", "fold") == skill("strategy_turn", "fold") // 3


def test_what_is_used_often_gets_cheap() -> None:
    used = traces.uses(measurement().outcomes.values())
    assert used["{0} % {1}"] == 3
    found = traces.learned_costs(shipped_generation(), analyze_performance(measurement()))
    first = next(found)
    table = Table.read("component_cost", first.source)
    assert table.of("{0} % {1}") < table.of("{0}.title()")


@pytest.mark.parametrize(
    ("name", "propose"),
    [("component_cost", traces.learned_costs), ("strategy_turn", traces.learned_turns)],
)
def test_what_evolution_made_no_table_is_left_to_others(name, propose) -> None:
    analysis = analyze_performance(measurement())
    assert list(propose(shipped_generation(), analysis))
    (parameter,) = ast.parse(shipped_source(name)).body[-1].args.args
    other = f"def {name}({parameter.arg}: str) -> int:\n    return len({parameter.arg})\n"
    with pytest.raises(ValueError, match="returns no constant"):
        Table.read(name, other)
    assert not list(propose(with_text(shipped_generation(), name, other), analysis))


def test_a_part_of_an_answer_counts_once_as_what_says_most() -> None:
    source = "def f(t):\n    return (t[1], t[2], t[i])\n"
    used = traces.uses([outcome("t", Kept("enumerate", 9, False, 9, 9), source=source)])
    assert used == {"({0}, {1}, {2})": 1, "{0}[1]": 1, "{0}[2]": 1, "{0}[{1}]": 1}


def test_what_dear_answers_are_made_of_gets_cheap() -> None:
    dear = outcome(
        "dear",
        Kept("enumerate", 9, False, 90_000, 80_000),
        cost=90_000,
        source="def f(t):\n    return (t[1], t[2], t[0])\n",
    )
    outcomes = {**measurement().outcomes, "dear": dear}
    analysis = analyze_performance(Measurement(outcomes))
    first = next(traces.learned_costs(shipped_generation(), analysis))
    old, new = (
        Table.read("component_cost", text)
        for text in (shipped_source("component_cost"), first.source)
    )
    assert {t for t in new.rows if new.of(t) != old.of(t)} == {
        "({0}, {1}, {2})",
        "{0}[1]",
        "{0}[2]",
    }
    assert new.of("{0}[2]") == 1


def test_the_analysis_says_where_candidates_went() -> None:
    analysis = analyze_performance(measurement())
    assert (analysis.searching, analysis.waiting, analysis.failing) == (4_050, 13_950, 5_000)
    assert analysis.wins == {"fold": 2}
    assert "60 %" in analysis.aims["patience"]
    promise = generate_specifications(shipped_generation(), "leaf_cost")
    assert [c.text for c in promise.ensures] == ["1 <= result <= 9"]


def test_numbers_of_the_body_alone_are_changed() -> None:
    source = shipped_source("leaf_cost")
    assert [n.value for n in numbers("leaf_cost", source)] == [1, 1, 2, 2, 2]
    changes = {n: n.value + 10 for n in numbers("leaf_cost", source)}
    text = with_numbers(source, changes)
    assert text.splitlines()[:7] == source.splitlines()[:7]
    assert [n.value for n in numbers("leaf_cost", text)] == [11, 11, 12, 12, 12]


@pytest.mark.parametrize("name", NAMES)
def test_changes_leave_the_contract_alone(name: str) -> None:
    rng = Random(1)
    source = shipped_source(name)
    old = Skill.read(name, source).contract
    texts = {change(name, source, rng) for _ in range(12) for change in (_few, mutated)}
    assert len(texts - {source}) > 5 or not numbers(name, source)
    for text in texts:
        ast.parse(text)
        assert Skill.read(name, text).contract == old


def _few(name: str, source: str, rng: Random) -> str:
    return changed(name, source, 2, rng)


def bench(best: Mapping[str, int]) -> Bench:
    """A bench on which the cost of a task is how far a leaf's costs are from the best."""

    def measure(tasks: Sequence[Task], sources: Mapping[str, str]) -> Measurement:
        skills = Skills(sources)
        cost = 1 + sum(abs(skills.call("leaf_cost", k) - v) for k, v in best.items())
        return Measurement({t.name: Outcome(t.name, True, cost, 1) for t in tasks})

    return Bench(TASKS, measure(TASKS, {}), measure, lambda: False)


@pytest.mark.parametrize("search", [halving, annealing, evolved])
def test_a_search_finds_what_costs_less(search: object) -> None:
    assert callable(search)
    analysis = analyze_performance(measurement())
    found = []
    for seed in range(6):
        wanted = bench({"parameter": 3, "constant": 3, "spare constant": 4})
        found += search(shipped_generation(), analysis, "leaf_cost", wanted, Random(seed))
    assert found
    for proposal in found:
        check(proposal)
        sources = {"leaf_cost": proposal.source}
        assert wanted.score(TASKS, sources) > wanted.score(TASKS, {})


@pytest.mark.parametrize("search", [halving, annealing, evolved])
def test_a_search_proposes_nothing_where_nothing_is_better(search: object) -> None:
    assert callable(search)
    analysis = analyze_performance(measurement())
    perfect = bench({k: skill("leaf_cost", k) for k in ("parameter", "constant", "contract term")})
    for seed in range(3):
        assert not list(search(shipped_generation(), analysis, "leaf_cost", perfect, Random(seed)))


def test_each_niche_keeps_its_best() -> None:
    elites = Elites()
    score = bench({"parameter": 1}).score(TASKS, {})
    assert elites.offer((1, 2, 0), score, "a")
    assert not elites.offer((1, 2, 0), score, "b")
    assert elites.offer((2, 2, 0), score / 2, "c")
    assert elites.champion == (score, "a")
    assert {elites.draw(Random(seed)) for seed in range(9)} == {"a", "c"}
    assert niche_of((1, 2, None)) != niche_of((1, 2, 3))


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_allowed_and_show_differences(name: str) -> None:
    assert arguments(name)
    shown = behaviour(name, shipped_source(name))
    assert None not in shown
    broken = behaviour(name, f"def {name}() -> int:\n    return 1\n")
    assert set(broken) == {None}
