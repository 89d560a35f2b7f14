"""The prover beside real runs: what it leaves open is tried on inputs under CPython for a moment.

A program whose code has no model here can't be proved, but a run may still refute it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verify_agent.verifier.engines.base import Findings, Limits
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.session.session import InSandbox, InWorker
from verify_agent.verifier.subject import Subject, obligations_of

if TYPE_CHECKING:
    from verify_agent.verifier.engines.base import Engine

#: How much of the limit runs may take, and both engines together.
_SHARE, _TOGETHER = 0.4, 1.4


@dataclass
class WithRuns(InWorker):
    """A trusted engine in a process of its own, and one that runs foreign code in a sandbox.

    The second is asked only where the first leaves an obligation open and has no counterexample
    of its own, and only its refutations are taken over.
    """

    runs: InSandbox | None = None

    @classmethod
    def of(cls, engine: Engine, runs: InSandbox) -> WithRuns:
        """The two together, under the name of the first."""
        return cls(engine, runs=runs)

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """What the first engine finds, with what runs refute of the rest."""
        started = time.perf_counter()
        found = self._proved(subject, limits, seed)
        outcomes = {a.outcome for a in found.attempts.values()}
        if self.runs is None or Verdict.UNKNOWN not in outcomes or Verdict.CANDIDATE in outcomes:
            return found
        left = limits.seconds * _TOGETHER - (time.perf_counter() - started)
        short = replace(limits, seconds=max(0.5, min(limits.seconds * _SHARE, left)))
        tried = self.runs.check(subject, short, seed)
        return replace(found, attempts=_refuted(found.attempts, tried.attempts))

    def _proved(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """The first engine's findings; nothing is known where it does not answer in time."""
        started = time.perf_counter()
        try:
            return super().check(subject, limits, seed)
        except TimeoutError as late:
            spent = time.perf_counter() - started
            nothing = Attempt(self.name, Verdict.UNKNOWN, f"timeout: {late}", seconds=spent)
            return Findings({o.id: nothing for o in obligations_of(subject)})

    def stop(self) -> None:
        """Kill the process, and the sandbox's keeper with all that runs in it."""
        super().stop()
        if self.runs is not None:
            self.runs.stop()


def _refuted(found: Mapping[str, Attempt], tried: Mapping[str, Attempt]) -> Mapping[str, Attempt]:
    """The attempts, those that a run refutes with its counterexample."""
    broken = {i: a for i, a in tried.items() if a.outcome is Verdict.REFUTED and i in found}
    return {
        i: replace(a, outcome=Verdict.REFUTED, reason="", counterexample=broken[i].counterexample)
        if i in broken
        else a
        for i, a in found.items()
    }
