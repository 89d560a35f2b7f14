"""The candidates of a small function's loops, as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.candidates import Discovered
from verify_agent.verifier.ir.printer import expression
from verify_agent.verifier.vc.function import conditions_of
from verify_agent.verifier.vc.loops import Invariants

Contexts = Callable[[str], dict[str, LoopContext]]
Texts = Callable[[str], dict[str, list[str]]]


def _loops(source: str) -> dict[str, tuple[LoopContext, tuple[Candidate, ...]]]:
    """By label, in source order: the loops of the last function of a module, with candidates."""
    subject = load("from icontract import ensure, require, snapshot\n" + source).subjects[-1]
    discovered, found = Discovered(), {}

    def watch(context: LoopContext) -> tuple[Candidate, ...]:
        made = discovered(context)
        traced = discovered.traced(context)
        found[context.loop.label] = (traced, made)
        return made

    conditions_of(lower(subject), Invariants((watch,)))
    return found


@pytest.fixture
def contexts() -> Contexts:
    """The contexts of the loops of a function, with environments."""
    return lambda source: {k: context for k, (context, _) in _loops(source).items()}


@pytest.fixture
def texts() -> Texts:
    """The candidates of the loops of a function as Python text."""
    return lambda source: {
        label: [expression(c.expr) for c in made] for label, (_, made) in _loops(source).items()
    }
