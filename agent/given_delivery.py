"""What is delivered about a function that stays: its documentation or its tests."""

from __future__ import annotations

from pathlib import Path

from verify_agent.agent.artifacts import Delivery, unified_diff
from verify_agent.agent.documenting.document import document
from verify_agent.agent.framing import frame_of
from verify_agent.agent.observing import SECONDS, asked
from verify_agent.agent.run_bench import RunBench
from verify_agent.agent.state import PROPERTIES, State
from verify_agent.agent.task import TEST, Task
from verify_agent.agent.testing.delivery import remarks, written
from verify_agent.verifier.evidence import Report, Verdict
from verify_agent.verifier.quality import share
from verify_agent.verifier.report.json_ import render_json
from verify_agent.verifier.report.text import render_text
from verify_agent.verifier.subject import FRAME, Subject

DRAWN = 120


def delivery_about(bench: RunBench, state: State, report: Report) -> Delivery:
    """All files of a task of the kinds `document` and `test`, as text; nothing is written.

    `ToolMissing` where the sandbox does not run the examples.
    """
    if bench.task.kind == TEST:
        return tests(bench, state, report)
    return documentation(bench, state, report)


def tests(bench: RunBench, state: State, report: Report) -> Delivery:
    """The test module, the module that it imports where the task has it inline, the report."""
    task = bench.task
    assert state.candidate is not None
    subject = bench.subject(state.candidate)
    facts = (*state.obligations, *frame_of(bench, subject))
    calm = any(o.kind == FRAME and o.verdict is Verdict.PROVED for o in facts)
    made = written(bench, subject, calm)
    bench.remarks.extend(remarks(made.choice))
    bench.reached = share(made.covered, made.whole)
    output = task.output
    path = output if output.stem.startswith("test_") else output.with_name(f"test_{output.stem}.py")
    files = {} if task.in_codebase else {output: state.candidate.source}
    return Delivery(path, {path: made.text, **files, **_reports(task, report)})


def documentation(bench: RunBench, state: State, report: Report) -> Delivery:
    """The module with its docstring, a diff where it stands in a codebase, and the report."""
    task = bench.task
    assert state.candidate is not None
    subject = bench.subject(state.candidate)
    seen = bench.ask(PROPERTIES, asked("observe", subject, DRAWN, task.seed), SECONDS)
    facts = (*state.obligations, *frame_of(bench, subject))

    def failing(changed: Subject) -> tuple[str, ...]:
        found: tuple[str, ...] = bench.ask(PROPERTIES, asked("failing_examples", changed), SECONDS)
        return found

    made = document(subject, task.description, facts, seen, failing)
    wrong = (f"an example that the docstring had does not hold: {text}" for text in made.failing)
    bench.remarks.extend(wrong)
    diff = unified_diff(task, made.text)
    files = {task.output: made.text, **_reports(task, report)}
    if diff:
        files[task.output.with_name(f"{task.output.stem}.diff")] = diff
    encoding = task.origin.encoding if task.origin is not None else "utf-8"
    return Delivery(task.output, files, diff, encoding)


def _reports(task: Task, report: Report) -> dict[Path, str]:
    output = task.output
    return {
        output.with_name(f"{output.stem}.report.json"): render_json(report),
        output.with_name(f"{output.stem}.report.txt"): render_text(report),
    }
