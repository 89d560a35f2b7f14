"""The mathematics that is taken on trust: named, few, and part of the trusted base.

None of these can be stated in the quantifier-free arithmetic that the solvers decide; each is a
textbook theorem. A claim names those that it uses.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Axiom:
    """A fact of mathematics that no solver checked here."""

    id: str
    statement: str
    source: str


AXIOMS = (
    Axiom(
        "induction",
        "A property of 0 that passes from n to n + 1 holds for every natural number; so does a "
        "bound on partial sums over a finite set that passes from one term to the next.",
        "Peano",
    ),
    Axiom(
        "completeness",
        "Every Cauchy sequence of reals converges, and so does one in R^S under the maximum norm.",
        "Dedekind; Rudin, Principles of Mathematical Analysis, 3.11",
    ),
    Axiom(
        "geometric",
        "If 0 <= r < 1 then r^n falls below every positive number.",
        "Rudin, 3.20",
    ),
    Axiom(
        "limits",
        "A closed set contains the limits of its sequences, and a non-strict inequality between "
        "the terms of convergent sequences holds between their limits.",
        "Rudin, 3.2, 3.19",
    ),
    Axiom(
        "exponential",
        "exp is positive everywhere.",
        "Rudin, 8.6",
    ),
    Axiom(
        "measure",
        "Probability is monotone, countably subadditive and continuous from below; the "
        "expectation is linear and monotone, also under conditioning.",
        "Kolmogorov; Williams, Probability with Martingales, chapters 1, 6, 9",
    ),
)


def axiom(id_: str) -> Axiom:
    """The axiom of that name; raises `KeyError` if there is none."""
    return {a.id: a for a in AXIOMS}[id_]
