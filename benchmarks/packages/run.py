"""`check` on packages of other people: does it end, and is every function accounted for?

    python benchmarks/packages/run.py [NAME...] [--timeout 4] [--keep FOLDER] [--json OUT]

The packages are CrossHair's examples (as installed), the examples of icontract's documentation
(each code block of the README of its source distribution as a module) and pylddwrap. Source
distributions are fetched with pip into FOLDER (a temporary one without `--keep`; what is there is
not fetched again, and `check` goes on where it was cut). The table has for each package the
functions, how many have which verdict, how many were left out, how many are in neither list
(`lost`, which must be 0), the engines that crashed, and the formats that could not be read back.
The exit code is 1 where anything is lost, crashed or unreadable.
"""

from __future__ import annotations

import argparse
import ast
import doctest
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

FORMATS = ("text", "json", "sarif", "junit", "markdown", "html", "github", "intoto")
_BLOCK = re.compile(r"^\.\. code-block:: python$", re.MULTILINE)
#: What the documentation's examples take as imported.
_HEAD = "import abc\nfrom typing import Any, List, Optional, Tuple\n\nimport icontract\n\n"


@dataclass(frozen=True)
class Row:
    """One package; `lost` functions are neither checked nor named as left out."""

    package: str
    functions: int
    verdicts: str
    skipped: int
    lost: int
    crashes: int
    unreadable: str
    code: int
    seconds: float


def crosshair(folder: Path, name: str) -> Path:
    """CrossHair's examples, copied from where it is installed."""
    spec = find_spec("crosshair")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("crosshair-tool is not installed")
    made = folder / "crosshair_examples"
    if not made.exists():
        shutil.copytree(Path(spec.submodule_search_locations[0], "examples"), made)
    return made


def documentation(folder: Path, name: str) -> Path:
    """The code blocks of icontract's README, a module each; what is meant to raise is left out."""
    readme = fetched(folder, name) / "README.rst"
    made = folder / "icontract_readme"
    made.mkdir(exist_ok=True)
    for number, block in enumerate(_BLOCK.split(readme.read_text(encoding="utf-8"))[1:], 1):
        examples = doctest.DocTestParser().get_examples(block)
        kept = [e.source for e in examples if e.exc_msg is None and defines(e.source)]
        if kept:
            (made / f"block{number}.py").write_text(_HEAD + "\n\n".join(kept), encoding="utf-8")
    return made


def defines(source: str) -> bool:
    """Whether an example of a session binds names, and does nothing else."""
    binding = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Assign
    return all(isinstance(s, binding) for s in ast.parse(source).body)


def lddwrap(folder: Path, name: str) -> Path:
    """A typed package with icontract's decorators."""
    return fetched(folder, name) / "lddwrap"


def fetched(folder: Path, name: str) -> Path:
    """The unpacked source distribution `name` (`project==version`)."""
    made = folder / name.replace("==", "-")
    if not made.exists():
        pip = [sys.executable, "-m", "pip"] if find_spec("pip") else [shutil.which("pip") or "pip3"]
        asked = ["download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(folder), name]
        subprocess.run([*pip, *asked], check=True, stderr=subprocess.DEVNULL)
        with tarfile.open(folder / f"{made.name}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
    return made


PACKAGES: Mapping[str, tuple[str, Callable[[Path, str], Path]]] = {
    "crosshair": ("crosshair-tool", crosshair),
    "icontract": ("icontract==2.3.4", documentation),
    "lddwrap": ("pylddwrap==1.2.2", lddwrap),
}


def definitions(folder: Path) -> int:
    """How many functions the text defines, those inside of others included."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    trees = (ast.parse(p.read_bytes()) for p in folder.rglob("*.py"))
    return sum(isinstance(node, kinds) for tree in trees for node in ast.walk(tree))


def unreadable(name: str, path: Path) -> str:
    """What is wrong with a report of that format; empty where it can be read."""
    try:
        text = path.read_text(encoding="utf-8")
        match name:
            case "json" | "sarif":
                json.loads(text)
            case "intoto":
                [json.loads(line) for line in text.splitlines()]
            case "junit":
                ElementTree.fromstring(text.encode())
            case _:
                pass
    except (OSError, ValueError, ElementTree.ParseError) as problem:
        return f"{name}: {problem}"
    return "" if text.strip() else f"{name}: empty"


def measure(package: str, folder: Path, timeout: float) -> Row:
    """Check one package with all formats at once."""
    name, fetch = PACKAGES[package]
    target = fetch(folder, name)
    (target.parent / "pyproject.toml").write_text("", encoding="utf-8")
    reports = folder / "reports" / package
    command = [sys.executable, "-m", "verify_agent", "check", target.name, "--no-server"]
    command += ["--timeout", str(timeout), "--quiet"]
    for form in FORMATS:
        command += ["--report", f"{form}={reports / form}"]
    began = time.monotonic()
    done = subprocess.run(command, cwd=target.parent, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    broken = [problem for form in FORMATS if (problem := unreadable(form, reports / form))]
    if not (reports / "json").is_file():
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        return Row(package, 0, "", 0, definitions(target), 1, str(said), done.returncode, seconds)
    record = json.loads((reports / "json").read_text(encoding="utf-8"))
    seen = {(f["path"], f["line"]) for f in record["functions"] + record["skipped"]}
    words = Counter(f["verdict"] for f in record["functions"])
    reasons = {
        a["reason"] for f in record["functions"] for o in f["obligations"] for a in o["attempts"]
    }
    return Row(
        package,
        definitions(target),
        ", ".join(f"{count} {word}" for word, count in sorted(words.items())),
        len(record["skipped"]),
        definitions(target) - len(seen),
        sum(r.startswith("Crashed") for r in reasons) + words["error"],
        "; ".join(broken),
        done.returncode,
        seconds,
    )


def main() -> int:
    """Print the table and write it as JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", nargs="*", metavar="NAME", help=", ".join(PACKAGES))
    parser.add_argument("--timeout", type=float, default=4.0)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if unknown := [n for n in args.packages if n not in PACKAGES]:
        parser.error(f"no such package: {', '.join(unknown)}")
    rows = []
    with tempfile.TemporaryDirectory() as own:
        folder = (args.keep or Path(own)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for package in args.packages or PACKAGES:
            row = measure(package, folder, args.timeout)
            rows.append(row)
            print(
                f"{row.package:<10} {row.functions:4} functions: {row.verdicts}; "
                f"{row.skipped} left out, {row.lost} lost, {row.crashes} crashes, "
                f"exit {row.code}, {row.seconds:.1f} s {row.unreadable}",
                flush=True,
            )
    if args.json:
        args.json.write_text(json.dumps([asdict(r) for r in rows], indent=2) + "\n")
    return int(any(r.lost or r.crashes or r.unreadable for r in rows))


if __name__ == "__main__":
    raise SystemExit(main())
