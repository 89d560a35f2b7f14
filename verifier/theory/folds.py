"""Sums, counts, greatest and least items of array segments, with axioms and lemmas.

`sum(A, lo, hi)` is over A[lo], ..., A[hi - 1]. A symbol as it is used stands at the top of two
levels of fuel: it unfolds once at either end into the symbol below it, which unfolds once more,
so that instantiation ends. Lemmas relate a fold of a changed array to that of the old one.
"""

from __future__ import annotations

from collections.abc import Callable

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import INT, Function, Sort, Term
from verify_agent.verifier.theory.registry import Definition

ZERO, ONE = t.integer(0), t.integer(1)
INTS = t.array_sort(INT, INT)
LEVELS = ("", "~1", "~2")


def sum_symbol(level: int = 0) -> Function:
    """The symbol of sums at a level of fuel."""
    return Function("sum" + LEVELS[level], (INTS, INT, INT), INT)


def count_symbol(item: Sort, level: int = 0) -> Function:
    """The symbol that counts the places of a segment that hold a value."""
    name = f"count<{item}>" + LEVELS[level]
    return Function(name, (t.array_sort(INT, item), item, INT, INT), INT)


def extreme_symbol(kind: str) -> Function:
    """`max` or `min` of a segment that is not empty."""
    return Function(kind, (INTS, INT, INT), INT)


def sum_of(array: Term, lo: Term, hi: Term) -> Term:
    """The sum of a segment; 0 for an empty one."""
    return t.apply(sum_symbol(), array, lo, hi)


def count_of(array: Term, value: Term, lo: Term, hi: Term) -> Term:
    """How often a value stands in a segment."""
    return t.apply(count_symbol(value.sort), array, value, lo, hi)


def extreme_of(kind: str, array: Term, lo: Term, hi: Term) -> Term:
    """The greatest or least item of a segment."""
    return t.apply(extreme_symbol(kind), array, lo, hi)


def is_fold(function: Function) -> bool:
    """Whether a symbol is a sum or count at the level in which it is used."""
    return function.name == "sum" or (
        function.name.startswith("count<") and "~" not in function.name
    )


def axioms(function: Function) -> tuple[Term, ...]:
    """What is known of a symbol of this file; none for others."""
    if function.name == "sum":
        both = [a for n in (0, 1) for a in _unfolding(_sum_at, n, ())]
        return (*both, _whole(_sum_at, ()), *_signs())
    if function.name in ("max", "min"):
        return _extreme(function.name)
    if is_fold(function):
        value = t.var("v!", function.domain[1])
        both = [a for n in (0, 1) for a in _unfolding(_count_at, n, (value,))]
        return (*both, _whole(_count_at, (value,)), *_membership(function.domain[1]))
    return ()


Level = Callable[[int, Term, tuple[Term, ...], Term, Term], tuple[Term, Callable[[Term], Term]]]


def _sum_at(
    level: int, array: Term, _: tuple[Term, ...], lo: Term, hi: Term
) -> tuple[Term, Callable[[Term], Term]]:
    return t.apply(sum_symbol(level), array, lo, hi), lambda j: t.select(array, j)


def _count_at(
    level: int, array: Term, extra: tuple[Term, ...], lo: Term, hi: Term
) -> tuple[Term, Callable[[Term], Term]]:
    (value,) = extra
    symbol = count_symbol(value.sort, level)
    return t.apply(symbol, array, value, lo, hi), lambda j: _one_if(t.eq(t.select(array, j), value))


def _one_if(condition: Term) -> Term:
    return t.ite(condition, ONE, ZERO)


