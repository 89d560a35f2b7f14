"""What the synthesizer is asked, what it answers, and the one interface of its strategies."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from verify_agent.agent.synth.contract.annotations import parse_annotation
from verify_agent.contracts.model import Contract, Signature
from verify_agent.verifier.evidence import Counterexample
from verify_agent.verifier.ir.types import Type

if TYPE_CHECKING:
    from verify_agent.agent.synth.context import Context

Input = tuple[Any, ...]
"""The arguments of one call, in the order of the parameters."""


@dataclass(frozen=True)
class SynthesisProblem:
    """A function to find.

    `forbid` are builtins, attributes and operators that a body may not use. `expose` are the
    names out of `contract.definitions` that it may call. `reference_source` is the source text
    of the module that `contract.reference` names and `reference_function` the function in it.
    """

    signature: Signature
    contract: Contract
    forbid: frozenset[str] = frozenset()
    expose: frozenset[str] = frozenset()
    seed: int = 0
    reference_source: str = ""
    reference_function: str = ""

    @cached_property
    def types(self) -> dict[str, Type]:
        """The type of each parameter.

        Raises `Unsupported` for an annotation outside the modelled types.
        """
        return {p.name: parse_annotation(p.annotation) for p in self.signature.parameters}

    @cached_property
    def returns(self) -> Type:
        """The type of the result."""
        return parse_annotation(self.signature.returns)

    @property
    def modifies(self) -> tuple[str, ...]:
        """The parameters that a body may mutate."""
        return self.contract.modifies or ()


@dataclass(frozen=True)
class Candidate:
    """A whole function as text, where it came from, and its size in syntax-tree nodes.

    Of a repair, `source` is the whole module, `summary` says what it changes, and `gone` is a
    call that broke the contract before. `others` are the texts of further files that change with
    it, by absolute path. `remembered` says that it comes from memory: giving it up costs no share
    of what a search may try.
    """

    source: str
    strategy: str
    cost: int
    summary: str = ""
    gone: Counterexample | None = None
    others: tuple[tuple[str, str], ...] = ()
    remembered: bool = False


@dataclass(frozen=True)
class Body:
    """What a strategy finds: the statements after the guards that `raises` asks for."""

    statements: tuple[ast.stmt, ...]

    @classmethod
    def of(cls, expression: ast.expr) -> Body:
        """The body that returns an expression."""
        return cls((ast.Return(value=expression),))


class Awaited(Enum):
    """Says that the search must stand still until an answer from elsewhere is there."""

    AWAITED = "awaited"


AWAITED = Awaited.AWAITED
Found = Body | Awaited | None


class Strategy(Protocol):
    """One way to look for a body."""

    @property
    def name(self) -> str:
        """Shown with every candidate, and the key of its share of the time."""

    @property
    def waits(self) -> bool:
        """Whether it works elsewhere (a child process), so that looking again at once is vain.

        Such a search is not started afresh when the examples grow. While it yields `AWAITED`
        nothing else is searched, so that its answer always comes at the same point of the
        search.
        """

    def price(self, context: Context) -> float | None:
        """How costly a start is (less goes first); None where it does not apply."""

    def search(self, context: Context) -> Iterator[Found]:
        """Bodies that meet the examples, cheapest first; None gives up the processor.

        It is started afresh when the examples grew, and may stop at any time.
        """
