"""The certificate's file, checked again by a script that runs alone."""

import copy
import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from verify_agent.mdp import recheck
from verify_agent.mdp.bounds import bounds, value_iteration
from verify_agent.mdp.certificate import claim_of, render_certificate
from verify_agent.mdp.certify import Certificate, certify
from verify_agent.mdp.exact import exact_values
from verify_agent.mdp.model import Choice, Model, mixture
from verify_agent.mdp.recheck import wrong
from verify_agent.mdp.solve import solve

ACTIONS = ("a", "b", "c")
SCRIPT = Path(recheck.__file__)


def random_model(rng: random.Random) -> Model:
    states = tuple(f"s{i}" for i in range(rng.randint(2, 6)))
    choices: dict[str, dict[str, Choice]] = {}
    for state in states[:-1]:
        enabled = rng.sample(ACTIONS, rng.randint(1, 3))
        choices[state] = {a: random_choice(rng, states) for a in enabled}
    return Model(states, ACTIONS, choices, Fraction(rng.choice([1, 5, 9]), 10))


def random_choice(rng: random.Random, states: tuple[str, ...]) -> Choice:
    weights = [rng.randint(0, 3) for _ in states]
    weights[rng.randrange(len(states))] += 1
    parts = [(Fraction(w, sum(weights)), s) for w, s in zip(weights, states, strict=True)]
    return Choice(Fraction(rng.randint(-5, 5)), mixture(parts))


def certified(seed: int) -> tuple[Model, Certificate]:
    model = random_model(random.Random(seed))
    solution = solve(model)
    certificate = certify(model, solution.policy, solution.values)
    assert isinstance(certificate, Certificate)
    return model, certificate


def test_the_script_is_short_and_needs_nothing() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 50
    imports = {line for line in text.splitlines() if line.startswith(("import", "from"))}
    assert imports == {
        "import json",
        "import sys",
        "from fractions import Fraction",
        "from typing import Any",
    }


def test_the_script_runs_alone(tmp_path: Path) -> None:
    model, certificate = certified(3)
    right, forged = tmp_path / "right.json", tmp_path / "forged.json"
    right.write_text(render_certificate(model, certificate), encoding="utf-8")
    claim = json.loads(right.read_text(encoding="utf-8"))
    claim["values"][0] = str(Fraction(claim["values"][0]) + 1)
    forged.write_text(json.dumps(claim), encoding="utf-8")
    told = [
        subprocess.run(
            [sys.executable, "-I", SCRIPT, path], capture_output=True, text=True, check=False
        )
        for path in (right, forged)
    ]
    assert [(t.returncode, t.stdout.strip()) for t in told[:1]] == [(0, "optimal")]
    assert told[1].returncode == 1
    assert "s" in told[1].stdout
    assert "off than is claimed" in told[1].stdout


def changed(claim: dict[str, Any], field: str, place: int, value: Any) -> dict[str, Any]:
    other = copy.deepcopy(claim)
    other[field][place] = value
    return other


@pytest.mark.parametrize("seed", range(60))
def test_a_claim_altered_in_any_state_is_refused(seed: int) -> None:
    """Values off by more than is claimed, and actions that are worse or not enabled."""
    model, certificate = certified(seed)
    claim = claim_of(model, certificate)
    assert wrong(claim) == ""
    best = exact_values(model, certificate.policy)
    for place, state in enumerate(model.states):
        value = Fraction(claim["values"][place])
        for delta in (Fraction(1, 1000), Fraction(-7)):
            assert wrong(changed(claim, "values", place, str(value + delta)))
        for number, action in enumerate(model.actions):
            refused = wrong(changed(claim, "policy", place, number))
            as_good = action in model.enabled(state) and model.q(state, action, best) == best[state]
            # With values that are only close, a tie is refused as well: it can't be told.
            assert not refused or state in model.terminal or action != certificate.policy[state]
            assert refused or as_good
        assert bool(wrong(changed(claim, "policy", place, None))) == (state not in model.terminal)


def test_a_model_that_is_none_is_refused() -> None:
    model, certificate = certified(5)
    claim = claim_of(model, certificate)
    state, row = next((i, r) for i, r in enumerate(claim["choices"]) if r)
    action, reward, successors = row[0]
    short = [[action, reward, [[t, str(Fraction(p) / 2)] for t, p in successors]], *row[1:]]
    assert "probabilities" in wrong(changed(claim, "choices", state, short))
    assert "twice" in wrong(changed(claim, "choices", state, [row[0], *row]))
    assert "discount" in wrong({**claim, "discount": "1"})
    ending = claim["states"].index(next(iter(model.terminal)))
    assert "ending" in wrong(changed(claim, "values", ending, "1"))


def test_a_certificate_is_bound_to_its_model() -> None:
    _, certificate = certified(1)
    other, _ = certified(2)
    with pytest.raises(ValueError, match="another model"):
        claim_of(other, certificate)


@pytest.mark.parametrize("seed", range(60))
def test_the_bounds_of_value_iteration_hold_exactly(seed: int) -> None:
    rng = random.Random(seed)
    model = random_model(rng)
    best = exact_values(model, solve(model).policy)
    values = {s: Fraction(rng.randint(-40, 40), 3) for s in model.states}
    found = bounds(model, values)
    greedy = exact_values(model, found.policy)
    start = {s: values[s] if s not in model.terminal else Fraction(0) for s in model.states}
    assert all(found.lower[s] <= best[s] <= found.upper[s] for s in model.states)
    assert all(abs(best[s] - start[s]) <= found.residual for s in model.states)
    assert all(0 <= best[s] - greedy[s] <= found.span for s in model.states)


def test_the_toolbox_is_judged_not_believed() -> None:
    model, certificate = certified(11)
    found = value_iteration(model)
    best = exact_values(model, certificate.policy)
    greedy = exact_values(model, found.policy)
    assert all(best[s] - greedy[s] <= found.span for s in model.states)
    assert found.span < Fraction(1, 1000)
