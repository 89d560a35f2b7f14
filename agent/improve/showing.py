"""What the command line shows of a life of improvement: log, tree, one proposal, differences."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from verify_agent.agent.audit.ledger import Entry
from verify_agent.agent.improve.archive import Archive, Record
from verify_agent.agent.improve.model import Generation
from verify_agent.verifier.errors import BadInput

SHORT = 12


def log_of(entries: Iterable[Entry]) -> str:
    """One line for each entry of the ledger."""
    lines = []
    for number, entry in enumerate(entries):
        told = entry.more
        parts = (f"{number:4}", told.get("time", ""), f"{entry.kind:11}", _quality(entry))
        rest = " ".join(filter(None, (told.get("skill", ""), told.get("reason", ""))))
        hash_ = told.get("generation", "")[:SHORT]
        lines.append("  ".join((*parts, hash_, rest)).rstrip())
    return "\n".join(lines) or "nothing was tried yet"


def _quality(entry: Entry) -> str:
    return f"Q = {float(entry.quality):.4f}"


def tree_of(archive: Archive, active: str) -> str:
    """The generations as an indented tree, the active one marked with `*`."""
    graph = archive.tree()
    root = archive.generations()[0].hash
    lines: list[str] = []
    pending = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        told: Mapping[str, Any] = graph.nodes[node]
        mark = "*" if node == active else " "
        word = " ".join(filter(None, (told.get("skill", ""), told.get("status", ""))))
        reason = f": {told['reason']}" if told.get("reason") else ""
        lines.append(f"{mark} {'  ' * depth}{node[:SHORT]}  {word}{reason}")
        children = sorted(graph.successors(node), key=lambda n: -graph.nodes[n]["number"])
        pending += [(child, depth + 1) for child in children if child != node]
    return "\n".join(lines)


def record_of(archive: Archive, start: str) -> Record:
    """The one proposal whose number this is, or whose hash starts so; else `BadInput`."""
    records = archive.records()
    hits = [r for r in records if str(r.number) == start]
    hits = hits or [r for r in records if r.proposal.hash.startswith(start)]
    if len(hits) != 1:
        raise BadInput(
            f"`{start}` names {len(hits)} proposals",
            expected="a number or the start of a hash",
            advice="see `verify-agent improve log`",
        )
    return hits[0]


def shown_record(record: Record) -> str:
    """A proposal with what the gate said, step by step."""
    proposal = record.proposal
    lines = [
        f"proposal {record.number}  {proposal.hash}",
        f"  {proposal.proposer} changes {proposal.skill}",
        f"  aim: {proposal.aim}",
        f"  {record.status}{': ' + record.reason if record.reason else ''}",
        f"  makes generation {record.child or 'none'}",
    ]
    for step in record.steps:
        reason = f"  {step['reason']}" if step["reason"] else ""
        lines.append(f"  {step['step']:12} {step['verdict']}{reason}")
    return "\n".join(lines)


def shown_generation(generation: Generation) -> str:
    """A generation with the hash of each skill."""
    lines = [f"generation {generation.number}  {generation.hash}"]
    lines += [f"  {skill.hash[:SHORT]}  {skill.name}" for skill in generation.skills]
    return "\n".join(lines)


def difference(before: Generation, after: Generation) -> str:
    """The texts that differ, as unified diffs."""
    parts: list[str] = []
    for name, new in after.sources.items():
        old = before.sources.get(name, "")
        parts += difflib.unified_diff(
            old.splitlines(True), new.splitlines(True), f"a/{name}.py", f"b/{name}.py"
        )
    return "".join(parts) or "no skill differs\n"
