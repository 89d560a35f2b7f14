"""Evaluation: by definition, lazily where the value allows it, and refusing the rest."""

import math

import pytest

from verify_agent.verifier.smt import doubles as d
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import Refused, evaluate
from verify_agent.verifier.smt.literals import literal
from verify_agent.verifier.smt.values import ArrayValue, Element, identity, same

X, K, J, N = (t.var(name, t.INT) for name in "xkjn")
INTS = t.array_sort(t.INT, t.INT)
A = t.var("a", INTS)
ZERO = t.integer(0)


def between(low: t.Term, k: t.Term, high: t.Term) -> t.Term:
    return t.conj(t.le(low, k), t.lt(k, high))


@pytest.mark.parametrize(
    ("a", "b", "quotient", "rest"), [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -3, 1), (-7, -2, 4, 1)]
)
def test_division_is_euclidean(a: int, b: int, quotient: int, rest: int) -> None:
    values = {"x": a, "n": b}
    assert evaluate(t.div(X, N), values) == quotient == evaluate(t.div(*map(t.integer, (a, b))), {})
    assert evaluate(t.mod(X, N), values) == rest == evaluate(t.mod(*map(t.integer, (a, b))), {})


def test_division_by_zero_is_refused_only_if_it_matters() -> None:
    quotient = t.div(X, N)
    with pytest.raises(Refused, match="zero"):
        evaluate(quotient, {"x": 1, "n": 0})
    safe = t.ite(t.eq(N, ZERO), ZERO, quotient)
    assert evaluate(safe, {"x": 1, "n": 0}) == 0
    guarded = t.implies(t.ne(N, ZERO), t.lt(quotient, X))
    assert evaluate(guarded, {"x": 1, "n": 0}) is True


def test_missing_names_are_refused() -> None:
    with pytest.raises(Refused, match="x"):
        evaluate(X, {})
    with pytest.raises(Refused, match="f"):
        evaluate(t.apply(t.Function("f", (t.INT,), t.INT), X), {"x": 1})


def test_functions_are_called() -> None:
    f = t.Function("f", (t.INT, t.INT), t.INT)
    assert evaluate(t.apply(f, X, t.integer(2)), {"x": 5}, {"f": lambda a, b: a * b}) == 10


def test_bounded_quantifiers() -> None:
    squares = t.forall([K], t.implies(between(ZERO, K, N), t.lt(t.mul(K, K), t.integer(10))))
    assert evaluate(squares, {"n": 4}) is True
    assert evaluate(squares, {"n": 5}) is False
    some = t.exists([K], t.conj(between(ZERO, K, N), t.eq(t.mul(K, K), t.integer(9))))
    assert evaluate(some, {"n": 3}) is False
    assert evaluate(some, {"n": 4}) is True


def test_bounds_may_depend_on_other_variables() -> None:
    inside = t.conj(t.le(ZERO, J), t.lt(J, K), t.lt(K, N))
    ordered = t.forall([J, K], t.implies(inside, t.le(t.select(A, J), t.select(A, K))))
    # j is bounded by k and k from below by j alone, so neither has a range of its own.
    with pytest.raises(Refused, match="unbounded"):
        evaluate(ordered, {"n": 3, "a": ArrayValue(0)})
    inside = t.conj(inside, t.le(ZERO, K))
    ordered = t.forall([J, K], t.implies(inside, t.le(t.select(A, J), t.select(A, K))))
    assert evaluate(ordered, {"n": 3, "a": ArrayValue(0, ((1, 4), (2, 5)))}) is True
    assert evaluate(ordered, {"n": 3, "a": ArrayValue(0, ((1, 4), (2, 3)))}) is False


def test_a_bound_variable_hides_a_value() -> None:
    term = t.conj(t.lt(K, ZERO), t.forall([K], t.implies(between(ZERO, K, N), t.le(ZERO, K))))
    assert evaluate(term, {"k": -1, "n": 3}) is True


def test_unbounded_and_huge_quantifiers_are_refused() -> None:
    with pytest.raises(Refused, match="unbounded"):
        evaluate(t.forall([K], t.le(K, N)), {"n": 3})
    huge = t.forall([K], t.implies(between(ZERO, K, N), t.le(ZERO, K)))
    with pytest.raises(Refused, match="too many"):
        evaluate(huge, {"n": 10**9})


def test_deep_terms_need_no_stack() -> None:
    term = X
    for _ in range(30_000):
        term = t.Term("neg", (term,), t.INT)
    assert evaluate(term, {"x": 3}) == 3


def test_doubles_are_ieee() -> None:
    u, v = t.var("u", t.F64), t.var("v", t.F64)
    nan = {"u": math.nan, "v": math.nan}
    assert evaluate(d.ieee_eq(u, v), nan) is False
    assert evaluate(t.eq(u, v), nan) is True
    zeros = {"u": 0.0, "v": -0.0}
    assert evaluate(d.ieee_eq(u, v), zeros) is True
    assert evaluate(t.eq(u, v), zeros) is False
    assert evaluate(d.div(t.double(1.0), v), zeros) == -math.inf
    assert evaluate(d.from_int(X), {"x": 10**400}) == math.inf
    assert evaluate(d.from_int(X), {"x": 2**53 + 1}) == 2.0**53


def test_values_are_compared_as_the_logic_does() -> None:
    assert not same(True, 1)
    assert ArrayValue(0, ((1, 0), (2, 3))) == ArrayValue(0, ((2, 3),))
    assert ArrayValue(0.0) != ArrayValue(-0.0)
    assert ArrayValue(1, ((False, 2), (True, 2))) == ArrayValue(2)
    assert ArrayValue(1, ((True, 2),)) == ArrayValue(2, ((False, 1),))
    assert identity(Element("T", "a")) != identity(Element("T", "b"))


def test_literals_denote_their_values() -> None:
    value = ArrayValue(1, ((0, 5), (-2, 7)))
    assert same(evaluate(literal(value, INTS), {}), value)
    with pytest.raises(TypeError):
        literal(Element("T", "a"), t.Sort("T"))
    with pytest.raises(TypeError):
        literal(True, t.INT)
