"""What is measured once a result is delivered: it changes no verdict and costs little."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verify_agent.agent.run_bench import RunBench
from verify_agent.agent.state import Ending, State
from verify_agent.agent.task import DOCUMENT
from verify_agent.agent.task_origin import read_exactly
from verify_agent.verifier.evidence import Report

if TYPE_CHECKING:
    from verify_agent.verifier.quality import Quality, Weights


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
    except KeyboardInterrupt:
        return Aftermath((), (*bench.remarks, "the quality was not measured: interrupted"))
    return Aftermath(found.quality, (*bench.remarks, *found.notes))
