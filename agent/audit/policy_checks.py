"""What the claims C5, C6 and C16 say of the policy in use, computed on it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify_agent.agent import policy_actions as actions
from verify_agent.agent.abstraction import AbstractState
from verify_agent.agent.audit.policy_record import PolicyInUse
from verify_agent.mdp.certify import Certificate, Failure
from verify_agent.mdp.check import check_automaton
from verify_agent.mdp.model import Model
from verify_agent.proofs.model import Finding, Line, Plot, Table

_ROUNDING = 2**40


def certificate(used: PolicyInUse) -> Finding:
    """C5: the exact certificate."""
    judged = used.judged
    if isinstance(judged, Failure):
        return Finding(False, f"not optimal: {judged.state}: {judged.reason}")
    rows = (
        ("states", str(len(used.model.states))),
        ("pairs of state and action", str(sum(map(len, used.model.choices.values())))),
        ("method", judged.method),
        ("least gap to another action, seconds", _seconds(judged.gap or Fraction(0))),
        ("digest of the process", judged.model[:16]),
    )
    says = (
        f"The policy in use is optimal in all {len(used.model.states)} states of its process, by "
        f"a certificate in exact rationals ({judged.method})."
    )
    return Finding(True, says, Table(("of the certificate", ""), rows))


def _seconds(value: Fraction) -> str:
    return f"{float(value):.4f}"


def worth(used: PolicyInUse) -> Finding:
    """C5: the simulation lemma with the process's own numbers, for several errors of the model."""
    if isinstance(used.judged, Failure):
        return Finding(False, "the policy has no certificate")
    values, gamma = used.judged.values, used.model.discount
    span = max(values.values()) - min(values.values())
    rows = []
    for error in (Fraction(0), Fraction(1, 10_000), Fraction(1, 1000), Fraction(1, 100)):
        bound = 2 * gamma * error * span / (1 - gamma)
        rows.append((str(error), _seconds(span), _seconds(bound)))
    says = (
        f"The values span {float(span):.1f} s. Rewards taken as exact: if every transition is off "
        f"by 1/1000 in total variation, the policy may lose up to {rows[2][2]} s on the true "
        f"process; by 1/100 up to {rows[3][2]} s, more than a delivery is worth. Estimates from "
        "few counts guarantee nothing there."
    )
    heading = ("error of transitions", "span of values", "loss at most, seconds")
    return Finding(True, says, Table(heading, tuple(rows)))


def span_rule(used: PolicyInUse, looks: tuple[int, ...] = (1, 4, 8, 16)) -> Finding:
    """C6: the bound after some sweeps of value iteration, and the true distance.

    The bound is for any V, so V comes from sweeps in floats and the bound on it is in rationals.
    What the greedy policy is worth is computed in floats.
    """
    if isinstance(used.judged, Failure):
        return Finding(False, "the policy has no certificate")
    model, best, slack = used.model, used.judged.values, used.judged.error
    swept, rows, holds, done = dict.fromkeys(model.states, 0.0), list[tuple[str, ...]](), True, 1
    for number in looks:
        swept, done = _swept_in_floats(model, swept, number - done), number
        values = {s: Fraction(round(v * _ROUNDING), _ROUNDING) for s, v in swept.items()}
        after, greedy = _sweep(model, values)
        change = [after[s] - values[s] for s in model.states]
        bound = model.discount / (1 - model.discount) * (max(change) - min(change))
        distance = _worst_loss(model, greedy, best)
        holds = holds and distance <= bound + 2 * slack
        rows.append((str(number), _seconds(bound), _seconds(distance)))
    says = (
        f"After {rows[-1][0]} sweeps the bound is {rows[-1][1]} s and the greedy policy's true "
        f"distance from optimal {rows[-1][2]} s: the bound holds after every sweep that was looked "
        "at."
    )
    return Finding(holds, says, Table(("sweeps", "bound, seconds", "true distance"), tuple(rows)))


