"""Run a plan: draws in an order that the seed gives, arms interleaved, a record of each draw."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verify_agent.agent.experiment.plan import Plan
from verify_agent.agent.experiment.sequential import ConfidenceSequence, Interval
from verify_agent.agent.experiment.study import Draw, Study
from verify_agent.verifier.errors import BadInput

RECORDS = "records.jsonl"
EVERY = "every interval is clear of zero or narrow enough"
EXHAUSTED = "every unit was measured"
MOST = "the most draws that the plan allows were made"


@dataclass
class Conducted:
    """What came out: all draws' values, and the interval of each comparison after each draw."""

    plan: Plan
    study: Study
    draws: list[tuple[Draw, dict[str, float]]] = field(default_factory=list)
    intervals: dict[str, list[Interval]] = field(default_factory=dict)
    why_stopped: str = ""

    @property
    def reference(self) -> str:
        """The arm that the others are compared with."""
        return self.study.arms[0]

    def latest(self) -> dict[str, Interval]:
        """The last interval of `arm - reference` for each other arm."""
        return {arm: found[-1] for arm, found in self.intervals.items()}

    def mean(self, arm: str) -> float:
        """The arm's mean over all draws."""
        return sum(values[arm] for _, values in self.draws) / len(self.draws)


def schedule(study: Study, seed: int) -> Iterator[Draw]:
    """All draws: each unit once, in random order, for a census; else independent, for ever."""
    rng = random.Random(seed)
    units = list(study.units)
    if study.census:
        rng.shuffle(units)
    number = 0
    while not study.census or number < len(units):
        unit = units[number] if study.census else rng.choice(units)
        yield Draw(number, unit, rng.getrandbits(63))
        number += 1


def conduct(
    plan: Plan, study: Study, folder: Path, progress: Callable[[Conducted], None]
) -> Conducted:
    """Run until the rule says stop, taking up the records of a run that was cut.

    Raises `BadInput` where the folder has records of another plan.
    """
    if not study.units:
        raise BadInput("there is nothing to measure", expected="at least one unit")
    folder.mkdir(parents=True, exist_ok=True)
    known = _read(folder / RECORDS, _head(plan, study))
    done = Conducted(plan, study)
    others = study.arms[1:]
    alpha = plan.stop.alpha / len(others)
    population = len(study.units) if study.census else None
    sequences = {arm: ConfidenceSequence(study.bound, alpha, population) for arm in others}
    done.intervals = {arm: [] for arm in others}
    with (folder / RECORDS).open("a", encoding="utf-8") as records:
        for draw in schedule(study, plan.seed):
            values = known.get(draw.number) or _measured(study, draw, records.write)
            records.flush()
            done.draws.append((draw, values))
            for arm, sequence in sequences.items():
                difference = values[arm] - values[done.reference]
                sequence.observe(max(-study.bound, min(study.bound, difference)))
                done.intervals[arm].append(sequence.interval())
            progress(done)
            done.why_stopped = _stop(done)
            if done.why_stopped:
                break
    return done


def _measured(study: Study, draw: Draw, write: Callable[[str], object]) -> dict[str, float]:
    order = list(study.arms)
    random.Random(draw.seed).shuffle(order)
    found = study.values(draw, order)
    values = {arm: float(found[arm]) for arm in study.arms}
    write(json.dumps({"draw": draw.number, "unit": draw.unit, "values": values}) + "\n")
    return values


def _stop(done: Conducted) -> str:
    rule, made = done.plan.stop, len(done.draws)
    if done.study.census and made == len(done.study.units):
        return EXHAUSTED
    if made >= rule.least and all(
        i.excludes_zero or i.half_width <= rule.half_width for i in done.latest().values()
    ):
        return EVERY
    return MOST if made >= rule.most else ""


def _head(plan: Plan, study: Study) -> dict[str, str]:
    """What tells whose records these are."""
    return {"plan": plan.sha256, "question": plan.question, "method": study.method}


def _read(path: Path, head: Mapping[str, str]) -> dict[int, dict[str, float]]:
    """Values by draw; what a kill left of a last line is cut off. Starts the file if need be."""
    if not path.exists() or b"\n" not in path.read_bytes():
        path.write_text(json.dumps(head) + "\n", encoding="utf-8")
        return {}
    whole = path.read_bytes()
    whole = whole[: whole.rindex(b"\n") + 1]
    lines = whole.decode("utf-8", errors="replace").splitlines()
    try:
        rows = [json.loads(line) for line in lines]
        if rows[0] != head:
            raise BadInput(
                "its records are those of another plan", expected="a new folder", where=str(path)
            )
        known = {int(row["draw"]): dict(row["values"]) for row in rows[1:]}
    except (ValueError, KeyError, TypeError) as problem:
        if isinstance(problem, BadInput):
            raise
        raise BadInput("its records are damaged", expected="a new folder", where=str(path)) from (
            problem
        )
    if len(whole) < path.stat().st_size:
        path.write_bytes(whole)
    return known
