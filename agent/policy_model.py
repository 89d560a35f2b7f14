"""The decision process of a run: states, actions, transitions and costs from the estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations, product

from verify_agent.agent import policy_actions as actions
from verify_agent.agent import policy_prior as prior
from verify_agent.agent.abstraction import AbstractState, Stage
from verify_agent.agent.policy_estimates import (
    DEFECT,
    FOUND,
    NONE,
    OPEN,
    REACHES,
    REFUTES,
    SILENT,
    Estimates,
)
from verify_agent.agent.state import (
    ALWAYS,
    BEFORE_ALTERNATIVES,
    ENGINES,
    KindClass,
    Round,
)
from verify_agent.mdp.model import Choice, Model, mixture
from verify_agent.verifier.evidence import DEDUCTIVE

RunClass = tuple[KindClass, bool, bool]
Classes = Sequence[RunClass]
Successors = list[tuple[Fraction, AbstractState]]

CLASSES: Classes = tuple(product(KindClass, (True, False), (True, False)))
"""(kind, scalar, proof): none changes in a run, so each is a decision process of its own."""

#: (late, refuted, round): what a run may have used up.
WORN = (
    (False, False, Round.FIRST),
    (True, False, Round.FIRST),
    (True, True, Round.FIRST),
    (True, False, Round.FURTHER),
    (True, False, Round.LAST),
)

#: Probabilities are rounded to multiples of this, so that a certificate is small and exact.
GRAIN = Fraction(1, 2**24)


def class_of(state: AbstractState) -> RunClass:
    """The class of a state that is no ending."""
    return state.kind, state.scalar, state.proof


def start_of(run_class: RunClass) -> AbstractState:
    """Where a run of that class starts."""
    kind, scalar, proof = run_class
    return AbstractState(Stage.START, scalar, proof, kind=kind)


def all_states(classes: Classes = CLASSES) -> tuple[AbstractState, ...]:
    """Every abstract state of these classes, each once; a run's image is always among them."""
    made = [AbstractState(Stage.DELIVERED), AbstractState(Stage.GIVEN_UP)]
    for run_class in classes:
        start = start_of(run_class)
        made += [replace(start, stage=s) for s in (Stage.START, Stage.HOPELESS, Stage.LAST_CALL)]
        for late, refuted, round_ in WORN:
            search = replace(start, stage=Stage.SEARCH, late=late, refuted=refuted, round=round_)
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


def build_model(classes: Classes = CLASSES, estimates: Estimates | None = None) -> Model:
    """The decision process as a `Model` in exact rationals; some 240 states a class.

    By the prior alone where no estimates are given.
    """
    known = estimates or Estimates()
    states = all_states(classes)
    choices = {s.name: {a: choice_of(s, a, known) for a in actions.enabled(s)} for s in states}
    return Model(tuple(s.name for s in states), actions.ACTIONS, choices, prior.DISCOUNT)


def choice_of(state: AbstractState, action: str, known: Estimates) -> Choice:
    """What an enabled action does in a state, as the estimates have it."""
    seconds, worth, successors = _effect(state, action, known)
    if action not in (actions.DELIVER, actions.GIVE_UP):
        successors = list(chain.from_iterable(_with_time(p, s) for p, s in successors))
    seconds = Fraction(round(seconds * 10000), 10000)
    merged = _rounded(mixture([(p, s.name) for p, s in successors]))
    return Choice(worth - seconds, merged, seconds)


def _rounded(shares: tuple[tuple[str, Fraction], ...]) -> tuple[tuple[str, Fraction], ...]:
    """Multiples of the grain, none of them 0, that sum to 1: the likeliest takes what is over."""
    rounded = {s: max(GRAIN, round(p / GRAIN) * GRAIN) for s, p in shares}
    likeliest = max(rounded, key=lambda s: (rounded[s], s))
    rounded[likeliest] += 1 - sum(rounded.values(), Fraction(0))
    return tuple(rounded.items())


