"""Names that a proof introduces, with the facts that define them.

A definition is a conservative extension: a new constant or function symbol and facts that some
interpretation of it always meets, so it holds on every path and is added to exactly those
queries in which the name occurs. Equal definitions get one name, whatever the names of the
eigenvariables in them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Function, Sort, Term
from verify_agent.verifier.smt.walk import substitute
from verify_agent.verifier.theory.rewrite import EIGEN, eigenvariables

Facts = Callable[[Term, Sequence[Term]], Sequence[Term]]


@dataclass(frozen=True)
class Piece:
    """`name[j] == source[j + shift]` for lower <= j < upper; None is unbounded."""

    lower: Term | None
    upper: Term | None
    source: Term
    shift: Term


@dataclass(frozen=True)
class Definition:
    """A defined name: `name` is a constant, or a function at its `parameters`.

    `order` is the set whose members the name lists, if it is such an array.
    """

    name: Term
    parameters: tuple[Term, ...]
    facts: tuple[Term, ...]
    pieces: tuple[Piece, ...] = ()
    update: tuple[Term, Term, Term] | None = None
    order: Term | None = None

    @property
    def symbol(self) -> object:
        """What occurs in terms that use the definition: a Function, or the constant itself."""
        return self.name.payload if self.parameters else self.name


@dataclass
class Theory:
    """The supply of names of one verification, and what defines them.

    `numerals` gives for an array of code points the number whose text it is, and the length.
    """

    definitions: dict[object, Definition] = field(default_factory=dict)
    numerals: dict[Term, tuple[Term, Term]] = field(default_factory=dict)
    _known: dict[object, Definition] = field(default_factory=dict)
    _count: int = 0

    def number(self) -> int:
        """A number not given before."""
        self._count += 1
        return self._count

    def eigen(self, sort: Sort = t.INT) -> Term:
        """A constant that stands for a variable that will be bound."""
        return t.var(f"{EIGEN}{self.number()}", sort)

    def fresh(self, hint: str, sort: Sort, bound: Sequence[Term] = ()) -> Term:
        """An unknown value; under binders it may depend on the bound variables."""
        name = f"{hint}!{self.number()}"
        if not bound:
            return t.var(name, sort)
        return t.apply(Function(name, tuple(b.sort for b in bound), sort), *bound)

    def define(
        self,
        kind: str,
        sort: Sort,
        terms: Sequence[Term],
        facts: Facts,
        *,
        update: bool = False,
        order: bool = False,
        pieces: Callable[[Sequence[Term]], Sequence[Piece]] | None = None,
    ) -> Term:
        """The name for what `kind` makes of `terms`; `facts(name, terms)` define it.

        With `update`, `terms` are an array, an index and a value; with `order`, the first is a
        set.
        """
        eigen = list(dict.fromkeys(e for term in terms for e in eigenvariables(term)))
        parameters = [t.var(f"p!{n}!{e.sort}", e.sort) for n, e in enumerate(eigen)]
        canonical = [substitute(x, dict(zip(eigen, parameters, strict=True))) for x in terms]
        key = (kind, sort, tuple(canonical))
        known = self._known.get(key)
        if known is None:
            name = self._name(kind, sort, parameters)
            known = Definition(
                name,
                tuple(parameters),
                tuple(facts(name, canonical)),
                tuple(pieces(canonical)) if pieces else (),
                (canonical[0], canonical[1], canonical[2]) if update else None,
                canonical[0] if order else None,
            )
            self._known[key] = known
            self.definitions[known.symbol] = known
        return substitute(known.name, dict(zip(known.parameters, eigen, strict=True)))

    def _name(self, kind: str, sort: Sort, parameters: Sequence[Term]) -> Term:
        return self.fresh(kind, sort, parameters)

    def definition_of(self, term: Term) -> Definition | None:
        """The definition of a defined name without parameters, if it is one."""
        return self.definitions.get(term.payload if term.op == "app" else term)
