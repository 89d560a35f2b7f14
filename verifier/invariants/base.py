"""What a source of candidate invariants is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir.types import Type


@dataclass(frozen=True)
class LoopContext:
    """A loop of a function. `around` are the loops it stands in, outermost first.

    `variables` are the locals bound when the loop is entered (the hidden indices of `for` loops
    among them) with their types; `changed` those that the loop may change, by assignment or,
    for a list, in place. `environments` are values of the variables at the loop's head in runs,
    with those of the parameters on entry under `entry_name`; copies, so that nothing is shared.
    """

    program: n.Program
    function: n.Function
    loop: n.While | n.For
    around: tuple[n.While | n.For, ...]
    variables: Mapping[str, Type]
    changed: frozenset[str]
    environments: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A formula that may hold whenever the loop's head is reached, and where it comes from.

    `expr` is an expression of type bool over the context's variables and `Old` names; it is
    read as a formula, so that it need not be defined everywhere. Candidates of small `cost` are
    simple and likely to be used.
    """

    expr: n.Expr
    source: str
    text: str = ""
    cost: int = 0


Source = Callable[[LoopContext], Iterable[Candidate]]


def entry_name(parameter: str) -> str:
    """Under which `Old` name a candidate refers to a parameter's value on entry.

    No snapshot of a contract can have the name, as it is no identifier.

    >>> entry_name("xs")
    'old(xs)'
    """
    return f"old({parameter})"


@dataclass(frozen=True)
class Given:
    """A source of candidates that somebody wrote: by the label of the loop."""

    by_loop: Mapping[str, tuple[n.Expr, ...]] = field(default_factory=dict)

    def __call__(self, context: LoopContext) -> Iterable[Candidate]:
        """The candidates for one loop."""
        for expr in self.by_loop.get(context.loop.label, ()):
            yield Candidate(expr, "given")
