"""Whether a function changes an argument, where its contract leaves that open."""

from __future__ import annotations

from dataclasses import replace

from verify_agent.agent.artifacts_strategies import mutable
from verify_agent.agent.run_bench import RunBench
from verify_agent.agent.run_worker import Request
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.evidence import DEDUCTIVE, Obligation
from verify_agent.verifier.subject import FRAME, Subject, obligations_of

FRAME_SECONDS = 3.0


def frame_of(bench: RunBench, subject: Subject) -> tuple[Obligation, ...]:
    """Whether the prover shows that no argument is changed, where nobody asked that yet."""
    kinds = [p.annotation for p in subject.signature.parameters]
    if subject.contract.modifies is not None or not any(k and mutable(k) for k in kinds):
        return ()
    asked_too = replace(subject, contract=replace(subject.contract, modifies=()))
    limits = Limits(seconds=FRAME_SECONDS)
    request = Request(
        "verify_agent.agent.run_engines:check", (DEDUCTIVE, asked_too, limits, bench.task.seed)
    )
    said = bench.ask(DEDUCTIVE, request, FRAME_SECONDS + 5.0)
    assert isinstance(said, Said)
    about = [o for o in obligations_of(asked_too) if o.kind == FRAME]
    return tuple(o.with_attempts(a for i, a in said.attempts if i == o.id) for o in about)
