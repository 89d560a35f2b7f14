"""The quality score of a function: formula 6 of the project's founding paper, normalised.

`alpha * CC^-1 + beta * MI + gamma * TC + delta * PEP8`, every term in [0, 1], the weights
non-negative with sum 1. All numbers are whole millionths, so that the score is exact, and the
functions here carry contracts that this project's own prover proves: bounded in [0, 1], monotone
in each term, decreasing in the cyclomatic complexity.
"""

from __future__ import annotations

from dataclasses import dataclass

from icontract import ensure, require

#: One, in millionths.
ONE = 1_000_000


@dataclass(frozen=True)
class Weights:
    """How much each term counts, in millionths that sum to one million; `ValueError` else.

    The default gives each a quarter: the paper names no weights.
    """

    complexity: int = 250_000
    maintainability: int = 250_000
    coverage: int = 250_000
    style: int = 250_000

    def __post_init__(self) -> None:
        every = (self.complexity, self.maintainability, self.coverage, self.style)
        if min(every) < 0 or sum(every) != ONE:
            raise ValueError(f"the weights {every} are not non-negative with the sum {ONE}")


@dataclass(frozen=True)
class Quality:
    """One measurement of one function, `when` being `before` or `after`.

    `complexity` is the cyclomatic complexity (McCabe 1976), `maintainability` radon's index over
    100, `coverage` the share of statements and branches that the generated tests went through,
    `style` the share of lines without a complaint of pycodestyle or pep8-naming; the last three
    in millionths. `coverage_by` names what measured the coverage.
    """

    function: str
    when: str
    complexity: int
    maintainability: int
    coverage: int
    style: int
    coverage_by: str
    weights: Weights = Weights()

    @property
    def score(self) -> int:
        """The weighted sum, in millionths."""
        w = self.weights
        return weighted(
            simplicity(self.complexity),
            self.maintainability,
            self.coverage,
            self.style,
            w.complexity,
            w.maintainability,
            w.coverage,
            w.style,
        )


@require(lambda complexity: complexity >= 1)
@ensure(lambda result: 0 <= result <= 1_000_000)
@ensure(lambda result, complexity: result == 1_000_000 // complexity)
def simplicity(complexity: int) -> int:
    """`CC^-1` in millionths; 1 for straight code.

    >>> simplicity(1), simplicity(4)
    (1000000, 250000)
    """
    return 1_000_000 // complexity


@require(lambda part: part >= 0)
@require(lambda whole, part: whole >= part)
@ensure(lambda result: 0 <= result <= 1_000_000)
@ensure(lambda whole, result: whole != 0 or result == 1_000_000)
def share(part: int, whole: int) -> int:
    """`part / whole` in millionths, rounded down; nothing out of nothing is all of it.

    >>> share(1, 3), share(0, 0)
    (333333, 1000000)
    """
    if whole == 0:
        return 1_000_000
    return part * 1_000_000 // whole


@require(lambda cc, mi, tc, style: cc >= 0 and mi >= 0 and tc >= 0 and style >= 0)
@require(lambda cc: cc <= 1_000_000)
@require(lambda mi: mi <= 1_000_000)
@require(lambda tc: tc <= 1_000_000)
@require(lambda style: style <= 1_000_000)
@require(lambda a, b, c, d: a >= 0 and b >= 0 and c >= 0 and d >= 0)
@require(lambda a, b, c, d: a + b + c + d == 1_000_000)
@ensure(lambda result: result >= 0)
@ensure(lambda result: result <= 1_000_000)
@ensure(
    lambda result, cc, mi, tc, style, a, b, c, d: (
        result == (a * cc + b * mi + c * tc + d * style) // 1_000_000
    )
)
def weighted(cc: int, mi: int, tc: int, style: int, a: int, b: int, c: int, d: int) -> int:
    """The score of four terms under four weights, all in millionths, rounded down.

    >>> weighted(ONE, ONE, 0, 0, 250_000, 250_000, 250_000, 250_000)
    500000
    """
    return (a * cc + b * mi + c * tc + d * style) // 1_000_000


@require(lambda cc, cc_after: 0 <= cc <= cc_after)
@require(lambda mi, mi_after: 0 <= mi <= mi_after)
@require(lambda tc, tc_after: 0 <= tc <= tc_after)
@require(lambda style, style_after: 0 <= style <= style_after)
@require(lambda cc_after: cc_after <= 1_000_000)
@require(lambda mi_after: mi_after <= 1_000_000)
@require(lambda tc_after: tc_after <= 1_000_000)
@require(lambda style_after: style_after <= 1_000_000)
@require(lambda a, b, c, d: a >= 0 and b >= 0 and c >= 0 and d >= 0)
@require(lambda a, b, c, d: a + b + c + d == 1_000_000)
@ensure(lambda result: result >= 0)
def gained(
    cc: int,
    mi: int,
    tc: int,
    style: int,
    cc_after: int,
    mi_after: int,
    tc_after: int,
    style_after: int,
    a: int,
    b: int,
    c: int,
    d: int,
) -> int:
    """What the score gains where no term gets worse: never a loss (the score is monotone)."""
    before = weighted(cc, mi, tc, style, a, b, c, d)
    return weighted(cc_after, mi_after, tc_after, style_after, a, b, c, d) - before


@require(lambda complexity, more: 1 <= complexity <= more)
@ensure(lambda result: result >= 0)
def lost(complexity: int, more: int) -> int:
    """What `simplicity` loses where the complexity grows: never a gain."""
    return 1_000_000 // complexity - 1_000_000 // more
