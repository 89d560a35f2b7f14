"""All benchmarks by one command, compared with the last recorded run.

    python -m benchmarks [SUITE...] [--size small|full] [--record FOLDER] [--programs FOLDER]
                         [--tasks FOLDER]

Each suite is a program of its own (`benchmarks/NAME`); this one chooses its options by
size, takes the rows that it writes, and sums them up: count, medians of what are seconds, counts
of words. The record is a JSON file and a Markdown table beside it, both named by date, with
machine, versions and size; the newest record of the same size in the folder is what it is
compared with. Programs with known verdicts and tasks come from the repository unless other
folders are given. A suite that breaks is told and does not end the rest; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RECORDS = ROOT / ".verify-agent" / "benchmarks"
SIZES = ("small", "full")
TOOLS = ("verify-agent", "z3-solver", "cvc5", "crosshair-tool", "hypothesis", "mypy", "icontract")
EXPECTED = re.compile(r"# expect: (\w+)\s*$", re.MULTILINE)
HOLDS, VIOLATED = {"proved", "holds"}, {"refuted", "violated"}
SMALL_PROGRAMS = 4
#: A column is worth a count of its words where it has no more than so many.
MOST_WORDS = 6


@dataclass(frozen=True)
class Suite:
    """What it measures, and the options of its program by size; places are put in."""

    about: str
    small: tuple[str, ...]
    full: tuple[str, ...]
    program: str = "run.py"


SUITES: Mapping[str, Suite] = {
    "prover": Suite(
        "this prover beside others on programs of known verdict",
        ("{programs}", "--timeout", "20"),
        ("{programs}",),
    ),
    "tasks": Suite(
        "every task by the command line, cold",
        ("{tasks}", "--most", "60"),
        ("{tasks}",),
    ),
    "synthesis": Suite(
        "the synthesizer without each strategy, beside cvc5",
        ("{tasks}", "--size", "small", "--seconds", "3"),
        ("{tasks}",),
    ),
    "policy": Suite("the solved policy beside its rivals", ("--orders", "5"), ()),
    "ci": Suite("check in a pipeline", ("{programs}", "--functions", "20"), ("{programs}",)),
    "packages": Suite("check on packages of others", ("crosshair", "--timeout", "2"), ()),
    "inference": Suite(
        "what each source of invariants contributes", ("{sources}",), ("{sources}",)
    ),
    "repair": Suite("repairs of faults put in", ("--problems", "3"), ()),
    "optimize": Suite("sorting networks beside sorted", ("--rounds", "5"), ()),
    "improvement": Suite(
        "how often the gate of improvement is wrong",
        ("--lives", "100", "--proposals", "50"),
        (),
        "lifetimes.py",
    ),
    "server": Suite("run and check, warm and cold", ("--size", "small"), ()),
}
#: Suites that are a command of the project's own.
COMMANDS = {"inference": ("-m", "verify_agent", "experiment")}


@dataclass(frozen=True)
class Result:
    """One suite's rows, or what broke."""

    suite: str
    seconds: float
    rows: tuple[dict[str, Any], ...] = ()
    problem: str = ""
    output: str = ""


@dataclass(frozen=True)
class Record:
    """One run of some suites; `summary` has for each suite the figures of `summed`."""

    date: str
    size: str
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    results: tuple[Result, ...]
    summary: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def present() -> list[str]:
    """The suites that this version has."""
    return [n for n in SUITES if n in COMMANDS or (HERE / n / SUITES[n].program).is_file()]


def programs_of_corpus(folder: Path, most: int | None) -> None:
    """Programs named by their verdict, out of tests/corpus; at most so many of each verdict."""
    for verdict, words in (("holds", HOLDS), ("violated", VIOLATED)):
        made = 0
        for path in sorted((ROOT / "tests" / "corpus").rglob("*.py")):
            text = only(path.read_text(encoding="utf-8"), words)
            if text and (most is None or made < most):
                name = f"{path.parent.name}_{path.stem}__{verdict}.py"
                (folder / name).write_text(text, encoding="utf-8")
                made += 1


def only(text: str, words: set[str]) -> str:
    """A program without the functions that expect another word; empty where none is left.

    Empty too where a method expects something: classes are not taken apart.
    """
    lines = text.splitlines(keepends=True)
    labels = {n: m[1] for n, line in enumerate(lines, 1) if (m := EXPECTED.search(line))}
    functions = {f.lineno: f for f in ast.parse(text).body if isinstance(f, ast.FunctionDef)}
    if not labels.keys() <= functions.keys() or not words & set(labels.values()):
        return ""
    for number, word in labels.items():
        if word not in words:
            gone = functions[number]
            first = min([gone.lineno, *(d.lineno for d in gone.decorator_list)])
            last = gone.end_lineno or gone.lineno
            lines[first - 1 : last] = [""] * (last - first + 1)
    return "".join(lines)


