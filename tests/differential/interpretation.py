"""Terms under their standard interpretation: numbers are numbers, sums are sums.

Defined names take the values that their defining facts give them, whatever those say: where two
facts contradict each other, or a fact leaves open what is asked, that is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify_agent.verifier.smt.terms import BOOL, INT, Binder, Function, Term
from verify_agent.verifier.theory.registry import Definition, Theory
from verify_agent.verifier.theory.rewrite import free_variables, subterms

WINDOW = range(-40, 90)
JUNK = 7_001
FILTER_REACH = 120
MOST_STEPS = 2_000_000  # some seconds
MOST_PLACES = 100_000


class Undetermined(Exception):
    """The value depends on something that nothing is known of."""


class Inconsistent(Exception):
    """Two facts say different things."""


Array = Callable[[int], Any]


def array_of(items: Sequence[Any]) -> Array:
    """An array with those items; elsewhere stands what no reading in range gives."""
    return lambda k: items[k] if 0 <= k < len(items) else JUNK


def _floor_div(a: int, b: int) -> int:
    if b == 0:
        raise Undetermined("a division by zero")
    return a // b


def _floor_mod(a: int, b: int) -> int:
    if b == 0:
        raise Undetermined("a division by zero")
    return a % b


def _power(x: int, n: int) -> int:
    if n > 4_000:
        raise Undetermined("a huge power")
    return x**n if n > 0 else 1


def _cells(array: Array, lo: int, hi: int) -> Iterator[Any]:
    """The values of a stretch of cells, one by one."""
    return (array(k) for k in _stretch(lo, hi))


def _stretch(lo: int, hi: int) -> range:
    """`range(lo, hi)`; `Undetermined` where walking it would take for ever."""
    if hi - lo > MOST_PLACES:
        raise Undetermined("a huge stretch")
    return range(lo, hi)


def _extreme(choose: Callable[[Iterator[int]], int]) -> Callable[[Array, int, int], int]:
    def of(array: Array, lo: int, hi: int) -> int:
        if lo >= hi:
            raise Undetermined("the extreme of nothing")
        return choose(_cells(array, lo, hi))

    return of


def _count(array: Array, value: object, lo: int, hi: int) -> int:
    return sum(cell == value for cell in _cells(array, lo, hi))


STANDARD: dict[str, Callable[..., Any]] = {
    "fdiv": _floor_div,
    "fmod": _floor_mod,
    "pow": _power,
    "gcd": math.gcd,
    "isqrt": lambda n: math.isqrt(n) if n >= 0 else -1,
    "pow2": lambda n: _power(2, n),
    "sum": lambda array, lo, hi: sum(_cells(array, lo, hi)),
    "max": _extreme(max),
    "min": _extreme(min),
}


def standard(name: str) -> Callable[..., Any] | None:
    """The meaning of a symbol of the theory, at any level of fuel."""
    plain = name.split("~")[0]
    return _count if plain.startswith("count<") else STANDARD.get(plain)


@dataclass
class Interpretation:
    """Values of terms of one theory under values of its inputs."""

    theory: Theory
    inputs: Mapping[str, Any]
    _known: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    _clauses: dict[object, list[_Clause]] = field(default_factory=dict)
    approximated: bool = False
    steps_left: int = MOST_STEPS

    def __call__(self, term: Term, bound: Mapping[Term, Any] | None = None) -> Any:
        """The value of a term; `Undetermined` where it has none."""
        bound = bound or {}
        free = free_variables(term)
        key = (term, *((v, x) for v, x in bound.items() if v in free))
        if key not in self._known:
            try:
                self._known[key] = self._value(term, bound)
            except Undetermined as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, Undetermined):
            raise found
        return found

    def truth(self, term: Term, bound: Mapping[Term, Any] | None = None) -> bool | None:
        """The truth of a formula; None where it is undetermined."""
        try:
            return bool(self(term, bound))
        except Undetermined:
            return None

    def _value(self, term: Term, bound: Mapping[Term, Any]) -> Any:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise Undetermined("evaluation takes too many steps")
        match term.op:
            case "const":
                return term.payload
            case "var":
                return self._variable(term, bound)
            case "app":
                return self._application(term, bound)
            case "forall" | "exists":
                return self._quantified(term, bound)
            case "and":
                return not self._some(term.args, bound, False)
            case "or":
                return self._some(term.args, bound, True)
            case "implies":
                a, b = (self.truth(x, bound) for x in term.args)
                if a is False or b is True:
                    return True
                if a is None or b is None:
                    raise Undetermined("an implication")
                return False
            case "ite":
                return self(term.args[1] if self(term.args[0], bound) else term.args[2], bound)
            case op:
                return STRICT[op](*(self(a, bound) for a in term.args))

    def _some(self, args: Sequence[Term], bound: Mapping[Term, Any], wanted: bool) -> bool:
        truths = [self.truth(a, bound) for a in args]
        if wanted in truths:
            return True
        if None in truths:
            raise Undetermined("a connective")
        return False

    def _variable(self, term: Term, bound: Mapping[Term, Any]) -> Any:
        for cells, (number, length) in self.theory.numerals.items():
            # That the facts hold of CPython's text is tested beside the theory.
            if term in (cells, length):
                text = str(self(number, bound))
                return array_of([ord(c) for c in text]) if term == cells else len(text)
        if term in bound:
            return bound[term]
        if str(term.payload) in self.inputs:
            return self.inputs[str(term.payload)]
        if term in self.theory.definitions:
            return self._defined(self.theory.definitions[term], {})
        raise Undetermined(f"no value for {term}")

    def _application(self, term: Term, bound: Mapping[Term, Any]) -> Any:
        assert isinstance(term.payload, Function)
        args = [self(a, bound) for a in term.args]
        meaning = standard(term.payload.name)
        if meaning is not None:
            return meaning(*args)
        definition = self.theory.definitions.get(term.payload)
        if definition is None:
            raise Undetermined(f"no meaning of {term.payload.name}")
        return self._defined(definition, dict(zip(definition.parameters, args, strict=True)))

    # -- quantifiers ---------------------------------------------------------------------------

    def _quantified(self, term: Term, bound: Mapping[Term, Any]) -> bool:
        assert isinstance(term.payload, Binder)
        universal = term.op == "forall"
        guards = list(_guards(term.args[0], universal))
        undetermined = None
        for chosen in self._choices(list(term.payload.variables), guards, bound):
            holds = self.truth(term.args[0], chosen)
            if holds is None:
                undetermined = True
            elif holds is not universal:
                return holds
        if undetermined:
            raise Undetermined("a quantifier")
        return universal

    def _choices(
        self, variables: list[Term], guards: Sequence[Term], bound: Mapping[Term, Any]
    ) -> Iterator[Mapping[Term, Any]]:
        if not variables:
            yield bound
            return
        ranges = [(v, self._range(v, variables, guards, bound)) for v in variables]
        variable, places = next(((v, r) for v, r in ranges if r is not None), (variables[0], None))
        if places is None:
            self.approximated = True
            places = WINDOW
        rest = [v for v in variables if v is not variable]
        for place in places:
            yield from self._choices(rest, guards, {**bound, variable: place})

    def _range(
        self,
        variable: Term,
        unknown: Sequence[Term],
        guards: Sequence[Term],
        bound: Mapping[Term, Any],
    ) -> Sequence[Any] | None:
        if variable.sort == BOOL:
            return (False, True)
        lows, highs = [], []
        for guard in guards:
            found = _bound(guard, variable)
            if found is None or free_variables(found[1]) & set(unknown):
                continue
            try:
                value = self(found[1], bound) + found[2]
            except Undetermined:
                continue
            (lows if found[0] == "low" else highs).append(value)
        return _stretch(max(lows), min(highs) + 1) if lows and highs else None

    # -- defined names -------------------------------------------------------------------------

    def _defined(self, definition: Definition, given: Mapping[Term, Any]) -> Any:
        kind = str(definition.name.payload)
        if definition.name.op == "app":
            assert isinstance(definition.name.payload, Function)
            kind = definition.name.payload.name
        if kind.startswith("sorted!"):
            return self._sorted(definition, given)
        if kind.startswith("index!"):
            return self._first_place(definition, given)
        if kind.startswith("bag") or definition.name.sort in (INT, BOOL):
            raise Undetermined(kind)
        clauses = self._clauses.get(definition.symbol)
        if clauses is None:
            clauses = [c for fact in definition.facts for c in _clauses(fact, definition.name)]
            self._clauses[definition.symbol] = clauses
        memory: dict[int, Any] = {}

        def get(k: int) -> Any:
            if k not in memory:
                memory[k] = self._cell(clauses, given, k, kind)
            return memory[k]

        return get

    def _first_place(self, definition: Definition, given: Mapping[Term, Any]) -> int:
        """The least place that the fact's guards let through; `Undetermined` where none is."""
        (fact,) = definition.facts
        assert isinstance(fact.payload, Binder)
        (place,) = fact.payload.variables
        guards = list(_guards(fact.args[0], True))
        for chosen in self._choices([place], guards, given):
            held = [self.truth(guard, chosen) for guard in guards]
            if None in held:
                break
            if all(held):
                return int(chosen[place])
        raise Undetermined("the place of nothing")

    def _cell(self, clauses: list[_Clause], given: Mapping[Term, Any], k: int, kind: str) -> Any:
        values = [x for c in clauses for x in self._by_clause(c, given, k)]
        if not values:
            raise Undetermined(f"item {k} of {kind}")
        if any(not callable(x) and x != values[0] for x in values):
            raise Inconsistent(f"item {k} of {kind}: {values}")
        return values[0]

    def _by_clause(self, clause: _Clause, given: Mapping[Term, Any], k: int) -> Iterator[Any]:
        if clause.place in clause.bound:
            there = {**given, clause.place: k}
            if len(clause.bound) == 1 and self(clause.guard, there):
                yield self(clause.value, there)
        elif not clause.bound:
            if self(clause.guard, given) and self(clause.place, given) == k:
                yield self(clause.value, given)
        elif len(clause.bound) == 1:
            yield from self._searched(clause, given, k)

    def _searched(self, clause: _Clause, given: Mapping[Term, Any], k: int) -> Iterator[Any]:
        (variable,) = clause.bound
        for j in range(-20, FILTER_REACH):
            there = {**given, variable: j}
            if self.truth(clause.guard, there) and self(clause.place, there) == k:
                yield self(clause.value, there)
                return

    def _sorted(self, definition: Definition, given: Mapping[Term, Any]) -> Array:
        for term in subterms(definition.facts):
            symbol = term.payload
            if term.op == "app" and isinstance(symbol, Function) and "count<" in symbol.name:
                array, _, lo, hi = term.args
                if array is not definition.name:
                    source, low, high = (self(x, given) for x in (array, lo, hi))
                    items = sorted(_cells(source, low, high))
                    return array_of(items)
        raise Undetermined("a sorted array without its source")


