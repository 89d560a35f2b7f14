"""Z3, cvc5 (both from one script) and evaluation give random terms one value."""

import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.verifier.smt import doubles as d
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.cvc5_ import Cvc5
from verify_agent.verifier.smt.evaluate import Refused, evaluate
from verify_agent.verifier.smt.literals import literal
from verify_agent.verifier.smt.query import Budget, Query, Status
from verify_agent.verifier.smt.values import ArrayValue, Value
from verify_agent.verifier.smt.z3_ import Z3

BUDGET = Budget(timeout_ms=4_000, memory_mb=1_024)
SHORT = Budget(timeout_ms=500, memory_mb=1_024)  # most models come at once, the rest seldom
INTS = t.array_sort(t.INT, t.INT)
SORTS = {"i": t.INT, "j": t.INT, "p": t.BOOL, "x": t.F64, "y": t.F64, "a": INTS, "b": INTS}
VARIABLES = {name: t.var(name, sort) for name, sort in SORTS.items()}

small = st.integers(-6, 6)
numbers = st.sampled_from([0.0, -0.0, 0.1, 1.0, -2.5, 1e308, 5e-324, math.inf, -math.inf, math.nan])
arrays = st.builds(
    lambda default, items: ArrayValue(default, tuple(items.items())),
    small,
    st.dictionaries(small, small, max_size=3),
)
assignments = st.fixed_dictionaries(
    {
        "i": small,
        "j": small,
        "p": st.booleans(),
        "x": numbers,
        "y": numbers,
        "a": arrays,
        "b": arrays,
    }
)


def variable(*names: str) -> st.SearchStrategy[t.Term]:
    return st.sampled_from([VARIABLES[name] for name in names])


def integers(depth: int) -> st.SearchStrategy[t.Term]:
    leaf = st.one_of(variable("i", "j"), small.map(t.integer))
    if depth == 0:
        return leaf
    below = integers(depth - 1)
    binary = st.sampled_from([t.add, t.sub, t.mul, t.div, t.mod])
    return st.one_of(
        leaf,
        st.builds(lambda op, a, b: op(a, b), binary, below, below),
        st.builds(t.ite, truths(depth - 1), below, below),
        st.builds(t.select, maps(depth - 1), below),
        below.map(t.neg),
    )


def maps(depth: int) -> st.SearchStrategy[t.Term]:
    if depth == 0:
        return variable("a", "b")
    below = integers(depth - 1)
    return st.one_of(
        variable("a", "b"),
        st.builds(t.store, maps(depth - 1), below, below),
        below.map(lambda element: t.constarray(INTS, element)),
    )


def reals(depth: int) -> st.SearchStrategy[t.Term]:
    leaf = st.one_of(variable("x", "y"), numbers.map(t.double))
    if depth == 0:
        return leaf
    below = reals(depth - 1)
    binary = st.sampled_from([d.add, d.sub, d.mul, d.div])
    return st.one_of(
        leaf,
        st.builds(lambda op, a, b: op(a, b), binary, below, below),
        st.builds(lambda op, a: op(a), st.sampled_from([d.neg, d.absolute, d.sqrt]), below),
        integers(0).map(d.from_int),
        st.builds(t.ite, truths(depth - 1), below, below),
    )


def truths(depth: int) -> st.SearchStrategy[t.Term]:
    if depth == 0:
        return st.one_of(variable("p"), st.builds(t.lt, integers(0), integers(0)))
    ints, below, floats = integers(depth - 1), truths(depth - 1), reals(depth - 1)
    return st.one_of(
        st.builds(lambda op, a, b: op(a, b), st.sampled_from([t.lt, t.le, t.eq]), ints, ints),
        st.builds(t.eq, maps(depth - 1), maps(depth - 1)),
        st.builds(
            lambda op, a, b: op(a, b), st.sampled_from([t.conj, t.disj, t.implies]), below, below
        ),
        st.builds(t.distinct, ints, ints, ints),
        st.builds(
            lambda op, a, b: op(a, b),
            st.sampled_from([d.lt, d.le, d.ieee_eq, t.eq]),
            floats,
            floats,
        ),
        st.builds(lambda op, a: op(a), st.sampled_from([d.is_nan, d.is_infinite]), floats),
        below.map(t.negate),
    )


quiet = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def evaluated(term: t.Term, values: dict[str, Value]) -> Value | None:
    """The value, or None where it depends on a division by zero (nothing else is refused)."""
    try:
        return evaluate(term, values)
    except Refused as why:
        if "division by zero" in str(why):
            return None
        raise


def check(term: t.Term, values: dict[str, Value], cvc5: Cvc5) -> None:
    value = evaluated(term, values)
    if value is None:
        return
    given_values = tuple(t.eq(VARIABLES[n], literal(v, SORTS[n])) for n, v in values.items())
    meant = t.eq(term, literal(value, term.sort))
    right, wrong = (
        Query("right", given_values, meant),
        Query("wrong", given_values, t.negate(meant)),
    )
    z3 = Z3()
    assert z3.solve(right, BUDGET).status is Status.UNSAT
    assert z3.solve(wrong, BUDGET).status is Status.SAT
    text = z3.solve_text(right.text, BUDGET).status
    assert text is Status.UNSAT or ("|const" in right.text and text is Status.UNKNOWN)
    assert z3.solve_text(wrong.text, BUDGET).status is not Status.UNSAT
    second = cvc5.solve(right, BUDGET).status
    assert second is Status.UNSAT or ("|const" in right.text and second is Status.UNKNOWN)
    assert cvc5.solve(wrong, BUDGET).status is not Status.UNSAT


@quiet
@given(term=integers(3), values=assignments)
def test_integers(term: t.Term, values: dict[str, Value], cvc5: Cvc5) -> None:
    check(term, values, cvc5)


@quiet
@given(term=truths(3), values=assignments)
def test_truth_values(term: t.Term, values: dict[str, Value], cvc5: Cvc5) -> None:
    check(term, values, cvc5)


@quiet
@given(term=maps(3), values=assignments)
def test_arrays(term: t.Term, values: dict[str, Value], cvc5: Cvc5) -> None:
    check(term, values, cvc5)


@quiet
@given(term=reals(2), values=assignments)
def test_doubles(term: t.Term, values: dict[str, Value], cvc5: Cvc5) -> None:
    check(term, values, cvc5)


@quiet
@given(formula=truths(3), values=assignments)
def test_models_of_z3_hold_by_evaluation(formula: t.Term, values: dict[str, Value]) -> None:
    answer = Z3().solve(Query("q", (), t.negate(formula)), SHORT)
    if answer.status is not Status.SAT:
        return
    assert answer.model is not None
    assert not answer.model.missing
    assert evaluated(formula, {**values, **answer.model.values}) in (True, None)