def _unfolding(fold: Level, level: int, extra: tuple[Term, ...]) -> list[Term]:
    array = t.var("A!", INTS if not extra else t.array_sort(INT, extra[0].sort))
    lo, hi = t.var("lo!", INT), t.var("hi!", INT)
    here, item = fold(level, array, extra, lo, hi)
    below = fold(level + 1, array, extra, lo, hi)[0]
    shorter = fold(level + 1, array, extra, lo, t.sub(hi, ONE))[0]
    later = fold(level + 1, array, extra, t.add(lo, ONE), hi)[0]
    bound = [array, *extra, lo, hi]
    some = t.lt(lo, hi)
    made = [
        t.forall(bound, t.eq(here, below), [[here]]),
        t.forall(bound, t.implies(t.le(hi, lo), t.eq(here, ZERO)), [[here]]),
        t.forall(
            bound,
            t.implies(some, t.eq(here, t.add(shorter, item(t.sub(hi, ONE))))),
            [[here]],
        ),
    ]
    if level == 0:
        made.append(t.forall(bound, t.implies(some, t.eq(here, t.add(item(lo), later))), [[here]]))
    if level == 1:
        bottom = t.implies(t.le(hi, lo), t.eq(below, ZERO))
        made.append(t.forall(bound, bottom, [[below]]))
    return made


def _whole(fold: Level, extra: tuple[Term, ...]) -> Term:
    """The folds of two segments that meet are that of both."""
    array = t.var("A!", INTS if not extra else t.array_sort(INT, extra[0].sort))
    lo, middle, hi = t.var("lo!", INT), t.var("m!", INT), t.var("hi!", INT)
    left, right = fold(0, array, extra, lo, middle)[0], fold(0, array, extra, middle, hi)[0]
    both = fold(0, array, extra, lo, hi)[0]
    inside = t.conj(t.le(lo, middle), t.le(middle, hi))
    body = t.implies(inside, t.eq(both, t.add(left, right)))
    return t.forall([array, *extra, lo, middle, hi], body, [[left, right]])


def _signs() -> tuple[Term, ...]:
    """A sum with a sign has an item with it."""
    array, lo, hi = t.var("A!", INTS), t.var("lo!", INT), t.var("hi!", INT)
    here = sum_of(array, lo, hi)
    made = []
    signs: dict[str, Callable[[Term], Term]] = {
        "negative": lambda x: t.lt(x, ZERO),
        "positive": lambda x: t.lt(ZERO, x),
    }
    for kind, has in signs.items():
        place = t.apply(Function(f"where-{kind}", (INTS, INT, INT), INT), array, lo, hi)
        inside = t.conj(t.le(lo, place), t.lt(place, hi), has(t.select(array, place)))
        made.append(t.forall([array, lo, hi], t.implies(has(here), inside), [[here]]))
    return tuple(made)


def _membership(item: Sort) -> tuple[Term, ...]:
    array = t.var("A!", t.array_sort(INT, item))
    value, lo, hi, j = t.var("v!", item), t.var("lo!", INT), t.var("hi!", INT), t.var("j!", INT)
    here = count_of(array, value, lo, hi)
    place = Function(f"where<{item}>", (array.sort, item, INT, INT), INT)
    found = t.apply(place, array, value, lo, hi)
    inside = t.conj(t.le(lo, found), t.lt(found, hi), t.eq(t.select(array, found), value))
    reached = t.conj(t.le(lo, j), t.lt(j, hi), t.eq(t.select(array, j), value))
    size = t.ite(t.lt(lo, hi), t.sub(hi, lo), ZERO)
    bound = [array, value, lo, hi]
    return (
        t.forall(bound, t.conj(t.le(ZERO, here), t.le(here, size)), [[here]]),
        t.forall(bound, t.implies(t.lt(ZERO, here), inside), [[here]]),
        t.forall([*bound, j], t.implies(reached, t.lt(ZERO, here)), [[here, t.select(array, j)]]),
    )


