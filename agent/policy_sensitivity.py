"""Which estimate, moved within its 95 % interval, would change a choice that a run may meet.

For each estimate, each outcome's probability and the seconds go to both ends of the interval,
the others staying as they are (an outcome's rivals shrink or grow in proportion). The policy is
valued afresh under the changed model; where another action is then better, the choice changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from verify_agent.agent.abstraction import AbstractState
from verify_agent.agent.policy_actions import enabled
from verify_agent.agent.policy_estimates import Estimate, Estimates, keys
from verify_agent.agent.policy_model import RunClass, all_states, build_model, choice_of, start_of
from verify_agent.mdp.check import check_automaton
from verify_agent.mdp.model import Choice, Dirichlet, Model
from verify_agent.mdp.solve import Solution, evaluate

#: A better action counts only if it is better by more than this, in seconds.
LEAST_GAIN = 1e-6
SECONDS = "seconds"

Places = tuple[tuple[AbstractState, str], ...]


@dataclass(frozen=True)
class Change:
    """Another choice, made if an estimate moved from `now` to `then`; `gain` in seconds."""

    key: str
    what: str
    now: float
    then: float
    state: str
    chosen: str
    instead: str
    gain: float


@dataclass(frozen=True, eq=False)
class Traced(Estimates):
    """Estimates that remember which of them were asked for."""

    asked: set[str] = field(default_factory=set)

    def __getitem__(self, key: str) -> Estimate:
        self.asked.add(key)
        return super().__getitem__(key)


def sensitivity(
    run_class: RunClass,
    estimates: Estimates,
    solution: Solution,
    progress: Callable[[str], None] = lambda key: None,
) -> list[Change]:
    """The changes at states that a run may meet, the largest gain first; some ten seconds."""
    model = build_model((run_class,), estimates)
    start = start_of(run_class).name
    met = check_automaton(model, solution.policy, [start], lambda s, a: True).reachable
    uses = _uses(run_class, estimates)
    found: list[Change] = []
    for key in keys(*run_class):
        progress(key)
        for what, now, then, moved in _moves(estimates[key]):
            changed = replace(estimates, changed={**estimates.changed, key: moved})
            other = _rebuilt(model, uses.get(key, ()), changed)
            for state, instead, gain in _better(other, solution.policy, met):
                chosen = solution.policy[state]
                found.append(Change(key, what, now, then, state, chosen, instead, gain))
    return sorted(found, key=lambda c: -c.gain)


def _uses(run_class: RunClass, estimates: Estimates) -> dict[str, Places]:
    """Where each estimate is used."""
    uses: dict[str, list[tuple[AbstractState, str]]] = {}
    for state in all_states((run_class,)):
        for action in enabled(state):
            traced = Traced(estimates.counts, estimates.changed)
            choice_of(state, action, traced)
            for key in traced.asked:
                uses.setdefault(key, []).append((state, action))
    return {key: tuple(pairs) for key, pairs in uses.items()}


def _rebuilt(
    model: Model, places: tuple[tuple[AbstractState, str], ...], known: Estimates
) -> Model:
    choices: dict[str, Mapping[str, Choice]] = dict(model.choices)
    for state, action in places:
        choices[state.name] = {**choices[state.name], action: choice_of(state, action, known)}
    return Model(model.states, model.actions, choices, model.discount)


def _better(
    model: Model, policy: Mapping[str, str], met: frozenset[str]
) -> Iterator[tuple[str, str, float]]:
    valued = evaluate(model, policy)
    for state, q in valued.q.items():
        best = max(q, key=lambda a: q[a])
        gain = q[best] - q[policy[state]]
        if state in met and gain > LEAST_GAIN:
            yield state, best, gain


def _moves(estimate: Estimate) -> Iterator[tuple[str, float, float, Estimate]]:
    for outcome, mean in estimate.mean.items():
        for end in estimate.interval(outcome):
            share = min(max(Fraction(end), Fraction(1, 10**6)), 1 - Fraction(1, 10**6))
            if len(estimate.mean) > 1:
                yield outcome, float(mean), float(share), _moved(estimate, outcome, share)
    for end in estimate.seconds_interval():
        seconds = Fraction(end).limit_denominator(1000)
        yield SECONDS, float(estimate.mean_seconds), end, _slower(estimate, seconds)


def _moved(estimate: Estimate, outcome: str, share: Fraction) -> Estimate:
    rest = (1 - share) / (1 - estimate.mean[outcome])
    means = {n: share if n == outcome else p * rest for n, p in estimate.mean.items()}
    size = estimate.belief.size
    belief = Dirichlet(tuple((n, p * size) for n, p in means.items()))
    return Estimate(belief, estimate.mean_seconds, estimate.counted, estimate.spread)


def _slower(estimate: Estimate, seconds: Fraction) -> Estimate:
    return Estimate(estimate.belief, seconds, estimate.counted, estimate.spread)
