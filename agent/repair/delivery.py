"""What a repair delivers: the file, the change, and what was wrong in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from verify_agent.agent.artifacts import Delivery, delivery, unified_diff
from verify_agent.agent.repair.first import KEYWORD, UNCHANGED
from verify_agent.agent.repair.replayed import Gone
from verify_agent.agent.repair.starting import origin_of, starting_text, subject_of
from verify_agent.agent.run_worker import Request
from verify_agent.agent.task_origin import read_exactly
from verify_agent.verifier.evidence import DEDUCTIVE, Report
from verify_agent.verifier.report.json_ import render_json
from verify_agent.verifier.report.text import render_text

if TYPE_CHECKING:
    from verify_agent.agent.run_bench import RunBench
    from verify_agent.agent.state import State
    from verify_agent.agent.synth.problem import Candidate
    from verify_agent.agent.task import Task

REPLAY_SECONDS = 12.0


def delivery_of_repair(bench: RunBench, state: State, report: Report) -> Delivery:
    """The files of a repair, the explanation among them; nothing is written.

    Where the function met its contract already there is only a report: no file is changed.
    """
    task, candidate = bench.task, state.candidate
    if candidate is None:
        raise ValueError("there is nothing to deliver")
    stem = task.output.stem
    if candidate.strategy == UNCHANGED:
        told = replace(report, notes=(*report.notes, met(task)))
        report_path = task.output.with_name(f"{stem}.report.json")
        files = {
            report_path: render_json(told),
            task.output.with_name(f"{stem}.report.txt"): render_text(told),
        }
        return Delivery(report_path, files)
    text = explained(task, candidate, seen(bench, candidate))
    delivered = replace(task, contract=bench.subject(candidate).contract)
    made = delivery(delivered, candidate.source, report)
    if candidate.others:
        made = replace(made, diff=whole_diff(task, candidate))
        made = replace(made, files={**made.files, task.output.with_name(f"{stem}.diff"): made.diff})
    files = {**made.files, task.output.with_name(f"{stem}.explanation.txt"): text}
    return replace(made, files=files)


def met(task: Task) -> str:
    """What is said where there is nothing to repair."""
    return f"{task.qualname} meets its contract already; nothing was changed"


def seen(bench: RunBench, candidate: Candidate) -> Gone | None:
    """The counterexample run before and after; None where no run shows it."""
    if candidate.gone is None:
        return None
    task = bench.task
    before = subject_of(task, starting_text(task))
    arguments = (before, bench.subject(candidate), candidate.gone)
    request = Request("verify_agent.agent.repair.replayed:gone", arguments)
    answer = bench.workers.call({DEDUCTIVE: request}, REPLAY_SECONDS, bench.heard)[DEDUCTIVE]
    return answer.value if isinstance(answer.value, Gone) else None


def explained(task: Task, candidate: Candidate, run: Gone | None) -> str:
    """What was wrong, what was changed, and what the failing call does now."""
    renamed = origin_of(task).renamed
    lines = [f"`{task.qualname}` broke its contract."]
    if candidate.gone is None and renamed is not None and renamed.told:
        lines = [f"`{task.qualname}`: {renamed.why}."]
        lines += [*(["", *renamed.notes] if renamed.notes else [])]
    elif candidate.strategy == KEYWORD and run is None:
        lines = [f"`{task.qualname}` called a function by a keyword that it has not."]
    elif run is not None:
        shown = run.before
        lines += ["", "Seen by running it:", *(f"    {s}" for s in shown.setup)]
        lines += [f"    {shown.call}", f"    gave: {shown.outcome}"]
        lines += [f"    but: {shown.expected}"] if shown.expected else []
        lines += ["", f"After the change the same call: {run.after}."]
    else:
        lines += ["", "No single run shows it: it was found by the prover or does not end."]
    lines += ["", f"The change: {candidate.summary}.", "", whole_diff(task, candidate)]
    return "\n".join(lines)


def whole_diff(task: Task, candidate: Candidate) -> str:
    """The change to every file as one patch for the codebase's root."""
    parts = [unified_diff(task, candidate.source)]
    origin = origin_of(task)
    for name, text in candidate.others:
        path = Path(name)
        before, encoding = read_exactly(path)
        other = replace(origin, path=path, text=before, encoding=encoding)
        parts.append(unified_diff(replace(task, origin=other), text))
    return "".join(parts)
