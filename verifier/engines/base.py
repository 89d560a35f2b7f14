"""The one interface of all engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from verify_agent.verifier.evidence import Attempt
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.verifier.smt.store import Proved


@dataclass(frozen=True)
class Limits:
    """How much an engine may spend on one function.

    `seconds` is wall time in all, `per_query_ms` one solver call, `rlimit` Z3's resource units,
    `examples` the number of random examples, `memory_mb` the memory of a child process.
    """

    seconds: float = 20.0
    per_query_ms: int = 5_000
    rlimit: int = 40_000_000
    examples: int = 200
    memory_mb: int = 2_048


@dataclass(frozen=True)
class Findings:
    """An engine's attempts, by obligation id, remarks for people, and proofs to store.

    Proofs are there only where an engine was made to keep them.
    """

    attempts: Mapping[str, Attempt] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    proofs: tuple[Proved, ...] = ()


class Engine(Protocol):
    """Checks one function under contract. Stateless; safe to run in a process of its own."""

    @property
    def name(self) -> str:
        """The name under which attempts are recorded."""

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """Try every obligation that the engine can speak about.

        An obligation that the engine tried without success is in the findings as `UNKNOWN`
        with a reason; one that it has nothing to say about is left out. Never raises for
        something wrong with the subject.
        """
