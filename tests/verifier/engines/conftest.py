"""Warm sandboxes for the engines that execute, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from verify_agent.verifier.engines import properties, symbolic
from verify_agent.verifier.engines.base import Engine, Limits
from verify_agent.verifier.evidence import Obligation
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.subject import Subject, obligations_of

Check = Callable[..., dict[str, Obligation]]


@pytest.fixture(scope="session")
def properties_engine() -> Iterator[Engine]:
    with Zygote(preload=properties.PRELOAD) as zygote:
        yield properties.PropertiesEngine(zygote)


@pytest.fixture(scope="session")
def symbolic_engine() -> Iterator[Engine]:
    with Zygote(preload=symbolic.PRELOAD) as zygote:
        yield symbolic.SymbolicEngine(zygote)


@pytest.fixture(scope="session")
def subject_of() -> Callable[..., Subject]:
    """The last function under contract in a source text, or the one that is named."""

    def find(source: str, name: str = "") -> Subject:
        text = "from icontract import ensure, invariant, require, snapshot\n" + source
        subjects = load(text).functions
        return next((s for s in subjects if s.qualname == name), subjects[-1])

    return find


@pytest.fixture(scope="session")
def judge() -> Check:
    """Obligations with an engine's attempts, by kind: the first of each kind."""

    def run(
        engine: Engine, subject: Subject, seconds: float = 5.0, seed: int = 0
    ) -> dict[str, Obligation]:
        found = engine.check(subject, Limits(seconds=seconds), seed)
        known = {
            o.id: o.with_attempts([found.attempts[o.id]] if o.id in found.attempts else [])
            for o in obligations_of(subject)
        }
        assert set(found.attempts) <= set(known)
        return {o.kind: o for o in reversed(known.values())}

    return run
