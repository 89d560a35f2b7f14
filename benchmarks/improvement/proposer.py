"""Does a changed proposer pass the gate more often? Paired cycles in a world of recorded traces.

    python benchmarks/improvement/proposer.py [--pairs 40] [--proposals 12] [--json FILE]
    python benchmarks/improvement/proposer.py --record

A trace says when each answer of a search was there, so what another patience costs and delivers
follows from it, without a search: a proposal is measured in milliseconds. The proposers that search
(halving, annealing, evolution) change the patience; what is learned from traces is left out, as it
would be done after one proposal. The gate looks at scope, duplicates, replay, quality and fresh
tasks; the steps that judge a contract are left out, since no proposer here changes one, and so are
the canaries. Each pair draws the open suite, the fresh tasks and the seed anew, the same for
both proposers. `--record` searches again and writes `traces.json`.

Reported: admissions for each hundred proposals, and their difference with a 95 % interval by the
bootstrap over pairs (percentiles; Efron 1979).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from random import Random
from unittest.mock import patch

from verify_agent.agent.improve import choosing
from verify_agent.agent.improve.approval import Mode
from verify_agent.agent.improve.archive import ADMITTED, Archive, shipped_generation
from verify_agent.agent.improve.betting import Measured
from verify_agent.agent.improve.cycle import Cycle, with_text
from verify_agent.agent.improve.evaluate import Evaluator, Measurement, Outcome
from verify_agent.agent.improve.gate import CANARIES, Gate, Step
from verify_agent.agent.improve.gate_engines import Engines
from verify_agent.agent.improve.gate_scope import DUPLICATE, SCOPE, duplicate, scope
from verify_agent.agent.improve.gate_trials import Rules
from verify_agent.agent.improve.ledger import Ledger
from verify_agent.agent.improve.life import Life
from verify_agent.agent.improve.model import (
    Generation,
    Proposal,
    Skill,
    StepOutcome,
    StepVerdict,
)
from verify_agent.agent.improve.proposers.waiting import PATIENCE, delivered, stop_of
from verify_agent.agent.improve.tasks import Task, fresh_tasks, open_suite, seed_of
from verify_agent.agent.improve.trials import SuiteTrials, paired
from verify_agent.agent.skills.registry import Skills, shipped_source
from verify_agent.agent.synth.synthesizer import Kept
from verify_agent.verifier.sandbox.policy import Outcome as Ran

TRACES = Path(__file__).parent / "traces.json"
OPEN = 23
WORD = "traces of the shipped generation"
RESAMPLED = 10_000
WHOLE = Fraction(1)

STEP_HEAD = shipped_source("step_size")[: shipped_source("step_size").index("    if ")]
WEIGHT_HEAD = shipped_source("proposal_weight")[
    : shipped_source("proposal_weight").index("    if ")
]
#: The changes of the proposer that are tried, by what they say.
CHANGES = {
    "one number at a time": ("step_size", f"{STEP_HEAD}    return 1\n"),
    "two numbers, one after a failure": (
        "step_size",
        f"{STEP_HEAD}    if failures >= 1:\n        return 1\n    return 2\n",
    ),
    "who was admitted goes on, who failed waits": (
        "proposal_weight",
        f"{WEIGHT_HEAD}    return 1 + 1000 * (1 + 4 * admitted) // (1 + tried * tried)\n",
    ),
    "all in turn": ("proposal_weight", f"{WEIGHT_HEAD}    return 1 + 1000 // (1 + tried)\n"),
}


class NoSandbox:
    """Nothing is executed."""

    def call(self, target: str, payload: object = None, **more: object) -> Ran:
        raise RuntimeError(f"{target} would be run")


class NoEngines(Engines):
    """No engine is asked."""

    def runs(self, skill: Skill) -> list[tuple[str, object]]:  # type: ignore[override]
        return []


@dataclass
class Replayed(Evaluator):
    """Outcomes of any patience, by traces of the shipped skills; `traces` by the task's name.

    Candidates are tried at an even rate after the first answer. A wait that is longer than the
    trace finds nothing new.
    """

    traces: Mapping[str, Outcome] = field(default_factory=dict)

    def measure(self, tasks: Sequence[Task], sources: Mapping[str, str]) -> Measurement:
        return Measurement({t.name: self.one(self.traces[t.name], sources) for t in tasks})

    def one(self, trace: Outcome, sources: Mapping[str, str]) -> Outcome:
        """What the trace's search comes to with another patience."""
        text = sources.get(PATIENCE, shipped_source(PATIENCE))
        if not trace.solved or text == shipped_source(PATIENCE):
            return trace
        skills = Skills({PATIENCE: text})
        end, stop = (stop_of(s, trace.kept, WHOLE) for s in (Skills(), skills))
        first = min(trace.kept, key=lambda k: k.spent)
        rate = (trace.cost - first.tried) / max(1, end - first.spent)
        cost = first.tried + int(rate * (stop - first.spent))
        return replace(trace, cost=max(1, cost), size=delivered(trace.kept, min(stop, end)))


