"""Texts put together from the words of a text: split, rewrite each word, join.

In the manner of Gulwani, "Automating string processing in spreadsheets using input-output
examples", POPL 2011, with the results given by examples.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.bank import UNDEFINED, Bank, Term
from verify_agent.agent.synth.terms.components import Component
from verify_agent.agent.synth.terms.learner import constants, variable
from verify_agent.verifier.ir.types import STR

SOURCES = ("{0}.split()", "{0}", "reversed({0}.split())", "{0}.split(',')", "{0}.split('-')")
JOINERS = ("", " ", "-", ",", ", ", "_", ".")
_CALLS = (".upper()", ".lower()", ".capitalize()", ".title()", ".strip()", ".swapcase()")
_SLICES = ("[0]", "[-1]", "[1:]", "[:-1]", "[:2]", "[:3]", "[::-1]")
COMPONENTS = (
    *(Component("{0}" + rewriting, (STR,), STR) for rewriting in _CALLS + _SLICES),
    Component("{0} + {1}", (STR, STR), STR),
)
MAX_COST = 10
MAX_TERMS = 15_000


class Pieces:
    """`joiner.join(rewritten(part) for part in parts)` from the results of examples."""

    name = "pieces"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where one str is read and a str returned, with examples that say which."""
        one = context.types == [STR] and context.problem.returns == STR
        return 4.0 if one and len(example_results(context)) > 1 else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """All joins of a rewriting by cost, over each way to take the text apart."""
        pairs = example_results(context)
        name = context.problem.signature.names[0]
        part = fresh_names(context, ("part",))["part"]
        searches = [self._over(context, pairs, name, part, source) for source in SOURCES]
        while searches:
            for search in list(searches):
                try:
                    yield next(search)
                except StopIteration:
                    searches.remove(search)

    def _over(
        self, context: Context, pairs: list[tuple[str, str]], name: str, part: str, source: str
    ) -> Iterator[Body | None]:
        source_text = source.format(name)
        parts = [list(_evaluate(context, source_text, name, text)) for text, _ in pairs]
        flat = [piece for pieces in parts for piece in pieces]
        if not flat:
            return
        letters = dict.fromkeys("".join(result for _, result in pairs))
        marks = [c for c in letters if not c.isalnum()]
        leaf = variable(part, STR, flat)
        bank = Bank(
            [c for c in COMPONENTS if not c.tokens & context.problem.forbid],
            [leaf, *constants(STR, marks, len(flat), words=True)],
            MAX_TERMS,
            context.meter,
        )
        while bank.cost < MAX_COST and bank.count < MAX_TERMS:
            for term in bank.grow():
                joiner = None if term is None else _joiner(term, parts, pairs)
                if term is None or joiner is None:
                    yield None
                    continue
                piece = ast.unparse(term.tree())
                over = source_text if piece == part else f"{piece} for {part} in {source_text}"
                yield Body.of(ast.parse(f"{joiner!r}.join({over})", mode="eval").body)


def _joiner(term: Term, parts: list[list[str]], pairs: list[tuple[str, str]]) -> str | None:
    """The text between the pieces that makes all results right; None if there is none."""
    if term.type != STR or UNDEFINED in term.values:
        return None
    for joiner in JOINERS:
        start = 0
        for pieces, (_, result) in zip(parts, pairs, strict=True):
            made = joiner.join(term.values[start : start + len(pieces)])
            start += len(pieces)
            if made != result:
                break
        else:
            return joiner
    return None


def _evaluate(context: Context, source: str, name: str, text: str) -> Any:
    context.spec.machine.budget.refill()
    return context.spec.machine.expression(source)({name: text})


def example_results(context: Context) -> list[tuple[str, str]]:
    """Input and result of the examples `f('...') == '...'`."""
    found = []
    for text in context.problem.contract.examples:
        match ast.parse(text.strip(), mode="eval").body:
            case ast.Compare(
                left=ast.Call(args=[ast.Constant(value=str() as given)]),
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=str() as result)],
            ):
                found.append((given, result))
    return found
