"""The decision process of a run: states, actions, transitions and costs from the prior table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations

from verify_agent.agent import policy_actions as actions
from verify_agent.agent import policy_prior as prior
from verify_agent.agent.abstraction import AbstractState, Stage
from verify_agent.agent.state import (
    ALWAYS,
    BEFORE_ALTERNATIVES,
    ENGINES,
    PROPERTIES,
    SYMBOLIC,
    Round,
)
from verify_agent.mdp.model import Choice, Dirichlet, Model, mixture
from verify_agent.verifier.evidence import DEDUCTIVE

Classes = Sequence[tuple[bool, bool]]
Successors = list[tuple[Fraction, AbstractState]]

REACHES, AGREES, SILENT, REFUTES = "reaches", "agrees", "silent", "refutes"


CLASSES = ((True, True), (True, False), (False, True), (False, False))
"""(scalar, proof): neither changes in a run, so each pair is a decision process of its own."""

ROUNDS = ((False, Round.FIRST), *((True, r) for r in Round))


def all_states(classes: Classes = CLASSES) -> tuple[AbstractState, ...]:
    """Every abstract state of these classes, each once; a run's image is always among them."""
    made = [AbstractState(Stage.DELIVERED), AbstractState(Stage.GIVEN_UP)]
    for scalar, proof in classes:
        made += [
            AbstractState(stage, scalar, proof)
            for stage in (Stage.START, Stage.HOPELESS, Stage.LAST_CALL)
        ]
        for late, round_ in ROUNDS:
            search = AbstractState(Stage.SEARCH, scalar, proof, late, round=round_)
            made += [search, *_with_candidate(search)]
    return tuple(made)


def _with_candidate(search: AbstractState) -> list[AbstractState]:
    fresh = replace(search, stage=Stage.CANDIDATE)
    made = [replace(fresh, simplified=s) for s in (False, True)]
    subsets = chain.from_iterable(combinations(ENGINES, n) for n in range(1, len(ENGINES) + 1))
    for tried in map(frozenset, subsets):
        blank = replace(fresh, tried=tried)
        made += [blank] * (tried != set(ENGINES)) + [replace(blank, reached=True)]
        if search.round is not Round.LAST and tried & set(ALWAYS):
            made.append(replace(blank, sound=False))
        if _may_be_stuck(blank):
            made.append(replace(blank, stuck=True))
    return made


def _may_be_stuck(state: AbstractState) -> bool:
    """Where only tests are asked for, every engine may still bring what lacks."""
    return state.tried == set(ENGINES) or (state.proof and DEDUCTIVE in state.tried)


def build_model(classes: Classes = CLASSES) -> Model:
    """The decision process as a `Model` in exact rationals; some 200 states a class."""
    states = all_states(classes)
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
            return _searched(state, kind)
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
    return start + _seconds(state, kind, action), nothing, _checked(state, kind, action)


def _searched(state: AbstractState, kind: str) -> tuple[Fraction, Fraction, Successors]:
    """The outcome of a search: a fresh candidate, of the next round where one was set aside."""
    again = state.stage is Stage.CANDIDATE
    table = prior.FURTHER_SEARCH if again or state.round is not Round.FIRST else prior.SEARCH
    weights, seconds = table[kind]
    found, none = _shares(weights)
    rounds = {state.round: Fraction(1)}
    if again:
        last = prior.LAST_OF_FURTHER if state.round is Round.FURTHER else Fraction(0)
        rounds = {Round.FURTHER: 1 - last, Round.LAST: last}
    fresh = AbstractState(
        Stage.CANDIDATE, state.scalar, state.proof, state.late or again, simplified=False
    )
    hopeless = AbstractState(Stage.HOPELESS, state.scalar, state.proof)
    made = [(found * p, replace(fresh, round=r)) for r, p in rounds.items() if p]
    spent = Fraction(prior.START_SECONDS) + Fraction(seconds)
    return spent, Fraction(0), [*made, (none, hopeless)]


def _row(state: AbstractState, kind: str, engine: str) -> tuple[tuple[str, ...], str]:
    """Weights and seconds of an engine in a state, out of the prior's tables."""
    weights, seconds = prior.CHECKS[engine, kind]
    if engine == DEDUCTIVE and state.round is not Round.FIRST:
        weights, seconds = prior.FURTHER_PROOF[kind]
    if engine == SYMBOLIC and state.proof and state.reached and PROPERTIES in state.tried:
        seconds = prior.AFTER_PROOF_SECONDS[kind]
    return weights, seconds


def _seconds(state: AbstractState, kind: str, action: str) -> Fraction:
    each = [Fraction(_row(state, kind, e)[1]) for e in actions.engines_of(action)]
    return max(max(each), sum(each, Fraction(0)) / prior.PROCESSORS)


def _checked(state: AbstractState, kind: str, action: str) -> Successors:
    """The joint outcome of engines side by side: as one after the other, what each says known."""
    fine: Successors = [(Fraction(1), replace(state, simplified=True))]
    for engine in sorted(actions.engines_of(action)):
        fine = [
            (p * q, _told(replace(s, tried=s.tried | {engine}), engine, outcome))
            for p, s in fine
            for outcome, q in _belief(s, kind, engine).items()
            if outcome != REFUTES
        ]
    refuted = 1 - sum((p for p, _ in fine), Fraction(0))
    rejected = AbstractState(Stage.SEARCH, state.scalar, state.proof, late=True, round=state.round)
    return [*chain.from_iterable(_settled(p, s) for p, s in fine), (refuted, rejected)]


def _settled(probability: Fraction, state: AbstractState) -> Successors:
    """Split a successor by whether what still lacks can come, and give up what can't go on."""
    hopeless = AbstractState(Stage.HOPELESS, state.scalar, state.proof)
    if not state.sound:
        return [(probability, hopeless if state.round is Round.LAST else state)]
    if state.reached or not _may_be_stuck(state):
        return [(probability, state)]
    sure = state.stuck or state.tried == set(ENGINES)
    for_good = Fraction(1) if sure else prior.STUCK_FOR_GOOD
    whole = state.proof and state.tried.issuperset(BEFORE_ALTERNATIVES)
    fault = for_good * prior.CONTRACT_AT_FAULT if whole else Fraction(0)
    split = [
        (1 - for_good, state),
        (for_good - fault, replace(state, stuck=True)),
        (fault, hopeless),
    ]
    return [(probability * share, successor) for share, successor in split if share]


def _told(state: AbstractState, engine: str, outcome: str) -> AbstractState:
    if outcome == SILENT and engine in ALWAYS:
        return replace(state, sound=False, reached=False, stuck=False)
    if state.stuck:
        return state
    return replace(state, reached=state.sound and (state.reached or outcome == REACHES))


def _belief(state: AbstractState, kind: str, engine: str) -> dict[str, Fraction]:
    """The outcome's distribution; a refutation is rarer after others found nothing."""
    weights, _ = _row(state, kind, engine)
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