@dataclass
class FromTraces(SuiteTrials):
    """Trials whose fresh tasks come from a pool of traces, in an order by the commitment."""

    pool: Sequence[Outcome] = ()

    def fresh(
        self, committed: str, before: Mapping[str, str], after: Mapping[str, str]
    ) -> Iterator[tuple[str, Measured, Measured]]:
        evaluator = self.evaluator
        assert isinstance(evaluator, Replayed)
        for trace in Random(seed_of(committed)).sample(list(self.pool), len(self.pool)):
            old, new = evaluator.one(trace, before), evaluator.one(trace, after)
            yield trace.task, *paired(old, new)


class TextGate(Gate):
    """The gate without what judges a contract, and without canaries."""

    def _static(self, proposal: Proposal, current: Generation) -> Iterator[Step]:
        yield SCOPE, lambda: scope(proposal, current)
        yield DUPLICATE, lambda: duplicate(proposal, self.failed)

    def _canaries(self, current: Generation) -> StepOutcome:
        return StepOutcome(CANARIES, StepVerdict.PASSED)


def admitted(
    start: Generation, traces: Sequence[Outcome], seed: int, proposals: int, folder: Path
) -> int:
    """How many of so many proposals one life admits that begins with this proposer."""
    drawn = Random(seed).sample(list(traces), len(traces))
    tasks = open_suite(OPEN)
    named = {t.name: replace(o, task=t.name) for t, o in zip(tasks, drawn, strict=False)}
    pool = [replace(o, task=f"fresh {i}") for i, o in enumerate(drawn[OPEN:])]
    rules = Rules()
    life = Life(
        Ledger(folder / "improve", folder / "anchor"),
        rules.delta,
        rules.alpha,
        "traces",
        core=lambda: "core",
    )
    trials = FromTraces(Replayed(traces=named), tasks, shipped_generation().sources, pool=pool)
    gate = TextGate(life, NoEngines(NoSandbox()), trials, start, rules, Mode.AUTO)
    gate.salt = lambda: str(seed)
    archive = Archive(folder / "improve")
    cycle = Cycle(folder / "improve", archive, life, gate, trials, start, seed)
    trials.earlier = lambda: ()
    cycle.stop = lambda: "enough" if len(archive.records()) >= proposals else ""
    cycle.run()
    return sum(r.status == ADMITTED for r in archive.records())


def interval(differences: Sequence[int]) -> tuple[float, float]:
    """The 95 % interval of a mean, by the bootstrap."""
    rng, count = Random(1), len(differences)
    means = sorted(sum(rng.choices(differences, k=count)) / count for _ in range(RESAMPLED))
    return means[RESAMPLED // 40], means[-RESAMPLED // 40 - 1]


def record() -> None:
    """Write the traces: all tasks of the open suite, and as many drawn by a word."""
    tasks = [*open_suite(), *islice(fresh_tasks(WORD), len(open_suite()))]
    evaluator = Evaluator(say=print)
    try:
        measured = evaluator.measure(tasks, {})
    finally:
        evaluator.close()
    write(list(measured.outcomes.values()))


def write(traces: Sequence[Outcome]) -> None:
    """Write traces; texts of answers are left out."""
    lines = [json.dumps(asdict(replace(o, source=""))) for o in traces]
    TRACES.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def main() -> int:
    """Run the pairs of each change, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--proposals", type=int, default=12)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    if args.record:
        record()
        return 0
    raw = json.loads(TRACES.read_text(encoding="utf-8"))
    traces = [Outcome(**{**o, "kept": tuple(Kept(**k) for k in o["kept"])}) for o in raw]
    arms = tuple((operator, PATIENCE) for operator in choosing.SEARCHES)
    shipped, told = shipped_generation(), {}
    with patch.object(choosing, "ARMS", arms):

        def run(start: Generation, seed: int) -> int:
            with tempfile.TemporaryDirectory() as name:
                return admitted(start, traces, seed, args.proposals, Path(name))

        before = [run(shipped, seed) for seed in range(args.pairs)]
        for name, (skill, text) in CHANGES.items():
            after = [run(with_text(shipped, skill, text), s) for s in range(args.pairs)]
            differences = [b - a for a, b in zip(before, after, strict=True)]
            low, high = interval(differences)
            told[name] = {"before": before, "after": after, "interval": [low, high]}
            each = 100 / args.pairs / args.proposals
            print(
                f"{name}: {each * sum(before):.1f} -> {each * sum(after):.1f} admitted of 100; "
                f"{sum(differences) / args.pairs:+.2f} a life, [{low:+.2f}, {high:+.2f}]",
                flush=True,
            )
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