def run_suite(name: str, arguments: Sequence[str]) -> Result:
    """Run one suite's program."""
    with tempfile.TemporaryDirectory() as own:
        out = Path(own, "rows.json")
        start = COMMANDS.get(name, (str(HERE / name / SUITES[name].program),))
        command = [sys.executable, *start, *arguments]
        if name not in COMMANDS:
            command += ["--json", str(out)]
        began = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=ROOT if name in COMMANDS else HERE / name,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE / name), str(ROOT)])},
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - began
        if out.is_file():
            return Result(name, seconds, _rows(json.loads(out.read_text(encoding="utf-8"))))
        if done.returncode == 0:
            return Result(name, seconds, output=done.stdout[-4000:])
        said = (done.stderr or done.stdout).strip().splitlines()
        return Result(name, seconds, problem=said[-1] if said else f"exit {done.returncode}")


def _rows(found: Any) -> tuple[dict[str, Any], ...]:
    """Rows out of what a suite wrote: a list of them, alone or beside other figures."""
    if isinstance(found, dict):
        found = found.get("rows", [found])
    rows = found if isinstance(found, list) else []
    return tuple(row for row in rows if isinstance(row, dict))


def summed(result: Result) -> dict[str, float]:
    """Count of rows, medians of numbers, and how many rows have which word."""
    figures: dict[str, float] = {"rows": len(result.rows), "seconds": round(result.seconds, 1)}
    for key in dict.fromkeys(k for row in result.rows for k in row):
        values = [row[key] for row in result.rows if key in row]
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        if numbers and len(numbers) == len(values):
            figures[f"median {key}"] = round(statistics.median(numbers), 4)
        words = Counter(str(v) for v in values if isinstance(v, str | bool))
        if 0 < len(words) <= MOST_WORDS:
            figures.update({f"{key} {word}".strip(): n for word, n in sorted(words.items())})
    return figures


def last_record(folder: Path, size: str) -> Record | None:
    """The newest record of that size; what can't be read is passed over."""
    for path in sorted(folder.glob(f"*-{size}.json"), reverse=True):
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            results = tuple(Result(**{**r, "rows": tuple(r["rows"])}) for r in fields["results"])
            return Record(**{**fields, "results": results})
        except (ValueError, TypeError, KeyError, OSError):
            continue
    return None


def table(record: Record, before: Record | None) -> str:
    """The record as Markdown: one line a figure, with what it was before."""
    machine = ", ".join(f"{k} {v}" for k, v in record.machine.items())
    tools = ", ".join(f"{k} {v}" for k, v in record.versions.items())
    since = f"compared with {before.date}" if before else "nothing to compare with"
    lines = [f"# Benchmarks, {record.size}, {record.date}", "", machine, "", tools, "", since, ""]
    lines += ["| suite | figure | now | before | change |", "|---|---|---|---|---|"]
    for result in record.results:
        if result.problem:
            lines.append(f"| {result.suite} | broke | {result.problem} | | |")
            continue
        old = (before.summary if before else {}).get(result.suite, {})
        for name, value in record.summary[result.suite].items():
            was = old.get(name)
            change = "" if was is None else f"{value - was:+.6g}"
            shown = "" if was is None else f"{was:g}"
            lines.append(f"| {result.suite} | {name} | {value:g} | {shown} | {change} |")
    return "\n".join(lines) + "\n"


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def versions() -> dict[str, str]:
    """The versions of the tools."""
    found = {}
    for name in TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run suites, record them, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(present()))
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--record", type=Path, default=RECORDS, metavar="FOLDER")
    parser.add_argument("--programs", type=Path, metavar="FOLDER")
    parser.add_argument("--tasks", type=Path, default=ROOT / "examples", metavar="FOLDER")
    options = parser.parse_args(argv)
    unknown = [n for n in options.suites if n not in present()]
    if unknown:
        parser.error(f"no such suite: {', '.join(unknown)}; there are {', '.join(present())}")
    with tempfile.TemporaryDirectory() as own:
        programs = options.programs
        if programs is None:
            programs = Path(own)
            programs_of_corpus(programs, SMALL_PROGRAMS if options.size == "small" else None)
        places = {
            "{programs}": str(programs.resolve()),
            "{tasks}": str(options.tasks.resolve()),
            "{sources}": str(HERE / "experiments" / "sources.yaml"),
        }
        results = []
        for name in options.suites or present():
            print(f"{name}: {SUITES[name].about}", file=sys.stderr, flush=True)
            given: tuple[str, ...] = getattr(SUITES[name], options.size)
            results.append(run_suite(name, [places.get(a, a) for a in given]))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    summary = {r.suite: summed(r) for r in results if not r.problem}
    record = Record(now, options.size, machine(), versions(), tuple(results), summary)
    before = last_record(options.record, options.size)
    text = table(record, before)
    options.record.mkdir(parents=True, exist_ok=True)
    stem = options.record / f"{now.replace(':', '')}-{options.size}"
    stem.with_suffix(".json").write_text(json.dumps(asdict(record), indent=1), encoding="utf-8")
    stem.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
    return int(any(r.problem for r in results))


if __name__ == "__main__":
    raise SystemExit(main())
