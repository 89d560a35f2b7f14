"""Which positions a slice takes."""

from __future__ import annotations

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import ints
from verify_agent.verifier.theory.rewrite import tidy

ZERO, ONE = t.integer(0), t.integer(1)


def slice_bounds(
    lower: Term | None, upper: Term | None, step: int, length: Term
) -> tuple[Term, Term]:
    """The first position and the number of positions; as `slice.indices` of CPython."""
    if step > 0:
        start = ZERO if lower is None else _clamped(lower, length, ZERO, length)
        stop = length if upper is None else _clamped(upper, length, ZERO, length)
        span = tidy(t.sub(stop, start))
        if step > 1:
            span = t.div(t.add(span, t.integer(step - 1)), t.integer(step))
    else:
        last = tidy(t.sub(length, ONE))
        minus = t.integer(-1)
        start = last if lower is None else _clamped(lower, length, minus, last)
        stop = minus if upper is None else _clamped(upper, length, minus, last)
        span = tidy(t.sub(start, stop))
        if step < -1:
            span = t.div(t.add(span, t.integer(-step - 1)), t.integer(-step))
    whole = lower is None and upper is None
    return start, span if whole else ints.maximum(ZERO, span)


def _clamped(index: Term, length: Term, low: Term, high: Term) -> Term:
    from_end = t.add(length, index)
    fixed = ints.value(index)
    if fixed is not None:
        if fixed >= 0:
            return ints.minimum(index, high)
        return ints.maximum(low, from_end)
    negative = ints.maximum(low, from_end)
    return t.ite(t.lt(index, ZERO), negative, ints.minimum(index, high))
