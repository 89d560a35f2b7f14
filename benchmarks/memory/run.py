"""A stream of related tasks with memory and without: the same evidence, and in how much time?

    python benchmarks/memory/run.py [--tasks 200] [--kinds repeated,renamed,...] [--json OUT]

The stream begins with some of `examples/` and goes on with variations of them: `repeated` as it
is, `renamed` (function and parameters), `permuted` (another order of parameters), `reformulated`
(`a <= b` for `not (b < a)`, conjuncts in another order), and `new`. Each task is run twice, with
and without memory, one after the other, in a folder of its own kind. Times are those of the clock
and of the processors (children included): on a busy machine only the second compares well.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).parents[2] / "examples"
KINDS = ("repeated", "renamed", "permuted", "reformulated", "new")
CONDITIONS = ("requires", "ensures", "examples")
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
    """One task of the stream, without memory and with it."""

    task: str
    kind: str
    without: Outcome
    remembering: Outcome

    @property
    def same(self) -> bool:
        """Whether the evidence is the same."""
        one, other = self.without, self.remembering
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


def stream(count: int, kinds: tuple[str, ...], seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tasks with their kinds: first come a few new ones, then variations and further new ones."""
    chosen = random.Random(seed)
    fresh = seeds()
    chosen.shuffle(fresh)
    known = [fresh.pop() for _ in range(min(3, len(fresh), count))]
    yield from (("new", task) for task in known)
    for number in range(count - len(known)):
        kind = kinds[number % len(kinds)]
        if kind == "new" and fresh:
            known.append(fresh.pop())
            yield kind, known[-1]
        elif kind != "new":
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


def outcome(task: dict[str, Any], folder: Path, *options: str) -> Outcome:
    """Run a task in a folder, whose state stays for the next one."""
    (folder / "task.yaml").write_text(yaml.safe_dump(task, sort_keys=False), encoding="utf-8")
    argv = ["run", "task.yaml", "--output", "out.py", "--report", "json=r.json", "--quiet"]
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


def main() -> None:
    """Run the stream and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        for kind, task in stream(args.tasks, tuple(args.kinds.split(",")), args.seed):
            without = outcome(task, Path(one), "--no-memory")
            row = Row(task["name"], kind, without, outcome(task, Path(other)))
            rows.append(row)
            times = f"{row.without.clock:6.1f} s -> {row.remembering.clock:6.1f} s"
            used = f"{row.without.processors:5.1f} -> {row.remembering.processors:5.1f}"
            word = "same" if row.same else "DIFFERENT"
            print(f"{row.task:<18}{kind:<13}{times}  processors {used}  {word}", flush=True)
    for kind in ("all", *KINDS):
        some = [r for r in rows if kind in ("all", r.kind)]
        if some:
            print(_summary(kind, some))
    if args.json:
        args.json.write_text(json.dumps([asdict(r) for r in rows], indent=1), encoding="utf-8")


def _summary(kind: str, rows: list[Row]) -> str:
    clock = [sum(getattr(r, side).clock for r in rows) for side in ("without", "remembering")]
    used = [sum(getattr(r, side).processors for r in rows) for side in ("without", "remembering")]
    same = sum(r.same for r in rows)
    return (
        f"{kind:<13}{same} of {len(rows)} with the same evidence; clock {_faster(clock)}; "
        f"processors {_faster(used)}"
    )


def _faster(seconds: list[float]) -> str:
    without, remembering = seconds
    factor = without / max(remembering, 1e-9)
    return f"{without:.1f} s -> {remembering:.1f} s ({factor:.1f} times as fast)"


if __name__ == "__main__":
    main()
