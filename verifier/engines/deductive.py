"""The deductive engine: verification conditions, discharged by two solvers.

It proves, or it gives candidates for a counterexample; that an input breaks an obligation is
for a replay to say. Nothing of the subject is executed here.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from verify_agent.verifier.engines.base import Findings, Limits
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import DEDUCTIVE
from verify_agent.verifier.subject import Subject

ENOUGH_STACK = "enough stack and memory"
BUILTIN_TYPES = "builtin types exactly"
ONE_SOLVER = "one solver"
TERMINATES = "terminates"


@dataclass(frozen=True)
class Proved:
    """Every obligation holds, for all inputs; `assumptions` is what that rests on."""

    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class CounterexampleInputs:
    """Arguments that a solver's model gives for a condition that fails: not replayed."""

    arguments: tuple[object, ...]
    obligation: str


@dataclass(frozen=True)
class Unknown:
    """Neither, and why; `unsupported` names the construct that has no model."""

    reason: str
    unsupported: Unsupported | None = None


Answer = Proved | CounterexampleInputs | Unknown


@dataclass(frozen=True)
class Deductive:
    """The engine; with `keep_proofs` its findings hold the queries that were proved."""

    name: str = DEDUCTIVE
    keep_proofs: bool = False

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """Attempts for every obligation of the subject."""
        from verify_agent.verifier.engines.deductive_run import Run, broken
        from verify_agent.verifier.smt.cvc5_ import prepare

        prepare()
        try:
            found = Run.of(subject, limits, seed, time.monotonic).findings()
            return found if self.keep_proofs else replace(found, proofs=())
        except Exception as error:
            # The edge of the engine: a fault of its own is a verdict, never a traceback.
            return broken(subject, error)


def prove(
    subject: Subject,
    limits: Limits | None = None,
    seed: int = 0,
    without: frozenset[str] = frozenset(),
) -> Answer:
    """A quick answer on the whole subject, in this process; stops at the first failure.

    `without` names sources of invariants that are not asked (`invariants.candidates.sources`).
    """
    from verify_agent.verifier.engines.deductive_run import Run

    run = Run.of(subject, limits or Limits(), seed, time.monotonic, without)
    return run.answer()


def version() -> str:
    """The solvers' versions."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    found = []
    for package in ("z3-solver", "cvc5"):
        try:
            found.append(f"{package} {installed(package)}")
        except PackageNotFoundError:
            found.append(f"{package} missing")
    return ", ".join(found)


def digest(texts: Iterable[str]) -> str:
    """One hash for the queries of an obligation."""
    whole = hashlib.sha256()
    for text in sorted(texts):
        whole.update(text.encode())
    return whole.hexdigest()