@dataclass(frozen=True)
class _Clause:
    """For all values of `bound` that meet the guard: the array holds `value` at `place`."""

    bound: tuple[Term, ...]
    guard: Term
    place: Term
    value: Term


def _clauses(fact: Term, name: Term) -> Iterator[_Clause]:
    from verify_agent.verifier.smt import terms as t

    def walk(term: Term, bound: tuple[Term, ...], guard: Term) -> Iterator[_Clause]:
        match term.op:
            case "forall":
                assert isinstance(term.payload, Binder)
                yield from walk(term.args[0], (*bound, *term.payload.variables), guard)
            case "and":
                for part in term.args:
                    yield from walk(part, bound, guard)
            case "implies":
                yield from walk(term.args[1], bound, t.conj(guard, term.args[0]))
            case "=":
                for one, other in (term.args, term.args[::-1]):
                    if one.op == "select" and one.args[0] is name:
                        yield _Clause(bound, guard, one.args[1], other)
                        return
            case _:
                if term.sort == BOOL:
                    yield from _truth_clause(term, bound, guard)

    def _truth_clause(term: Term, bound: tuple[Term, ...], guard: Term) -> Iterator[_Clause]:
        inner = term.args[0] if term.op == "not" else term
        if inner.op == "select" and inner.args[0] is name:
            yield _Clause(bound, guard, inner.args[1], t.boolean(inner is term))

    yield from walk(fact, (), t.TRUE)


