"""Every task of a folder by the command line, cold: exit code and seconds of wall time.

    python benchmarks/tasks/run.py FOLDER [--rows ROWS] [--only NAME ...] [--most SECONDS]
                                   [--keep FOLDER] [--json OUT]

Each run is a process of its own in an empty folder, without a warm server and without memory. Rows
are appended to ROWS as they come; tasks that are there already are not run again, and `--most`
ends after so many seconds, so that a long measurement can be made in portions. `--keep` is where
what was delivered stays.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

#: What a cold run is to stay under, each and as a median.
MOST, MEDIAN = 20.0, 3.0
STEP = re.compile(r"^ +([\d.]+) s  (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One task; `delivered` is the moment of the last step, in seconds since the start."""

    task: str
    exit: int
    seconds: float
    delivered: float


def run_once(task: Path, folder: Path) -> Row:
    """One cold run; the files go to `folder`, what is printed beside them."""
    output = folder / f"{task.stem}.py"
    command = [sys.executable, "-m", "verify_agent", "run", str(task), "--no-server"]
    command += ["--no-memory", "--output", str(output)]
    with tempfile.TemporaryDirectory() as place:
        started = time.monotonic()
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - started
    (folder / f"{task.stem}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    steps = [float(moment) for moment, _ in STEP.findall(done.stdout)]
    return Row(task.stem, done.returncode, round(seconds, 2), max(steps, default=0.0))


def rows_of(path: Path | None) -> list[Row]:
    """What an earlier portion measured."""
    if path is None or not path.is_file():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def measure(tasks: Sequence[Path], folder: Path, rows: Path | None, most: float) -> Iterator[Row]:
    """Rows as they come, those of earlier portions first."""
    known = {row.task: row for row in rows_of(rows)}
    yield from (known[t.stem] for t in tasks if t.stem in known)
    started = time.monotonic()
    for task in tasks:
        if task.stem in known:
            continue
        if time.monotonic() - started > most:
            return
        row = run_once(task, folder)
        if rows is not None:
            with rows.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(row)) + "\n")
        print(f"{row.task:28} exit {row.exit} {row.seconds:6.2f} s", file=sys.stderr, flush=True)
        yield row


def summary(rows: Sequence[Row], asked: int) -> str:
    """The figures of a run."""
    in_time = sum(r.exit == 0 and r.seconds <= MOST for r in rows)
    median = statistics.median(r.seconds for r in rows)
    after = statistics.median(r.seconds - r.delivered for r in rows)
    longest = max(rows, key=lambda r: r.seconds)
    return (
        f"{len(rows)} of {asked} tasks run; {in_time} with exit 0 within {MOST:g} s; median "
        f"{median:.2f} s (wanted {MEDIAN:g}), {after:.2f} s of it after the last step; "
        f"longest {longest.seconds:.1f} s ({longest.task})"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where a task does not exit with 0 in time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--most", type=float, default=float("inf"))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(argv)
    tasks = [p.resolve() for p in sorted(options.folder.glob("*.yaml"))]
    tasks = [p for p in tasks if not options.only or p.stem in options.only]
    if not tasks:
        parser.error(f"no task in {options.folder}")
    with tempfile.TemporaryDirectory() as own:
        folder = (options.keep or Path(own)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        rows = list(measure(tasks, folder, options.rows, options.most))
    print(summary(rows, len(tasks)))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return int(any(row.exit != 0 or row.seconds > MOST for row in rows))


if __name__ == "__main__":
    sys.exit(main())
