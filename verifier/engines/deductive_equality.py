"""Equality with another implementation, proved: the obligation `reference` of the prover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from verify_agent.contracts.model import Condition
from verify_agent.verifier.equality import Pair, check_comparable, pair, result_is_shared
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir.nodes import Program
from verify_agent.verifier.subject import Subject
from verify_agent.verifier.vc.verify import Verification

Verify = Callable[[Program], Verification]


@dataclass(frozen=True)
class Equal:
    """Equal on every allowed input on which the old one ends; the verifications that show it."""

    shown: tuple[Verification, ...]


@dataclass(frozen=True)
class NotShown:
    """Not proved, and why."""

    reason: str


def equality(subject: Subject, original: str, verify: Verify) -> Equal | NotShown:
    """Whether the subject's function equals the one of its name in the original module's text.

    Both must raise nothing, change no argument and hand none out again, on every allowed input;
    the new one must end.
    """
    try:
        both = pair(subject, original)
        alone = _alone(both, verify)
        if isinstance(alone, NotShown):
            return alone
        if not alone[-1].terminates:
            return NotShown("it is not shown that the new implementation ends")
        told = _shown(both.forward(), verify)
        if isinstance(told, NotShown):
            told = _shown(both.backward(), verify)
        return told if isinstance(told, NotShown) else Equal((told, *alone))
    except (Unsupported, BadSource) as error:
        return NotShown(str(error))


def _alone(both: Pair, verify: Verify) -> tuple[Verification, ...] | NotShown:
    found = []
    for name in (both.before, both.after):
        claim = both.alone(name)
        program = lower(claim)
        check_comparable(program)
        told = _shown(_kept_apart(claim, program), verify)
        if isinstance(told, NotShown):
            return NotShown(f"of {name}: {told.reason}")
        found.append(told)
    return tuple(found)


def _kept_apart(claim: Subject, program: Program) -> Subject:
    """The claim that a result is no argument, where it could be."""
    if not result_is_shared(program):
        return claim
    names = [p.name for p in program.functions[program.entry].parameters]
    apart = tuple(Condition(f"result is not {name}") for name in names)
    return replace(claim, contract=replace(claim.contract, ensures=apart))


def _shown(claim: Subject, verify: Verify) -> Verification | NotShown:
    try:
        done = verify(lower(claim))
    except Unsupported as error:
        return NotShown(str(error))
    if done.vacuous:
        return NotShown("no input meets the preconditions")
    if done.proved and not done.shaken and not done.unmodelled and not done.contradiction:
        return done
    blocked = done.found.failed or next(iter(done.found.unsupported.values()), None)
    if blocked is not None:
        return NotShown(str(blocked))
    reasons = dict.fromkeys(f"{f.condition.label}: {f.reason}" for f in done.failures)
    return NotShown("; ".join(reasons) or done.unmodelled or done.contradiction)
