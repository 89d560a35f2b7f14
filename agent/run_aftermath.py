"""What is measured once a result is delivered: it changes no verdict and costs little."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verify_agent.agent.observing import asked
from verify_agent.agent.run_bench import RunBench
from verify_agent.agent.run_worker import Request
from verify_agent.agent.state import PROPERTIES, Ending, State
from verify_agent.agent.task import DOCUMENT
from verify_agent.agent.task_origin import read_exactly
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.evidence import DEDUCTIVE, Report
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.verifier.quality import Quality, Weights

#: So many other programs are looked at, and so many are put to the prover in a plain run.
MOST_PROGRAMS = 40
MOST_PROOFS = 2


@dataclass(frozen=True)
class Aftermath:
    """Measurements, and notes on the function."""

    quality: tuple[Quality, ...] = ()
    notes: tuple[str, ...] = ()

    def on(self, report: Report) -> Report:
        """The report with all of it."""
        functions = tuple(replace(f, notes=(*f.notes, *self.notes)) for f in report.functions)
        return replace(report, functions=functions, quality=self.quality)


def looked_back(bench: RunBench, state: State, in_full: bool, weights: Weights | None) -> Aftermath:
    """The quality of what was delivered; nothing where nothing was, or where it is interrupted."""
    if state.ending is not Ending.DELIVERED or state.candidate is None:
        return Aftermath()
    from verify_agent.agent.quality.score import measured
    from verify_agent.verifier.quality import Weights

    subject = bench.subject(state.candidate)
    if bench.task.kind == DOCUMENT:
        subject = replace(subject, source=read_exactly(bench.task.output)[0])
    try:
        found = measured(bench, subject, state.obligations, weights or Weights(), in_full)

        def strength() -> tuple[str, ...]:
            return strength_notes(bench, subject, in_full)

        strong = strength() if in_full else bench.recall.notes("strength", subject, strength)
    except KeyboardInterrupt:
        return Aftermath((), (*bench.remarks, "quality and strength: interrupted"))
    return Aftermath(found.quality, (*bench.remarks, *found.notes, *strong))


def sifting(subject: Subject, seed: int) -> Request | None:
    """What asks for the other programs to be run on inputs; None where there is none."""
    from verify_agent.verifier.strength.programs import changed, trivial

    programs = (*trivial(subject), *changed(subject))[:MOST_PROGRAMS]
    return asked("sifted", subject, programs, seed) if programs else None


def strength_notes(bench: RunBench, subject: Subject, every: bool) -> tuple[str, ...]:
    """What the contract allows that nobody wants: one example, or all with `every`.

    The programs are first run on inputs, all at once; only those that pass go to the prover.
    """
    from verify_agent.verifier.strength.programs import Program
    from verify_agent.verifier.strength.sift import UNKNOWN
    from verify_agent.verifier.strength.weakness import notes, strength

    request = sifting(subject, bench.task.seed)
    if request is None:
        return ()

    def proves(program: Program) -> bool:
        request = Request("verify_agent.verifier.strength.weakness:meets", (subject, program))
        return bool(bench.ask(DEDUCTIVE, request, 10.0))

    try:
        sifted = bench.ask(PROPERTIES, request, 15.0)
        known = [s for s in sifted if s.word != UNKNOWN]
        if not known:
            return ("contract strength: not measured, no other program was judged in time",)
        return notes(strength(known, proves, None if every else MOST_PROOFS), every=every)
    except ToolMissing as problem:
        return (f"the contract's strength was not measured: {problem.found}",)
