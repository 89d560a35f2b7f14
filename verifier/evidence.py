"""The record of what is known about a function: verdicts, attempts, obligations, reports.

Two ways to combine verdicts exist and are never mixed up: `of_one_obligation` (several engines
on one thing to show) and `weakest` (several things to show about one function, or several
functions of one report).
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.verifier.quality import Quality

from verify_agent.verifier.context import Change, Skipped, Waived


class Verdict(enum.Enum):
    """What is known about one obligation, in the order in which the weakest wins."""

    ERROR = "error"
    REFUTED = "refuted"
    VACUOUS = "vacuous"
    CANDIDATE = "candidate"
    UNKNOWN = "unknown"
    TESTED = "tested"
    CONFIRMED = "confirmed"
    PROVED = "proved"

    @property
    def rank(self) -> int:
        """Position in the order of weakness: 0 for `ERROR`, 7 for `PROVED`."""
        return next(n for n, verdict in enumerate(_WEAKEST_FIRST) if verdict is self)

    @property
    def positive(self) -> bool:
        """Whether it says that the obligation holds, by however much evidence."""
        return self in (Verdict.TESTED, Verdict.CONFIRMED, Verdict.PROVED)


_WEAKEST_FIRST = (
    Verdict.ERROR,
    Verdict.REFUTED,
    Verdict.VACUOUS,
    Verdict.CANDIDATE,
    Verdict.UNKNOWN,
    Verdict.TESTED,
    Verdict.CONFIRMED,
    Verdict.PROVED,
)

#: Engines' words on one obligation, strongest first. A refutation here is always a replayed one.
_STRENGTH = (
    Verdict.REFUTED,
    Verdict.VACUOUS,
    Verdict.PROVED,
    Verdict.CONFIRMED,
    Verdict.TESTED,
    Verdict.CANDIDATE,
    Verdict.ERROR,
    Verdict.UNKNOWN,
)

DEDUCTIVE = "deductive"
INCONSISTENT = "inconsistent: the prover proved what a run refutes; a bug in this tool"


@dataclass(frozen=True)
class Counterexample:
    """A sequence of calls, from a fresh import, that breaks an obligation.

    `setup` holds statements to run first (shared objects, earlier calls), `call` is the call
    that can be pasted, `outcome` says what came and `expected` what was wanted.
    """

    call: str
    outcome: str
    setup: tuple[str, ...] = ()
    expected: str = ""
    replayed: bool = False


@dataclass(frozen=True)
class Attempt:
    """One engine's try at one obligation; `seconds` is wall time."""

    engine: str
    outcome: Verdict
    reason: str = ""
    version: str = ""
    seconds: float = 0.0
    limits: Mapping[str, int | float] = field(default_factory=lambda: MappingProxyType({}))
    seed: int | None = None
    cache: bool = False
    details: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    assumptions: tuple[str, ...] = ()
    vc_sha256: str = ""

    def __post_init__(self) -> None:
        if self.outcome is Verdict.REFUTED and not (
            self.counterexample and self.counterexample.replayed
        ):
            raise ValueError("an attempt is refuted only by a counterexample that was replayed")


@dataclass(frozen=True)
class Span:
    """A range in a source file; lines from 1, columns from 0, both as in `ast`."""

    line: int
    column: int = 0
    end_line: int | None = None
    end_column: int | None = None


@dataclass(frozen=True)
class Obligation:
    """One thing to show. The id holds no line number, so that a moved function keeps it."""

    id: str
    kind: str
    text: str
    span: Span | None = None
    attempts: tuple[Attempt, ...] = ()
    depends_on: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The strongest word of the engines that tried."""
        return verdict_of(self.attempts)

    @property
    def reason(self) -> str:
        """Why the verdict is what it is; empty where it speaks for itself."""
        return of_one_obligation(self.attempts)[1]

    @property
    def counterexample(self) -> Counterexample | None:
        """The first counterexample of an attempt whose word is the verdict."""
        verdict = self.verdict
        found = (a.counterexample for a in self.attempts if a.counterexample)
        if verdict in (Verdict.REFUTED, Verdict.ERROR):
            return next((c for c in found if c.replayed), None)
        return next(found, None) if verdict is Verdict.CANDIDATE else None

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the verdict rests on: assumptions of the attempts that carry it."""
        verdict = self.verdict
        carried = [a.assumptions for a in self.attempts if a.outcome is verdict]
        best = min(carried, key=len, default=())
        return tuple(dict.fromkeys(best))

    def with_attempts(self, attempts: Iterable[Attempt]) -> Obligation:
        """The same obligation with more attempts on record."""
        return Obligation(
            self.id,
            self.kind,
            self.text,
            self.span,
            (*self.attempts, *attempts),
            self.depends_on,
        )


