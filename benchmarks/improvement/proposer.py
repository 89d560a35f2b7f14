"""Does a changed proposer pass the gate more often? Paired lives in a world of recorded traces.

    python benchmarks/improvement/proposer.py [--pairs 40] [--proposals 8] [--json FILE]
    python benchmarks/improvement/proposer.py --improve FOLDER [--seed N]
    python benchmarks/improvement/proposer.py --admitted FOLDER [--pairs 40] [--json FILE]
    python benchmarks/improvement/proposer.py --record

A life is a rehearsal (`agent.improve.rehearsal`): each pair draws the open suite, the fresh tasks
and the seed anew, the same for both proposers. Changes are compared on traces of tasks that were
drawn by a word; `--improve` lets a life change the proposer behind the whole gate, in the world of
the other traces, those of the open suite, and `--admitted` compares what it admitted. `--record`
searches again and writes `traces.json`.

Reported: admissions for each hundred proposals, and the difference of admissions of a life with a
95 % interval by the bootstrap over pairs (percentiles; Efron 1979), likewise of those that count.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from random import Random
from unittest.mock import patch

from verify_agent.agent.improve import choosing
from verify_agent.agent.improve.approval import Mode
from verify_agent.agent.improve.archive import Archive, shipped_generation
from verify_agent.agent.improve.cycle import Cycle, with_text
from verify_agent.agent.improve.evaluate import Evaluator, Measurement, Outcome
from verify_agent.agent.improve.gate import Gate
from verify_agent.agent.improve.gate_engines import Engines
from verify_agent.agent.improve.gate_trials import Rules
from verify_agent.agent.improve.ledger import Ledger
from verify_agent.agent.improve.life import Life
from verify_agent.agent.improve.model import Generation
from verify_agent.agent.improve.proposers.waiting import PATIENCE
from verify_agent.agent.improve.rehearsal import PROPOSALS, Rehearsed, rehearse
from verify_agent.agent.improve.setting import start_generation
from verify_agent.agent.improve.tasks import Task, fresh_tasks, open_suite
from verify_agent.agent.improve.traced import World
from verify_agent.agent.improve.trials import SuiteTrials
from verify_agent.agent.skills.registry import shipped_source
from verify_agent.agent.synth.synthesizer import Kept
from verify_agent.verifier.sandbox.runner import Sandbox

TRACES = Path(__file__).parent / "traces.json"
SEEN, UNSEEN = "open suite", "fresh"
WORD = "traces of the shipped generation"
RESAMPLED = 10_000

STEP_HEAD = shipped_source("step_size")[: shipped_source("step_size").index("    if ")]
WEIGHT_HEAD = shipped_source("proposal_weight")[
    : shipped_source("proposal_weight").index("    if ")
]
#: Changes of the proposer made by hand, by what they say.
CHANGES = {
    "one number at a time": ("step_size", f"{STEP_HEAD}    return 1\n"),
    "two numbers, one after a failure": (
        "step_size",
        f"{STEP_HEAD}    if failures >= 1:\n        return 1\n    return 2\n",
    ),
    "six numbers": ("step_size", f"{STEP_HEAD}    return 6\n"),
    "who was admitted goes on, who failed waits": (
        "proposal_weight",
        f"{WEIGHT_HEAD}    return 1 + 1000 * (1 + 4 * admitted) // (1 + tried * tried)\n",
    ),
    "all in turn": ("proposal_weight", f"{WEIGHT_HEAD}    return 1 + 1000 // (1 + tried)\n"),
}


@dataclass
class Recorded(Evaluator):
    """Outcomes as they were recorded: a change of the proposer moves none of them."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    def measure(self, tasks: Sequence[Task], sources: Mapping[str, str]) -> Measurement:
        return Measurement({t.name: self.outcomes[t.name] for t in tasks})


def read() -> tuple[Generation, dict[str, list[Outcome]]]:
    """The generation whose traces they are, and the traces, seen and unseen."""
    raw = json.loads(TRACES.read_text(encoding="utf-8"))
    made = with_text(shipped_generation(), PATIENCE, raw.pop(PATIENCE))
    return made, {kind: [_outcome(o) for o in told] for kind, told in raw.items()}


def _outcome(raw: Mapping[str, object]) -> Outcome:
    kept = tuple(Kept(**k) for k in raw["kept"])  # type: ignore[attr-defined]
    return Outcome(**{**raw, "failed": tuple(raw["failed"]), "kept": kept})  # type: ignore[arg-type]


