"""Repairs of verified functions into which one fault was put, from the command line.

    python benchmarks/repair/run.py [--problems 60] [--seed 0] [--seconds 60] [--json OUT]
                                    [--work FOLDER] [--most SECONDS] [--only NAME ...]

The functions are those of tests/corpus that say `expect: proved` and that the prover proves as
they are. A fault counts only if an input is known on which the function breaks its contract.
Each repair is a process of its own, start-up included. Printed a problem: solved (with all
obligations proved), seconds of wall time, lines of the diff; then the sums.

With `--work` the problems, the rows and what each run printed are kept in FOLDER: a run that was
stopped, or that `--most` ended, goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mutants import Mutant, mutants

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Proved, prove
from verify_agent.verifier.errors import VerifyAgentError
from verify_agent.verifier.falsify.search import Budget, falsify
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.frontend.lower import lower

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "corpus"
PROVED = re.compile(r"def (\w+)\(.*# expect: proved\s*$", re.MULTILINE)
QUICK = Budget(inputs=600, steps=400_000, seconds=2.0, more=0)


@dataclass(frozen=True)
class Problem:
    """A faulty function; `fault` is what was done to it."""

    name: str
    function: str
    text: str
    fault: str
    line: int


@dataclass(frozen=True)
class Row:
    """What came of one problem; `lines` counts those that the diff takes away or adds, whichever
    is more, and is 0 where there is none."""

    problem: str
    fault: str
    exit: int
    seconds: float
    lines: int


def problems(count: int, seed: int) -> Iterator[Problem]:
    """Faulty functions, one fault a function in each round over the corpus."""
    rng = random.Random(seed)
    provable = [p for p in _functions() if _proves(*p[1:])]
    made, round_ = 0, 0
    while made < count and round_ < 3:
        round_ += 1
        for stem, text, name in provable:
            if made >= count:
                return
            fault = next((m for m in mutants(text, name, rng) if _breaks(m, name)), None)
            if fault is not None:
                made += 1
                title = f"{stem}_{name}_{round_}"
                yield Problem(title, name, fault.text, fault.kind, fault.line)


def _functions() -> list[tuple[str, str, str]]:
    return [
        (path.stem, path.read_text(), name)
        for path in sorted(CORPUS.glob("*/*.py"))
        if path.parent != CORPUS
        for name in PROVED.findall(path.read_text())
    ]


def _proves(text: str, name: str) -> bool:
    try:
        return isinstance(prove(subject(text, name), Limits(seconds=8.0)), Proved)
    except VerifyAgentError:
        return False


def _breaks(mutant: Mutant, name: str) -> bool:
    try:
        return bool(falsify(lower(subject(mutant.text, name)), budget=QUICK).refutations)
    except (VerifyAgentError, SyntaxError):
        return False


def kept(count: int, seed: int, folder: Path) -> list[Problem]:
    """The problems that are kept in a folder, made now where there are too few."""
    path = folder / f"problems-{seed}.jsonl"
    known = [Problem(**row) for row in _lines_of(path)]
    if len(known) < count:
        known = list(problems(count, seed))
        path.write_text("".join(json.dumps(asdict(p)) + "\n" for p in known))
    return known[:count]


def _lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def measured(wanted: list[Problem], folder: Path, seconds: float, most: float) -> Iterator[Row]:
    """Rows of the problems, those of earlier runs first; none is begun after `most` seconds."""
    path = folder / "rows.jsonl"
    known = {row["problem"]: Row(**row) for row in _lines_of(path)}
    yield from (known[p.name] for p in wanted if p.name in known)
    started = time.monotonic()
    for problem in wanted:
        if problem.name in known:
            continue
        if time.monotonic() - started > most:
            return
        row = solve(problem, folder, seconds)
        with path.open("a") as stream:
            stream.write(json.dumps(asdict(row)) + "\n")
        word = "repaired" if row.exit == 0 else f"exit {row.exit}"
        told = f"{problem.fault}, line {problem.line}"
        print(
            f"{row.problem:<40} {told:<32} {word:<9} {row.seconds:6.1f} s  {row.lines}", flush=True
        )
        yield row


def solve(problem: Problem, folder: Path, seconds: float) -> Row:
    """Repair it by the command line."""
    task = folder / f"{problem.name}.yaml"
    source = "".join(f"  {line}\n" if line else "\n" for line in problem.text.splitlines())
    task.write_text(
        f"name: {problem.name}\nkind: repair\nfunction: {problem.function}\n"
        f"budget: {{seconds: {seconds}}}\nsource: |\n{source}"
    )
    command = [sys.executable, "-m", "verify_agent", "run", task.name, "--explain"]
    command += ["--no-server", "--no-memory"]
    started = time.monotonic()
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=seconds + 30, check=False
        )
        code, told = done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        code, told = -1, "timeout"
    took = time.monotonic() - started
    (folder / f"{problem.name}.log").write_text(told)
    return Row(problem.name, problem.fault, code, took, _lines(folder / f"{problem.name}.diff"))


def _lines(diff: Path) -> int:
    if not diff.exists():
        return 0
    lines = diff.read_text().splitlines()[2:]
    signs = [line[:1] for line in lines]
    return max(signs.count("+"), signs.count("-"))


def summary(rows: list[Row]) -> str:
    """The figures of a run."""
    solved = [r for r in rows if r.exit == 0]
    share = len(solved) / len(rows)
    seconds = statistics.median(r.seconds for r in rows)
    lines = statistics.median(r.lines for r in solved) if solved else 0
    return (
        f"{len(solved)} of {len(rows)} repaired with proof ({share:.0%}); "
        f"median {seconds:.1f} s; median lines of a diff {lines:g}"
    )


def main() -> None:
    """Parse the options, run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--most", type=float, default=float("inf"))
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = (options.work or Path(own)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        wanted = kept(options.problems, options.seed, folder)
        wanted = [p for p in wanted if not options.only or p.name in options.only]
        rows = list(measured(wanted, folder, options.seconds, options.most))
    print(summary(rows))
    if options.json:
        options.json.write_text(json.dumps([asdict(r) for r in rows], indent=2))


if __name__ == "__main__":
    main()
