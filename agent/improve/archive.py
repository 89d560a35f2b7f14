"""All generations and all proposals, admitted or not: texts, lineage, behaviour, reasons.

Each record is a file of its own, written whole. Nothing is ever changed or removed.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify_agent.agent.improve.durable import write_whole
from verify_agent.agent.improve.model import (
    Decision,
    Generation,
    Proposal,
    Skill,
    canonical,
    digest,
)
from verify_agent.agent.improve.proposers.samples import behaviour
from verify_agent.agent.skills.registry import shipped_sources
from verify_agent.verifier.errors import BadInput, VerifyAgentError

if TYPE_CHECKING:
    import networkx

GENERATIONS, PROPOSALS = "generations", "proposals"
ADMITTED, REJECTED, AWAITING = "admitted", "rejected", "awaits approval"


class ArchiveBroken(VerifyAgentError):
    """A file of the archive is not what its name says."""

    code = "VA031"


@dataclass(frozen=True)
class Record:
    """What became of a proposal; `number` counts from 1, `child` is the generation that it makes.

    `steps` are the gate's, as JSON values; `quality` is that of the child, as text, where known.
    """

    number: int
    proposal: Proposal
    status: str
    reason: str
    child: str
    behaviour: tuple[int | None, ...]
    steps: tuple[Mapping[str, Any], ...] = ()
    quality: str = ""

    @property
    def text(self) -> str:
        """Its canonical JSON."""
        return canonical(
            {
                "number": self.number,
                "proposal": vars(self.proposal),
                "status": self.status,
                "reason": self.reason,
                "child": self.child,
                "behaviour": list(self.behaviour),
                "steps": [dict(step) for step in self.steps],
                "quality": self.quality,
            }
        )

    @classmethod
    def read(cls, text: str) -> Record:
        """The record of a text; `ValueError`, `KeyError` or `TypeError` where it is none."""
        raw = json.loads(text)
        return cls(
            raw["number"],
            Proposal(**raw["proposal"]),
            raw["status"],
            raw["reason"],
            raw["child"],
            tuple(raw["behaviour"]),
            tuple(raw["steps"]),
            raw["quality"],
        )


def steps_of(decision: Decision) -> tuple[Mapping[str, Any], ...]:
    """The gate's steps as JSON values."""
    return tuple(
        {
            "step": s.step,
            "verdict": str(s.verdict),
            "reason": s.reason,
            "evidence": dict(s.evidence),
            "milliseconds": round(1000 * s.seconds),
        }
        for s in decision.steps
    )


def shipped_generation() -> Generation:
    """The generation of the installed package, number 0."""
    return Generation.of(0, None, [Skill.read(n, t) for n, t in shipped_sources().items()])


@dataclass
class Archive:
    """The archive in a folder; the shipped generation is always in it."""

    folder: Path
    _shipped: Generation = field(default_factory=shipped_generation, init=False)

    def keep(self, generation: Generation) -> str:
        """Keep a generation's texts under its hash, which is returned."""
        text = canonical(
            {
                "number": generation.number,
                "parent": generation.parent,
                "sources": generation.sources,
            }
        )
        path = self._path(GENERATIONS, generation.hash)
        if not path.is_file():
            write_whole(path, text)
        return generation.hash

    def generation(self, hash_: str) -> Generation:
        """The generation of a hash, byte for byte.

        `BadInput` where there is none, `ArchiveBroken` where the texts have another hash.
        """
        if hash_ == self._shipped.hash:
            return self._shipped
        path = self._path(GENERATIONS, hash_)
        if not path.is_file():
            raise BadInput(f"there is no generation {hash_[:12]}", advice="see `improve tree`")
        raw = json.loads(path.read_text(encoding="utf-8"))
        skills = [Skill.read(name, text) for name, text in raw["sources"].items()]
        found = Generation.of(raw["number"], raw["parent"], skills)
        if found.hash != hash_:
            raise ArchiveBroken(f"its texts have the hash {found.hash}", where=str(path))
        return found

    def full_hash(self, start: str) -> str:
        """The one generation whose hash, or number, is this or starts with it."""
        every = self.generations()
        hits = [g.hash for g in every if str(g.number) == start]
        hits = hits or [g.hash for g in every if g.hash.startswith(start)]
        if len(hits) != 1:
            raise BadInput(
                f"`{start}` names {len(hits)} generations",
                expected="a number or the start of a hash",
                advice="see `improve tree`",
            )
        return hits[0]

    def generations(self) -> tuple[Generation, ...]:
        """All of them, by number; several children of one parent have the same."""
        hashes = {p.stem for p in (self.folder / GENERATIONS).glob("*.json")}
        found = [self.generation(h) for h in sorted(hashes - {self._shipped.hash})]
        return (self._shipped, *sorted(found, key=lambda g: (g.number, g.hash)))

    def record(self, record: Record) -> None:
        """Keep what became of a proposal."""
        write_whole(self._path(PROPOSALS, record.proposal.hash), record.text)

    def records(self) -> tuple[Record, ...]:
        """All records in their order; `ArchiveBroken` where one can't be read."""
        found = []
        for path in sorted((self.folder / PROPOSALS).glob("*.json")):
            try:
                record = Record.read(path.read_text(encoding="utf-8"))
            except (ValueError, KeyError, TypeError) as error:
                raise ArchiveBroken(f"it can't be read: {error}", where=str(path)) from error
            if record.proposal.hash != path.stem:
                raise ArchiveBroken("it holds another proposal", where=str(path))
            found.append(record)
        return tuple(sorted(found, key=lambda r: (r.number, r.proposal.hash)))

    def duplicate(self, proposal: Proposal) -> Record | None:
        """An earlier proposal on the same generation of the same meaning, as far as is known.

        The same syntax tree, or the same contract and the same results on the sample arguments.
        """
        shown = behaviour(proposal.skill, proposal.source)
        for record in self.records():
            old = record.proposal
            if (old.skill, old.parent) != (proposal.skill, proposal.parent):
                continue
            same = record.behaviour == shown and None not in shown
            if _tree(old.source) == _tree(proposal.source):
                return record
            if same and _decorators(old) == _decorators(proposal):
                return record
        return None

    def tree(self) -> networkx.DiGraph:
        """The lineage: nodes are hashes of generations, admitted or not, edges go to children.

        Each node has the `number`; each child the `skill`, `status` and `reason`.
        """
        import networkx

        graph = networkx.DiGraph()
        graph.add_node(self._shipped.hash, number=0, skill="", status="shipped", reason="")
        for record in self.records():
            parent = record.proposal.parent
            graph.add_edge(parent, record.child)
            graph.nodes[record.child].update(
                number=record.number,
                skill=record.proposal.skill,
                status=record.status,
                reason=record.reason,
            )
        return graph

    def _path(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{name}.json"


def _tree(source: str) -> str:
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError):
        return digest(source)


def _decorators(proposal: Proposal) -> str:
    try:
        tree = ast.parse(proposal.source)
    except (SyntaxError, ValueError, RecursionError):
        return proposal.source
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == proposal.skill]
    return "".join(ast.dump(d) for n in found for d in (*n.decorator_list, n.args))
