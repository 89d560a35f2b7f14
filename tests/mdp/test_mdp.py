"""Solver and certificate against brute force over all policies of small random models."""

import itertools
import random
from collections.abc import Mapping
from fractions import Fraction

import pytest

from verify_agent.mdp.certify import BY_SOLVING, Certificate, Failure, certify
from verify_agent.mdp.check import check_automaton, dead_ends, forecasts
from verify_agent.mdp.exact import LARGE_BLOCK, NoEnding, exact_values
from verify_agent.mdp.explain import alternatives, table, why
from verify_agent.mdp.model import Choice, Dirichlet, Model, mixture
from verify_agent.mdp.solve import SolverFailed, solve

ACTIONS = ("a", "b", "c")


def random_model(rng: random.Random) -> Model:
    states = tuple(f"s{i}" for i in range(rng.randint(1, 4)))
    choices: dict[str, dict[str, Choice]] = {}
    for state in states:
        enabled = [a for a in ACTIONS if rng.random() < 0.7]
        choices[state] = {a: random_choice(rng, states) for a in enabled}
    return Model(states, ACTIONS, choices, Fraction(rng.choice([1, 5, 9]), 10))


def random_choice(rng: random.Random, states: tuple[str, ...]) -> Choice:
    weights = [rng.randint(0, 3) for _ in states]
    weights[rng.randrange(len(states))] += 1
    parts = [(Fraction(w, sum(weights)), s) for w, s in zip(weights, states, strict=True)]
    return Choice(Fraction(rng.randint(-5, 5)), mixture(parts))


def policies(model: Model) -> list[dict[str, str]]:
    open_states = [s for s in model.states if s not in model.terminal]
    enabled = [model.enabled(s) for s in open_states]
    return [dict(zip(open_states, chosen, strict=True)) for chosen in itertools.product(*enabled)]


def best_values(model: Model) -> dict[str, Fraction]:
    tried = [exact_values(model, policy) for policy in policies(model)]
    return {s: max(values[s] for values in tried) for s in model.states}


@pytest.mark.parametrize("seed", range(200))
def test_brute_force_agrees_with_solver_and_certificate(seed: int) -> None:
    agrees_with_brute_force(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(200, 1000, 100))
def test_brute_force_agrees_on_a_thousand_models(first: int) -> None:
    for seed in range(first, first + 100):
        agrees_with_brute_force(seed)


def agrees_with_brute_force(seed: int) -> None:
    model = random_model(random.Random(seed))
    best = best_values(model)
    solution = solve(model)
    assert all(abs(solution.values[s] - float(best[s])) < 1e-9 for s in model.states)
    certificate = certify(model, solution.policy, solution.values)
    assert isinstance(certificate, Certificate)
    assert exact_values(model, solution.policy) == best
    for policy in policies(model):
        values = exact_values(model, policy)
        verdict = certify(model, policy, {s: float(v) for s, v in values.items()})
        assert isinstance(verdict, Certificate) == (values == best)


@pytest.mark.parametrize("seed", range(40))
def test_a_value_altered_in_any_state_is_never_certified(seed: int) -> None:
    model = random_model(random.Random(seed))
    solution = solve(model)
    for state in model.states:
        for delta in (1e-3, -1.0, 50.0, float("nan"), float("inf")):
            claimed = {**solution.values, state: solution.values[state] + delta}
            assert isinstance(certify(model, solution.policy, claimed), Failure)


def test_an_action_that_is_not_enabled_is_never_certified() -> None:
    model = two_states(Fraction(9, 10))
    values = {"start": -1.0, "end": 0.0}
    assert certify(model, {"start": "c"}, values) == Failure("start", "c is not enabled there")
    assert certify(model, {}, values) == Failure("start", "None is not enabled there")
    failure = certify(model, {"start": "a", "end": "a"}, values)
    assert failure == Failure("end", "it is terminal, so worth 0 and without an action")


def test_ties_are_certified_by_an_exact_solve() -> None:
    same = Choice(Fraction(-1, 3), (("end", Fraction(1, 3)), ("start", Fraction(2, 3))))
    model = Model(("start", "end"), ACTIONS, {"start": {"a": same, "b": same}}, Fraction(9, 10))
    solution = solve(model)
    certificate = certify(model, solution.policy, solution.values)
    assert isinstance(certificate, Certificate)
    assert certificate.gap == 0
    assert certificate.method == BY_SOLVING
    assert certificate.values["start"] == Fraction(-5, 6)


def test_a_disabled_action_is_never_chosen_however_bad_the_rest() -> None:
    awful = Choice(Fraction(-1000), (("start", Fraction(1)),))
    model = Model(("start",), ACTIONS, {"start": {"b": awful}}, Fraction(99, 100))
    assert dict(solve(model).policy) == {"start": "b"}


