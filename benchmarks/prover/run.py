"""This prover beside CrossHair and touchstone-prover, in one run, on programs of known verdict.

    python benchmarks/prover/run.py FOLDER [--json OUT] [--touchstone BIN] [--timeout 60]

FOLDER holds programs named `<name>__holds.py` and `<name>__violated.py`. Each tool is a process
of its own for each program, start-up included, one after the other in an interleaved order, so
that a slow minute of the machine hits all of them. touchstone-prover is installed in an
environment of its own unless `--touchstone` names its program.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PROVED, REFUTED, OPEN = "proved", "refuted", "open"


@dataclass(frozen=True)
class Row:
    """One tool's answer to one program; `seconds` is wall time of the whole process.

    `functions` are seconds of each function after start-up, where the tool tells them.
    """

    tool: str
    program: str
    expected: str
    answer: str
    seconds: float
    functions: tuple[float, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether the answer contradicts the known verdict."""
        return {"holds": REFUTED, "violated": PROVED, "diverges": REFUTED}[
            self.expected
        ] == self.answer


def run(command: Sequence[str], seconds: float) -> tuple[int, str, float]:
    """Exit code (-1 for a time-out), standard output, wall seconds."""
    started = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return -1, "", time.monotonic() - started
    return done.returncode, done.stdout, time.monotonic() - started


Answered = tuple[str, float, tuple[float, ...]]


def ours(program: Path, seconds: float) -> Answered:
    """The weakest verdict of the program's functions by the deductive engine."""
    command = [sys.executable, "-m", "verify_agent", "check", str(program)]
    code, out, took = run([*command, "--engine", "deductive", "--no-cache", "--json"], seconds)
    if code not in (0, 1, 3):
        return OPEN, took, ()
    report = json.loads(out)
    attempts = [
        [a["seconds"] for o in function["obligations"] for a in o["attempts"]]
        for function in report["functions"]
    ]
    answer = {"proved": PROVED, "refuted": REFUTED}.get(report["verdict"], OPEN)
    return answer, took, tuple(max(a) for a in attempts if a)


def crosshair(program: Path, seconds: float) -> Answered:
    """CrossHair's word: confirmed counts only where every condition says so.

    Five seconds a condition: with thirty it decides no more of the ladder.
    """
    command = [sys.executable, "-m", "crosshair", "check", "--analysis_kind=icontract"]
    code, out, took = run(
        [*command, "--report_all", "--per_condition_timeout=5", str(program)], seconds
    )
    lines = [line for line in out.splitlines() if line.strip()]
    if code == 1 or any(": error:" in line for line in lines):
        return REFUTED, took, ()
    confirmed = bool(lines) and all("Confirmed over all paths" in line for line in lines)
    return (PROVED if confirmed else OPEN), took, ()


def touchstone(binary: str) -> Callable[[Path, float], Answered]:
    """touchstone-prover's `verify-all`."""

    def ask(program: Path, seconds: float) -> Answered:
        _, out, took = run([binary, "verify-all", str(program)], seconds)
        words = [line.split()[0] for line in out.splitlines() if line and not line[0].isspace()]
        if "REFUTED" in words:
            return REFUTED, took, ()
        return (PROVED if words and set(words) == {"PROVED"} else OPEN), took, ()

    return ask


def install_touchstone(folder: Path) -> str:
    """Install the peer in an environment of its own; returns its program."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet"]
    subprocess.run([*pip, "touchstone-prover", "icontract"], check=True)
    return str(folder / "bin" / "touchstone")


def measure(folder: Path, peer: str, seconds: float) -> list[Row]:
    """All rows, program by program."""
    tools: dict[str, Callable[[Path, float], Answered]] = {
        "verify-agent": ours,
        "crosshair": crosshair,
        "touchstone": touchstone(peer),
    }
    rows = []
    for program in sorted(folder.glob("*__*.py")):
        expected = program.stem.rpartition("__")[2]
        for name, ask in tools.items():
            answer, took, functions = ask(program, seconds)
            rows.append(Row(name, program.stem, expected, answer, took, functions))
            print(f"{program.stem:28} {name:13} {answer:8} {took:6.1f} s", file=sys.stderr)
    return rows


def table(rows: Sequence[Row]) -> str:
    """Proved of those that hold, refuted of those that are violated, wrong answers, seconds."""
    lines = [f"{'tool':14}{'proved':>10}{'refuted':>10}{'wrong':>7}{'median s':>10}{'total s':>9}"]
    base = {r.program: r.seconds for r in rows if r.tool == "verify-agent"}
    for tool in dict.fromkeys(r.tool for r in rows):
        own = [r for r in rows if r.tool == tool]
        holds = [r for r in own if r.expected == "holds"]
        violated = [r for r in own if r.expected == "violated"]
        proved = f"{sum(r.answer == PROVED for r in holds)}/{len(holds)}"
        refuted = f"{sum(r.answer == REFUTED for r in violated)}/{len(violated)}"
        ratio = statistics.median(r.seconds / base[r.program] for r in own)
        lines.append(
            f"{tool:14}{proved:>10}{refuted:>10}{sum(r.wrong for r in own):>7}"
            f"{statistics.median(r.seconds for r in own):>10.2f}{sum(r.seconds for r in own):>9.0f}"
            f"   ({ratio:.1f} times ours, median of ratios)"
        )
    told = [s for r in rows for s in r.functions]
    if told:
        middle, most = statistics.median(told), max(told)
        lines.append(
            f"verify-agent after start-up: {middle:.2f} s a function in the median, "
            f"{most:.1f} s at most, of {len(told)}"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure and print; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--touchstone", default="")
    parser.add_argument("--timeout", type=float, default=60.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        peer = arguments.touchstone or install_touchstone(Path(scratch) / "peer")
        rows = measure(arguments.folder, peer, arguments.timeout)
    print(table(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(r) for r in rows], indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
