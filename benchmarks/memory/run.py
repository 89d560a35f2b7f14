"""A stream of related tasks with memory and without: the same evidence, and in how much time?

    python benchmarks/memory/run.py [--tasks 200] [--shares renamed=2,new=1,...] [--folder DIR]

The stream begins with some of `examples/` and goes on with variations of them: `repeated` as it
is, `renamed` (function and parameters), `permuted` (another order of parameters), `reformulated`
(`a <= b` for `not (b < a)`, conjuncts in another order), and `new`. Each task is run several times,
one run after the other, in an order that changes from task to task: `without` memory, `with` the
memory of the stream so far, `wiped` (with memory, that is empty each time) and `poisoned` (a wrong
program of one of twenty kinds stands in it under the right contract).

With `--folder` the memory and the rows are kept there, and a stream that was interrupted goes on
where it was. Times are those of the clock and of the processors (children included): on a busy
machine only the second compares well. With `--warm` one server serves all sides, so that nobody's
start-up is counted; its processes are no children, and only the clock says something.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from poison import KINDS as POISONS
from poison import poisoned

EXAMPLES = Path(__file__).parents[2] / "examples"
KINDS = ("repeated", "renamed", "permuted", "reformulated", "new")
WITHOUT, WITH, WIPED, POISONED = "without", "with", "wiped", "poisoned"
SIDES = (WITHOUT, WITH, WIPED, POISONED)
CONDITIONS = ("requires", "ensures", "examples")
TASK, STATE = "task.yaml", ".verify-agent"
#: Makes one project of the folder, where a server is to be used.
PROJECT = "pyproject.toml"
WORDS = ("alpha", "beta", "gamma", "delta", "omega", "kappa", "sigma", "theta", "lam", "rho")


@dataclass(frozen=True)
class Outcome:
    """One run: its exit code, its verdicts in order, and its seconds."""

    code: int
    verdicts: tuple[str, ...]
    clock: float
    processors: float


@dataclass(frozen=True)
class Row:
    """One task of the stream: how each of its runs went."""

    task: str
    kind: str
    poison: str
    runs: dict[str, Outcome]

    def same(self, side: str) -> bool:
        """Whether a run had the evidence of the one without memory."""
        one, other = self.runs[WITHOUT], self.runs[side]
        return (one.code, one.verdicts) == (other.code, other.verdicts)


class Names(ast.NodeTransformer):
    """Names under other names."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)


class Spelling(ast.NodeTransformer):
    """The same condition, said in another way."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Compare(left, [ast.LtE()], [right]):
                return ast.UnaryOp(ast.Not(), ast.Compare(right, [ast.Lt()], [left]))
            case ast.Compare(left, [ast.Lt()], [right]):
                return ast.Compare(right, [ast.Gt()], [left])
            case ast.Compare(left, [ast.Eq()], [right]):
                return ast.Compare(right, [ast.Eq()], [left])
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        pure = all(isinstance(v, ast.Compare | ast.BoolOp | ast.UnaryOp) for v in node.values)
        return ast.BoolOp(node.op, node.values[::-1]) if pure else node


def seeds() -> list[dict[str, Any]]:
    """The examples that ask for one new function without definitions or files beside them."""
    found = []
    for path in sorted(EXAMPLES.glob("*.yaml")):
        task = yaml.safe_load(path.read_text(encoding="utf-8"))
        beside = {"target", "source", "definitions", "reference", "properties", "modifies"}
        if task.get("kind", "implement") == "implement" and not beside & task.keys():
            found.append(task)
    return found


def stream(count: int, shares: dict[str, int], seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tasks with their kinds: first come a few new ones, then variations and further new ones.

    `shares` says how often each kind comes in a round; where nothing new is left, other kinds do.
    """
    chosen = random.Random(seed)
    fresh = seeds()
    chosen.shuffle(fresh)
    known = [fresh.pop() for _ in range(min(3, len(fresh), count))]
    yield from (("new", task) for task in known)
    turn = [kind for kind in KINDS for _ in range(shares.get(kind, 0))]
    for number in range(count - len(known)):
        if not fresh:
            turn = [kind for kind in turn if kind != "new"]
        if not turn:
            return
        kind = turn[number % len(turn)]
        if kind == "new":
            known.append(fresh.pop())
            yield kind, known[-1]
        else:
            yield kind, varied(chosen.choice(known), kind, number, chosen)