def test_a_solver_that_chooses_a_disabled_action_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify_agent.mdp.solve._iterate", lambda model: ["c", "c"])
    with pytest.raises(SolverFailed, match="disabled action c chosen in start"):
        solve(two_states(Fraction(1, 2)))


@pytest.mark.parametrize(
    ("choices", "complaint"),
    [
        ({"s": {"a": Choice(Fraction(0), (("s", Fraction(1, 2)),))}}, "sum to 1/2"),
        ({"s": {"a": Choice(Fraction(0), (("t", Fraction(1)),))}}, "unknown state t"),
        ({"t": {"a": Choice(Fraction(0), (("s", Fraction(1)),))}}, "unknown states"),
        ({"s": {"z": Choice(Fraction(0), (("s", Fraction(1)),))}}, "unknown action z"),
    ],
)
def test_a_model_that_is_none_is_refused(
    choices: Mapping[str, Mapping[str, Choice]], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Model(("s",), ("a",), choices, Fraction(1, 2))
    with pytest.raises(ValueError, match="discount"):
        Model(("s",), ("a",), {}, Fraction(1))


def test_dirichlet_means_are_exact() -> None:
    belief = Dirichlet((("good", Fraction(9)), ("bad", Fraction(1)))).observed("bad", 2)
    assert belief.mean() == {"good": Fraction(3, 4), "bad": Fraction(1, 4)}
    with pytest.raises(KeyError):
        belief.observed("other")
    with pytest.raises(ValueError, match="positive"):
        Dirichlet((("good", Fraction(0)),))


def two_states(discount: Fraction) -> Model:
    to_end = Choice(Fraction(-1), (("end", Fraction(1)),))
    around = Choice(Fraction(-1), (("start", Fraction(1)),))
    return Model(("start", "end"), ACTIONS, {"start": {"a": to_end, "b": around}}, discount)


def test_the_automaton_check_names_stuck_states_and_unsafe_actions() -> None:
    model = two_states(Fraction(9, 10))
    fine = check_automaton(model, {"start": "a"}, ["start"], lambda s, a: True)
    assert fine.sound
    assert fine.endings == {"end"}
    round_and_round = check_automaton(model, {"start": "b"}, ["start"], lambda s, a: True)
    assert round_and_round.stuck == ("start",)
    assert not round_and_round.sound
    unsafe = check_automaton(model, {"start": "a"}, ["start"], lambda s, a: a != "a")
    assert unsafe.unsafe == (("start", "a"),)
    assert not unsafe.sound


def test_a_forecast_is_exact_and_a_run_without_end_is_told() -> None:
    half = (("end", Fraction(1, 3)), ("other", Fraction(1, 3)), ("start", Fraction(1, 3)))
    choice = Choice(Fraction(-2), half, cost=Fraction(2))
    around = Choice(Fraction(-1), (("start", Fraction(1)),))
    states = ("start", "end", "other")
    model = Model(states, ACTIONS, {"start": {"a": choice, "b": around}}, Fraction(9, 10))
    (found,) = forecasts(model, {"start": "a"}, ["start"])
    assert found.endings == {"end": Fraction(1, 2), "other": Fraction(1, 2)}
    assert (found.cost, found.steps, found.sure) == (3, Fraction(3, 2), True)
    with pytest.raises(NoEnding):
        forecasts(model, {"start": "b"}, ["start"])
    assert dead_ends(model, ["end"]) == ("other",)


def test_a_large_dense_block_with_a_tie_is_solved_exactly() -> None:
    """All in one block, and two actions that are the same, so that gaps can't tell."""
    rng = random.Random(0)
    states = tuple(f"s{i}" for i in range(LARGE_BLOCK + 5))
    choices = {s: {"a": random_choice(rng, states)} for s in states}
    choices["s0"]["b"] = choices["s0"]["a"]
    model = Model(states, ACTIONS, choices, Fraction(9, 10))
    solution = solve(model)
    found = certify(model, solution.policy, solution.values)
    assert isinstance(found, Certificate)
    assert found.method == BY_SOLVING
    values = found.values
    assert all(values[s] == model.q(s, solution.policy[s], values) for s in states)


def test_explanations_show_every_alternative() -> None:
    solution = solve(two_states(Fraction(9, 10)))
    assert [a for a, _ in alternatives(solution, "start")] == ["a", "b"]
    assert [round(v, 6) for _, v in alternatives(solution, "start")] == [-1.0, -1.9]
    assert why(solution, "start").splitlines()[:2] == ["state   start", "chosen  a"]
    assert "and 1 more" in why(solution, "start", limit=1)
    assert why(solution, "end") == "end: an ending"
    assert table(solution) == "start      -1.00  a"
