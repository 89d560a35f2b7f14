"""The value of a term under an assignment, by definition and without a solver.

What SMT-LIB leaves open (division by zero) and what has no finite walk (a quantifier over an
unbounded range) is refused, unless the value does not depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verify_agent.verifier.smt.terms import BOOL, INT, Binder, Function, Term
from verify_agent.verifier.smt.values import ArrayValue, Value, identity, same
from verify_agent.verifier.smt.walk import IllFormed, free_by_node
from verify_agent.verifier.smt.well_sorted import check_node

Table = Callable[..., Value]


class Refused(ValueError):
    """The value depends on something that has no value here; the text says on what."""


@dataclass(frozen=True)
class _Open:
    """The result of a subterm that was refused; it may turn out not to matter."""

    why: str


_Result = Value | _Open


def evaluate(
    term: Term,
    values: Mapping[str, Value],
    functions: Mapping[str, Table] | None = None,
    *,
    steps: int = 1_000_000,
) -> Value:
    """The value of a term. `values` and `functions` are by name; `steps` bounds the work.

    Quantifiers are walked over truth values and over integers between bounds that the body
    states: `lo <= k and k < hi and ... implies ...` for `forall`, a conjunction with such
    bounds for `exists`. Raises `Refused` otherwise, for a division by zero, a missing name, or
    after too many steps.

    >>> from verify_agent.verifier.smt import terms as t
    >>> k, n = t.var("k", t.INT), t.var("n", t.INT)
    >>> inside = t.conj(t.le(t.integer(0), k), t.lt(k, n))
    >>> evaluate(t.forall([k], t.implies(inside, t.lt(t.mul(k, k), n))), {"n": 3})
    False
    """
    walk = _Walk(functions or {}, free_by_node([term]), steps)
    result = walk.value(term, {}, dict(values))
    if isinstance(result, _Open):
        raise Refused(result.why)
    return result


class _Walk:
    def __init__(
        self,
        functions: Mapping[str, Table],
        free: Mapping[Term, frozenset[Term]],
        steps: int,
    ) -> None:
        self.functions, self.free, self.left = functions, free, steps
        for node in free:
            check_node(node)

    def value(
        self, root: Term, known: Mapping[Term, _Result], values: Mapping[str, Value]
    ) -> _Result:
        """The value of `root`; `known` has nodes that are settled already."""
        done: dict[Term, _Result] = dict(known)
        stack = [root]
        while stack:
            node = stack[-1]
            if node in done:
                stack.pop()
                continue
            waiting = () if isinstance(node.payload, Binder) else node.args
            missing = [a for a in waiting if a not in done]
            if missing:
                stack.extend(missing)
                continue
            self.left -= 1
            if self.left < 0:
                raise Refused("too many steps")
            if isinstance(node.payload, Binder):
                done[node] = self._quantifier(node, node.payload, done, values)
            else:
                done[node] = self._node(node, [done[a] for a in node.args], values)
            stack.pop()
        return done[root]

    def _node(self, node: Term, args: Sequence[_Result], values: Mapping[str, Value]) -> _Result:
        if node.op in _LAZY:
            return _LAZY[node.op](args)
        concrete: list[Value] = []
        for argument in args:
            if isinstance(argument, _Open):
                return argument
            concrete.append(argument)
        match node.op:
            case "var":
                name = str(node.payload)
                return values[name] if name in values else _Open(f"no value for {name}")
            case "const":
                return _constant(node.payload)
            case "app" if isinstance(node.payload, Function):
                table = self.functions.get(node.payload.name)
                if table is None:
                    return _Open(f"no function {node.payload.name}")
                return table(*concrete)
            case op if op in _STRICT:
                return _STRICT[op](*concrete)
            case op:
                raise IllFormed(f"can't evaluate `{op}`")

    # -- quantifiers -----------------------------------------------------------------------

    def _quantifier(
        self,
        node: Term,
        binder: Binder,
        done: Mapping[Term, _Result],
        values: Mapping[str, Value],
    ) -> _Result:
        bound = frozenset(binder.variables)
        settled = {n: v for n, v in done.items() if self.free[n].isdisjoint(bound)}
        names = {str(v.payload) for v in bound}
        outside = {name: value for name, value in values.items() if name not in names}
        body, universal = node.args[0], node.op == "forall"
        open_result: _Open | None = None
        for chosen in self._choices(binder.variables, _guards(body, universal), settled, outside):
            result = chosen if isinstance(chosen, _Open) else self.value(body, settled, chosen)
            if isinstance(result, _Open):
                open_result = result
            elif result is not universal:
                return result
        return universal if open_result is None else open_result

    def _choices(
        self,
        variables: Sequence[Term],
        guards: Sequence[Term],
        settled: Mapping[Term, _Result],
        values: Mapping[str, Value],
    ) -> Iterator[dict[str, Value] | _Open]:
        """Every assignment that the guards leave open; an `_Open` where they leave too many."""
        if not variables:
            yield dict(values)
            return
        # Bounds may mention the other variables, so any that is bounded already goes first.
        for i, variable in enumerate(variables):
            rest = [*variables[:i], *variables[i + 1 :]]
            places = self._range(variable, frozenset(rest), guards, settled, values)
            if not isinstance(places, _Open):
                for place in places:
                    chosen = {**values, str(variable.payload): place}
                    yield from self._choices(rest, guards, settled, chosen)
                return
        yield _Open(f"an unbounded quantifier over {[str(v) for v in variables]}")

    def _range(
        self,
        variable: Term,
        unknown: frozenset[Term],
        guards: Sequence[Term],
        settled: Mapping[Term, _Result],
        values: Mapping[str, Value],
    ) -> Sequence[Value] | _Open:
        if variable.sort == BOOL:
            return (False, True)
        lows: list[int] = []
        highs: list[int] = []
        for guard in guards if variable.sort == INT else ():
            bound = _bound(guard, variable)
            if bound is None or self.free[bound[1]] & (unknown | {variable}):
                continue
            value = self.value(bound[1], settled, values)
            if isinstance(value, int):
                (lows if bound[0] == "low" else highs).append(value + bound[2])
        if not lows or not highs:
            return _Open(f"no bounds for {variable}")
        if min(highs) - max(lows) > self.left:
            raise Refused(f"too many values for {variable}")
        return range(max(lows), min(highs) + 1)


def _guards(body: Term, universal: bool) -> Sequence[Term]:
    guards: list[Term] = []
    stack = [body]
    while stack:
        term = stack.pop()
        if universal and term.op == "implies":
            guards += term.args[0].args if term.args[0].op == "and" else (term.args[0],)
            stack.append(term.args[1])
        elif not universal and term.op == "and":
            guards += term.args
    return guards


def _bound(guard: Term, variable: Term) -> tuple[str, Term, int] | None:
    """`low` or `high`, the bounding term, and what to add to it."""
    flip = guard.op == "not"
    inner = guard.args[0] if flip else guard
    if inner.op not in ("<", "<="):
        return None
    small, large = inner.args
    strict = inner.op == "<"
    if flip:  # not (a < b) is b <= a, not (a <= b) is b < a
        small, large, strict = large, small, not strict
    if small is variable:
        return "high", large, -1 if strict else 0
    if large is variable:
        return "low", small, 1 if strict else 0
    return None


# -- operators that may do without an argument ---------------------------------------------------


def _first_open(args: Sequence[_Result]) -> _Open | None:
    return next((a for a in args if isinstance(a, _Open)), None)


def _and(args: Sequence[_Result]) -> _Result:
    if any(a is False for a in args):
        return False
    return _first_open(args) or True


def _or(args: Sequence[_Result]) -> _Result:
    if any(a is True for a in args):
        return True
    return _first_open(args) or False


def _implies(args: Sequence[_Result]) -> _Result:
    if args[0] is False or args[1] is True:
        return True
    return _first_open(args) or False


def _ite(args: Sequence[_Result]) -> _Result:
    if isinstance(args[0], _Open):
        return args[0]
    return args[1] if args[0] else args[2]


_LAZY: dict[str, Callable[[Sequence[_Result]], _Result]] = {
    "and": _and,
    "or": _or,
    "implies": _implies,
    "ite": _ite,
}

# -- operators that need all their arguments -----------------------------------------------------


def _constant(payload: object) -> Value:
    if not isinstance(payload, bool | int | float | Fraction):
        raise IllFormed(f"no constant: {payload!r}")
    return payload


def _div(a: int, b: int) -> _Result:
    if b == 0:
        return _Open("a division by zero")
    return a // b if b > 0 else -(a // -b)


def _mod(a: int, b: int) -> _Result:
    return _Open("a division by zero") if b == 0 else a % abs(b)


def _quotient(a: Fraction, b: Fraction) -> _Result:
    return _Open("a division by zero") if b == 0 else a / b


def _product(*args: int) -> int:
    return math.prod(args)


def _fp_div(a: float, b: float) -> float:
    if b != 0 or math.isnan(b):
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, math.copysign(1, a) * math.copysign(1, b))


def _fp_sqrt(a: float) -> float:
    return math.nan if a < 0 else math.sqrt(a)


def _from_int(a: int) -> float:
    try:
        return float(Fraction(a)) if a else 0.0
    except OverflowError:
        return math.inf if a > 0 else -math.inf


def _distinct(*args: Value) -> bool:
    return len({identity(a) for a in args}) == len(args)


_STRICT: dict[str, Callable[..., _Result]] = {
    "not": lambda a: not a,
    "=": same,
    "distinct": _distinct,
    "+": lambda *args: sum(args),
    "*": _product,
    "neg": lambda a: -a,
    "div": _div,
    "mod": _mod,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    "select": ArrayValue.get,
    "store": ArrayValue.set,
    "constarray": ArrayValue,
    "fp.add": lambda a, b: a + b,
    "fp.sub": lambda a, b: a - b,
    "fp.mul": lambda a, b: a * b,
    "fp.div": _fp_div,
    "fp.sqrt": _fp_sqrt,
    "fp.neg": lambda a: -a,
    "fp.abs": abs,
    "fp.lt": lambda a, b: a < b,
    "fp.leq": lambda a, b: a <= b,
    "fp.eq": lambda a, b: a == b,
    "fp.isNaN": math.isnan,
    "fp.isInfinite": math.isinf,
    "fp.from_int": _from_int,
    "real.add": lambda a, b: a + b,
    "real.mul": lambda a, b: a * b,
    "real.div": _quotient,
    "real.neg": lambda a: -a,
    "real.le": lambda a, b: a <= b,
    "real.lt": lambda a, b: a < b,
    "real.from_int": Fraction,
}
