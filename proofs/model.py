"""What a claim is: statement, assumptions, evidence, and the outcome that the evidence must earn.

A claim *declares* its outcome; `run.py` says whether every piece of evidence held. Where one did
not, the outcome is not established, whatever was declared.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.smt.values import Value


class Outcome(enum.Enum):
    """How a claim of the paper came out."""

    PROVED = "proved"
    CORRECTED = "proved with a correction"
    REFUTED = "refuted"
    MEASURED = "checked on this run"
    NOT_FORMALISED = "not formalised"


@dataclass(frozen=True)
class Lemma:
    """An obligation: the goal follows from the assumptions, for all values of the variables.

    `says` is one sentence for people. `logic` is the SMT-LIB logic that it is in.
    """

    id: str
    says: str
    assumptions: tuple[Term, ...]
    goal: Term
    logic: str = "QF_NRA"


@dataclass(frozen=True)
class Witness:
    """A counter-model with its numbers: under `values` all `formulas` hold."""

    id: str
    says: str
    formulas: tuple[Term, ...]
    values: Mapping[str, Value]
    logic: str = "QF_NRA"


Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Numbers for people: a heading and rows of the same length."""

    heading: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Line:
    """One series of a plot; `steps` draws it as a staircase, `marks` as dots only."""

    label: str
    points: tuple[tuple[float, float], ...]
    style: str = "line"


@dataclass(frozen=True)
class Plot:
    """A picture by its data; `figures.py` draws it."""

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Finding:
    """What an exhibit or a check on the project found; `holds` is false where it contradicts.

    `missing` says why there was nothing to check: then it neither holds nor fails.
    """

    holds: bool
    says: str
    table: Table | None = None
    plot: Plot | None = None
    missing: str = ""


@dataclass(frozen=True)
class Exhibit:
    """An exact, deterministic computation (rationals, or a simulation with a fixed seed)."""

    id: str
    says: str
    compute: Callable[[], Finding]


@dataclass(frozen=True)
class OnProject:
    """A check on the project's own code or data; whoever runs the claims supplies it by id.

    Where one that is `needed` finds nothing to check, the claim's outcome is not established.
    """

    id: str
    says: str
    needed: bool = True


Evidence = Lemma | Witness | Exhibit | OnProject


@dataclass(frozen=True)
class Claim:
    """One claim of the paper.

    `source` is where the paper makes it; `axioms` are ids of `axioms.py`; `correction` says how
    the statement that was shown differs from the printed one. Raises `ValueError` where the
    declared outcome has no evidence of the fitting kind.
    """

    id: str
    title: str
    source: str
    words: str
    formal: str
    outcome: Outcome
    finding: str
    assumptions: tuple[str, ...]
    axioms: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    correction: str = ""

    def __post_init__(self) -> None:
        kinds = {type(e) for e in self.evidence}
        needed: dict[Outcome, set[type]] = {
            Outcome.PROVED: {Lemma, OnProject},
            Outcome.CORRECTED: {Lemma},
            Outcome.REFUTED: {Witness},
            Outcome.MEASURED: {OnProject},
            Outcome.NOT_FORMALISED: set(),
        }
        wanted = needed[self.outcome]
        if wanted and not kinds & wanted:
            raise ValueError(f"{self.id}: nothing here can show that it is {self.outcome.value}")
        if len({e.id for e in self.evidence}) != len(self.evidence):
            raise ValueError(f"{self.id}: two pieces of evidence have one id")
        if self.outcome is Outcome.CORRECTED and not self.correction:
            raise ValueError(f"{self.id}: a correction that is not told")


def rational(text: str) -> Fraction:
    """A rational as the files write it, `3/4`; raises `ValueError` for anything else."""
    return Fraction(text)
