"""Where the engines are, and what runs in their worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from verify_agent.agent.state import PROPERTIES, SYMBOLIC, TYPING
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier import spawn
from verify_agent.verifier.engines.base import Engine, Limits
from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Verdict
from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.session.replays import judged
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation


@cache
def engine(name: str) -> Engine:
    """The engine of that name, one a process; those that execute code have a warm sandbox."""
    match name:
        case "typing":
            from verify_agent.verifier.engines.typing import TypingEngine

            return TypingEngine()
        case "symbolic":
            from verify_agent.verifier.engines import symbolic

            return symbolic.SymbolicEngine(sandbox(symbolic.PRELOAD))
        case "properties":
            from verify_agent.verifier.engines import properties

            return properties.PropertiesEngine(sandbox(properties.PRELOAD))
        case "deductive":
            from verify_agent.verifier.engines.deductive import Deductive

            return Deductive()
    raise ValueError(f"no such engine: {name}")


def sandbox(preload: Sequence[str]) -> Zygote:
    """A sandbox that has started, and imports those modules before it is asked."""
    return Zygote(preload=preload).start()


def check(name: str, subject: Subject, limits: Limits, seed: int) -> Said:
    """What the engine of that name says, its claims replayed, fit to be sent to another process.

    The engines that execute code replay what they claim; the prover executes nothing.
    """
    found = engine(name).check(subject, limits, seed)
    pairs = list(found.attempts.items())
    if name == DEDUCTIVE:
        pairs = judged(subject, found.attempts, replays())
    # A mapping proxy can't be pickled.
    return Said(tuple((i, replace(a, limits=dict(a.limits))) for i, a in pairs), found.notes)


@cache
def replays() -> Zygote:
    """The sandbox in which the prover's counterexamples are run; it starts with the first."""
    return Zygote(preload=("verify_agent.verifier.harness.script",))


def failed(name: str, subject: Subject, problem: str) -> Said:
    """The words of an engine that did not answer: nothing is known, and why."""
    late = problem == "timeout"
    outcome = Verdict.UNKNOWN if late else Verdict.ERROR
    attempt = Attempt(name, outcome, problem)
    asked = (types_obligation(subject),) if name == TYPING else obligations_of(subject)
    return Said(tuple((o.id, attempt) for o in asked))


def warm_typing() -> None:
    """Import mypy and let it read the standard library's stubs; a warm process did both."""
    if spawn.forked():
        return
    from verify_agent.verifier.engines.typing import check_text

    check_text("from icontract import require\n\nx: int = 1\n")


def warm_symbolic() -> None:
    """Start the sandbox with CrossHair in it."""
    engine(SYMBOLIC)


def warm_properties() -> None:
    """Start the sandbox with Hypothesis in it."""
    engine(PROPERTIES)


def warm_deductive() -> None:
    """Import the solvers; the sandbox for replays starts when it is needed."""
    import cvc5  # noqa: F401
    import z3  # noqa: F401

    from verify_agent.verifier.smt.cvc5_ import prepare

    prepare()
    engine(DEDUCTIVE)
