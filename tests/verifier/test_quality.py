"""The project proves its own score: bounded, monotone, decreasing in the complexity."""

from __future__ import annotations

from pathlib import Path

import pytest

import verify_agent
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Proved, prove
from verify_agent.verifier.frontend.load import load_file

PATH = Path(verify_agent.__file__).resolve().parents[1] / "verifier" / "quality.py"
CORE = ["simplicity", "share", "weighted", "gained", "lost"]


def test_the_core_is_what_stands_under_contract() -> None:
    assert [s.qualname for s in load_file(PATH).subjects] == CORE


@pytest.mark.slow
@pytest.mark.parametrize("name", CORE)
def test_proved(name: str) -> None:
    (subject,) = [s for s in load_file(PATH).subjects if s.qualname == name]
    assert isinstance(prove(subject, Limits(seconds=30.0)), Proved)
