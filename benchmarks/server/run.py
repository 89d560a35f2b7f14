"""`run` and `check` with a warm server and without, interleaved, and where the time goes.

    python benchmarks/server/run.py [--size small] [--repeats 3] [--json OUT] [--tasks FOLDER]

The tasks are those of FOLDER (the examples) that ask for a new function of integers and truth
values; `check` is of a module in which one of three contracted functions was changed. Each
command is a process of its own. Parts are in wall seconds: `connect` until the server has
answered, `plan` to examine the contract, `synthesize`, the engines by their own account (they
work side by side), `deliver`, and `report` for what is left after the delivery: measuring,
rendering, writing and the end of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from verify_agent.agent.run import goal_of
from verify_agent.agent.server.client import answers
from verify_agent.agent.task import IMPLEMENT, load_task

ROOT = Path(__file__).resolve().parents[2]
STEP = re.compile(r"^ +([\d.]+) s  ([a-z]+)[^(]*\((?:took )?([\d.]+) s\)", re.MULTILINE)
NAMES = {"examine": "plan", "synthesize": "synthesize", "simplify": "synthesize"}
SMALL = 3
MODULE = """from icontract import ensure


@ensure(lambda x, result: result > x)
def following(x: int) -> int:
    return x + {step}


@ensure(lambda x, result: result >= 0)
def square(x: int) -> int:
    return x * x


@ensure(lambda a, b, result: result >= a and result >= b)
def larger(a: int, b: int) -> int:
    return a if a > b else b
"""


@dataclass(frozen=True)
class Row:
    """One command; `code` is its exit code, `verdict` the report's."""

    what: str
    warm: bool
    seconds: float
    code: int
    verdict: str
    parts: dict[str, float] = field(default_factory=dict)


def scalar_tasks(folder: Path) -> list[Path]:
    """The tasks that ask for a new function of integers and truth values."""
    tasks = [(path, load_task(path)) for path in sorted(folder.glob("*.yaml"))]
    return [p for p, t in tasks if t.kind == IMPLEMENT and t.origin is None and goal_of(t).scalar]


def command(folder: Path, *arguments: str, warm: bool) -> tuple[float, int, str]:
    """Wall seconds, exit code and output of the command line."""
    more = () if warm else ("--no-server",)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "verify_agent", *arguments, *more],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - started, done.returncode, done.stdout


def run_once(task: Path, folder: Path, warm: bool) -> Row:
    """One `run`."""
    output = folder / f"{task.stem}.py"
    connect = _connect(folder) if warm else 0.0
    argv = ("run", str(task), "--output", str(output), "--no-memory")
    seconds, code, text = command(folder, *argv, warm=warm)
    report = json.loads(output.with_suffix(".report.json").read_text())
    parts = {"connect": connect}
    last = 0.0
    for at, name, took in STEP.findall(text):
        last = max(last, float(at))
        part = NAMES.get(name, name)
        if part != "check":
            parts[part] = parts.get(part, 0.0) + float(took)
    for function in report["functions"]:
        for obligation in function["obligations"]:
            for attempt in obligation["attempts"]:
                engine = attempt["engine"]
                parts[engine] = max(parts.get(engine, 0.0), attempt["seconds"])
    parts["report"] = max(0.0, seconds - last - connect)
    return Row(task.stem, warm, seconds, code, report["verdict"], parts)


def check_once(folder: Path, number: int, warm: bool) -> Row:
    """One `check` after one function of three was changed."""
    (folder / "module.py").write_text(MODULE.format(step=number))
    argv = ("check", "module.py", "--quiet", "--report", "json=check.json")
    seconds, code, _ = command(folder, *argv, warm=warm)
    verdict = json.loads((folder / "check.json").read_text())["verdict"]
    return Row("check", warm, seconds, code, verdict)


def _connect(folder: Path) -> float:
    started = time.perf_counter()
    if not answers(str(folder)):
        raise SystemExit("the server is gone")
    return time.perf_counter() - started


def measured(tasks: Sequence[Path], repeats: int) -> Iterator[Row]:
    """All rows; warm and cold runs take turns, so that a slow minute hits both."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "setup.cfg").write_text("")
        serve = [sys.executable, "-m", "verify_agent", "serve"]
        subprocess.run([*serve, "--background"], cwd=folder, check=True, capture_output=True)
        try:
            check_once(folder, 1, True)  # fills the cache
            for repeat in range(repeats):
                for task in tasks:
                    for warm in (True, False):
                        yield run_once(task, folder, warm)
                for warm in (True, False):
                    yield check_once(folder, 2 * repeat + 2 + warm, warm)
        finally:
            subprocess.run([*serve, "--stop"], cwd=folder, check=True, capture_output=True)


def table(rows: Sequence[Row]) -> str:
    """Median and 95th percentile of each kind, and the medians of the parts."""
    lines = ["| what | n | median s | 95 % s | parts, median s |", "|---|---|---|---|---|"]
    for what in ("run", "check"):
        for warm in (True, False):
            some = [r for r in rows if (r.what == "check") == (what == "check") and r.warm is warm]
            if not some:
                continue
            times = sorted(r.seconds for r in some)
            late = times[min(len(times) - 1, round(0.95 * len(times)))]
            names = dict.fromkeys(n for r in some for n in r.parts)
            parts = ", ".join(
                f"{n} {statistics.median(r.parts.get(n, 0.0) for r in some):.2f}" for n in names
            )
            way = "warm" if warm else "cold"
            median = statistics.median(times)
            lines.append(f"| {what} {way} | {len(some)} | {median:.2f} | {late:.2f} | {parts} |")
    return "\n".join(lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=Path, default=ROOT / "examples")
    parser.add_argument("--size", choices=("small", "full"), default="full")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    tasks = scalar_tasks(options.tasks)
    small = options.size == "small"
    rows = []
    for row in measured(tasks[:SMALL] if small else tasks, 1 if small else options.repeats):
        rows.append(row)
        print(row.what, "warm" if row.warm else "cold", f"{row.seconds:.2f}", row.verdict)
    print(f"{len(tasks)} tasks, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps([asdict(r) for r in rows], indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
