"""Verification conditions: what must hold for an obligation, one assertion each."""

from __future__ import annotations

from dataclasses import dataclass

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.smt.terms import Term


@dataclass(frozen=True)
class Key:
    """The obligation that a condition belongs to, by kind and text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Condition:
    """`goal` follows from the assumptions; `label` says in words what it is about.

    `case` counts the partitions of the parameters into objects. Where a condition with `reach`
    fails, Python may go on with a value that the model does not give, so that nothing is shown.
    """

    key: Key
    assumptions: tuple[Term, ...]
    goal: Term
    label: str
    span: Span
    case: int = 0
    reach: bool = False
