"""A small audit that is made once: some claims, some proofs, a ledger and recorded runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from verify_agent.agent.audit import bundle, ledger
from verify_agent.agent.audit.derive import (
    Derived,
    Groundwork,
    Inputs,
    groundwork,
    read_files,
    with_records,
)
from verify_agent.agent.audit.ledger import Entry
from verify_agent.agent.audit.scripted import generated_run
from verify_agent.proofs.pins import pins
from verify_agent.proofs.run import all_claims, statements
from verify_agent.verifier.smt.store import write

CHOSEN = ("C1", "C2", "C15")


def entry(kind: str, quality: str, proof: str = "", level: str = "1/100") -> Entry:
    """An entry of a ledger with delta 1/10 and alpha 1/20."""
    return Entry(kind, Fraction(quality), Fraction(1, 10), Fraction(level), Fraction(1, 20), proof)


def life(proof: str) -> list[Entry]:
    """A life of five entries with one admission that has a proof."""
    return [
        entry("start", "2/5", level="0"),
        entry("rejected", "2/5"),
        entry("admitted", "3/5", proof),
        entry("rejected", "3/5"),
        entry("rolled back", "2/5", level="0"),
    ]


@pytest.fixture(scope="session")
def make_entry() -> Callable[..., Entry]:
    return entry


@pytest.fixture(scope="session")
def make_life() -> Callable[[str], list[Entry]]:
    return life


@dataclass(frozen=True)
class Small:
    """The audit, its files, the pins of its claims, and its own code's proofs."""

    ground: Groundwork
    derived: Derived
    files: Mapping[str, str]
    pins: Mapping[str, Any]
    code: Mapping[str, str]

    def again(self, files: Mapping[str, str]) -> Derived:
        """What is derived from a bundle's own records."""
        return with_records(self.ground, bundle.inputs_of_bundle(files))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    claims = [c for c in all_claims() if c.id in CHOSEN]
    runs = {f"run{seed}": list(generated_run(seed).steps) for seed in (3, 5)}
    ground = groundwork(runs, claims=claims, code_files={"C12": "llm/termination.py"})
    proof = next(statements(claims)).sha256
    text = ledger.chained(life(proof))
    folder = tmp_path_factory.mktemp("proofs") / "code"
    write(folder, ground.code.proofs[:4])
    code = {f"proofs/code/{name}": content for name, content in read_files(folder).items()}
    inputs = Inputs(text, ledger.head_of(text), runs, {"code": read_files(folder)})
    derived = with_records(ground, inputs)
    return Small(ground, derived, bundle.contents(derived), pins(claims), code)