def _extreme(kind: str) -> tuple[Term, ...]:
    array, lo, hi, j = t.var("A!", INTS), t.var("lo!", INT), t.var("hi!", INT), t.var("j!", INT)
    here = extreme_of(kind, array, lo, hi)
    found = t.apply(Function(f"where-{kind}", (INTS, INT, INT), INT), array, lo, hi)
    inside = t.conj(t.le(lo, found), t.lt(found, hi), t.eq(t.select(array, found), here))
    item = t.select(array, j)
    bounded = t.le(item, here) if kind == "max" else t.le(here, item)
    reached = t.conj(t.le(lo, j), t.lt(j, hi))
    last = t.select(array, t.sub(hi, ONE))
    beyond = t.le(last, here) if kind == "max" else t.le(here, last)
    some = t.lt(lo, hi)
    return (
        t.forall([array, lo, hi], t.implies(some, inside), [[here]]),
        # The item that came last, which nothing else may have named.
        t.forall([array, lo, hi], t.implies(some, beyond), [[here]]),
        t.forall([array, lo, hi, j], t.implies(reached, bounded), [[here, item]]),
    )


def lemmas(function: Function, definition: Definition) -> tuple[Term, ...]:
    """How a fold of a defined array relates to folds of the arrays it is made of."""
    if definition.name.sort != function.domain[0]:
        return ()
    made: list[Term] = []
    if definition.update:
        made.append(_of_update(function, definition))
    for piece in definition.pieces:
        made.append(
            _of_piece(function, definition, piece.lower, piece.upper, piece.source, piece.shift)
        )
    bounds = {p.lower for p in definition.pieces if p.lower} - {ZERO}
    made += [_split(function, definition, bound) for bound in bounds]
    return tuple(made)


def _at(function: Function, array: Term, extra: tuple[Term, ...], lo: Term, hi: Term) -> Term:
    return t.apply(function, array, *extra, lo, hi)


def _extra(function: Function) -> tuple[Term, ...]:
    return tuple(t.var("v!", s) for s in function.domain[1:-2])


def _contribution(extra: tuple[Term, ...], item: Term) -> Term:
    return _one_if(t.eq(item, extra[0])) if extra else item


def _of_update(function: Function, definition: Definition) -> Term:
    assert definition.update
    old, index, new = definition.update
    extra, lo, hi = _extra(function), t.var("lo!", INT), t.var("hi!", INT)
    after = _at(function, definition.name, extra, lo, hi)
    before = _at(function, old, extra, lo, hi)
    change = t.sub(_contribution(extra, new), _contribution(extra, t.select(old, index)))
    inside = t.conj(t.le(lo, index), t.lt(index, hi))
    body = t.eq(after, t.ite(inside, t.add(before, change), before))
    bound = [*definition.parameters, *extra, lo, hi]
    return t.forall(bound, body, [[after], [before]] if not definition.parameters else [[after]])


def _of_piece(
    function: Function,
    definition: Definition,
    lower: Term | None,
    upper: Term | None,
    source: Term,
    shift: Term,
) -> Term:
    extra, lo, hi = _extra(function), t.var("lo!", INT), t.var("hi!", INT)
    here = _at(function, definition.name, extra, lo, hi)
    there = _at(function, source, extra, t.add(lo, shift), t.add(hi, shift))
    inside = t.conj(
        t.TRUE if lower is None else t.le(lower, lo),
        t.TRUE if upper is None else t.le(hi, upper),
        t.le(lo, hi),
    )
    bound = [*definition.parameters, *extra, lo, hi]
    return t.forall(bound, t.implies(inside, t.eq(here, there)), [[here]])


def _split(function: Function, definition: Definition, middle: Term) -> Term:
    extra, lo, hi = _extra(function), t.var("lo!", INT), t.var("hi!", INT)
    here = _at(function, definition.name, extra, lo, hi)
    left = _at(function, definition.name, extra, lo, middle)
    right = _at(function, definition.name, extra, middle, hi)
    inside = t.conj(t.lt(lo, middle), t.lt(middle, hi))
    bound = [*definition.parameters, *extra, lo, hi]
    return t.forall(bound, t.implies(inside, t.eq(here, t.add(left, right))), [[here]])
