"""`verify-agent run`: from task files to verified code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.repair.wanted import Wanted
    from verify_agent.agent.run import Done
    from verify_agent.agent.run_workers import Workers
    from verify_agent.agent.task import Task
    from verify_agent.verifier.evidence import Report
    from verify_agent.verifier.quality import Weights

EPILOG = """exit codes:
  0    every required piece of evidence is there, the module is written
  1    the contract is vacuous or unsatisfiable, or no implementation was found
  2    bad input
  3    inconclusive: less evidence than was asked for, or out of budget
  4    a tool that is needed is missing or broke
  130  interrupted; the report holds what was known
With several tasks the worst of them: 130, 4, 2, 1, 3, 0.
"""

INTERRUPTED = 130
DEFAULT_WEIGHTS = "0.25,0.25,0.25,0.25"
#: From the best to the worst.
SEVERITY = (0, 3, 1, 2, 4, 130)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    from verify_agent.agent.cli.reports import add_report_arguments

    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_report_arguments(parser)
    parser.add_argument("tasks", nargs="+", type=Path, metavar="TASK", help="a task file")
    parser.add_argument("--output", type=Path, metavar="PATH", help="the module to write")
    parser.add_argument("--seed", type=int, help="instead of the task's")
    parser.add_argument(
        "--budget-seconds", type=float, metavar="SECONDS", help="instead of the task's"
    )
    parser.add_argument(
        "--evidence", choices=("tested", "confirmed", "proved"), help="instead of the task's"
    )
    parser.add_argument(
        "--no-memory",
        action="store_true",
        help="neither use nor keep what earlier runs found, nor read git for a repair",
    )
    repair = parser.add_argument_group("of tasks of the kind repair")
    repair.add_argument(
        "--alternatives", type=int, default=1, metavar="N", help="offer up to N verified repairs"
    )
    repair.add_argument("--branch", default="", metavar="NAME", help="commit it to a new branch")
    repair.add_argument(
        "--allow-unjudged",
        action="store_true",
        help="apply also where no engine can judge a function around the repair",
    )
    parser.add_argument(
        "--quality", action="store_true", help="measure coverage with all of the generated tests"
    )
    parser.add_argument(
        "--quality-weights",
        default=DEFAULT_WEIGHTS,
        metavar="CC,MI,TC,PEP8",
        help=f"of complexity, maintainability, coverage and style ({DEFAULT_WEIGHTS})",
    )
    parser.add_argument(
        "--apply", action="store_true", help="write what is delivered into the `target`'s file too"
    )
    parser.add_argument(
        "--no-server", action="store_true", help="leave a warm server (`serve`) alone"
    )
    parser.add_argument(
        "--state-folder", type=Path, default=Path(".verify-agent"), help=argparse.SUPPRESS
    )


def run(arguments: argparse.Namespace) -> int:
    """Run every task; the worst exit code."""
    from verify_agent.agent.run_workers import Workers

    workers = Workers()
    try:
        # The solvers are loaded while this process loads what it needs itself.
        workers.start("deductive")
        return _run(arguments, workers)
    finally:
        workers.close()


def _run(arguments: argparse.Namespace, workers: Workers) -> int:
    from verify_agent.agent.cli.reports import print_report, wanted_reports, write_reports
    from verify_agent.agent.progress import screen_for
    from verify_agent.agent.run import Options, run_task

    wanted = wanted_reports(arguments.report, sarif_profile=arguments.sarif_profile)
    tasks = _tasks(arguments)
    options = Options(
        tuple(sys.argv[1:]),
        arguments.explain,
        apply=arguments.apply,
        quality=arguments.quality,
        weights=_weights(arguments.quality_weights),
        folder=arguments.state_folder,
        repair=_wanted(arguments, tasks),
    )
    finished: list[Done] = []
    for task in tasks:
        screen = screen_for(sys.stderr if arguments.json else sys.stdout, arguments.quiet)
        try:
            finished.append(run_task(task, options, screen, workers=workers))
        finally:
            screen.close()
        if finished[-1].ending.exit_code == INTERRUPTED:
            break
    report = _combined(finished, len(tasks))
    write_reports(report, wanted, explain=arguments.explain)
    print_report(report, arguments)
    if not (arguments.json or arguments.quiet):
        _close(finished)
    return max((d.exit_code for d in finished), key=SEVERITY.index)


def _weights(text: str) -> Weights:
    """Four decimal numbers that sum to one, in exact millionths."""
    from decimal import Decimal, InvalidOperation

    from verify_agent.verifier.errors import BadInput
    from verify_agent.verifier.quality import ONE, Weights

    try:
        parts = [Decimal(part) * ONE for part in text.split(",")]
        if any(part != int(part) for part in parts):
            raise ValueError("more than six decimals")
        return Weights(*map(int, parts))
    except (InvalidOperation, ValueError, TypeError, OverflowError):
        expected = f"four numbers from 0 on that sum to 1, as in `{DEFAULT_WEIGHTS}`"
        raise BadInput(f"`{text}`", expected=expected, where="--quality-weights") from None


def _wanted(arguments: argparse.Namespace, tasks: list[Task]) -> Wanted:
    """What is wanted of repairs beyond a delivery; `BadInput` where it can't be done."""
    from verify_agent.agent.repair.wanted import Wanted
    from verify_agent.agent.task import REPAIR
    from verify_agent.verifier.errors import BadInput

    if arguments.alternatives < 1:
        raise BadInput("no repair is wanted", expected="1 or more", where="--alternatives")
    if arguments.branch and len(tasks) > 1:
        raise BadInput("--branch with several tasks", expected="one task", where="--branch")
    for task in tasks:
        if task.kind != REPAIR and arguments.branch:
            found = f"--branch with `kind: {task.kind}`"
            raise BadInput(found, expected="repair", where="--branch")
        if arguments.apply:
            from verify_agent.agent.repair.applying import require_target

            require_target(task, "--apply")
        if arguments.branch:
            from verify_agent.agent.repair.applying import check_branch

            check_branch(task, arguments.branch)
    return Wanted(
        arguments.alternatives, arguments.apply, arguments.branch, arguments.allow_unjudged
    )


