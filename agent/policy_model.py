"""The decision process of a run: states, actions, transitions and costs from the prior table."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations, product

from verify_agent.agent import policy_actions as actions
from verify_agent.agent import policy_prior as prior
from verify_agent.agent.state import ALWAYS, ENGINES, AbstractState, Stage
from verify_agent.mdp.model import Choice, Dirichlet, Model, mixture

Successors = list[tuple[Fraction, AbstractState]]

REACHES, AGREES, SILENT, REFUTES = "reaches", "agrees", "silent", "refutes"


def all_states() -> tuple[AbstractState, ...]:
    """Every abstract state, each once; a run's image is always among them."""
    made = [AbstractState(Stage.DELIVERED), AbstractState(Stage.GIVEN_UP)]
    for scalar, proof in product((True, False), repeat=2):
        made += [
            AbstractState(stage, scalar, proof)
            for stage in (Stage.START, Stage.HOPELESS, Stage.LAST_CALL)
        ]
        for late in (False, True):
            made.append(AbstractState(Stage.SEARCH, scalar, proof, late))
            made += _with_candidate(scalar, proof, late)
    return tuple(made)


def _with_candidate(scalar: bool, proof: bool, late: bool) -> list[AbstractState]:
    made = [AbstractState(Stage.CANDIDATE, scalar, proof, late, s) for s in (False, True)]
    subsets = chain.from_iterable(combinations(ENGINES, n) for n in range(1, len(ENGINES) + 1))
    for tried in map(frozenset, subsets):
        blank = AbstractState(Stage.CANDIDATE, scalar, proof, late, True, tried)
        made += [blank, replace(blank, reached=True)]
        made += [replace(blank, sound=False)] * bool(tried & set(ALWAYS))
    return made


def build_model() -> Model:
    """The decision process as a `Model` in exact rationals; about 400 states."""
    states = all_states()
    choices = {s.name: {a: _choice(s, a) for a in actions.enabled(s)} for s in states}
    return Model(tuple(s.name for s in states), actions.ACTIONS, choices, prior.DISCOUNT)


def _choice(state: AbstractState, action: str) -> Choice:
    seconds, worth, successors = _effect(state, action)
    if action not in (actions.DELIVER, actions.GIVE_UP):
        successors = list(chain.from_iterable(_with_time(p, s) for p, s in successors))
    merged = mixture([(p, s.name) for p, s in successors])
    return Choice(worth - seconds, merged)


def _effect(state: AbstractState, action: str) -> tuple[Fraction, Fraction, Successors]:
    """Seconds, worth and successors (before the budget is looked at) of an action."""
    kind = prior.SCALAR if state.scalar else prior.COLLECTION
    hopeless = AbstractState(Stage.HOPELESS, state.scalar, state.proof)
    nothing, start = Fraction(0), Fraction(prior.START_SECONDS)
    match action:
        case actions.EXAMINE:
            open_, defect = _shares(prior.EXAMINE[0])
            search = AbstractState(Stage.SEARCH, state.scalar, state.proof)
            return Fraction(prior.EXAMINE[1]), nothing, [(open_, search), (defect, hopeless)]
        case actions.SYNTHESIZE:
            weights, seconds = prior.SEARCH[kind]
            found, none = _shares(weights)
            late = state.late or state.stage is Stage.CANDIDATE
            fresh = AbstractState(Stage.CANDIDATE, state.scalar, state.proof, late, False)
            return start + Fraction(seconds), nothing, [(found, fresh), (none, hopeless)]
        case actions.SIMPLIFY:
            worth = Fraction(prior.SHORTER_WORTH)
            done = [(Fraction(1), replace(state, simplified=True))]
            return Fraction(prior.SIMPLIFY_SECONDS), worth, done
        case actions.DELIVER:
            ending = AbstractState(Stage.DELIVERED)
            return nothing, Fraction(prior.DELIVERY_WORTH), [(Fraction(1), ending)]
        case actions.GIVE_UP:
            ending = AbstractState(Stage.GIVEN_UP)
            return nothing, Fraction(prior.GIVING_UP_WORTH), [(Fraction(1), ending)]
    return start + _seconds(kind, action), nothing, _checked(state, kind, action)


def _seconds(kind: str, action: str) -> Fraction:
    each = [Fraction(prior.CHECKS[e, kind][1]) for e in actions.engines_of(action)]
    return max(max(each), sum(each, Fraction(0)) / prior.PROCESSORS)


def _checked(state: AbstractState, kind: str, action: str) -> Successors:
    """The joint outcome of engines side by side, each independent given the state."""
    engines = actions.engines_of(action)
    after = replace(state, simplified=True, tried=state.tried | engines)
    fine: Successors = [(Fraction(1), after)]
    for engine in sorted(engines):
        belief = _belief(state, kind, engine)
        fine = [
            (p * q, _told(s, engine, outcome))
            for p, s in fine
            for outcome, q in belief.items()
            if outcome != REFUTES
        ]
    refuted = 1 - sum((p for p, _ in fine), Fraction(0))
    rejected = AbstractState(Stage.SEARCH, state.scalar, state.proof, late=True)
    return [*fine, (refuted, rejected)]


def _told(state: AbstractState, engine: str, outcome: str) -> AbstractState:
    if outcome == SILENT and engine in ALWAYS:
        return replace(state, sound=False, reached=False)
    return replace(state, reached=state.sound and (state.reached or outcome == REACHES))


def _belief(state: AbstractState, kind: str, engine: str) -> dict[str, Fraction]:
    """The outcome's distribution; a refutation is rarer after others found nothing."""
    weights = prior.CHECKS[engine, kind][0]
    named = zip((REACHES, AGREES, SILENT, REFUTES), map(Fraction, weights), strict=True)
    mean = Dirichlet(tuple((name, w) for name, w in named if w)).mean()
    if not state.proof and REACHES in mean:
        moved = mean[AGREES] * prior.ENOUGH_FOR_TESTS
        mean |= {REACHES: mean[REACHES] + moved, AGREES: mean[AGREES] - moved}
    factor = Fraction(1)
    if state.reached:
        factor = prior.LESS_LIKELY_AFTER_PROOF
    elif state.tried - {"typing"}:
        factor = prior.LESS_LIKELY_AFTER_AGREEMENT
    refutes = mean[REFUTES] * factor
    rest = 1 - mean[REFUTES]
    scaled = {n: p * (1 - refutes) / rest for n, p in mean.items() if n != REFUTES}
    return {**scaled, REFUTES: refutes}


def _with_time(probability: Fraction, state: AbstractState) -> Successors:
    """Split a successor by what the clock says: as it is, late, or out of budget."""
    if state.stage not in (Stage.SEARCH, Stage.CANDIDATE):
        return [(probability, state)]
    stage = Stage.LAST_CALL if state.deliverable else Stage.HOPELESS
    spent = AbstractState(stage, state.scalar, state.proof)
    if state.late:
        lost = prior.LATE_BECOMES_SPENT
        return [(probability * (1 - lost), state), (probability * lost, spent)]
    later, lost = prior.BECOMES_LATE, prior.EARLY_BECOMES_SPENT
    return [
        (probability * (1 - later - lost), state),
        (probability * later, replace(state, late=True)),
        (probability * lost, spent),
    ]


def _shares(weights: tuple[str, str]) -> tuple[Fraction, Fraction]:
    first, second = map(Fraction, weights)
    return first / (first + second), second / (first + second)