def varied(task: dict[str, Any], kind: str, number: int, chosen: random.Random) -> dict[str, Any]:
    """A task that asks for the same in another way."""
    if kind == "repeated":
        return task
    node = ast.parse(f"def {task['signature']}: ...").body[0]
    assert isinstance(node, ast.FunctionDef)
    own = [a.arg for a in node.args.args]
    names = {node.name: f"{node.name}_{number}", **dict(zip(own, WORDS, strict=False))}
    made = {k: v for k, v in task.items() if k not in ("description", "output")}
    if kind == "permuted":
        chosen.shuffle(node.args.args)
        # An example calls by position: what it says would be another thing.
        made.pop("examples", None)
    if kind in ("permuted", "renamed"):
        for argument in node.args.args:
            argument.arg = names[argument.arg]
        node.name = names[node.name]
    else:
        names = {}
    made["signature"] = ast.unparse(node).partition("def ")[2].partition(":\n")[0]
    for key in CONDITIONS:
        if key in made:
            texts = [_said(text, names, kind) for text in made[key]]
            made[key] = texts
    if "raises" in made:
        made["raises"] = {e: _said(text, names, kind) for e, text in made["raises"].items()}
    return made


def _said(text: str, names: dict[str, str], kind: str) -> str:
    tree = Names(names).visit(ast.parse(text, mode="eval"))
    if kind == "reformulated":
        tree = Spelling().visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree))


def write(task: dict[str, Any], folder: Path) -> None:
    """Put a task's file into a folder."""
    (folder / TASK).write_text(yaml.safe_dump(task, sort_keys=False), encoding="utf-8")


def outcome(task: dict[str, Any], folder: Path, *options: str) -> Outcome:
    """Run a task in a folder, whose state stays for the next one."""
    write(task, folder)
    argv = ["run", TASK, "--output", "out.py", "--report", "json=r.json", "--quiet"]
    argv += [] if (folder.parent / PROJECT).exists() else ["--no-server"]
    before, start = _processors(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "verify_agent", *argv, *options],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    clock, used = time.perf_counter() - start, _processors() - before
    record = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    obligations = [o for f in record["functions"] for o in f["obligations"]]
    verdicts = tuple(f"{o['kind']} {o['verdict']}" for o in obligations)
    return Outcome(done.returncode, verdicts, clock, used)


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row_of(number: int, kind: str, task: dict[str, Any], folder: Path) -> Row:
    """All runs of one task; the order of the sides turns with its number."""
    poison = list(POISONS)[number % len(POISONS)]
    turned = SIDES[number % len(SIDES) :] + SIDES[: number % len(SIDES)]
    runs: dict[str, Outcome] = {}
    for side in turned:
        place = folder / side
        place.mkdir(exist_ok=True)
        if side in (WIPED, POISONED):
            shutil.rmtree(place / STATE, ignore_errors=True)
        if side == POISONED:
            write(task, place)
            poisoned(place / TASK, place / STATE, poison)
        runs[side] = outcome(task, place, *(["--no-memory"] if side == WITHOUT else []))
    return Row(task["name"], kind, poison, runs)