def _close(finished: list[Done]) -> None:
    """What was delivered, the files that were written, and one line a task."""
    from verify_agent.agent.state import Ending

    for done in finished:
        if done.ending is Ending.DELIVERED:
            print(f"\n{_told(done)}\n")
        for path in done.files:
            print(f"wrote {path}")
    for done in finished:
        tail = f": {done.state.problem}" if done.state.problem else ""
        if done.unjudged:
            tail += f"; not judged by any engine: {', '.join(done.unjudged)}"
        if done.withheld:
            tail += "; not applied (--allow-unjudged)"
        print(f"{done.task.name}: {done.ending.value} in {done.state.seconds:.1f} s{tail}")


def _told(done: Done) -> str:
    """The function that is delivered; of a repair what was wrong and the change."""
    from verify_agent.agent.task import REPAIR

    if done.task.kind != REPAIR:
        return _delivered(done)
    explanation = [Path(name) for name in done.files if name.endswith(".explanation.txt")]
    if not explanation:
        from verify_agent.agent.repair.delivery import met

        return met(done.task)
    diffs = [Path(name) for name in done.files if name.endswith(".diff")]
    texts = [explanation[0].read_text(encoding="utf-8").rstrip()]
    for number, diff in enumerate(diffs[1:], 2):
        texts.append(f"Alternative {number}: {diff.read_text(encoding='utf-8').rstrip()}")
    return "\n\n".join(texts)


def _delivered(done: Done) -> str:
    """The function as it stands in the file that was written, its decorators left out."""
    import ast
    import textwrap

    from verify_agent.agent.task import DOCUMENT, TEST
    from verify_agent.agent.task_origin import find_node

    if done.task.kind == TEST:
        return _examples(Path(done.files[0]))
    origin = done.task.origin
    text = done.task.output.read_text(encoding=origin.encoding if origin else "utf-8")
    node = find_node(text, done.task.qualname)
    lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
    if ast.get_docstring(node) is not None and done.task.kind != DOCUMENT:
        first = node.body[0]
        del lines[first.lineno - node.lineno : (first.end_lineno or first.lineno) + 1 - node.lineno]
    return textwrap.dedent("\n".join(lines))


def _examples(path: Path) -> str:
    """The examples of a test module, without what pytest and Hypothesis need around them."""
    import ast

    text = path.read_text(encoding="utf-8")
    found = (n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef))
    wanted = [n for n in found if "_example_" in n.name]
    lines = text.splitlines()
    return "\n\n".join("\n".join(lines[n.lineno - 1 : n.end_lineno]) for n in wanted)


def _tasks(arguments: argparse.Namespace) -> list[Task]:
    """The tasks, all of them read before anything runs."""
    from dataclasses import replace

    from verify_agent.agent.run import overridden
    from verify_agent.agent.task import load_task
    from verify_agent.verifier.errors import BadInput
    from verify_agent.verifier.evidence import Verdict

    if arguments.output and len(arguments.tasks) > 1:
        raise BadInput("--output with several tasks", expected="one task", where="--output")
    if arguments.budget_seconds is not None and not arguments.budget_seconds > 0:
        raise BadInput("no time to run", expected="more than 0", where="--budget-seconds")
    tasks = []
    for path in arguments.tasks:
        task = load_task(path)
        task.require_built()
        budget = arguments.budget_seconds
        tasks.append(
            overridden(
                task,
                output=arguments.output,
                seed=arguments.seed,
                evidence=Verdict(arguments.evidence) if arguments.evidence else None,
                budget=replace(task.budget, seconds=budget) if budget else None,
                memory=False if arguments.no_memory else None,
            )
        )
    return tasks


def _combined(finished: list[Done], asked: int) -> Report:
    from dataclasses import replace

    reports = [done.report for done in finished]
    return replace(
        reports[0],
        functions=tuple(f for r in reports for f in r.functions),
        subjects={path: digest for r in reports for path, digest in r.subjects.items()},
        complete=all(r.complete for r in reports) and len(reports) == asked,
        notes=tuple(note for r in reports for note in r.notes),
        quality=tuple(q for r in reports for q in r.quality),
    )
