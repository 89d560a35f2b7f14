"""Functions to repair, and the repairs that the interpreter lets pass."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from verify_agent.agent.repair.search import Repair, Search
from verify_agent.agent.repair.trial import Trial
from verify_agent.verifier.frontend.load import subject

Repairs = Callable[..., list[Repair]]


@pytest.fixture
def repairs() -> Repairs:
    """The first repairs of a function in a text, `most` of them."""

    def find(text: str, qualname: str, most: int = 1) -> list[Repair]:
        trial = Trial(subject(text, qualname), clock=lambda: 0.0)
        found = Search(text, qualname, trial).repairs(lambda: False)
        return list(itertools.islice(found, most))

    return find