@dataclass(frozen=True)
class FunctionReport:
    """All that is known about one function; `id` is `module:qualname`."""

    id: str
    path: str
    line: int
    obligations: tuple[Obligation, ...]
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The weakest verdict of its obligations; `UNKNOWN` where there are none."""
        return _least(tuple(o.verdict for o in self.obligations))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What its obligations' verdicts rest on, each once."""
        return tuple(dict.fromkeys(a for o in self.obligations for a in o.assumptions))


@dataclass(frozen=True)
class RunRecord:
    """Where and how a report was made; `started` is ISO 8601 in UTC."""

    id: str
    started: str
    argv: tuple[str, ...]
    seed: int
    python: str
    platform: str
    tools: Mapping[str, str]
    options_digest: str = ""
    sandbox: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """One record, many renderings. `complete` is false where anything was skipped.

    `skipped` are the functions that were never to be checked: they take nothing from that.
    `changes` is what differs from a baseline, `None` where there was none to compare with.
    """

    run: RunRecord
    functions: tuple[FunctionReport, ...]
    subjects: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    complete: bool = True
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    waived: tuple[Waived, ...] = ()
    changes: tuple[Change, ...] | None = None
    quality: tuple[Quality, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The weakest verdict of its functions; `UNKNOWN` where there are none."""
        return weakest(f.verdict for f in self.functions)


def of_one_obligation(attempts: Iterable[Attempt]) -> tuple[Verdict, str]:
    """Combine several engines' words on one obligation: the verdict and its reason.

    The strongest word wins; a replayed refutation beats them all, except that it makes an
    `ERROR` of a proof by the deductive engine. No attempt at all is `UNKNOWN`.

    >>> of_one_obligation([Attempt("properties", Verdict.TESTED), Attempt("x", Verdict.UNKNOWN)])
    (<Verdict.TESTED: 'tested'>, '')
    >>> of_one_obligation([])
    (<Verdict.UNKNOWN: 'unknown'>, 'nothing was tried')
    """
    tried = tuple(attempts)
    verdict = verdict_of(tried)
    if is_inconsistent(tried):
        return verdict, INCONSISTENT
    if not tried:
        return verdict, "nothing was tried"
    reasons = dict.fromkeys(a.reason for a in tried if a.outcome is verdict and a.reason)
    return verdict, "; ".join(reasons)


def verdict_of(attempts: tuple[Attempt, ...]) -> Verdict:
    """The verdict alone, as `of_one_obligation` gives it."""
    if is_inconsistent(attempts):
        return Verdict.ERROR
    found = (v for v in _STRENGTH if any(a.outcome is v for a in attempts))
    return next(found, Verdict.UNKNOWN)


def is_inconsistent(attempts: tuple[Attempt, ...]) -> bool:
    """Whether the deductive engine proved what a run refutes."""
    proved = any(a.engine == DEDUCTIVE and a.outcome is Verdict.PROVED for a in attempts)
    return proved and any(a.outcome is Verdict.REFUTED for a in attempts)


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """Combine verdicts of several obligations or functions; an empty set is `UNKNOWN`.

    >>> weakest([Verdict.PROVED, Verdict.TESTED])
    <Verdict.TESTED: 'tested'>
    >>> weakest([])
    <Verdict.UNKNOWN: 'unknown'>
    """
    return _least(tuple(verdicts))


def _least(verdicts: tuple[Verdict, ...]) -> Verdict:
    found = (v for v in _WEAKEST_FIRST if any(said is v for said in verdicts))
    return next(found, Verdict.UNKNOWN)


def obligation_id(qualname: str, kind: str, text: str) -> str:
    """A stable name: qualified name, kind, and a digest of the text without its white space.

    >>> obligation_id("f", "ensure", "result  >= 0") == obligation_id("f", "ensure", "result >= 0")
    True
    """
    normal = re.sub(r"\s+", " ", text).strip()
    digest = hashlib.sha256(normal.encode()).hexdigest()[:12]
    return f"{qualname}/{kind}/{digest}"
