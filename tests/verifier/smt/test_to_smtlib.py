"""Scripts mean the same to both solvers, and stay small."""

import pytest
import z3

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.cvc5_ import Cvc5
from verify_agent.verifier.smt.query import Budget, Query, Status
from verify_agent.verifier.smt.smtlib_names import symbol
from verify_agent.verifier.smt.to_smtlib import formula_text, script
from verify_agent.verifier.smt.to_z3 import Translator
from verify_agent.verifier.smt.walk import IllFormed
from verify_agent.verifier.smt.z3_ import Z3

BUDGET = Budget(timeout_ms=3_000, memory_mb=1_024)
X, K = t.var("x", t.INT), t.var("k", t.INT)
INTS = t.array_sort(t.INT, t.INT)
A = t.var("a", INTS)
F = t.Function("f", (t.INT,), t.INT)


def both(query: Query, cvc5: Cvc5) -> set[Status]:
    z3_says = Z3().solve(query, BUDGET).status
    by_text = Z3().solve_text(query.text, BUDGET).status
    return {z3_says, by_text, cvc5.solve(query, BUDGET).status}


def test_shared_terms_are_bound_once() -> None:
    term = X
    for _ in range(60):
        term = t.Term("*", (term, term), t.INT)
    assert len(formula_text(t.lt(term, X))) < 5_000


@pytest.mark.parametrize(
    "name", ["div", "select", "not", "a b", "a|b", "a\\b", "été", "%7c;", "let", "?0.1.0", "", "$x"]
)
def test_any_name_will_do(name: str, cvc5: Cvc5) -> None:
    strange = t.var(name, t.INT)
    function = t.Function(name + "!f", (t.INT,), t.INT)
    query = Query("q", (t.lt(t.integer(0), t.apply(function, strange)),), t.lt(strange, strange))
    assert both(query, cvc5) == {Status.SAT}


def test_names_stay_apart() -> None:
    names = ["a|b", "a%7c;b", "a\\b", "a%b", "ab", "|ab|", "a b", "a\nb"]
    assert len({symbol(n).strip("|") for n in names}) == len(names)


def test_one_name_for_two_things_is_refused() -> None:
    with pytest.raises(IllFormed, match="both"):
        script(Query("q", (t.var("x", t.BOOL),), t.lt(X, t.integer(1))))


def test_a_bound_variable_hides_a_free_one(cvc5: Cvc5) -> None:
    # k is free on the left and bound on the right, in one shared subterm.
    positive = t.lt(t.integer(0), t.apply(F, K))
    everywhere = t.forall([K], positive, [[t.apply(F, K)]])
    assert both(Query("q", (everywhere,), positive), cvc5) == {Status.UNSAT}
    assert Status.UNSAT not in both(Query("q", (positive,), everywhere), cvc5)
    both_in_one = t.conj(positive, t.negate(everywhere))
    assert Status.UNSAT not in both(Query("q", (both_in_one,), t.FALSE), cvc5)


def test_sharing_across_nested_quantifiers(cvc5: Cvc5) -> None:
    j = t.var("j", t.INT)
    read, closed = t.select(A, K), t.add(t.select(A, X), t.integer(1))
    inner = t.exists([j], t.conj(t.lt(t.add(read, closed), j), t.lt(closed, j)))
    outer = t.forall([K], t.conj(t.le(read, closed), inner), [[read]])
    goal = t.le(t.select(A, t.integer(7)), closed)
    assert both(Query("q", (outer,), goal), cvc5) == {Status.UNSAT}


def test_triggers_are_printed_and_checked() -> None:
    read = t.apply(F, K)
    formula = t.forall([K], t.lt(read, t.add(read, X)), [[read]])
    assert ":pattern (($f $k))" in formula_text(formula)
    lost = t.forall([K], t.lt(read, X), [[t.apply(F, X)]])
    with pytest.raises(IllFormed, match="trigger"):
        formula_text(lost)
    with pytest.raises(IllFormed, match="trigger"):
        Translator()(lost)


def test_constant_arrays_of_variables(cvc5: Cvc5) -> None:
    same = t.eq(A, t.constarray(INTS, X))
    assert both(Query("q", (same,), t.eq(t.select(A, K), X)), cvc5) == {Status.UNSAT}
    other = t.eq(A, t.constarray(INTS, t.add(X, t.integer(1))))
    assert both(Query("q", (same,), t.negate(other)), cvc5) == {Status.UNSAT}


@pytest.mark.parametrize(
    "bad",
    [
        t.Term("bitrot", (X,), t.BOOL),
        t.Term("<", (X, t.TRUE)),
        t.Term("+", (X, t.TRUE), t.INT),
        t.Term("and", ()),
        t.Term("const", (), t.INT, True),
        t.Term("app", (X, X), t.INT, F),
        t.Term("ite", (t.TRUE, X, t.TRUE), t.INT),
    ],
)
def test_a_term_without_meaning_is_a_typed_error(bad: t.Term) -> None:
    with pytest.raises(IllFormed):
        Translator()(bad)
    with pytest.raises(IllFormed):
        formula_text(bad)


def test_deep_terms_need_no_stack() -> None:
    term = X
    for i in range(20_000):
        term = t.Term("+", (term, t.var(f"x{i % 5}", t.INT)), t.INT)
    query = Query("q", (t.lt(t.integer(4), term),), t.lt(t.integer(3), term))
    assert Z3().solve(query, BUDGET).status is Status.UNSAT
    assert Z3().solve_text(query.text, BUDGET).status is Status.UNSAT


def test_translators_have_their_own_context() -> None:
    one, other = Translator(), Translator(z3.Context())
    assert one(X).ctx is not other(X).ctx
    assert one(X) is one(X)


def test_the_hash_is_of_the_text_and_not_of_the_name() -> None:
    first, second = Query("a", (), t.lt(X, K)), Query("b", (), t.lt(X, K))
    assert first.sha256 == second.sha256
    assert first.sha256 != Query("a", (), t.lt(K, X)).sha256
