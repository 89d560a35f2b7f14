"""Which evidence is enough: the one place where a delivery's demands are written down."""

from __future__ import annotations

from types import MappingProxyType

from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Obligation, Verdict
from verify_agent.verifier.subject import EXAMPLE, TYPES


def meets(obligations: tuple[Obligation, ...], asked: Verdict) -> bool:
    """Whether every obligation has at least the evidence asked for; false where there is none.

    What a type checker says is judged apart (`undecided`): it is no evidence about behaviour.
    """
    judged = tuple(o for o in obligations if o.kind != TYPES)
    return bool(judged) and not lacking(judged, asked)


def lacking(obligations: tuple[Obligation, ...], asked: Verdict) -> tuple[Obligation, ...]:
    """The obligations with less evidence than they need.

    An example is a closed expression: one run shows all that there is to show. Types need
    mypy's assent. What stands around a repair must be no worse than before, not proved.
    """
    return tuple(o for o in obligations if o.verdict.rank < _needed(o, asked).rank)


def _needed(obligation: Obligation, asked: Verdict) -> Verdict:
    return Verdict.TESTED if obligation.kind in _LESS else asked


#: Kinds of obligation that other engines settle than those that give the evidence asked for.
_LESS = (EXAMPLE, TYPES, "callers")


def out_of_reach(
    obligations: tuple[Obligation, ...], asked: Verdict, tried: frozenset[str]
) -> bool:
    """Whether the engines that can give the evidence have all spoken and some still lacks.

    Examples and types are left out: other engines settle those.
    """
    able = _ABLE.get(asked)
    judged = tuple(o for o in obligations if o.kind not in (EXAMPLE, TYPES))
    return able is not None and able <= tried and bool(lacking(judged, asked))


_ABLE = MappingProxyType(
    {
        Verdict.PROVED: frozenset({DEDUCTIVE}),
        Verdict.CONFIRMED: frozenset({DEDUCTIVE, "symbolic"}),
    }
)


def merit(obligations: tuple[Obligation, ...]) -> tuple[int, int]:
    """How much is known for a candidate, to choose the best of several: more is better."""
    ranks = [o.verdict.rank for o in obligations if o.kind != TYPES]
    return min(ranks, default=Verdict.UNKNOWN.rank), sum(ranks)


def undecided(obligations: tuple[Obligation, ...], engine: str) -> bool:
    """Whether an engine that is always needed said nothing that allows a delivery.

    Type checker and random tests must be positive on all that they tried (a test that could
    not run is no test); symbolic execution must only not refute.
    """
    said = [a for o in obligations for a in o.attempts if a.engine == engine]
    if engine == "symbolic":
        return any(a.outcome in _BAD for a in said)
    return not any(a.outcome.positive for a in said) or any(a.outcome in _BAD for a in said)


def broke(obligations: tuple[Obligation, ...], engine: str) -> bool:
    """Whether the engine itself broke on something."""
    said = [a for o in obligations for a in o.attempts if a.engine == engine]
    return any(a.outcome is Verdict.ERROR for a in said)


_BAD = (Verdict.REFUTED, Verdict.VACUOUS, Verdict.ERROR)


def refutation(obligations: tuple[Obligation, ...]) -> tuple[Obligation, Attempt] | None:
    """The first obligation that a run of the function refuted, with the attempt that did."""
    found = ((o, a) for o in obligations for a in o.attempts if a.outcome is Verdict.REFUTED)
    return next(found, None)
