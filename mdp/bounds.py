"""What one more sweep of value iteration says about the distance to the optimum, exactly.

With `V` any values and `d = TV - V` (0 at endings), in the sup norm (Puterman 1994, 6.3 and 6.6):
`|V* - V| <= max|d| / (1 - gamma)`; `TV + gamma/(1-gamma) min d <= V* <= TV + gamma/(1-gamma) max
d`; and the policy greedy on `V` is worth at most `gamma / (1-gamma) * span(d)` less than the best.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from verify_agent.mdp.model import Model


@dataclass(frozen=True)
class Bounds:
    """The greedy policy of some values, and how far policy and values are from the best ones.

    `residual` bounds `|V* - V|`; `span` bounds `|V* - V_greedy|`; `lower` and `upper` enclose
    the optimal value of each state. All exact.
    """

    policy: Mapping[str, str]
    residual: Fraction
    span: Fraction
    lower: Mapping[str, Fraction]
    upper: Mapping[str, Fraction]


def bounds(model: Model, values: Mapping[str, float | Fraction]) -> Bounds:
    """The bounds for these values, endings taken as worth 0.

    >>> from verify_agent.mdp.model import Choice
    >>> stay = Choice(Fraction(1), (("s", Fraction(1)),))
    >>> found = bounds(Model(("s",), ("a",), {"s": {"a": stay}}, Fraction(1, 2)), {"s": 0.0})
    >>> found.residual, found.span, found.lower["s"] <= 2 <= found.upper["s"]
    (Fraction(2, 1), Fraction(0, 1), True)
    """
    exact = {s: Fraction(values[s]) if s not in model.terminal else Fraction(0) for s in values}
    swept: dict[str, Fraction] = {s: Fraction(0) for s in model.states}
    policy: dict[str, str] = {}
    for state in model.states:
        if state not in model.terminal:
            worth = {a: model.q(state, a, exact) for a in model.choices[state]}
            policy[state] = max(worth, key=lambda a: worth[a])
            swept[state] = worth[policy[state]]
    steps = [swept[s] - exact[s] for s in model.states]
    least, most = min(steps), max(steps)
    factor = model.discount / (1 - model.discount)
    ending = model.terminal
    return Bounds(
        policy,
        max(map(abs, steps)) / (1 - model.discount),
        factor * (most - least),
        {s: swept[s] + factor * least * (s not in ending) for s in model.states},
        {s: swept[s] + factor * most * (s not in ending) for s in model.states},
    )


def value_iteration(model: Model, epsilon: float = 1e-6) -> Bounds:
    """pymdptoolbox's ValueIteration, judged: its values are often far off, its policy seldom."""
    from mdptoolbox.mdp import ValueIteration

    from verify_agent.mdp.solve import arrays

    transitions, rewards = arrays(model)
    run = ValueIteration(transitions, rewards, float(model.discount), epsilon)
    run.run()
    return bounds(model, {s: float(v) for s, v in zip(model.states, run.V, strict=True)})
