"""C2: Algorithm 2, with its gate, does not meet the hypothesis of Theorem 1."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import Real, RealFunction, absolute, between, choose, reals_named
from verify_agent.proofs.model import (
    Claim,
    Evidence,
    Exhibit,
    Finding,
    Lemma,
    Line,
    Outcome,
    Plot,
    Table,
    Witness,
)
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term

_F = RealFunction("f")


def gated(admitted: Term, candidate: Real, quality: Real) -> Real:
    """Lines 4 to 8 of Algorithm 2, as a step of the quality."""
    return choose(admitted, candidate, quality)


def _obligations() -> list[Evidence]:
    L, a, b, q, c = reals_named("L a b q c")
    return [
        Lemma(
            "rejection-is-a-fixed-point",
            "Where the gate rejects, the quality stays: a fixed point of the step.",
            (),
            gated(t.FALSE, c, q).equals(q),
        ),
        Lemma(
            "two-fixed-points",
            "A map with fixed points at two different qualities is Lipschitz with no L below 1.",
            (_F(a).equals(a), _F(b).equals(b), a.differs(b), L < 1),
            L * absolute(a - b) < absolute(_F(a) - _F(b)),
            "QF_UFNRA",
        ),
        Lemma(
            "no-function-of-quality",
            "No function of quality keeps q at one time and raises the same q at another.",
            (c > q, _F(q).equals(q)),
            _F(q).differs(c),
            "QF_UFLRA",
        ),
    ]


def _counter_models() -> list[Evidence]:
    a, b, c, d, q = reals_named("a b c d q")
    first, second = t.var("admitted_1", t.BOOL), t.var("admitted_2", t.BOOL)
    return [
        Witness(
            "two-rejections",
            "At quality 1/4 the candidate has 1/5 and at 3/4 it has 1/2; both are rejected, so 1/4 "
            "and 3/4 are both fixed points.",
            (
                between(0, a, 1),
                between(0, b, 1),
                a.differs(b),
                t.eq(first, c > a),
                t.eq(second, d > b),
                gated(first, c, a).equals(a),
                gated(second, d, b).equals(b),
            ),
            {
                "a": Fraction(1, 4),
                "b": Fraction(3, 4),
                "c": Fraction(1, 5),
                "d": Fraction(1, 2),
                "admitted_1": False,
                "admitted_2": False,
            },
        ),
        Witness(
            "one-quality-two-ways",
            "Two agents of quality 1/2: one proposes 2/5 and stays, the other proposes 3/5 and is "
            "admitted. The step is no function of quality.",
            (
                between(0, q, 1),
                t.eq(first, c > q),
                t.eq(second, d > q),
                gated(first, c, q).equals(q),
                gated(second, d, q) > q,
            ),
            {
                "q": Fraction(1, 2),
                "c": Fraction(2, 5),
                "d": Fraction(3, 5),
                "admitted_1": False,
                "admitted_2": True,
            },
        ),
    ]


def _life() -> Finding:
    """Algorithm 2 on candidates written down in advance, in rationals."""
    candidates = [Fraction(n, 20) for n in (3, 9, 7, 11, 10, 11, 15, 12)]
    quality, pairs = Fraction(5, 20), list[tuple[Fraction, Fraction, bool]]()
    for candidate in candidates:
        after = candidate if candidate > quality else quality
        pairs.append((quality, after, candidate > quality))
        quality = after
    seen: dict[Fraction, set[Fraction]] = {}
    for before, after, _ in pairs:
        seen.setdefault(before, set()).add(after)
    fixed = sorted(q for q, afters in seen.items() if q in afters)
    torn = sorted(q for q, afters in seen.items() if len(afters) > 1)
    rows = tuple(
        (str(b), str(a), "admitted" if admitted else "rejected") for b, a, admitted in pairs
    )
    plot = Plot(
        "One life of Algorithm 2: quality before and after each step",
        "quality before",
        "quality after",
        (
            Line("where nothing changes", ((0.2, 0.2), (0.8, 0.8))),
            Line("rejected", tuple((float(b), float(a)) for b, a, ok in pairs if not ok), "marks"),
            Line("admitted", tuple((float(b), float(a)) for b, a, ok in pairs if ok), "marks"),
        ),
    )
    says = (
        f"{len(fixed)} qualities are fixed points of the observed step "
        f"({', '.join(map(str, fixed))}); a contraction has one. At {', '.join(map(str, torn))} "
        "the same quality once stayed and once rose, so there is no map at all."
    )
    table = Table(("before", "after", "gate"), rows)
    return Finding(len(fixed) > 1 and bool(torn), says, table, plot)


def claim() -> Claim:
    """The claim with its counter-models."""
    return Claim(
        id="C2",
        title="Theorem 1's hypothesis fits Algorithm 2",
        source="Theorem 1 and Algorithm 2, section 3.3",
        words="The improvement step of Algorithm 2 is a contraction, so Theorem 1 applies to it.",
        formal="Q_(t+1) = f(Q_t) for some f with |f(x) - f(y)| <= L |x - y| and L < 1",
        outcome=Outcome.REFUTED,
        finding=(
            "Refuted. A gate that rejects leaves the quality where it is, so each quality at which "
            "it once rejected is a fixed point, and a contraction has only one. Where it rejected "
            "and admitted at the same quality, the step is no function of quality at all. What is "
            "true instead is C3."
        ),
        assumptions=("the gate admits exactly the candidates that raise the quality",),
        axioms=(),
        evidence=(
            *_obligations(),
            *_counter_models(),
            Exhibit("life", "One life of Algorithm 2, computed and drawn.", _life),
        ),
    )
