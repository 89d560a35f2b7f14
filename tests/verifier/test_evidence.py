"""The record and its two rules of combination."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_agent.verifier.evidence import (
    DEDUCTIVE,
    INCONSISTENT,
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Verdict,
    obligation_id,
    of_one_obligation,
    weakest,
)

REPLAYED = Counterexample("f(0)", "returned 1", expected="returned 0", replayed=True)
ENGINES = ("typing", "symbolic", "properties", DEDUCTIVE)


def attempt(engine: str, outcome: Verdict, reason: str = "", **more: object) -> Attempt:
    found = REPLAYED if outcome is Verdict.REFUTED else None
    return Attempt(engine, outcome, reason, counterexample=found, **more)  # type: ignore[arg-type]


attempts = st.lists(
    st.builds(attempt, st.sampled_from(ENGINES), st.sampled_from(Verdict), st.text(max_size=3)),
    max_size=5,
)
verdicts = st.lists(st.sampled_from(Verdict), max_size=6)


def test_empty_sets_are_unknown() -> None:
    assert of_one_obligation([])[0] is Verdict.UNKNOWN
    assert weakest([]) is Verdict.UNKNOWN
    assert FunctionReport("m:f", "m.py", 1, ()).verdict is Verdict.UNKNOWN


@given(verdicts)
def test_weakest_is_a_minimum(given_verdicts: list[Verdict]) -> None:
    result = weakest(given_verdicts)
    if given_verdicts:
        assert result in given_verdicts
        assert all(result.rank <= v.rank for v in given_verdicts)


@given(verdicts, verdicts)
def test_weakest_of_parts_is_weakest_of_the_whole(a: list[Verdict], b: list[Verdict]) -> None:
    if a and b:
        assert weakest([weakest(a), weakest(b)]) is weakest(a + b)


@given(attempts, st.randoms())
def test_order_of_engines_does_not_matter(tried: list[Attempt], random: object) -> None:
    shuffled = tried[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert of_one_obligation(tried)[0] is of_one_obligation(shuffled)[0]


@given(attempts)
def test_a_replayed_refutation_is_never_outvoted(tried: list[Attempt]) -> None:
    verdict, reason = of_one_obligation([*tried, attempt("properties", Verdict.REFUTED)])
    proved = any(a.engine == DEDUCTIVE and a.outcome is Verdict.PROVED for a in tried)
    assert verdict is (Verdict.ERROR if proved else Verdict.REFUTED)
    assert (reason == INCONSISTENT) == proved


@given(attempts)
def test_no_verdict_is_better_than_the_best_word(tried: list[Attempt]) -> None:
    verdict = of_one_obligation(tried)[0]
    if verdict.positive:
        assert verdict.rank == max(a.outcome.rank for a in tried)
        assert Verdict.VACUOUS not in {a.outcome for a in tried}


def test_confirmed_and_refuted_is_refuted() -> None:
    tried = [attempt("symbolic", Verdict.CONFIRMED), attempt("properties", Verdict.REFUTED)]
    assert of_one_obligation(tried)[0] is Verdict.REFUTED


def test_an_engine_that_broke_is_louder_than_one_that_does_not_know() -> None:
    tried = [attempt("symbolic", Verdict.ERROR, "crashed"), attempt("typing", Verdict.UNKNOWN)]
    assert of_one_obligation(tried) == (Verdict.ERROR, "crashed")


@pytest.mark.parametrize("counterexample", [None, Counterexample("f(0)", "returned 1")])
def test_no_refutation_without_a_replay(counterexample: Counterexample | None) -> None:
    with pytest.raises(ValueError, match="replayed"):
        Attempt("deductive", Verdict.REFUTED, counterexample=counterexample)


def test_assumptions_are_those_of_the_attempts_that_carry_the_verdict() -> None:
    tried = (
        attempt("symbolic", Verdict.CONFIRMED, assumptions=("CrossHair's word",)),
        attempt(DEDUCTIVE, Verdict.PROVED, assumptions=("terminates",)),
    )
    assert Obligation("f/ensure/1", "ensure", "True", attempts=tried).assumptions == ("terminates",)


@given(st.text(), st.text())
def test_ids_are_stable_under_white_space_and_tell_texts_apart(a: str, b: str) -> None:
    assert obligation_id("f", "ensure", f"  {a}\n") == obligation_id("f", "ensure", a)
    same = " ".join(a.split()) == " ".join(b.split())
    if not same and a.isprintable() and b.isprintable() and a.strip() != b.strip():
        assert obligation_id("f", "ensure", a) != obligation_id("f", "ensure", b)
