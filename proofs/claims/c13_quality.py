"""C13, formula (6): the quality score is bounded and monotone, if its terms are normalised."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import Real, between, reals_named
from verify_agent.proofs.model import Claim, Evidence, Lemma, Outcome, Witness
from verify_agent.verifier.smt.terms import Term, conj

_A, _B, _C, _D = reals_named("alpha beta gamma delta")


def _score(inverse: Real, mi: Real, tc: Real, style: Real) -> Real:
    return _A * inverse + _B * mi + _C * tc + _D * style


def _weights() -> tuple[Term, ...]:
    return (_A >= 0, _B >= 0, _C >= 0, _D >= 0, (_A + _B + _C + _D).equals(1))


def _obligations() -> list[Evidence]:
    cc, more, v, w, mi, tc, style, better = reals_named("CC CC_2 v w MI TC PEP8 better")
    units = (between(0, mi, 1), between(0, tc, 1), between(0, style, 1))
    return [
        Lemma(
            "inverse",
            "CC >= 1 gives 0 < 1/CC <= 1 (v is 1/CC).",
            (cc >= 1, (v * cc).equals(1)),
            conj(v > 0, v <= 1),
        ),
        Lemma(
            "bounded",
            "The score is in [0, 1].",
            (*_weights(), *units, between(0, v, 1)),
            between(0, _score(v, mi, tc, style), 1),
        ),
        Lemma(
            "monotone",
            "A better MI does not lower it; TC and PEP8 stand in the same place.",
            (*_weights(), better >= mi),
            _score(v, better, tc, style) >= _score(v, mi, tc, style),
        ),
        Lemma(
            "falls-with-complexity",
            "More complexity does not raise it, and lowers it where alpha > 0.",
            (
                *_weights(),
                _A > 0,
                cc >= 1,
                more > cc,
                (v * cc).equals(1),
                (w * more).equals(1),
            ),
            _score(w, mi, tc, style) < _score(v, mi, tc, style),
        ),
    ]


def _as_printed() -> list[Evidence]:
    mi, v, tc, style, better = reals_named("MI v TC PEP8 better")
    quarter = Fraction(1, 4)
    flat = {"alpha": quarter, "beta": quarter, "gamma": quarter, "delta": quarter}
    return [
        Witness(
            "not-normalised",
            "With MI on its usual scale of 0 to 100 the score is 103/4 and not at most 1.",
            (*_weights(), mi.equals(100), _score(v, mi, tc, style) > 1),
            {**flat, "MI": Fraction(100), "v": Fraction(1), "TC": Fraction(1), "PEP8": Fraction(1)},
        ),
        Witness(
            "negative-weight",
            "With a weight below 0 (weights sum to 1 all the same) a better MI lowers the score.",
            (
                (_A + _B + _C + _D).equals(1),
                better > mi,
                _score(v, better, tc, style) < _score(v, mi, tc, style),
            ),
            {
                "alpha": Fraction(1, 2),
                "beta": Fraction(-1, 4),
                "gamma": Fraction(1, 2),
                "delta": quarter,
                "MI": Fraction(0),
                "better": Fraction(1),
                "v": Fraction(1),
                "TC": Fraction(1),
                "PEP8": Fraction(1),
            },
        ),
    ]


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C13",
        title="The quality score is a score",
        source="formula (6), section 4.3",
        words="alpha / CC + beta MI + gamma TC + delta PEP8 measures the quality of code.",
        formal=(
            "CC >= 1; MI, TC, PEP8 in [0, 1]; weights >= 0 and of sum 1  |-  the score is in "
            "[0, 1], monotone in MI, TC and PEP8, strictly falling in CC where alpha > 0"
        ),
        outcome=Outcome.CORRECTED,
        finding=(
            "Proved for terms that are normalised to [0, 1] and weights that are not negative and "
            "sum to 1. The paper says neither; as printed the score is not bounded by 1."
        ),
        assumptions=("CC is a cyclomatic complexity, so at least 1",),
        axioms=(),
        correction="MI, TC and PEP8 are normalised to [0, 1], weights are convex",
        evidence=(*_obligations(), *_as_printed()),
    )
