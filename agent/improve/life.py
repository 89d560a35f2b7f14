"""One life of improvement, told by its ledger: quality, attempts, and whether the breaker is open.

Each entry bears the hashes of what it rests on: the proposal, the stable core's files, the tools,
the suites, the generation and the evidence.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import verify_agent
from verify_agent.agent.audit.ledger import (
    ADMITTED,
    COMMITTED,
    MORE,
    PROPOSER_ADMITTED,
    PROPOSERS,
    REJECTED,
    RESET,
    ROLLED_BACK,
    START,
    TRIPPED,
    Entry,
    chained,
    head_of,
)
from verify_agent.agent.improve.betting import level_of
from verify_agent.agent.improve.ledger import Ledger
from verify_agent.agent.improve.model import Decision, Generation, Proposal, digest

TOOLS = ("z3-solver", "cvc5", "mypy", "crosshair-tool", "hypothesis", "icontract", "bandit")


def utc() -> str:
    """The time now, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass
class Life:
    """The ledger with what it stands for. `suites` is the hash of the open suite's tasks.

    `now` gives the time that entries bear; nothing is decided by it.
    """

    ledger: Ledger
    delta: Fraction
    alpha: Fraction
    suites: str
    actor: str = "improve"
    now: Callable[[], str] = utc
    core: Callable[[], str] = field(default_factory=lambda: core_hash)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, the ledger's chain and rules checked."""
        return self.ledger.read().entries

    @property
    def begun(self) -> bool:
        """Whether there is a start."""
        return bool(self.entries)

    @property
    def quality(self) -> Fraction:
        """The quality of the active generation."""
        return self.entries[-1].quality

    @property
    def attempts(self) -> int:
        """How many proposals were committed for fresh tasks so far."""
        return sum(e.kind == COMMITTED for e in self.entries)

    @property
    def committed(self) -> str:
        """The hash of the last commitment's entry: it depends on all that went before.

        `KeyError` where nothing was committed.
        """
        read = self.ledger.read()
        for number in range(len(read.entries), 0, -1):
            if read.entries[number - 1].kind == COMMITTED:
                return head_of(chained(read.entries[:number])).split()[1]
        raise KeyError(COMMITTED)

    @property
    def tripped(self) -> str:
        """Why the breaker is open; empty where it is not."""
        reason = ""
        for entry in self.entries:
            if entry.kind == TRIPPED:
                reason = entry.more["reason"] or "tripped"
            elif entry.kind == RESET:
                reason = ""
        return reason

    def start(self, generation: Generation, quality: Fraction) -> None:
        """Begin a life at a generation."""
        self._append(START, quality, generation=generation.hash)

    def commit(self, proposal: Proposal, generation: Generation) -> Fraction:
        """Put the hash of a proposal on record, before fresh tasks are drawn; the level spent."""
        level = level_of(self.alpha, self.attempts + 1)
        self._append(
            COMMITTED,
            self.quality,
            level,
            skill=proposal.skill,
            proposal=proposal.hash,
            generation=generation.hash,
        )
        return level

    def admit(
        self, proposal: Proposal, decision: Decision, child: Generation, quality: Fraction
    ) -> str:
        """Put an admission with its evidence on record; the evidence's SHA-256.

        A change of the proposer leaves the quality as it is, whatever its rehearsals came to.
        """
        if not decision.admitted or decision.proposal != proposal.hash:
            raise ValueError("the decision does not admit this proposal")
        proof = self.ledger.keep(document(proposal, decision))
        kind = PROPOSER_ADMITTED if proposal.skill in PROPOSERS else ADMITTED
        self._append(kind, quality, Fraction(0), proof, **_of(proposal, decision, child))
        return proof

    def reject(self, proposal: Proposal, decision: Decision, current: Generation) -> None:
        """Put a rejection on record: the quality is what it was."""
        if decision.admitted:
            raise ValueError("the decision admits this proposal")
        self.ledger.keep(document(proposal, decision))
        told = _of(proposal, decision, current)
        told["reason"] = decision.reason[:500]
        self._append(REJECTED, self.quality, Fraction(0), "", **told)

    def roll_back(self, generation: Generation, quality: Fraction, reason: str = "") -> None:
        """Put a return to an earlier generation on record."""
        self._append(ROLLED_BACK, quality, generation=generation.hash, reason=reason)

    def trip(self, reason: str) -> None:
        """Open the breaker: nothing is admitted until a person resets it."""
        self._append(TRIPPED, self.quality, reason=reason[:500])

    def reset(self, actor: str, reason: str = "") -> None:
        """A person closes the breaker."""
        self._append(RESET, self.quality, actor=actor, reason=reason)

    def _append(
        self,
        kind: str,
        quality: Fraction,
        level: Fraction = Fraction(0),
        proof: str = "",
        **told: str,
    ) -> None:
        more = {
            **dict.fromkeys(MORE, ""),
            "actor": self.actor,
            "time": self.now(),
            "core": self.core(),
            "tools": tools_hash(),
            "suites": self.suites,
            **told,
        }
        self.ledger.append(Entry(kind, quality, self.delta, level, self.alpha, proof, more))


def document(proposal: Proposal, decision: Decision) -> str:
    """The evidence of a decision as JSON: the proposal's text and every step, without seconds."""
    steps = [
        {
            "step": s.step,
            "verdict": str(s.verdict),
            "reason": s.reason,
            "evidence": dict(s.evidence),
            "hash": s.hash,
        }
        for s in decision.steps
    ]
    whole = {
        "proposal": {
            "skill": proposal.skill,
            "source": proposal.source,
            "aim": proposal.aim,
            "proposer": proposal.proposer,
            "parent": proposal.parent,
            "hash": proposal.hash,
        },
        "decision": {"admitted": decision.admitted, "hash": decision.hash, "steps": steps},
    }
    return json.dumps(whole, indent=1, sort_keys=True) + "\n"


def core_hash() -> str:
    """The SHA-256 over every file of the installed package but the shipped skills' texts."""
    root = Path(verify_agent.__file__).parent
    return digest(core_files(root))


def core_files(root: Path) -> Mapping[str, str]:
    """The SHA-256 of each Python and data file of the stable core, by its path."""
    found = {}
    for folder in ("contracts", "mdp", "verifier", "proofs", "agent"):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            skill = name.startswith("agent/skills/") and not name.endswith(
                ("registry.py", "__init__.py")
            )
            if path.suffix in (".py", ".json") and path.is_file() and not skill:
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def tools_hash() -> str:
    """The SHA-256 over the names and versions of the tools that decide."""
    return digest({name: _version(name) for name in TOOLS})


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _of(proposal: Proposal, decision: Decision, generation: Generation) -> dict[str, str]:
    return {
        "skill": proposal.skill,
        "proposal": proposal.hash,
        "generation": generation.hash,
        "evidence": decision.hash,
    }
