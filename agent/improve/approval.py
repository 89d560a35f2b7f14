"""What may be admitted without a person: permissions that are earned slowly and lost at once."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from verify_agent.agent.audit.ledger import ADMITTED, ROLLED_BACK, TRIPPED, Entry
from verify_agent.agent.improve.model import Skill, StepOutcome, StepVerdict

APPROVAL = "approval"


class Mode(StrEnum):
    """`--approve`: a person is asked each time, only for what was not earned, or nothing passes."""

    ASK = "ask"
    AUTO = "auto"
    NEVER = "never"


class Change(IntEnum):
    """How deep a change goes."""

    NUMBERS = 0
    CODE = 1
    CONTRACT = 2


#: Admissions in a row, without a rollback or trip, after which a change needs no person.
EARNED = {Change.NUMBERS: 0, Change.CODE: 2, Change.CONTRACT: 5}


@dataclass(frozen=True)
class Request:
    """What a person is shown: the change's depth, the diff, both contracts, and every step."""

    change: Change
    diff: str
    contracts: tuple[str, str]
    steps: Sequence[StepOutcome]


Ask = Callable[[Request], bool]


def approval(
    mode: Mode,
    old: Skill,
    new: Skill,
    steps: Sequence[StepOutcome],
    entries: Iterable[Entry],
    ask: Ask | None,
) -> StepOutcome:
    """Whether the change may be made; `ask` is None where there is nobody to ask."""
    change, record = depth(old, new), good_record(entries)
    evidence = {"mode": str(mode), "change": change.name.lower(), "record": record}
    if mode is Mode.NEVER:
        return StepOutcome(APPROVAL, StepVerdict.REFUSED, "nothing is approved", evidence)
    if mode is Mode.AUTO and record >= EARNED[change]:
        return StepOutcome(APPROVAL, StepVerdict.PASSED, "", {**evidence, "by": "permission"})
    if ask is None:
        reason = f"a change of {change.name.lower()} needs a person, and nobody is there to ask"
        return StepOutcome(APPROVAL, StepVerdict.REFUSED, reason, evidence)
    request = Request(change, diff(old, new), (contract_text(old), contract_text(new)), steps)
    if not ask(request):
        return StepOutcome(APPROVAL, StepVerdict.REFUSED, "a person said no", evidence)
    return StepOutcome(APPROVAL, StepVerdict.PASSED, "", {**evidence, "by": "a person"})


def needs_person(mode: Mode, old: Skill, new: Skill, entries: Iterable[Entry]) -> bool:
    """Whether the change may only be made by a person's word."""
    return mode is not Mode.AUTO or good_record(entries) < EARNED[depth(old, new)]


def good_record(entries: Iterable[Entry]) -> int:
    """Admissions since the last rollback or trip: one bad admission and it begins anew."""
    count = 0
    for entry in entries:
        if entry.kind in (ROLLED_BACK, TRIPPED):
            count = 0
        count += entry.kind == ADMITTED
    return count


def depth(old: Skill, new: Skill) -> Change:
    """Numbers alone, the code, or the contract too (helpers count as part of it)."""
    if _without_numbers(old.source) == _without_numbers(new.source):
        return Change.NUMBERS if _outside(old) == _outside(new) else Change.CONTRACT
    return Change.CODE if _outside(old) == _outside(new) else Change.CONTRACT


def diff(old: Skill, new: Skill) -> str:
    """The change of the text, as a unified diff."""
    lines = difflib.unified_diff(
        old.source.splitlines(True), new.source.splitlines(True), f"a/{old.name}", f"b/{new.name}"
    )
    return "".join(lines)


def contract_text(skill: Skill) -> str:
    """A contract's conditions, one a line."""
    requires = [f"requires {c.display}" for c in skill.contract.requires]
    return "\n".join([*requires, *(f"ensures {c.display}" for c in skill.contract.ensures)])


def _without_numbers(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            node.value = 0
    return ast.dump(tree)


def _outside(skill: Skill) -> str:
    """All of the module but the body of the skill's own function."""
    tree = ast.parse(skill.source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == skill.name:
            node.body = [ast.Pass()]
    return ast.dump(tree)
