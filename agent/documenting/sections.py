"""The text of a docstring: what a person wrote, and the sections that lack."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from verify_agent.agent.documenting.words import (
    argument,
    listed,
    mentions,
    parameters,
    said,
    summary,
)
from verify_agent.contracts.model import Contract, Signature
from verify_agent.verifier.engines.deductive import ONE_SOLVER, TERMINATES
from verify_agent.verifier.evidence import Obligation, Verdict
from verify_agent.verifier.report.summary import STANDING
from verify_agent.verifier.subject import FRAME, INVARIANT, NO_EXCEPTION

WIDTH = 96
#: How each section begins in the styles of Google, NumPy and Sphinx.
_KNOWN = {
    "Args": r"(Args|Arguments|Parameters):?[ \t]*$|:param\b",
    "Returns": r"(Returns?|Yields?):?[ \t]*$|:returns?\b",
    "Raises": r"(Raises|Exceptions):?[ \t]*$|:raises?\b",
    "Guarantees": r"(Guarantees|Ensures):?[ \t]*$",
    "Examples": r"Examples?:?[ \t]*$|>>>",
}


@dataclass(frozen=True)
class Section:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


def sections(
    signature: Signature,
    contract: Contract,
    obligations: Sequence[Obligation],
    examples: Sequence[str],
) -> tuple[Section, ...]:
    """All sections that there is something to say in.

    What goes beyond the contract's own words is said only where it was proved.
    """
    lines = {
        "Args": _arguments(signature, contract),
        "Returns": _result(signature, contract),
        "Raises": _errors(contract),
        "Guarantees": _guarantees(contract, obligations),
        "Examples": tuple(examples),
    }
    return tuple(Section(name, told) for name, told in lines.items() if told)


def docstring(
    written: str,
    signature: Signature,
    contract: Contract,
    description: str,
    told: Sequence[Section],
) -> str:
    """What was written, kept to the letter, and below it each section that is not in it yet."""
    head = written or summary(signature, contract, description)
    lacking = [s for s in told if not has(head, s)]
    return "\n\n".join([head, *(_rendered(s) for s in lacking)])


def has(text: str, section: Section) -> bool:
    """Whether the text has such a section already, in any of the usual styles."""
    return bool(re.search(rf"^[ \t]*({_KNOWN[section.heading]})", text, re.M))


def _rendered(section: Section) -> str:
    return "\n".join([f"{section.heading}:", *(f"    {x}".rstrip() for x in section.lines)])


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH - 8, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _arguments(signature: Signature, contract: Contract) -> tuple[str, ...]:
    lines = [
        line
        for p in parameters(signature)
        for line in _wrapped(f"{p.name}: {argument(p, signature, contract)}.")
    ]
    return tuple(lines)


def _result(signature: Signature, contract: Contract) -> tuple[str, ...]:
    told = [said(c, contract) for c in contract.ensures if mentions(c, ["result"])]
    if not told or signature.returns == "None":
        return ()
    return tuple(line for text in told for line in _wrapped(f"{text}."))


def _errors(contract: Contract) -> tuple[str, ...]:
    lines = [
        f"{r.exception}: exactly when `{' '.join(r.condition.display.split())}`."
        for r in contract.raises
    ]
    for condition in contract.requires:
        if condition.error:
            name = condition.error.partition("(")[0].rpartition(":")[2].strip()
            lines.append(f"{name}: when {said(condition, contract)} does not hold.")
    return tuple(part for line in dict.fromkeys(lines) for part in _wrapped(line))


def _guarantees(contract: Contract, obligations: Sequence[Obligation]) -> tuple[str, ...]:
    lines = [
        f"Afterwards {said(c, contract)}." for c in contract.ensures if not mentions(c, ["result"])
    ]
    kept = [o.text for o in obligations if o.kind == INVARIANT and _for_sure(o)]
    lines += [f"Keeps the invariant `{text}`." for text in kept]
    for kind, text in ((NO_EXCEPTION, _calm(contract)), (FRAME, _frame(contract))):
        if any(o.kind == kind and _for_sure(o) for o in obligations):
            lines.append(text)
    return tuple(part for line in lines for part in _wrapped(line))


def _for_sure(obligation: Obligation) -> bool:
    """Whether it is proved, and rests on nothing that another function has to keep."""
    rests = set(obligation.assumptions) - STANDING - {ONE_SOLVER, TERMINATES}
    return obligation.verdict is Verdict.PROVED and not rests


def _calm(contract: Contract) -> str:
    where = " where the arguments are as above" if contract.requires else ""
    return f"Raises nothing{' else' if contract.raises else ''}{where}."


def _frame(contract: Contract) -> str:
    free = listed([f"`{name}`" for name in contract.modifies or ()])
    return f"Changes no argument but {free}." if free else "Changes no argument."
