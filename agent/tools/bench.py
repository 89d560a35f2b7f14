"""What the tools need from the rest of the house: the one seam for stand-ins in tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from icontract import ensure

from verify_agent.agent.state import Standing, State
from verify_agent.verifier.engines.base import Findings
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.agent.synth.problem import Candidate
    from verify_agent.verifier.evidence import Attempt, Counterexample


@dataclass(frozen=True)
class Examination:
    """What is known of a contract before any search; `explanation` shows the input at fault.

    `unsupported` says what in it the prover has no model of, and where.
    """

    standing: Standing
    explanation: str = ""
    unsupported: str = ""

    @property
    def infeasible(self) -> bool:
        """Whether nobody can meet the contract."""
        return self.standing in (Standing.VACUOUS, Standing.UNSATISFIABLE)


@dataclass(frozen=True)
class Said:
    """What an engine said, claims replayed: attempts with their obligation's id, and notes.

    An obligation may stand in it twice: what a run broke may be another than was claimed.
    `unsupported` says what in the *contract* the engine has no model of, and where: it will not
    do better on another candidate.
    """

    attempts: tuple[tuple[str, Attempt], ...] = ()
    notes: tuple[str, ...] = ()
    unsupported: str = ""

    @classmethod
    def of(cls, findings: Findings) -> Said:
        """An engine's findings as they are."""
        return cls(tuple(findings.attempts.items()), findings.notes)


class CheckInterrupted(KeyboardInterrupt):
    """Ctrl-C while engines ran; `said` is what the engines that were done say."""

    def __init__(self, said: Mapping[str, Said]) -> None:
        super().__init__("interrupted")
        self.said = said


class Bench(Protocol):
    """The collaborators of one run. Every call may take seconds; all can be interrupted.

    What a method promises is what the tools' proofs rest on; but for `check`, none raises.
    """

    @ensure(lambda result: result >= 0.0)
    def now(self) -> float:
        """Seconds since the run started."""

    @ensure(lambda result: result.standing is not Standing.UNCHECKED)
    @ensure(lambda result: not result.infeasible or result.explanation != "")
    def examine(self) -> Examination:
        """Whether the contract can be met at all; `OPEN` where no defect was found."""

    @ensure(lambda result: result is None or result.cost >= 0)
    def propose(
        self, counterexamples: tuple[Counterexample, ...], seconds: float
    ) -> Candidate | None:
        """The next candidate; None where the search came to its end or the seconds are over."""

    @ensure(lambda result, candidate: result.cost <= candidate.cost)
    def simplify(self, candidate: Candidate) -> Candidate:
        """The candidate as a person would write it, meaning unchanged; maybe the same."""

    @ensure(lambda result: result.qualname != "")
    def subject(self, candidate: Candidate) -> Subject:
        """The candidate's module under the task's contract."""

    def check(
        self, subject: Subject, engines: frozenset[str], seconds: Mapping[str, float]
    ) -> Mapping[str, Said]:
        """The words of these engines, run side by side, by engine; `seconds` is what each may take.

        Raises `CheckInterrupted` on Ctrl-C.
        """

    @ensure(lambda result: all(path != "" for path in result))
    def deliver(self, state: State) -> tuple[str, ...]:
        """Write module, tests and report; the paths that were written."""
