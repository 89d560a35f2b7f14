"""The report of an experiment: question, answer, method, result, threats, how to repeat.

Every figure in it comes from the records; nothing is typed in by hand.
"""

from __future__ import annotations

import hashlib
import json
import platform
from pathlib import Path

from verify_agent.agent.experiment.conduct import RECORDS, Conducted
from verify_agent.agent.experiment.sequential import Interval

MARKDOWN, RESULT, PICTURE = "report.md", "result.json", "intervals.svg"
MOST_IN_PICTURE = 4
POINTS = 200


def write(done: Conducted, folder: Path, plan: Path) -> Path:
    """Write the report, the result as data and the picture; the report's path."""
    (folder / RESULT).write_text(json.dumps(result(done), indent=1) + "\n", encoding="utf-8")
    (folder / PICTURE).write_text(picture(done), encoding="utf-8")
    path = folder / MARKDOWN
    records = hashlib.sha256((folder / RECORDS).read_bytes()).hexdigest()
    path.write_text(markdown(done, plan, records), encoding="utf-8")
    return path


def verdict(interval: Interval, more_is_better: bool, half_width: float) -> str:
    """What an interval of `arm - reference` says, in words."""
    if interval.excludes_zero:
        return "better" if (interval.low > 0) == more_is_better else "worse"
    if interval.low == interval.high == 0:
        return "no difference at all"
    return "no difference found" if interval.half_width <= half_width else "open"


def result(done: Conducted) -> dict[str, object]:
    """The result as data."""
    return {
        "question": done.plan.question,
        "plan": done.plan.sha256,
        "measure": done.study.measure,
        "reference": done.reference,
        "draws": len(done.draws),
        "why stopped": done.why_stopped,
        "means": {arm: done.mean(arm) for arm in done.study.arms},
        "differences": {
            arm: {"mean": i.mean, "low": i.low, "high": i.high, "verdict": _word(done, i)}
            for arm, i in done.latest().items()
        },
    }


def markdown(done: Conducted, plan: Path, records: str) -> str:
    """The report; `records` is the hash of the records that it was made from."""
    from verify_agent import __version__

    study, stop = done.study, done.plan.stop
    level = 1 - stop.alpha
    lines = [
        f"# {done.plan.question}",
        "",
        answer(done),
        "",
        "## Method",
        "",
        study.method,
        "",
        f"Each draw tries every arm on one unit, in an order that is left to chance, and gives "
        f"paired differences to `{done.reference}`. "
        + f"A difference of more than {study.bound:g} counts as that. "
        + (
            "Each unit is drawn at most once; the mean is that of all units. "
            if study.census
            else "Draws are independent. "
        )
        + f"The intervals hold at every moment with a chance of at least {level:g} for all "
        f"{len(study.arms) - 1} comparisons together (a betting confidence sequence, Waudby-Smith "
        f"and Ramdas 2024; shared evenly), so that stopping early is no cheating. Rule: at least "
        f"{stop.least} draws, then as soon as every interval excludes zero or has a half width of "
        f"at most {stop.half_width:g}; at most {stop.most} draws.",
        "",
        "## Result",
        "",
        f"{_count(done)}; stopped because {done.why_stopped}. Measured: {study.measure}.",
        "",
        f"| arm | mean | difference to {done.reference} | interval | |",
        "|---|---|---|---|---|",
        f"| {done.reference} | {done.mean(done.reference):.3f} | | | |",
        *(
            f"| {arm} | {done.mean(arm):.3f} | {i.mean:+.3f} | [{i.low:+.3f}, {i.high:+.3f}] "
            f"| {_word(done, i)} |"
            for arm, i in done.latest().items()
        ),
        "",
        f"![intervals]({PICTURE})",
        "",
        "## Threats",
        "",
        *(f"- {threat}" for threat in (*study.threats, *done.plan.threats)),
        "",
        "## How to repeat",
        "",
        f"    verify-agent experiment {plan.name} --output FOLDER",
        "",
        f"Plan {done.plan.sha256[:16]}, seed {done.plan.seed}, records {records[:16]} "
        f"(`{RECORDS}`); verify-agent {__version__}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}.",
        "",
    ]
    return "\n".join(lines)


def answer(done: Conducted) -> str:
    """One paragraph: what is better, worse, or not told apart."""
    by_word: dict[str, list[str]] = {}
    for arm, interval in done.latest().items():
        by_word.setdefault(_word(done, interval), []).append(f"{arm} ({interval})")
    told = (
        f"**{word.capitalize()}** (against {done.reference}): {', '.join(arms)}."
        for word, arms in by_word.items()
    )
    return " ".join(told)


def picture(done: Conducted) -> str:
    """The intervals over the draws, of the comparisons that ended farthest from zero."""
    from verify_agent.proofs.figures import svg
    from verify_agent.proofs.model import Line, Plot

    farthest = sorted(done.intervals, key=lambda arm: -abs(done.intervals[arm][-1].mean))
    lines = []
    for arm in farthest[: MOST_IN_PICTURE // 2]:
        found = done.intervals[arm]
        step = max(1, len(found) // POINTS)
        for name in ("low", "high"):
            points = tuple(
                (float(k + 1), float(getattr(found[k], name))) for k in range(0, len(found), step)
            )
            lines.append(Line(f"{arm}: {name}", points, "line"))
    title = f"difference to {done.reference}"
    return svg(Plot(title, "draws", "difference", tuple(lines)))


def _count(done: Conducted) -> str:
    """How much was drawn."""
    drawn, units = len(done.draws), len(done.study.units)
    return f"{drawn} of {units} units drawn" if done.study.census else f"{drawn} draws"


def _word(done: Conducted, interval: Interval) -> str:
    return verdict(interval, done.study.more_is_better, done.plan.stop.half_width)