def record() -> None:
    """Write the traces: all tasks of the open suite, and as many drawn by a word."""
    suite = open_suite()
    drawn = {SEEN: suite, UNSEEN: tuple(islice(fresh_tasks(WORD), len(suite)))}
    evaluator = Evaluator(say=print)
    try:
        found = {kind: evaluator.measure(tasks, {}) for kind, tasks in drawn.items()}
    finally:
        evaluator.close()
    write({kind: list(measured.outcomes.values()) for kind, measured in found.items()})


def write(found: Mapping[str, Sequence[Outcome]]) -> None:
    """Write traces, with the patience that they were made with; answers are left out."""
    parts = [f"{json.dumps(PATIENCE)}: {json.dumps(shipped_source(PATIENCE))}"]
    for kind, outcomes in found.items():
        lines = ",\n".join(json.dumps(asdict(replace(o, source=""))) for o in outcomes)
        parts.append(f"{json.dumps(kind)}: [\n{lines}\n]")
    TRACES.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def improve(start: Generation, traces: Sequence[Outcome], folder: Path, seed: int) -> None:
    """A life that changes nothing but the proposer, behind the whole gate."""
    rules = Rules()
    life = Life(Ledger(folder / "improve", folder / "anchor"), rules.delta, rules.alpha, "traces")
    tasks = open_suite(len(traces))
    evaluator = Recorded(outcomes={o.task: o for o in traces})
    trials = SuiteTrials(evaluator, tasks, start.sources)
    gate = Gate(life, Engines(Sandbox()), trials, start, rules, Mode.AUTO)
    archive = Archive(folder / "improve")
    cycle = Cycle(folder / "improve", archive, life, gate, trials, start, seed)
    cycle.say = lambda text: print(text, flush=True)
    gate.begin = lambda step: print(f"  gate: {step}", flush=True)
    arms = tuple((o, name) for o in choosing.SEARCHES for name in choosing.PROPOSING)
    with patch.object(choosing, "ARMS", arms):
        print(cycle.run())
    print(f"{len(cycle.rehearsals.known)} lives were rehearsed")


def interval(differences: Sequence[int]) -> tuple[float, float]:
    """The 95 % interval of a mean, by the bootstrap."""
    rng, count = Random(1), len(differences)
    means = sorted(sum(rng.choices(differences, k=count)) / count for _ in range(RESAMPLED))
    return means[RESAMPLED // 40], means[-RESAMPLED // 40 - 1]


def shown(name: str, before: Sequence[Rehearsed], after: Sequence[Rehearsed]) -> dict[str, object]:
    """Print one comparison; its figures."""
    told: dict[str, object] = {}
    for word in ("admitted", "credited"):
        old, new = ([getattr(life, word) for life in side] for side in (before, after))
        differences = [b - a for a, b in zip(old, new, strict=True)]
        low, high = interval(differences)
        share = [
            100 * sum(n) / sum(r.proposals for r in s) for n, s in ((old, before), (new, after))
        ]
        print(
            f"{name}: {share[0]:.1f} -> {share[1]:.1f} {word} of 100; "
            f"{sum(differences) / len(before):+.2f} a life, [{low:+.2f}, {high:+.2f}]",
            flush=True,
        )
        told[word] = {"before": old, "after": new, "interval": [low, high]}
    held = [sum(float(r.held) for r in side) / len(side) for side in (before, after)]
    print(
        f"  quality gained on traces that no proposal was chosen by: {held[0]:.3f} -> {held[1]:.3f}"
    )
    return {**told, "held": held, "proposals": [[r.proposals for r in s] for s in (before, after)]}


def main() -> int:
    """Run the pairs of each change, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--proposals", type=int, default=PROPOSALS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--improve", type=Path)
    parser.add_argument("--admitted", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    if args.record:
        record()
        return 0
    start, traces = read()
    if args.improve:
        improve(start, traces[SEEN], args.improve, args.seed)
        return 0
    world = World.of(start, traces[UNSEEN])
    changes: dict[str, Mapping[str, str]] = {n: {s: text} for n, (s, text) in CHANGES.items()}
    if args.admitted:
        changes = {"what was admitted": start_generation(str(args.admitted)).sources}

    def lives(sources: Mapping[str, str]) -> list[Rehearsed]:
        return [rehearse(world, sources, seed, args.proposals) for seed in range(args.pairs)]

    before = lives(start.sources)
    told = {name: shown(name, before, lives(sources)) for name, sources in changes.items()}
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
