"""The report of a cycle: what was tried and admitted, quality with its bound, and the cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify_agent.agent.audit.ledger import ADMITTED as ENTRY_ADMITTED
from verify_agent.agent.audit.ledger import ROLLED_BACK, START, Entry
from verify_agent.agent.improve.archive import ADMITTED, Record
from verify_agent.agent.improve.durable import write_whole
from verify_agent.agent.improve.model import canonical
from verify_agent.proofs.figures import svg
from verify_agent.proofs.model import Line, Plot

MARKDOWN, JSON, PICTURE = "report.md", "report.json", "quality.svg"


@dataclass(frozen=True)
class Spent:
    """What a cycle cost: seconds that passed, seconds of processors, tasks measured."""

    seconds: float
    processor_seconds: float
    measured: int


def picture(entries: Sequence[Entry]) -> str:
    """Q after each admission as SVG, over the bound that the gate guarantees.

    A life that began at Q_0 has at least Q_0 + n * delta after n admissions in a row; no quality
    is above 1.
    """
    steps = [e for e in entries if e.kind in (START, ENTRY_ADMITTED, ROLLED_BACK)]
    seen: list[tuple[float, float]] = []
    bound: list[Fraction] = []
    for number, entry in enumerate(steps):
        fresh = entry.kind != ENTRY_ADMITTED
        least = entry.quality if fresh else bound[-1] + entry.delta
        bound.append(least)
        seen.append((float(number), float(entry.quality)))
    points = tuple((float(i), float(least)) for i, least in enumerate(bound))
    lines = (Line("Q", tuple(seen), "steps"), Line("Q_0 + n delta, the least", points))
    return svg(Plot("Quality on the open suite", "admissions", "Q", lines))


def as_json(entries: Sequence[Entry], records: Sequence[Record], spent: Spent, why: str) -> Any:
    """The report as JSON values; rationals are texts."""
    return {
        "ended": why,
        "seconds": round(spent.seconds),
        "processor_seconds": round(spent.processor_seconds),
        "tasks_measured": spent.measured,
        "quality": [str(e.quality) for e in entries if e.kind in (START, ENTRY_ADMITTED)],
        "proposals": [
            {
                "number": r.number,
                "proposer": r.proposal.proposer,
                "skill": r.proposal.skill,
                "aim": r.proposal.aim,
                "status": r.status,
                "reason": r.reason,
                "generation": r.child,
                "quality": r.quality,
                "fresh": _fresh(r),
            }
            for r in records
        ],
    }


def _fresh(record: Record) -> dict[str, Any]:
    for step in record.steps:
        if step["step"] == "fresh" and "outcomes" in step["evidence"]:
            told = step["evidence"]
            return {
                "tasks": len(told["outcomes"]),
                "lost": told["lost"],
                "level": told["level"],
                "wealth": f"{float(Fraction(told['wealth'])):.4g}",
            }
    return {}


def as_markdown(told: Any) -> str:
    """The report for people."""
    admitted = [p for p in told["proposals"] if p["status"] == ADMITTED]
    first, last = (float(Fraction(told["quality"][i])) for i in (0, -1))
    lines = [
        "# Self-improvement",
        "",
        f"{len(told['proposals'])} proposals, {len(admitted)} admitted; Q went from {first:.4f} to "
        f"{last:.4f}. It ended because: {told['ended']}.",
        "",
        f"{told['seconds']} s passed, {told['processor_seconds']} s of processors were used, "
        f"{told['tasks_measured']} searches were measured. Quality has no clock in it: it counts "
        "candidates tried. Answers were judged on inputs that the search had not seen, not proved.",
        "",
        f"![Quality]({PICTURE})",
        "",
        "| | proposer | skill | aim | outcome | Q after | fresh tasks |",
        "|---|---|---|---|---|---|---|",
    ]
    for p in told["proposals"]:
        outcome = p["status"] + (f": {p['reason']}" if p["reason"] else "")
        after = f"{float(Fraction(p['quality'])):.4f}" if p["quality"] else ""
        fresh = p["fresh"]
        seen = f"{fresh['tasks']}, {len(fresh['lost'])} lost" if fresh else ""
        cells = (p["number"], p["proposer"], p["skill"], p["aim"], _cell(outcome), after, seen)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def write_report(
    folder: Path, entries: Sequence[Entry], records: Sequence[Record], spent: Spent, why: str
) -> tuple[Path, ...]:
    """Write the report as Markdown, JSON and a picture; the paths."""
    told = as_json(entries, records, spent, why)
    texts = {
        MARKDOWN: as_markdown(told),
        JSON: canonical(told) + "\n",
        PICTURE: picture(entries),
    }
    for name, text in texts.items():
        write_whole(folder / name, text)
    return tuple(folder / name for name in texts)
