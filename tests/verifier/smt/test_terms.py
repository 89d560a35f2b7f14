"""Terms are shared, survive pickling, and depend on no solver."""

import math
import pickle
import subprocess
import sys

import pytest

from verify_agent.verifier.smt import doubles
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.query import Query
from verify_agent.verifier.smt.walk import IllFormed, free_variables, postorder, substitute

X, Y, K = (t.var(name, t.INT) for name in "xyk")
INTS = t.array_sort(t.INT, t.INT)
A = t.var("a", INTS)


def deep(levels: int) -> t.Term:
    term = X
    for _ in range(levels):
        term = t.Term("*", (term, Y), t.INT)
    return term


def test_equal_terms_are_one_object() -> None:
    assert t.add(X, Y) is t.add(X, Y)
    assert t.var("x", t.INT) is X
    assert t.var("x", t.BOOL) is not X
    assert t.double(0.0) is not t.double(-0.0)
    assert t.double(math.nan) is t.double(-math.nan)
    assert t.integer(1) is not t.TRUE


def test_constants_decide_equality() -> None:
    assert t.eq(t.integer(2), t.integer(2)) is t.TRUE
    assert t.eq(t.integer(2), t.integer(3)) is t.FALSE
    assert t.eq(t.double(0.0), t.double(-0.0)) is t.FALSE
    assert t.eq(t.double(math.nan), t.double(math.nan)) is t.TRUE


def test_distinct() -> None:
    assert t.distinct(X) is t.TRUE
    assert t.distinct(X, Y, X) is t.FALSE
    assert t.distinct(X, Y) is t.ne(X, Y)
    with pytest.raises(TypeError):
        t.distinct(X, A)


def test_reads_of_arrays_are_typed_and_resolved() -> None:
    assert t.select(t.store(A, X, Y), X) is Y
    assert t.select(t.constarray(INTS, Y), X) is Y
    with pytest.raises(TypeError):
        t.select(A, A)
    with pytest.raises(TypeError):
        t.constarray(INTS, t.TRUE)


@pytest.mark.parametrize("levels", [0, 3, 30_000])
def test_pickle_gives_the_same_object(levels: int) -> None:
    term = deep(levels)
    assert pickle.loads(pickle.dumps(term)) is term


def test_a_quantifier_survives_pickling_with_its_triggers() -> None:
    read = t.select(A, K)
    query = Query("q", (t.forall([K], t.le(read, X), [[read]]),), t.lt(X, deep(2_000)))
    again = pickle.loads(pickle.dumps(query))
    assert again == query
    assert again.assumptions[0] is query.assumptions[0]


def test_a_double_keeps_its_bits_in_pickling() -> None:
    for value in (math.nan, math.inf, -0.0, 0.1):
        term = t.double(value)
        assert pickle.loads(pickle.dumps(term)) is term


def test_the_text_of_a_deep_term_is_short() -> None:
    assert len(repr(deep(30_000))) < 200


def test_the_walk_visits_each_shared_node_once() -> None:
    term = X
    for _ in range(200):
        term = t.Term("*", (term, term), t.INT)
    assert len(list(postorder([term]))) == 201


def test_free_variables_respect_quantifiers() -> None:
    inner = t.exists([K], t.lt(K, X))
    assert free_variables([inner]) == {X}
    assert free_variables([t.conj(inner, t.lt(K, Y))]) == {X, K, Y}


def test_substitution_is_simultaneous_and_deep() -> None:
    assert substitute(t.lt(X, Y), {X: Y, Y: X}) is t.lt(Y, X)
    assert substitute(t.lt(X, Y), {X: t.integer(1), Y: t.integer(2)}) is t.TRUE
    assert X not in free_variables([substitute(deep(20_000), {X: Y})])


def test_substitution_reaches_triggers_but_not_bound_variables() -> None:
    other = t.var("b", INTS)
    before = t.forall([K], t.lt(t.select(A, K), X), [[t.select(A, K)]])
    after = t.forall([K], t.lt(t.select(other, K), X), [[t.select(other, K)]])
    assert substitute(before, {A: other}) is after
    assert substitute(before, {K: X}) is before


def test_substitution_refuses_capture_and_wrong_sorts() -> None:
    quantified = t.exists([K], t.lt(K, X))
    with pytest.raises(IllFormed, match="capture"):
        substitute(quantified, {X: K})
    with pytest.raises(IllFormed):
        substitute(X, {X: t.TRUE})


def test_doubles_refuse_integers() -> None:
    with pytest.raises(TypeError):
        doubles.add(X, t.double(1.0))
    with pytest.raises(TypeError):
        doubles.from_int(t.double(1.0))


def test_terms_import_no_solver() -> None:
    code = (
        "import sys, verify_agent.verifier.smt.terms, verify_agent.verifier.smt.query,"
        " verify_agent.verifier.smt.doubles, verify_agent.verifier.smt.portfolio;"
        "sys.exit(bool({'z3', 'cvc5'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
