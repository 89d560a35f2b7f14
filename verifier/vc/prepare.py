"""From verification conditions to queries: goals split, axioms and definitions that can matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.query import Query
from verify_agent.verifier.smt.terms import Binder, Function, Term
from verify_agent.verifier.theory import dicts, folds, ints, keys, sets, totals
from verify_agent.verifier.theory.registry import Definition, Theory
from verify_agent.verifier.theory.rewrite import free_variables, subterms
from verify_agent.verifier.vc.conditions import Condition
from verify_agent.verifier.vc.normal import Normaliser, hint

MOST_HINTS = 40


@dataclass
class Preparer:
    """Makes queries over one theory; remembers normal forms."""

    theory: Theory
    normal: Normaliser

    @classmethod
    def over(cls, theory: Theory) -> Preparer:
        """A preparer for the conditions of one subject."""
        return cls(theory, Normaliser(theory))

    def queries(self, condition: Condition) -> list[Query]:
        """Queries that are all valid if the condition holds, and only then."""
        name = f"{condition.key.kind}: {condition.label}"
        return self.queries_of(name, condition.assumptions, condition.goal)

    def queries_of(self, name: str, assumptions: Sequence[Term], goal: Term) -> list[Query]:
        """The same for a goal under assumptions; none where it is plainly met."""
        made = []
        for given, part in self.normal.goals(goal):
            if part is t.TRUE or t.FALSE in given:
                continue
            facts = self.facts((*assumptions, *given), part)
            if t.FALSE in facts or part in facts:
                continue
            # In the goal, so that no reduction to a core drops what keeps terms in sight.
            made.append(Query(name, facts, t.implies(t.conj(*hints([*facts, part])), part)))
        return made

    def facts(self, assumptions: Iterable[Term], goal: Term) -> tuple[Term, ...]:
        """Assumptions in normal form, with all that is known of the names in them and the goal."""
        found: dict[Term, None] = {}
        for assumption in assumptions:
            found.update(dict.fromkeys(self.normal.assumption(assumption)))
        self._close(found, goal)
        found.pop(t.TRUE, None)
        return tuple(found)

    def _close(self, found: dict[Term, None], goal: Term) -> None:
        """Add definitions and axioms of what occurs until nothing new occurs."""
        seen: set[Term] = set()
        functions: dict[Function, None] = {}
        defined: dict[object, Definition] = {}
        fresh: list[Term] = [*found, goal]
        while fresh:
            new_functions, new_definitions = _occurring(self.theory, fresh, seen)
            added: list[Term] = []
            for function in new_functions:
                if function not in functions:
                    functions[function] = None
                    added += [*ints.axioms(function), *folds.axioms(function)]
                    for part in (sets, keys, dicts, totals):
                        added += part.axioms(function)
                    added += self._lemmas([function], defined.values())
            for definition in new_definitions:
                if definition.symbol not in defined:
                    defined[definition.symbol] = definition
                    added += self._facts(definition)
                    added += self._lemmas(functions, [definition])
            fresh = [a for a in added if a not in found]
            found.update(dict.fromkeys(fresh))

    def _facts(self, definition: Definition) -> list[Term]:
        made: list[Term] = []
        for fact in definition.facts:
            if isinstance(fact.payload, Binder) and fact.payload.triggers:
                made.append(fact)
                continue
            whole = t.forall(definition.parameters, fact) if definition.parameters else fact
            made += self.normal.assumption(whole)
        return made

    def _lemmas(
        self, functions: Iterable[Function], definitions: Iterable[Definition]
    ) -> list[Term]:
        known = list(definitions)
        return [
            lemma
            for function in functions
            if folds.is_fold(function)
            for definition in known
            for lemma in folds.lemmas(function, definition)
        ] + [
            lemma
            for function in functions
            if function in (sets.CARD, totals.TOTAL)
            for definition in known
            for lemma in (sets if function == sets.CARD else totals).lemmas(definition)
        ]


def _occurring(
    theory: Theory, formulas: Iterable[Term], seen: set[Term]
) -> tuple[list[Function], list[Definition]]:
    functions: dict[Function, None] = {}
    definitions: dict[object, Definition] = {}
    for term in subterms(formulas):
        if term in seen:
            continue
        seen.add(term)
        symbol: object = term
        if term.op == "app" and isinstance(term.payload, Function):
            functions[term.payload] = None
            symbol = term.payload
        if term.op in ("app", "var") and symbol in theory.definitions:
            definitions[symbol] = theory.definitions[symbol]
    return list(functions), list(definitions.values())


def hints(formulas: Sequence[Term]) -> list[Term]:
    """Ground reads and numbers that universals may be wanted at."""
    wanted = any(isinstance(s.payload, Binder) for f in formulas for s in subterms([f]))
    if not wanted:
        return []
    bound = {
        v for s in subterms(formulas) if isinstance(s.payload, Binder) for v in s.payload.variables
    }
    by_number = any(
        s.op == "app" and str(getattr(s.payload, "name", "")).startswith("hint<")
        for f in formulas
        for s in subterms([f])
    )
    made: list[Term] = []
    for term in subterms(formulas):
        if term.sort.name not in ("Int", "Bool") or not free_variables(term).isdisjoint(bound):
            continue
        if term.op == "select" or _is_use(term) or (by_number and term.op == "var"):
            made.append(hint(term))
    made.sort(key=lambda h: len(repr(h)))
    return made[:MOST_HINTS]


def _is_use(term: Term) -> bool:
    """An application of a symbol with axioms: inside a universal no solver would see it."""
    if term.op != "app" or not isinstance(term.payload, Function):
        return False
    name = term.payload.name
    return "~" not in name and not name.startswith("hint<") and term.sort == t.INT
