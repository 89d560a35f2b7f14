"""`check` in a pipeline: first and second run, one change, two processes, beside other tools.

    python benchmarks/ci/run.py LADDER [--functions 1000] [--json OUT] [--touchstone BIN]
                                [--keep FOLDER]

LADDER holds programs named `<name>__holds.py` and `<name>__violated.py`. The table has, for the
ladder, the first and the second run of `check` beside `crosshair check` and touchstone-prover's
`verify-all`, and for a synthetic repository (`synthetic.py`) the first run with one and with two
processes, the second run, and a run after one function was changed. Times are wall seconds of
whole processes; `cpu` is processor seconds, which a busy machine leaves alone; memory is the
largest resident size of the command's own process in MiB. Touchstone-prover goes into an
environment of its own; it is found on the PATH too. With `--keep` the projects and the rows stay
in FOLDER, and what was measured there is not measured again: a run that was cut goes on.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

#: touchstone-prover takes one file a process.
EACH = (
    "import subprocess, sys\n"
    "ask = lambda p: subprocess.run([sys.argv[1], 'verify-all', p]).returncode\n"
    "sys.exit(max(map(ask, sys.argv[2:])))\n"
)
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Row:
    """One run; `verdict` is the last line that it printed."""

    what: str
    seconds: float
    cpu: float
    memory: float
    code: int
    verdict: str


@dataclass
class Rows:
    """The rows of one measurement, each written at once; what `file` holds is not run again."""

    file: Path

    def run(self, what: str, command: Sequence[str], folder: Path) -> Row:
        """The row of that name: the one that is kept, else what the command takes."""
        kept = {row.what: row for row in self.kept()}
        if what in kept:
            row = kept[what]
        else:
            row = run(what, command, folder)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row)) + "\n")
        print(told(row), flush=True)
        return row

    def kept(self) -> list[Row]:
        """The rows that are there; a line that a killed run left half is passed over."""
        text = self.file.read_text(encoding="utf-8") if self.file.exists() else ""
        lines = [line for line in text.splitlines(keepends=True) if line.endswith("}\n")]
        return [Row(**json.loads(line)) for line in lines]


def run(what: str, command: Sequence[str], folder: Path) -> Row:
    """Run a command and wait for it, its children's processor time included."""
    output = folder / "output.txt"
    started = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    lines = output.read_text(errors="replace").splitlines()
    code = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return Row(what, seconds, cpu, usage.ru_maxrss / 1024, code, lines[-1] if lines else "")


def told(row: Row) -> str:
    """A line of the table."""
    return (
        f"{row.what:<46} {row.seconds:8.2f} s {row.cpu:8.2f} cpu {row.memory:6.0f} MiB "
        f"exit {row.code}  {row.verdict[:70]}"
    )


def check(*arguments: str) -> list[str]:
    """The command line of `check`."""
    return [sys.executable, "-m", "verify_agent", "check", *arguments, "--quiet"]


def ladder(source: Path, folder: Path, touchstone: str, rows: Rows) -> list[Row]:
    """Each tool on the whole ladder."""
    run = rows.run
    shutil.copytree(source, folder / "ladder", dirs_exist_ok=True)
    (folder / "pyproject.toml").write_text("")
    programs = sorted(str(p.relative_to(folder)) for p in (folder / "ladder").glob("*.py"))
    asked = check("ladder", "--evidence", "proved", "--timeout", "5")
    made = [run("ladder: check, first run", asked, folder)]
    made.append(run("ladder: check, second run", asked, folder))
    crosshair = [sys.executable, "-m", "crosshair", "check", "--analysis_kind=icontract"]
    limit = "--per_condition_timeout=5"
    for number in ("first", "second"):
        what = f"ladder: crosshair check, {number} run"
        made.append(run(what, [*crosshair, limit, *programs], folder))
    for number in ("first", "second") if touchstone else ():
        what = f"ladder: touchstone verify-all, {number} run"
        made.append(run(what, [sys.executable, "-c", EACH, touchstone, *programs], folder))
    return made


def synthetic(folder: Path, functions: int, rows: Rows) -> list[Row]:
    """The synthetic repository: processes, a second run, a change, another layout."""
    run = rows.run
    modules = max(1, functions // 20)
    made = []
    for jobs in (1, 2):
        project = folder / f"with-{jobs}"
        paths = _generator().write(project, functions, modules)
        asked = check("src", "--evidence", "proved", "--jobs", str(jobs))
        made.append(run(f"{functions} functions: first run, --jobs {jobs}", asked, project))
    made.append(run(f"{functions} functions: second run", asked, project))
    before = paths[0].read_text()
    changed = before.replace("return x + ", "return x + 0 + ", 1)
    assert changed != before
    paths[0].write_text(changed)
    made.append(run(f"{functions} functions: one changed", asked, project))
    for path in paths:
        path.write_text(relaid(path.read_text()))
    made.append(run(f"{functions} functions: all laid out anew", asked, project))
    print(f"two processes are {made[0].seconds / made[1].seconds:.2f} times as fast as one")
    return made


def relaid(text: str) -> str:
    """The same program with comments, other line ends and parentheses."""
    again = text.replace("    return x + ", "    # A sum.\n    return (x) + ")
    return again.replace(", result: ", ",   result: ").replace("\n@", "\n\n# The next one.\n@")


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("synthetic", HERE / "synthetic.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Print the table and write it as JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ladder", type=Path)
    parser.add_argument("--functions", type=int, default=1000)
    parser.add_argument("--touchstone", default=shutil.which("touchstone") or "", metavar="BIN")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    if not args.touchstone:
        print("touchstone-prover is not here: install it elsewhere and give `--touchstone BIN`")
    with tempfile.TemporaryDirectory() as name:
        folder = (args.keep or Path(name)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        kept = Rows(folder / "rows.jsonl")
        rows = ladder(args.ladder.resolve(), folder, args.touchstone, kept)
        rows += synthetic(folder, args.functions, kept)
    if args.json:
        args.json.write_text(json.dumps([asdict(r) for r in rows], indent=2) + "\n")


if __name__ == "__main__":
    main()
