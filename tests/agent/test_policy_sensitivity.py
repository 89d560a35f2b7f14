"""What sensitivity says of a choice is true of the model rebuilt as a whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verify_agent.agent.policy_counts import SHIPPED, read_counts
from verify_agent.agent.policy_estimates import Estimates, keys
from verify_agent.agent.policy_model import CLASSES, build_model, start_of
from verify_agent.agent.policy_sensitivity import SECONDS, _moves, sensitivity
from verify_agent.mdp.solve import evaluate, solve

RUN_CLASS = CLASSES[0]
SAMPLE = 3


@pytest.mark.slow
def test_a_change_is_one_of_the_whole_model_too_and_silence_means_none() -> None:
    known = Estimates(read_counts(SHIPPED).tallies)
    model = build_model((RUN_CLASS,), known)
    solution = solve(model)
    told: list[str] = []
    changes = sensitivity(RUN_CLASS, known, solution, told.append)
    assert told == list(keys(*RUN_CLASS))
    assert changes, "no estimate matters: the model would be pointless"
    assert changes == sorted(changes, key=lambda c: -c.gain)
    for change in changes[:SAMPLE] + changes[-SAMPLE:]:
        moved = next(
            m
            for what, _, then, m in _moves(known[change.key])
            if (what, then) == (change.what, change.then)
        )
        q = evaluate(_changed(known, change.key, moved), solution.policy).q[change.state]
        assert q[change.instead] - q[change.chosen] == pytest.approx(change.gain, abs=1e-6)
        assert solution.policy[change.state] == change.chosen
    start = start_of(RUN_CLASS).name
    named = {change.key for change in changes}
    for key in [k for k in keys(*RUN_CLASS) if k not in named][:SAMPLE]:
        for _, _, _, moved in _moves(known[key]):
            other = _changed(known, key, moved)
            ours = evaluate(other, solution.policy).values[start]
            assert solve(other).values[start] == pytest.approx(ours, abs=1e-6)


def _changed(known: Estimates, key: str, moved: object) -> object:
    return build_model((RUN_CLASS,), replace(known, changed={**known.changed, key: moved}))


def test_both_ends_of_the_interval_are_tried_and_stay_probabilities() -> None:
    known = Estimates(read_counts(SHIPPED).tallies)
    for key in list(keys(*RUN_CLASS))[:20]:
        estimate = known[key]
        moves = list(_moves(estimate))
        assert [what for what, *_ in moves].count(SECONDS) == 2
        for what, _, then, moved in moves:
            assert sum(moved.mean.values()) == 1
            assert all(0 < p < 1 or len(moved.mean) == 1 for p in moved.mean.values())
            if what != SECONDS:
                assert float(moved.mean[what]) == pytest.approx(then)
