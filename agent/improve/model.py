"""What proposers, the gate and the archive hand to each other: frozen values with stable hashes.

A skill is a module's text whose entry function bears the skill's name and states its contract by
icontract decorators. A generation is a set of skills. A proposal replaces the text of one skill of
one generation. Hashes are SHA-256 over canonical JSON (sorted keys, no blanks, ASCII), so that they
are the same on every machine; nothing that a clock says is part of one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from verify_agent.contracts.model import Contract
from verify_agent.contracts.parse import parse_contract


def canonical(value: Any) -> str:
    """The one JSON text of a value made of dicts, lists, texts, integers, booleans and None.

    `ValueError` or `TypeError` for anything else; rationals go in as text.

    >>> canonical({"b": [1, None], "a": "é"})
    '{"a":"\\\\u00e9","b":[1,null]}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """The SHA-256 of a value's canonical text, in 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def digest_of_text(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes (lone surrogates are kept, not refused)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Skill:
    """A function that steers the agent: its name, its module's text, and its contract."""

    name: str
    source: str
    contract: Contract

    @classmethod
    def read(cls, name: str, source: str) -> Skill:
        """A skill out of its text; the text is read, never imported.

        `KeyError` where no function has the skill's name, `SyntaxError` where the text does not
        parse, `ValueError` where the contract can't be read exactly.
        """
        return cls(name, source, parse_contract(source, name))

    @property
    def hash(self) -> str:
        """The SHA-256 of its text."""
        return digest_of_text(self.source)


@dataclass(frozen=True)
class Generation:
    """The skills of one generation, by name in order; `parent` is the number of the one before.

    Its hash depends on the skills alone, so a generation that is restored byte for byte has the
    hash that it had.

    >>> skill = Skill("double", "def double(n: int) -> int:\\n    return 2 * n\\n", Contract())
    >>> Generation.of(0, None, [skill]).hash == Generation.of(7, 3, [skill]).hash
    True
    """

    number: int
    parent: int | None
    skills: tuple[Skill, ...]

    @classmethod
    def of(cls, number: int, parent: int | None, skills: Iterable[Skill]) -> Generation:
        """A generation with its skills put in order; `ValueError` where a name stands twice."""
        ordered = tuple(sorted(skills, key=lambda skill: skill.name))
        if len({skill.name for skill in ordered}) != len(ordered):
            raise ValueError("two skills of one generation have the same name")
        return cls(number, parent, ordered)

    @property
    def sources(self) -> dict[str, str]:
        """The text of each skill by name."""
        return {skill.name: skill.source for skill in self.skills}

    @property
    def hash(self) -> str:
        """The SHA-256 over all names and texts."""
        return digest({skill.name: skill.hash for skill in self.skills})

    def skill(self, name: str) -> Skill:
        """The skill of that name; `KeyError` where there is none."""
        for skill in self.skills:
            if skill.name == name:
                return skill
        raise KeyError(name)

    def replaced(self, skill: Skill, number: int) -> Generation:
        """The child in which one skill, which must be there (`KeyError`), has a new text."""
        self.skill(skill.name)
        kept = [old for old in self.skills if old.name != skill.name]
        return Generation.of(number, self.number, [*kept, skill])


@dataclass(frozen=True)
class Proposal:
    """A new text for one skill of one generation, and who proposes it to what end.

    `parent` is the hash of the generation that it changes, `aim` the failure that it aims at.
    """

    skill: str
    source: str
    aim: str
    proposer: str
    parent: str

    @property
    def hash(self) -> str:
        """The SHA-256 that is committed before fresh tasks are drawn: over every field."""
        return digest(
            {
                "skill": self.skill,
                "source": digest_of_text(self.source),
                "aim": digest_of_text(self.aim),
                "proposer": digest_of_text(self.proposer),
                "parent": self.parent,
            }
        )


class StepVerdict(StrEnum):
    """The word of one step of the gate; only `passed` lets a proposal go on."""

    PASSED = "passed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class StepOutcome:
    """What one step of the gate found.

    `evidence` is made of JSON values only (rationals as text) and is hashed; `seconds` is for
    people and is not.
    """

    step: str
    verdict: StepVerdict
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = field(default=0.0, compare=False)

    @property
    def hash(self) -> str:
        """The SHA-256 over all but the seconds."""
        return digest(
            {
                "step": self.step,
                "verdict": str(self.verdict),
                "reason": self.reason,
                "evidence": dict(self.evidence),
            }
        )


@dataclass(frozen=True)
class Decision:
    """The gate's word on a proposal, and every step that was taken, in order.

    It is admitted only where at least one step was taken and each of them passed.
    """

    proposal: str
    admitted: bool
    steps: tuple[StepOutcome, ...]

    def __post_init__(self) -> None:
        passed = [step.verdict is StepVerdict.PASSED for step in self.steps]
        if self.admitted and not (passed and all(passed)):
            raise ValueError("admitted although a step did not pass, or without any step")

    @property
    def reason(self) -> str:
        """Why it was not admitted: the step and its reason; empty where it was."""
        bad = [s for s in self.steps if s.verdict is not StepVerdict.PASSED]
        return f"{bad[0].step}: {bad[0].reason}" if bad else ""

    @property
    def hash(self) -> str:
        """The SHA-256 over the proposal, the word and each step's hash."""
        steps = [step.hash for step in self.steps]
        return digest({"proposal": self.proposal, "admitted": self.admitted, "steps": steps})
