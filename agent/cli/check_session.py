"""One function after the other through the engines, until the work is done or interrupted."""

from __future__ import annotations

import hashlib
import platform
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from verify_agent.verifier.engines.base import Engine, Findings, Limits
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.evidence import (
    Attempt,
    FunctionReport,
    Obligation,
    Report,
    RunRecord,
)
from verify_agent.verifier.frontend.load import Module
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation

TYPING = "typing"
_TOOLS = ("z3-solver", "cvc5", "crosshair-tool", "hypothesis", "icontract", "mypy")


def check(
    modules: Sequence[tuple[Module, tuple[Subject, ...]]],
    names: Sequence[str],
    limits: Limits,
    seed: int,
    argv: tuple[str, ...],
) -> tuple[Report, bool]:
    """The report, and whether it was interrupted (what was not reached is left out then)."""
    record = _record(argv, seed, (*names, str(limits)))
    digests = {module.path: module.sha256 for module, _ in modules}
    subjects = [subject for _, found in modules for subject in found]
    done: list[FunctionReport] = []
    finish = partial(_report, record, done, digests, len(subjects))
    try:
        engines = {name: _engine(name) for name in names} if subjects else {}
        for subject in subjects:
            done.append(check_function(subject, engines, limits, seed))
    except KeyboardInterrupt:
        return finish(), True
    return finish(), False


def check_function(
    subject: Subject, engines: Mapping[str, Engine], limits: Limits, seed: int
) -> FunctionReport:
    """All that the engines say about one function.

    Where its contract could not be read no engine is asked: what it would say would be about
    another contract.
    """
    obligations = obligations_of(subject)
    notes: list[str] = []
    if not subject.unread:
        if TYPING in engines:
            obligations = (types_obligation(subject), *obligations)
        for engine in engines.values():
            found = engine.check(subject, limits, seed)
            obligations = tuple(_with(o, found) for o in obligations)
            notes += found.notes
    return FunctionReport(
        subject.id, subject.path, subject.line, obligations, tuple(dict.fromkeys(notes))
    )


def _with(obligation: Obligation, found: Findings) -> Obligation:
    attempt: Attempt | None = found.attempts.get(obligation.id)
    return obligation.with_attempts([attempt]) if attempt else obligation


def _engine(name: str) -> Engine:
    from verify_agent.agent.run_engines import engine

    try:
        return engine(name)
    except ImportError as problem:
        raise ToolMissing(
            f"the engine `{name}` can't be loaded: {problem}",
            advice="`--engine` chooses others",
        ) from problem


def _report(
    record: RunRecord, done: Sequence[FunctionReport], digests: Mapping[str, str], asked: int
) -> Report:
    return Report(record, tuple(done), digests, complete=len(done) == asked)


def _record(argv: tuple[str, ...], seed: int, options: tuple[str, ...]) -> RunRecord:
    from importlib.metadata import PackageNotFoundError, version

    tools: dict[str, str] = {}
    for name in _TOOLS:
        try:
            tools[name] = version(name)
        except PackageNotFoundError:
            continue
    return RunRecord(
        id=uuid.uuid4().hex,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        argv=argv,
        seed=seed,
        python=platform.python_version(),
        platform=platform.platform(),
        tools=tools,
        options_digest=hashlib.sha256("\0".join(options).encode()).hexdigest(),
    )
