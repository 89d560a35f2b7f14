"""Spec strength: programs that a contract allows though nobody wants them, each by proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.report.summary import STANDING
from verify_agent.verifier.strength.programs import Program, variant
from verify_agent.verifier.strength.sift import LIVES, REFUSED, UNKNOWN, Sifted
from verify_agent.verifier.subject import Subject

PROOF_SECONDS = 1.0
PROOF_MS = 500

#: Whether the prover shows that a program meets the contract.
Proves = Callable[[Program], bool]


@dataclass(frozen=True)
class Strength:
    """What is known of a contract's strength.

    `refused` of `tried` programs break it. `allowed` are proved to meet it though they differ
    from the function; `open` differ and were neither refused nor proved to meet it; `same` show no
    difference from the function on the inputs that were tried.
    """

    tried: int
    refused: int
    same: int
    allowed: tuple[Sifted, ...]
    open: tuple[Sifted, ...]


def meets(subject: Subject, program: Program, seconds: float = PROOF_SECONDS) -> bool:
    """Whether the prover shows that the program keeps the subject's contract on every input.

    Nothing is taken on trust for it but that the program ends.
    """
    from verify_agent.verifier.engines.deductive import ONE_SOLVER, TERMINATES, Proved, prove

    limits = Limits(seconds=seconds, per_query_ms=PROOF_MS)
    answer = prove(variant(subject, program), limits)
    known = STANDING | {ONE_SOLVER, TERMINATES}
    return isinstance(answer, Proved) and known.issuperset(answer.assumptions)


def strength(sifted: Sequence[Sifted], proves: Proves, most: int | None = None) -> Strength:
    """The contract's strength from what the inputs showed; at most `most` programs are proved.

    With a limit one proof is enough, as an example: the search ends there.
    """
    allowed: list[Sifted] = []
    left: list[Sifted] = []
    asked = 0
    for one in sifted:
        if one.word != LIVES:
            if one.word == UNKNOWN:
                left.append(one)
            continue
        enough = most is not None and (asked >= most or bool(allowed))
        asked += not enough
        (allowed if not enough and proves(one.program) else left).append(one)
    refused = sum(s.word == REFUSED for s in sifted)
    same = len(sifted) - refused - len(allowed) - len(left)
    return Strength(len(sifted), refused, same, tuple(allowed), tuple(left))


def notes(found: Strength, *, every: bool = False) -> tuple[str, ...]:
    """What a report says: one line on the whole, and what the contract allows.

    `every` names the undecided programs too.
    """
    others = found.tried - found.same
    if not others:
        return ()
    lines = [f"contract strength: {found.refused} of {others} other programs break it"]
    lines += [f"the contract allows {_told(one)} (proved)" for one in found.allowed]
    if every:
        lines += [f"neither proved nor refused: {_told(one)}" for one in found.open]
    return tuple(lines)


def _told(one: Sifted) -> str:
    label = one.program.label
    if not one.call:
        return label
    return f"{label}: {one.call} gives {one.came}, not {one.wanted}"
