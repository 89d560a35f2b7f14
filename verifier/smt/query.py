"""What is asked of a solver, how much it may spend, and what it answers."""

from __future__ import annotations

import enum
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from verify_agent.verifier.smt.terms import Term, negate
from verify_agent.verifier.smt.values import FunctionTable, Value
from verify_agent.verifier.smt.walk import Packed, Symbols, pack, symbols, unpack


class Status(enum.Enum):
    """A solver's answer on "assumptions and not goal": `UNSAT` means that the query is valid."""

    UNSAT = "unsat"
    SAT = "sat"
    UNKNOWN = "unknown"


class Cause(enum.Enum):
    """Why there is no answer."""

    TIMEOUT = "timeout"
    RESOURCES = "resource limit"
    MEMORY = "memory limit"
    INCOMPLETE = "incomplete"
    CANCELED = "canceled"
    CRASH = "the solver broke"
    MISSING = "the solver is not installed"
    REFUSED = "the solver refused the query"


@dataclass(frozen=True)
class Query:
    """Valid if and only if the assumptions and the goal's negation can't hold together."""

    name: str
    assumptions: tuple[Term, ...]
    goal: Term

    def __post_init__(self) -> None:
        for part in (*self.assumptions, self.goal):
            if part.sort.name != "Bool":
                raise TypeError(f"query {self.name}: a formula is wanted, not a {part.sort}")

    @property
    def formulas(self) -> tuple[Term, ...]:
        """The assumptions, then the negated goal: what is given to a solver."""
        return (*self.assumptions, negate(self.goal))

    @functools.cached_property
    def symbols(self) -> Symbols:
        """The free variables, functions and sorts that occur."""
        return symbols(self.formulas)

    @property
    def quantified(self) -> bool:
        """Whether a quantifier occurs."""
        return self.symbols.quantified

    @functools.cached_property
    def text(self) -> str:
        """The query in SMT-LIB 2.6, the same text for the same query; the name is not in it."""
        from verify_agent.verifier.smt.to_smtlib import script

        return script(self)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of `text` in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def reduced(self, core: Sequence[int]) -> Query:
        """The query with only the assumptions at some indices."""
        return replace(self, assumptions=tuple(self.assumptions[i] for i in sorted(core)))

    def __reduce__(self) -> tuple[object, tuple[str, Packed]]:
        return _unpacked, (self.name, pack((*self.assumptions, self.goal)))


def _unpacked(name: str, packed: Packed) -> Query:
    *assumptions, goal = unpack(packed)
    return Query(name, tuple(assumptions), goal)


@dataclass(frozen=True)
class Budget:
    """What one solver call may spend: wall time, solver resource units, memory; 0 is no limit.

    Units are Z3's `rlimit`, respectively cvc5's; the two solvers' units can't be compared.
    """

    timeout_ms: int = 5_000
    rlimit: int = 40_000_000
    memory_mb: int = 2_048


@dataclass(frozen=True)
class Model:
    """Values of the free variables and functions by name; `missing` could not be read off."""

    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    functions: Mapping[str, FunctionTable] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Model, (dict(self.values), dict(self.functions), self.missing)


@dataclass(frozen=True)
class Answer:
    """One solver's answer to one query.

    `core` holds indices of assumptions that sufficed (None if not asked for or not known);
    `seconds` is wall time; `units` what was spent of `Budget.rlimit`. `model` comes with `SAT`,
    and with an `UNKNOWN` as a candidate: it may be no model at all.
    """

    status: Status
    solver: str
    reason: str = ""
    cause: Cause | None = None
    model: Model | None = None
    core: tuple[int, ...] | None = None
    seconds: float = 0.0
    units: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.status is Status.UNKNOWN) != (self.cause is not None):
            raise ValueError("an unknown has a cause, and nothing else has")


class Solver(Protocol):
    """Something that decides queries."""

    @property
    def name(self) -> str:
        """The solver's name, without its version."""

    def solve(
        self, query: Query, budget: Budget, seed: int = 0, *, want_core: bool = False
    ) -> Answer:
        """Decide a query; every way to fail is an `UNKNOWN` with a cause."""

    def solve_text(self, text: str, budget: Budget, seed: int = 0) -> Answer:
        """Decide a script of `to_smtlib`; no model and no core."""