def _guards(body: Term, universal: bool) -> Iterator[Term]:
    if universal and body.op == "implies":
        yield from body.args[0].args if body.args[0].op == "and" else (body.args[0],)
        yield from _guards(body.args[1], universal)
    elif not universal and body.op == "and":
        yield from body.args


def _bound(guard: Term, variable: Term) -> tuple[str, Term, int] | None:
    """`low` or `high`, the bounding term, and what to add to it."""
    inner = guard.args[0] if guard.op == "not" else guard
    if inner.op not in ("<", "<="):
        return None
    small, large = inner.args
    strict = inner.op == "<"
    if guard.op == "not":
        small, large, strict = large, small, not strict
    if small is variable:
        return "high", large, -int(strict)
    if large is variable:
        return "low", small, int(strict)
    return None


def _div(a: int, b: int) -> int:
    if b == 0:
        raise Undetermined("a division by zero")
    return a // b if b > 0 else -(a // -b)


def _mod(a: int, b: int) -> int:
    if b == 0:
        raise Undetermined("a division by zero")
    return a % abs(b)


def _equal(a: object, b: object) -> bool:
    if callable(a) or callable(b):
        if a is b:
            return True
        raise Undetermined("equality of arrays")
    return a == b


STRICT: dict[str, Callable[..., Any]] = {
    "not": lambda a: not a,
    "=": _equal,
    "distinct": lambda *args: len(set(args)) == len(args),
    "+": lambda *args: sum(args),
    "*": lambda *args: math.prod(args),
    "neg": lambda a: -a,
    "div": _div,
    "mod": _mod,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    "select": lambda array, k: array(k),
}