def _effect(
    state: AbstractState, action: str, known: Estimates
) -> tuple[Fraction, Fraction, Successors]:
    """Seconds, worth and successors (before the budget is looked at) of an action."""
    nothing, start = Fraction(0), Fraction(prior.START_SECONDS)
    match action:
        case actions.EXAMINE:
            _, found = known.examine(state)
            search = replace(state, stage=Stage.SEARCH)
            fine = [(found.mean[OPEN], search), (found.mean.get(DEFECT, nothing), _hopeless(state))]
            return found.mean_seconds, nothing, fine
        case actions.SYNTHESIZE:
            return _searched(state, known)
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
    return start + _seconds(state, known, action), nothing, _checked(state, known, action)


def _hopeless(state: AbstractState) -> AbstractState:
    return replace(start_of(class_of(state)), stage=Stage.HOPELESS)


def _searched(state: AbstractState, known: Estimates) -> tuple[Fraction, Fraction, Successors]:
    """The outcome of a search: a fresh candidate, of the next round where one was set aside."""
    again = state.stage is Stage.CANDIDATE
    _, estimate = known.search(state, again)
    rounds = {state.round: Fraction(1)}
    if again:
        last = prior.LAST_OF_FURTHER if state.round is Round.FURTHER else Fraction(0)
        rounds = {Round.FURTHER: 1 - last, Round.LAST: last}
    fresh = replace(
        start_of(class_of(state)),
        stage=Stage.CANDIDATE,
        late=state.late or again,
        refuted=state.refuted and not again,
        simplified=False,
    )
    found = estimate.mean.get(FOUND, Fraction(0))
    made = [(found * p, replace(fresh, round=r)) for r, p in rounds.items() if p]
    spent = Fraction(prior.START_SECONDS) + estimate.mean_seconds
    return spent, Fraction(0), [*made, (estimate.mean.get(NONE, Fraction(0)), _hopeless(state))]


def _seconds(state: AbstractState, known: Estimates, action: str) -> Fraction:
    each = [known.check(state, e)[1].mean_seconds for e in actions.engines_of(action)]
    return max(max(each), sum(each, Fraction(0)) / prior.PROCESSORS)


def _checked(state: AbstractState, known: Estimates, action: str) -> Successors:
    """The joint outcome of engines side by side: each hears what those said that end before it."""
    fine: Successors = [(Fraction(1), replace(state, simplified=True))]
    ends = {e: known.check(state, e)[1].mean_seconds for e in actions.engines_of(action)}
    for engine in sorted(ends, key=lambda e: (ends[e], e)):
        fine = [
            (p * q, _told(replace(s, tried=s.tried | {engine}), engine, outcome))
            for p, s in fine
            for outcome, q in known.check(s, engine)[1].mean.items()
            if outcome != REFUTES
        ]
    refuted = 1 - sum((p for p, _ in fine), Fraction(0))
    rejected = replace(
        start_of(class_of(state)),
        stage=Stage.SEARCH,
        late=True,
        refuted=state.round is Round.FIRST,
        round=state.round,
    )
    return [*chain.from_iterable(_settled(p, s) for p, s in fine), (refuted, rejected)]


def _settled(probability: Fraction, state: AbstractState) -> Successors:
    """Split a successor by whether what still lacks can come, and give up what can't go on."""
    hopeless = _hopeless(state)
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


def _with_time(probability: Fraction, state: AbstractState) -> Successors:
    """Split a successor by what the clock says: as it is, late, or out of budget."""
    if state.stage not in (Stage.SEARCH, Stage.CANDIDATE):
        return [(probability, state)]
    stage = Stage.LAST_CALL if state.deliverable else Stage.HOPELESS
    spent = replace(start_of(class_of(state)), stage=stage)
    if state.late:
        lost = prior.LATE_BECOMES_SPENT
        return [(probability * (1 - lost), state), (probability * lost, spent)]
    later, lost = prior.BECOMES_LATE, prior.EARLY_BECOMES_SPENT
    return [
        (probability * (1 - later - lost), state),
        (probability * later, replace(state, late=True)),
        (probability * lost, spent),
    ]
