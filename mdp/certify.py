"""An exact certificate that a policy is Bellman optimal, or the state where it is not.

Trusts nobody: only the model and the claim (policy and values) are read, all arithmetic is in
rationals. Two ways. *By gaps*: with `r = max |V - T_pi V|`, exactly, `|V - V_pi|` is at most
`r / (1 - gamma)`. So where `Q_V(s, pi(s)) - Q_V(s, a) >= 2 gamma r / (1 - gamma)` in every state
for each alternative, none is better under `V_pi` either, and the policy is optimal (Puterman
1994, 6.2-6.4).
*By an exact solve*, where gaps are too small to tell (ties): `V_pi` itself, block by block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from verify_agent.mdp.exact import exact_values
from verify_agent.mdp.model import Model

TOLERANCE = Fraction(1, 10**6)
ROUNDING = 2**40

BY_GAPS = "action gaps"
BY_SOLVING = "exact solve"


@dataclass(frozen=True)
class Certificate:
    """Proof that the policy is optimal for the model with that digest.

    The claimed values are within `error` of the optimal ones; `gap` is the least difference
    between a chosen action's value and an alternative's (of `values`), None without alternatives.
    """

    model: str
    method: str
    policy: Mapping[str, str]
    values: Mapping[str, Fraction]
    error: Fraction
    gap: Fraction | None


@dataclass(frozen=True)
class Failure:
    """The state at which the claim fails, and why."""

    state: str
    reason: str


def certify(
    model: Model,
    policy: Mapping[str, str],
    values: Mapping[str, float],
    tolerance: Fraction = TOLERANCE,
) -> Certificate | Failure:
    """A certificate that `policy` is optimal and `values` within `tolerance` of its worth."""
    bad = _not_a_policy(model, policy, values)
    if bad:
        return bad
    rounded = {s: Fraction(round(Fraction(values[s]) * ROUNDING), ROUNDING) for s in model.states}
    residual = _residual(model, policy, rounded)
    error = residual / (1 - model.discount) + Fraction(1, ROUNDING)
    if error <= tolerance:
        gap = _least_gap(model, policy, rounded)
        if gap is None or gap[0] >= 2 * model.discount * residual / (1 - model.discount):
            return Certificate(
                model.digest, BY_GAPS, dict(policy), rounded, error, gap[0] if gap else None
            )
    return _by_solving(model, policy, values, tolerance)


def _by_solving(
    model: Model, policy: Mapping[str, str], values: Mapping[str, float], tolerance: Fraction
) -> Certificate | Failure:
    exact = exact_values(model, policy)
    errors = {s: abs(Fraction(values[s]) - exact[s]) for s in model.states}
    worst = max(model.states, key=lambda s: errors[s])
    if errors[worst] > tolerance:
        return Failure(worst, f"the value {values[worst]} is off by {float(errors[worst])}")
    gap = _least_gap(model, policy, exact)
    if gap and gap[0] < 0:
        least, state, action = gap
        return Failure(state, f"{action} is better than {policy[state]} by {float(-least)}")
    least_gap = gap[0] if gap else None
    return Certificate(model.digest, BY_SOLVING, dict(policy), exact, errors[worst], least_gap)


def _not_a_policy(
    model: Model, policy: Mapping[str, str], values: Mapping[str, float]
) -> Failure | None:
    for state in model.states:
        if state not in values or values[state] != values[state] or abs(values[state]) > 1e300:
            return Failure(state, "it has no finite value")
        if state in model.terminal:
            if values[state] != 0 or state in policy:
                return Failure(state, "it is terminal, so worth 0 and without an action")
        elif policy.get(state) not in model.choices[state]:
            return Failure(state, f"{policy.get(state)} is not enabled there")
    return None


def _residual(model: Model, policy: Mapping[str, str], values: Mapping[str, Fraction]) -> Fraction:
    off = (abs(values[s] - model.q(s, a, values)) for s, a in policy.items())
    return max(off, default=Fraction(0))


def _least_gap(
    model: Model, policy: Mapping[str, str], values: Mapping[str, Fraction]
) -> tuple[Fraction, str, str] | None:
    """The least `Q(s, pi(s)) - Q(s, a)` over all states and alternatives, with both."""
    gaps = []
    for state, chosen in policy.items():
        ours = model.q(state, chosen, values)
        gaps += [
            (ours - model.q(state, a, values), state, a)
            for a in model.choices[state]
            if a != chosen
        ]
    return min(gaps, default=None)
