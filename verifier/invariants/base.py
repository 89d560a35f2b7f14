"""What a source of candidate invariants is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir.types import Type


@dataclass(frozen=True)
class LoopContext:
    """A loop of a function. `around` are the loops it stands in, outermost first.

    `variables` are the locals bound when the loop is entered (the hidden indices of `for` loops
    among them) with their types; `changed` those that the loop may change, by assignment or,
    for a list, in place.
    """

    program: n.Program
    function: n.Function
    loop: n.While | n.For
    around: tuple[n.While | n.For, ...]
    variables: Mapping[str, Type]
    changed: frozenset[str]


@dataclass(frozen=True)
class Candidate:
    """A formula that may hold whenever the loop's head is reached, and where it comes from.

    `expr` is an expression of type bool over the context's variables and `Old` names; it is
    read as a formula, so that it need not be defined everywhere.
    """

    expr: n.Expr
    source: str
    text: str = ""


Source = Callable[[LoopContext], Iterable[Candidate]]


@dataclass(frozen=True)
class Given:
    """A source of candidates that somebody wrote: by the label of the loop."""

    by_loop: Mapping[str, tuple[n.Expr, ...]] = field(default_factory=dict)

    def __call__(self, context: LoopContext) -> Iterable[Candidate]:
        """The candidates for one loop."""
        for expr in self.by_loop.get(context.loop.label, ()):
            yield Candidate(expr, "given")
