"""Record what every engine says of the candidates for task files: `record.py OUT TASK...`.

Each engine runs alone, warm, with the limit that a run would give it; nothing of earlier runs is
recalled. Only tasks of the kind `implement` that need no file beside them can be recorded.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from verify_agent.agent.effort import AFTER_PROOF_SECONDS, ENGINE_SECONDS
from verify_agent.agent.evidence_needed import meets, refutation
from verify_agent.agent.policy_recording import (
    SYMBOLIC_AFTER_PROOF,
    Proposed,
    Recording,
    Words,
    write_recordings,
)
from verify_agent.agent.run_bench import RunBench
from verify_agent.agent.run_workers import WARM_UPS, Workers
from verify_agent.agent.state import ALWAYS, ENGINES, SYMBOLIC, Standing
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task, parse_task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.errors import VerifyAgentError
from verify_agent.verifier.evidence import Counterexample, Verdict
from verify_agent.verifier.subject import obligations_of, types_obligation

MOST_CANDIDATES = 4
SEARCH_SECONDS = 25.0


def record(task: Task, text: str, workers: Workers) -> Recording:
    """One task, until a candidate is proved by all engines or there is no more."""
    bench = RunBench(task, workers=workers)
    try:
        before = time.monotonic()
        found = bench.examine()
        spent = time.monotonic() - before
        made: list[Proposed] = []
        last = 0.0
        if found.standing is Standing.OPEN:
            made, last = candidates(bench)
    finally:
        if bench._proposer is not None:  # the workers are shared, and stay
            bench._proposer.close()
    return Recording(
        task.name,
        text,
        found.standing.value,
        found.explanation,
        found.unsupported,
        round(spent, 3),
        tuple(made),
        round(last, 3),
    )


def candidates(bench: RunBench) -> tuple[list[Proposed], float]:
    """Candidates with all words, and the seconds of the search that found no more."""
    made: list[Proposed] = []
    known: list[Counterexample] = []
    while len(made) < MOST_CANDIDATES:
        before = time.monotonic()
        raw = bench.propose(tuple(known), SEARCH_SECONDS)
        seconds = time.monotonic() - before
        if raw is None:
            return made, seconds
        candidate = bench.simplify(raw)
        words, shown, enough = judged(bench, candidate)
        made.append(
            Proposed(candidate.source, candidate.strategy, candidate.cost, round(seconds, 3), words)
        )
        if enough:
            break
        known += [shown] if shown else []
    return made, 0.0


def judged(
    bench: RunBench, candidate: Candidate
) -> tuple[dict[str, Words], Counterexample | None, bool]:
    """Every engine's words, a counterexample if one has it, and whether no more is needed."""
    subject = bench.subject(candidate)
    words: dict[str, Words] = {}
    obligations = (types_obligation(subject), *obligations_of(subject))
    for engine in ENGINES:
        told, words[engine] = timed(bench, candidate, engine, ENGINE_SECONDS[engine])
        obligations = tuple(
            o.with_attempts(a for i, a in told.attempts if i == o.id) for o in obligations
        )
    found = refutation(obligations)
    if not found:
        _, words[SYMBOLIC_AFTER_PROOF] = timed(bench, candidate, SYMBOLIC, AFTER_PROOF_SECONDS)
    enough = not found and meets(obligations, Verdict.PROVED)
    return words, found[1].counterexample if found else None, enough


def timed(bench: RunBench, candidate: Candidate, engine: str, limit: float) -> tuple[Said, Words]:
    """One engine alone."""
    before = time.monotonic()
    said = bench.check(bench.subject(candidate), frozenset({engine}), {engine: limit})[engine]
    attempts = tuple(
        (i, a.outcome.value, a.reason[:80], a.counterexample.call if a.counterexample else "")
        for i, a in said.attempts
    )
    return said, Words(round(time.monotonic() - before, 3), attempts, said.unsupported[:80])


def main() -> int:
    """Record the tasks that are named; the exit code says whether all could be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("tasks", type=Path, nargs="+")
    arguments = parser.parse_args()
    workers = Workers(WARM_UPS)
    made: list[Recording] = []
    left_out = 0
    try:
        warm(workers)
        for path in arguments.tasks:
            text = path.read_text(encoding="utf-8")
            try:
                task = replace(parse_task(text, Path("recorded.yaml")), memory=False)
                task.require_built()
                made.append(record(task, text, workers))
            except VerifyAgentError as problem:
                print(f"{path.name}: left out: {problem}", file=sys.stderr)
                left_out += 1
                continue
            write_recordings(arguments.out, made)
            print(f"{path.name}: {len(made[-1].candidates)} candidates", flush=True)
    finally:
        workers.close()
    return 1 if left_out else 0


def warm(workers: Workers) -> None:
    """Have each engine's imports done before anything is measured."""
    text = 'name: warm\nsignature: "warm(x: int) -> int"\nensures: ["result == x"]\n'
    bench = RunBench(parse_task(text, Path("warm.yaml")), workers=workers)
    candidate = Candidate("def warm(x: int) -> int:\n    return x\n", "warm", 1)
    for engine in (*ENGINES, *ALWAYS):
        timed(bench, candidate, engine, 20.0)


if __name__ == "__main__":
    raise SystemExit(main())
