"""Programs beside a run under CPython that breaks their promise, and what the engine says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from verify_agent.contracts.functions import functions_of
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import prove
from verify_agent.verifier.subject import Subject


def answer(source: str) -> object:
    """What the engine says of the function or method `f`."""
    found = next(f for f in functions_of(source) if f.qualname.rpartition(".")[2] == "f")
    subject = Subject(source, found.qualname, found.signature, found.contract, unread=found.unread)
    return prove(subject, Limits(seconds=20, per_query_ms=2_000))


def assert_broken(source: str, witness: str, patch: pytest.MonkeyPatch, folder: Path) -> None:
    """The witness, evaluated in the program, raises what shows that its promise is false."""
    from icontract import ViolationError

    file = folder / "candidate_beside_its_run.py"
    file.write_text(source)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    patch.setitem(sys.modules, file.stem, made)
    spec.loader.exec_module(made)
    with pytest.raises((ViolationError, AttributeError, TypeError)):
        eval(witness, made.__dict__)
