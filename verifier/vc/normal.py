"""Formulas as solvers like them: polarity pushed in, existentials named, triggers chosen.

Skolem constants are introduced here and not by the solver, so that they are seen when axioms
and hints are chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Binder, Function, Term
from verify_agent.verifier.smt.walk import substitute
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import free_variables, height
from verify_agent.verifier.vc.triggers import with_triggers


@dataclass
class Normaliser:
    """Normal forms of assumptions, remembered: one formula always gets the same names."""

    theory: Theory
    _known: dict[Term, tuple[Term, ...]] = field(default_factory=dict)

    def assumption(self, term: Term) -> tuple[Term, ...]:
        """Formulas that together say what the term says, when assumed."""
        known = self._known.get(term)
        if known is None:
            if height(term) == 0:
                known = (term,) if term.op != "and" else term.args
            else:
                lifted: list[Term] = []
                plain = self._lift(term, (), lifted)
                parts = [self._positive(p, ()) for p in (plain, *lifted)]
                known = tuple(f for part in parts for f in _conjuncts(part))
                known = tuple(f for part in known for f in with_triggers(part))
            self._known[term] = known
        return known

    def goals(self, goal: Term) -> list[tuple[tuple[Term, ...], Term]]:
        """The goal as several, each with assumptions of its own; universals are constants."""
        made: list[tuple[tuple[Term, ...], Term]] = []
        lifted: list[Term] = []
        plain = self._lift(goal, (), lifted)
        self._split(plain, tuple(lifted), made)
        return made

    def _split(
        self, goal: Term, given: tuple[Term, ...], made: list[tuple[tuple[Term, ...], Term]]
    ) -> None:
        match goal.op:
            case "and":
                for part in goal.args:
                    self._split(part, given, made)
            case "implies":
                self._split(goal.args[1], (*given, goal.args[0]), made)
            case "or" if height(goal):
                quantified = [a for a in goal.args if a.op == "forall"] or list(goal.args[-1:])
                rest = [t.negate(a) for a in goal.args if a is not quantified[0]]
                self._split(quantified[0], (*given, *rest), made)
            case "=" if height(goal) and goal.args[0].sort == t.BOOL:
                a, b = goal.args
                self._split(b, (*given, a), made)
                self._split(a, (*given, b), made)
            case "ite" if height(goal):
                condition, then, otherwise = goal.args
                self._split(then, (*given, condition), made)
                self._split(otherwise, (*given, t.negate(condition)), made)
            case "forall":
                assert isinstance(goal.payload, Binder)
                named = {v: self.theory.fresh("sk", v.sort) for v in goal.payload.variables}
                self._split(substitute(goal.args[0], named), given, made)
            case "not" if height(goal):
                self._split_negated(goal.args[0], given, made)
            case _:
                made.append((given, goal))

    def _split_negated(
        self, goal: Term, given: tuple[Term, ...], made: list[tuple[tuple[Term, ...], Term]]
    ) -> None:
        match goal.op:
            case "or":
                self._split(t.conj(*map(t.negate, goal.args)), given, made)
            case "implies":
                self._split(t.conj(goal.args[0], t.negate(goal.args[1])), given, made)
            case "and":
                made.append(((*given, goal), t.FALSE))
            case "=" if goal.args[0].sort == t.BOOL:
                self._split(t.eq(goal.args[0], t.negate(goal.args[1])), given, made)
            case "forall":
                made.append(((*given, goal), t.FALSE))
            case "exists":
                assert isinstance(goal.payload, Binder)
                negated = t.forall(goal.payload.variables, t.negate(goal.args[0]))
                self._split(negated, given, made)
            case _:
                made.append(((*given, goal), t.FALSE))

    def _lift(self, term: Term, bound: tuple[Term, ...], lifted: list[Term]) -> Term:
        """The formula with quantifiers below non-logical operators replaced by named truths."""
        if height(term) == 0:
            return term
        if isinstance(term.payload, Binder):
            inner = (*bound, *term.payload.variables)
            body = self._lift(term.args[0], inner, lifted)
            make = t.forall if term.op == "forall" else t.exists
            return make(term.payload.variables, body)
        logical = term.op in ("and", "or", "not", "implies") or (
            term.op in ("=", "ite") and term.args[-1].sort == t.BOOL
        )
        args = []
        for arg in term.args:
            part = self._lift(arg, bound, lifted)
            if not logical and part.sort == t.BOOL and height(part):
                part = self._named(part, bound, lifted)
            args.append(part)
        if not logical and term.op == "ite" and height(args[0]):
            args[0] = self._named(args[0], bound, lifted)
        from verify_agent.verifier.smt.walk import rebuild

        return rebuild(term, args)

    def _named(self, formula: Term, bound: tuple[Term, ...], lifted: list[Term]) -> Term:
        over = [b for b in bound if b in free_variables(formula)]
        name = self.theory.fresh("holds", t.BOOL, over)
        lifted.append(t.forall(over, t.eq(name, formula)))
        return name

    def _positive(self, term: Term, bound: tuple[Term, ...]) -> Term:
        """The formula without existentials; `bound` are the universal variables around it."""
        if height(term) == 0:
            return term
        match term.op:
            case "and":
                return t.conj(*(self._positive(a, bound) for a in term.args))
            case "or":
                return _prenex_or([self._positive(a, bound) for a in term.args])
            case "implies":
                parts = (self._negative(term.args[0], bound), self._positive(term.args[1], bound))
                return _prenex_or(list(parts))
            case "not":
                return self._negative(term.args[0], bound)
            case "=":
                a, b = term.args
                ways = (t.implies(a, b), t.implies(b, a))
                return t.conj(*(self._positive(w, bound) for w in ways))
            case "ite":
                condition, then, otherwise = term.args
                ways = (t.implies(condition, then), t.disj(condition, otherwise))
                return t.conj(*(self._positive(w, bound) for w in ways))
            case "forall":
                assert isinstance(term.payload, Binder)
                fresh = {v: self.theory.eigen(v.sort) for v in term.payload.variables}
                variables = tuple(fresh.values())
                body = self._positive(substitute(term.args[0], fresh), (*bound, *variables))
                return _forall(variables, body)
            case "exists":
                assert isinstance(term.payload, Binder)
                named = {v: self.theory.fresh("sk", v.sort, bound) for v in term.payload.variables}
                return self._positive(substitute(term.args[0], named), bound)
            case _:
                return term

    def _negative(self, term: Term, bound: tuple[Term, ...]) -> Term:
        """The negation in the same form."""
        if height(term) == 0:
            return negated_atom(term)
        match term.op:
            case "and":
                return _prenex_or([self._negative(a, bound) for a in term.args])
            case "or":
                return t.conj(*(self._negative(a, bound) for a in term.args))
            case "implies":
                return t.conj(
                    self._positive(term.args[0], bound), self._negative(term.args[1], bound)
                )
            case "not":
                return self._positive(term.args[0], bound)
            case "=":
                a, b = term.args
                ways = (t.disj(a, b), t.disj(t.negate(a), t.negate(b)))
                return t.conj(*(self._positive(w, bound) for w in ways))
            case "ite":
                condition, then, otherwise = term.args
                flipped = t.ite(condition, t.negate(then), t.negate(otherwise))
                return self._positive(flipped, bound)
            case "forall" | "exists":
                assert isinstance(term.payload, Binder)
                make = t.exists if term.op == "forall" else t.forall
                return self._positive(make(term.payload.variables, t.negate(term.args[0])), bound)
            case _:
                return t.negate(term)


def negated_atom(term: Term) -> Term:
    """The negation of a quantifier-free formula; of an order, the other order."""
    if term.op == "<":
        return t.le(term.args[1], term.args[0])
    if term.op == "<=":
        return t.lt(term.args[1], term.args[0])
    return t.negate(term)


def _forall(variables: Sequence[Term], body: Term) -> Term:
    """A universal, merged with one that is its whole body, distributed over conjunctions."""
    if body.op == "and":
        return t.conj(*(_forall(variables, part) for part in body.args))
    if body.op == "forall" and isinstance(body.payload, Binder):
        return t.forall((*variables, *body.payload.variables), body.args[0])
    used = [x for x in variables if x in free_variables(body)]
    return t.forall(used, body) if used else body


def _prenex_or(parts: list[Term]) -> Term:
    """A disjunction with the first universal pulled to the front; conjunctions are multiplied
    out only where they hold quantifiers."""
    for position, part in enumerate(parts):
        rest = parts[:position] + parts[position + 1 :]
        if part.op == "and" and height(part):
            return t.conj(*(_prenex_or([*rest, each]) for each in part.args))
        if part.op == "forall" and isinstance(part.payload, Binder):
            # Bound variables are eigenvariables of their own here, so none is captured.
            return _forall(part.payload.variables, _prenex_or([*rest, part.args[0]]))
    return t.disj(*parts)


def _conjuncts(term: Term) -> tuple[Term, ...]:
    return term.args if term.op == "and" else (term,)


HINT = "hint"


def hint(term: Term) -> Term:
    """A predicate without meaning that keeps a term in sight of the solvers."""
    return t.apply(Function(f"{HINT}<{term.sort}>", (term.sort,), t.BOOL), term)