def _swept_in_floats(model: Model, values: dict[str, float], sweeps: int) -> dict[str, float]:
    gamma = float(model.discount)
    chances = {
        state: [
            (float(c.reward), [(t, float(p)) for t, p in c.successors]) for c in choices.values()
        ]
        for state, choices in model.choices.items()
    }
    for _ in range(sweeps):
        best = {
            state: max(r + gamma * sum(p * values[t] for t, p in after) for r, after in choices)
            for state, choices in chances.items()
            if choices
        }
        values = {**values, **best}
    return values


def _sweep(
    model: Model, values: Mapping[str, Fraction]
) -> tuple[dict[str, Fraction], dict[str, str]]:
    after, greedy = dict.fromkeys(model.terminal, Fraction(0)), {}
    for state in model.states:
        if state not in model.terminal:
            worths = {a: model.q(state, a, values) for a in model.choices[state]}
            greedy[state] = max(worths, key=lambda a: worths[a])
            after[state] = worths[greedy[state]]
    return after, greedy


def _worst_loss(model: Model, policy: Mapping[str, str], best: Mapping[str, Fraction]) -> Fraction:
    from verify_agent.mdp.solve import evaluate

    reached = evaluate(model, policy).values
    return max(best[s] - Fraction(reached[s]) for s in model.states)


def automaton(used: PolicyInUse) -> Finding:
    """C16: the policy's automaton walked, and the one of every choice of enabled actions."""
    named = _named()
    starts = [name for name, state in named.items() if state.stage.value == "start"]
    report = check_automaton(
        used.model, used.policy, starts, lambda s, a: a != actions.DELIVER or named[s].deliverable
    )
    unsafe = [
        state
        for state, choices in used.model.choices.items()
        if actions.DELIVER in choices and not named[state].deliverable
    ]
    hopeless = _without_ending(used.model)
    rows = (
        ("states of the process", str(len(used.model.states))),
        ("reachable under the policy", str(len(report.reachable))),
        ("endings among them", str(len(report.endings))),
        ("from which no ending is reached", str(len(report.stuck))),
        ("deliveries without evidence", str(len(report.unsafe))),
        ("enabled deliveries without evidence, any policy", str(len(unsafe))),
        ("states that no choice leads to an ending", str(len(hopeless))),
    )
    says = (
        f"All {len(report.reachable)} states that the policy can reach were walked: no delivery "
        "without its evidence, and from each an ending is reached with probability 1. No policy "
        "over the enabled actions can deliver without evidence either."
    )
    holds = report.sound and not unsafe and not hopeless
    return Finding(holds, says if holds else f"unsound: {report}", Table(("walked", ""), rows))


def _named() -> dict[str, AbstractState]:
    from verify_agent.agent.policy_model import all_states

    return {state.name: state for state in all_states()}


def _without_ending(model: Model) -> list[str]:
    """States from which no sequence of enabled actions reaches an ending."""
    reaching = set(model.terminal)
    grew = True
    while grew:
        new = {
            state
            for state, choices in model.choices.items()
            if state not in reaching
            and any(t in reaching for c in choices.values() for t, _ in c.successors)
        }
        reaching |= new
        grew = bool(new)
    return [s for s in model.states if s not in reaching]


def gaps_plot(used: PolicyInUse) -> Plot | None:
    """The certified gap of each state with a choice, smallest first; None without certificate."""
    if not isinstance(used.judged, Certificate):
        return None
    values, model, gaps = used.judged.values, used.model, []
    for state, chosen in used.policy.items():
        others = [a for a in model.choices[state] if a != chosen]
        if others:
            ours = model.q(state, chosen, values)
            gaps.append(float(min(ours - model.q(state, a, values) for a in others)))
    points = tuple((float(i), gap) for i, gap in enumerate(sorted(gaps)))
    return Plot(
        "By how much the chosen action wins, state by state",
        "states with a choice, in order",
        "seconds",
        (Line("gap to the next best action", points, "line"),),
    )
