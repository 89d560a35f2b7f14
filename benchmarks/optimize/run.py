"""Sorts of three, four and five numbers: how many times as fast as `sorted`, once proved equal.

    python benchmarks/optimize/run.py [--json OUT] [--rounds 41]

Each task is run by the agent; what it delivers is timed undecorated against the function that the
task gives, in the sandbox, on small and large integers in random and in sorted order.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.timing.compare import PRELOAD, Speed, compared

TASKS = Path(__file__).parent / "tasks"
#: What is to be reached, by the count of numbers.
WANTED = {3: 2.0, 4: 1.7, 5: 1.5}
INPUTS = 200
SIZES = {"small": 100, "large": 10**15}


@dataclass(frozen=True)
class Row:
    """One task on one kind of input; `verdict` is the report's."""

    task: str
    numbers: str
    order: str
    ratio: float
    low: float
    high: float
    wanted: float
    verdict: str


def inputs(count: int, most: int, order: str, seed: int = 0) -> list[tuple[int, ...]]:
    """Arguments of that many numbers."""
    rng = random.Random(seed)
    found = [tuple(rng.randint(-most, most) for _ in range(count)) for _ in range(INPUTS)]
    return [tuple(sorted(row)) for row in found] if order == "sorted" else found


def solved(task: Path, folder: Path) -> tuple[str, str]:
    """The delivered module's text and the verdict on it."""
    text = yaml.safe_load(task.read_text())
    output = folder / f"{text['name']}.py"
    command = [sys.executable, "-m", "verify_agent", "run", str(task), "--output", str(output)]
    subprocess.run([*command, "--quiet"], check=False, capture_output=True, cwd=folder)
    if not output.is_file():
        return text["source"], "nothing delivered"
    report = json.loads(output.with_name(f"{output.stem}.report.json").read_text())
    return output.read_text(), report["functions"][0]["verdict"]


def rows(task: Path, folder: Path, sandbox: Zygote, rounds: int) -> list[Row]:
    """The task on every kind of input."""
    module, verdict = solved(task, folder)
    given = yaml.safe_load(task.read_text())
    count = int(given["name"].removeprefix("sort"))
    found = []
    for size, most in SIZES.items():
        for order in ("random", "sorted"):
            drawn = inputs(count, most, order)
            speed = compared(
                sandbox, given["source"], module, given["name"], drawn, rounds=rounds, seconds=5.0
            )
            if not isinstance(speed, Speed):
                raise SystemExit(speed)
            told = (speed.ratio, speed.low, speed.high)
            found.append(Row(given["name"], size, order, *told, WANTED[count], verdict))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a figure is not reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=41)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Zygote(preload=PRELOAD) as sandbox:
        table = [
            row
            for task in sorted(TASKS.glob("*.yaml"))
            for row in rows(task, Path(folder), sandbox, options.rounds)
        ]
    print(f"{'task':6} {'numbers':8} {'order':7} {'times':>6} {'99 %':>13} {'wanted':>7}  verdict")
    for row in table:
        interval = f"{row.low:.2f} to {row.high:.2f}"
        print(
            f"{row.task:6} {row.numbers:8} {row.order:7} {row.ratio:6.2f} {interval:>13} "
            f"{row.wanted:7.1f}  {row.verdict}"
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in table], indent=1))
    return int(any(row.ratio < row.wanted or row.verdict != "proved" for row in table))


if __name__ == "__main__":
    sys.exit(main())
