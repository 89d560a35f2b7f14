"""Which of many programs break a contract on inputs that are quickly tried: the host's side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.harness.wire import pack
from verify_agent.verifier.replay import Runner
from verify_agent.verifier.sandbox.policy import Completed, TimedOut
from verify_agent.verifier.strength.programs import Program, variant
from verify_agent.verifier.subject import Subject

_JOB = "verify_agent.verifier.strength.sift_job:sift"
#: A program breaks the contract, meets it on all inputs and differs on one, or shows no difference.
REFUSED, LIVES, SAME, UNKNOWN = "refused", "lives", "same", "unknown"


@dataclass(frozen=True)
class Sifted:
    """What the inputs show of one program.

    `word` is one of the four above; where it lives, `call` is one on which it gives `came` and
    the function `wanted`.
    """

    program: Program
    word: str
    call: str = ""
    wanted: str = ""
    came: str = ""


def sift(
    subject: Subject,
    programs: Sequence[Program],
    sandbox: Runner,
    *,
    inputs: int = 40,
    seed: int = 0,
    seconds: float = 2.0,
) -> tuple[Sifted, ...]:
    """Every program run on the same allowed inputs, and judged by the contract.

    `seconds` are of the processor, so that a busy machine changes no word; when they are over the
    rest is `unknown`. `ToolMissing` where the sandbox gives no
    answer.
    """
    payload = {
        "subject": pack(subject),
        "programs": [pack(variant(subject, p)) for p in programs],
        "count": inputs,
        "seed": seed,
        "seconds": seconds,
    }
    answer = sandbox.call(_JOB, payload, wall_seconds=4 * seconds + 4.0, roots=subject.roots)
    if isinstance(answer, TimedOut):
        return tuple(Sifted(p, UNKNOWN) for p in programs)
    if not isinstance(answer, Completed):
        raise ToolMissing(f"the contract's strength was not measured: {answer}")
    return tuple(
        Sifted(p, raw["word"], raw["call"], raw["wanted"], raw["came"])
        for p, raw in zip(programs, answer.value, strict=True)
    )