def kept_rows(path: Path) -> list[Row]:
    """The rows of an earlier part of the stream; a last line that was cut is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            values = json.loads(line)
        except ValueError:
            break
        runs = {side: outcome_of(run) for side, run in values.pop("runs").items()}
        found.append(Row(**values, runs=runs))
    path.write_text("".join(f"{json.dumps(asdict(row))}\n" for row in found), encoding="utf-8")
    return found


def outcome_of(values: dict[str, Any]) -> Outcome:
    """A run as it was written down."""
    return Outcome(**{**values, "verdicts": tuple(values["verdicts"])})


def run_stream(count: int, shares: dict[str, int], seed: int, folder: Path) -> list[Row]:
    """The rows of a stream; each is kept when it is done. `SystemExit` for another stream's."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = json.dumps({"shares": shares, "seed": seed})
    marker = folder / "stream.json"
    if marker.exists() and marker.read_text(encoding="utf-8") != settings:
        raise SystemExit(f"{folder} holds another stream: {marker.read_text(encoding='utf-8')}")
    marker.write_text(settings, encoding="utf-8")
    path = folder / "rows.jsonl"
    rows = kept_rows(path)
    for number, (kind, task) in enumerate(stream(count, shares, seed)):
        if number < len(rows):
            continue
        row = row_of(number, kind, task, folder)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(asdict(row))}\n")
        rows.append(row)
        print(_line(number, row), flush=True)
    return rows[:count]


@contextmanager
def server(folder: Path) -> Iterator[None]:
    """A warm server for a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROJECT).touch()
    serve = [sys.executable, "-m", "verify_agent", "serve"]
    subprocess.run([*serve, "--background"], cwd=folder, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run([*serve, "--stop"], cwd=folder, check=True, capture_output=True)


def shares_of(text: str) -> dict[str, int]:
    """`renamed=2,new=1` as numbers; `SystemExit` for another form."""
    try:
        found = {k: int(n) for k, _, n in (part.partition("=") for part in text.split(","))}
    except ValueError:
        raise SystemExit(f"--shares {text}: expected KIND=NUMBER,...") from None
    if not found.keys() <= set(KINDS) or min(found.values()) < 0 or not any(found.values()):
        raise SystemExit(f"--shares {text}: expected some of {', '.join(KINDS)}")
    return found


def main() -> None:
    """Run the stream and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--shares", default=",".join(f"{kind}=1" for kind in KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--warm", action="store_true", help="by a server that runs already")
    parser.add_argument("--folder", type=Path, help="where the stream is kept, to go on later")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    shares = shares_of(args.shares)
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        with server(folder) if args.warm else nullcontext():
            rows = run_stream(args.tasks, shares, args.seed, folder)
    print("\n".join(summary(rows)))
    if args.json:
        args.json.write_text(json.dumps([asdict(r) for r in rows], indent=1), encoding="utf-8")


def summary(rows: list[Row]) -> list[str]:
    """What the stream showed: evidence and times, in all and by kind."""
    lines = []
    for side in (WITH, WIPED, POISONED):
        same = sum(row.same(side) for row in rows)
        lines.append(f"{side:<13}the evidence of `without` for {same} of {len(rows)} tasks")
    for kind in ("all", *KINDS):
        some = [row for row in rows if kind in ("all", row.kind)]
        if some:
            clock, used = (
                [sum(getattr(r.runs[side], what) for r in some) for side in (WITHOUT, WITH)]
                for what in ("clock", "processors")
            )
            told = f"clock {_faster(clock)}; processors {_faster(used)}"
            lines.append(f"{kind:<13}{len(some):>4} tasks: {told}")
    return lines


def _line(number: int, row: Row) -> str:
    used = "  ".join(f"{side} {row.runs[side].processors:5.1f}" for side in SIDES)
    odd = [side for side in SIDES if not row.same(side)]
    word = f"DIFFERENT: {', '.join(odd)} ({row.poison})" if odd else "same"
    return f"{number + 1:>4} {row.task:<18}{row.kind:<13}processors {used}  {word}"


def _faster(seconds: list[float]) -> str:
    without, remembering = seconds
    factor = without / max(remembering, 1e-9)
    saved = 100 * (1 - remembering / max(without, 1e-9))
    return (
        f"{without:.1f} s -> {remembering:.1f} s ({factor:.1f} times as fast, {saved:.0f} % less)"
    )


if __name__ == "__main__":
    main()
