"""The synthesizer with and without each strategy, beside cvc5, in one run.

    python benchmarks/synthesis/run.py FOLDER [--size small] [--json OUT] [--seconds 10]
                                       [--rows ROWS] [--most SECONDS]

FOLDER holds task files; those that ask for one new function are taken. Nothing is proved here: an
answer counts as solved when it is right on a thousand inputs that the search has not seen. A
strategy is left out only for tasks to which it applies, as the search is the same without one
that does not apply. cvc5 is asked for what it can state (linear arithmetic over ints and bools),
once with its single-invocation method and once without; it runs in a process of its own.

Rows are appended to ROWS as tasks are done, those that are there already are not measured again,
and `--most` ends after so many seconds: a long measurement can be made in portions.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from verify_agent.agent.experiment.studies.strategies import ALL, problems, search, wrong_on
from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body, Strategy, SynthesisProblem
from verify_agent.agent.synth.render import function_node, size
from verify_agent.agent.synth.strategies.sygus import request
from verify_agent.agent.synth.synthesizer import default_strategies

SMALL = 6
"""Tasks of a small run."""
WORKER = "verify_agent.agent.synth.sygus.worker"


@dataclass(frozen=True)
class Row:
    """One solver's answer to one task; `nodes` are syntax-tree nodes of the answer's body."""

    solver: str
    task: str
    solved: bool
    seconds: float
    nodes: int
    by: str = ""


def solve(
    name: str, problem: SynthesisProblem, strategies: tuple[Strategy, ...], seconds: float
) -> Row:
    """The last answer in time that is right on all further inputs."""
    found = search(problem, strategies, seconds)
    if found.candidate is None:
        return Row(ALL, name, False, found.seconds, 0)
    cost, by = found.candidate.cost, found.candidate.strategy
    return Row(ALL, name, True, found.seconds, cost, by)


def ablation(
    name: str, problem: SynthesisProblem, seconds: float, wanted: Sequence[str]
) -> Iterator[Row]:
    """With all strategies, and without each of those that apply."""
    whole = solve(name, problem, default_strategies(), seconds)
    yield whole
    context = Context(problem)
    for strategy in default_strategies():
        if strategy.name not in wanted:
            continue
        label = f"without {strategy.name}"
        if strategy.price(context) is None:
            yield Row(label, name, whole.solved, whole.seconds, whole.nodes, whole.by)
            continue
        rest = tuple(s for s in default_strategies() if s.name != strategy.name)
        row = solve(name, problem, rest, seconds)
        yield Row(label, name, row.solved, row.seconds, row.nodes, row.by)


def cvc5(name: str, problem: SynthesisProblem, method: str, seconds: float) -> Row | None:
    """cvc5's answer; None for a task that it can't state."""
    context = Context(problem)
    if not any(s.name == "sygus" and s.price(context) is not None for s in default_strategies()):
        return None
    asked = request(context) | {
        "single_invocation": method,
        "resources": 100_000_000,
        "seconds": int(seconds),
    }
    label = f"cvc5, sygus-si={method}"
    started = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", WORKER],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=3 * seconds,
        )
    except subprocess.TimeoutExpired:
        return Row(label, name, False, time.monotonic() - started, 0)
    took = time.monotonic() - started
    answer = json.loads(done.stdout) if done.stdout.strip() else {}
    if "refused" in answer:
        return None
    if "expression" not in answer:
        return Row(label, name, False, took, 0)
    body = Body.of(ast.parse(answer["expression"], mode="eval").body)
    node = function_node(problem, body, guarded=True)
    right = context.passes(node, learn=False) and wrong_on(context, node) is None
    return Row(label, name, right, took, size(node) if right else 0)


def measure(
    folder: Path, small: bool, seconds: float, kept: Path | None = None, most: float = math.inf
) -> list[Row]:
    """All rows, task by task; `kept` has those of earlier portions."""
    tasks = list(problems(folder).items())
    names = [s.name for s in default_strategies()]
    if small:
        tasks = tasks[:: max(1, len(tasks) // SMALL)][:SMALL]
        names = ["definition", "enumerate", "fold", "sygus"]
    text = kept.read_text() if kept is not None and kept.is_file() else ""
    rows = [Row(**json.loads(line)) for line in text.splitlines()]
    done = {row.task for row in rows}
    started = time.monotonic()
    for name, problem in tasks:
        if name in done or time.monotonic() - started > most:
            continue
        last = list(ablation(name, problem, seconds, names))
        stated = [cvc5(name, problem, method, seconds) for method in ("use", "none")]
        last += [row for row in stated if row is not None]
        rows += last
        if kept is not None:
            with kept.open("a") as stream:
                stream.write("".join(json.dumps(asdict(row)) + "\n" for row in last))
        lost = [r.solver for r in last if not r.solved]
        print(f"{name:24} {last[0].by or 'none':20} lost by: {', '.join(lost)}", file=sys.stderr)
    return rows


def table(rows: Sequence[Row]) -> str:
    """Solved, seconds and sizes of each solver; sizes beside ours on the same tasks."""
    ours = {r.task: r for r in rows if r.solver == ALL}
    lines = [f"{'':34}{'solved':>9}{'median s':>10}{'longest':>9}{'median nodes':>14}{'ours':>7}"]
    for solver in dict.fromkeys(r.solver for r in rows):
        own = [r for r in rows if r.solver == solver]
        solved = [r for r in own if r.solved]
        both = [r for r in solved if ours[r.task].solved]
        nodes = statistics.median([r.nodes for r in both]) if both else 0
        beside = statistics.median([ours[r.task].nodes for r in both]) if both else 0
        seconds = [r.seconds for r in own]
        lines.append(
            f"{solver:34}{f'{len(solved)}/{len(own)}':>9}{statistics.median(seconds):>10.2f}"
            f"{max(seconds):>9.1f}{nodes:>14}{beside:>7}"
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=("small", "full"), default="full")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--most", type=float, default=math.inf)
    arguments = parser.parse_args(argv)
    small = arguments.size == "small"
    rows = measure(arguments.folder, small, arguments.seconds, arguments.rows, arguments.most)
    print(table(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
