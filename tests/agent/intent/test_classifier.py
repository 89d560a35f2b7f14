"""The shipped classifier against the data that it was not trained on, and its certified radius."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.intent.classifier import Classifier, shipped
from verify_agent.agent.intent.dataset import digest, queries, with_targets
from verify_agent.agent.intent.encode import DIMENSION, encode
from verify_agent.agent.intent.kinds import KINDS, UNCLEAR
from verify_agent.agent.intent.measure import measure, table
from verify_agent.agent.intent.radius import certified_radius, root_above, root_below

HELD_OUT = [q for q in queries() if q.held_out]


def test_the_data_set_is_a_few_hundred_different_queries() -> None:
    counts = {kind: sum(q.kind == kind for q in queries()) for kind in KINDS}
    assert all(count >= 100 for count in counts.values()), counts
    assert {q.kind for q in HELD_OUT} == set(KINDS)


def test_a_query_with_two_kinds_is_an_error(tmp_path: Path) -> None:
    for kind in KINDS:
        (tmp_path / f"{kind}.txt").write_text("the same words\n")
    with pytest.raises(ValueError, match="both implement and repair"):
        queries(tmp_path)


def test_the_weights_belong_to_the_queries() -> None:
    assert shipped().about["queries"] == digest(), "python -m verify_agent.agent.intent.train"
    assert all(len(row) == DIMENSION for row in shipped().rows)


def test_accuracy_on_what_was_held_out_is_as_told() -> None:
    found = measure(shipped(), HELD_OUT)
    told = shipped().about["held_out"]
    assert found.count == told["count"]
    assert found.accuracy == pytest.approx(told["accuracy"])
    assert found.accuracy >= 0.8
    assert found.right_if_sure >= 0.9
    assert found.misled <= 0.05
    assert found.calibration_error <= 0.08
    assert sum(sum(row.values()) for row in found.confusion.values()) == len(HELD_OUT)
    assert f"{len(HELD_OUT)} held-out queries" in table(found)


def test_a_target_helps() -> None:
    plain, aimed = (
        measure(shipped(), HELD_OUT),
        measure(shipped(), with_targets(HELD_OUT)),
    )
    assert aimed.accuracy >= plain.accuracy


@pytest.mark.parametrize(
    ("query", "marks", "kind"),
    [
        ("make this faster", ("body", "loop"), "optimize"),
        ("Fix the bug, please!", ("body", "contract"), "repair"),
        ("writ unit tests plz", ("body",), "test"),
        ("is this correct?", ("body", "contract"), "check"),
        ("docstring", ("body",), "document"),
        ("add a contract", ("body",), "specify"),
        ("write the body", ("hole", "contract"), "implement"),
    ],
)
def test_what_one_would_say(query: str, marks: tuple[str, ...], kind: str) -> None:
    intent = shipped().intent(query, marks)
    assert (intent.kind, intent.sure) == (kind, True)


@pytest.mark.parametrize(
    "query", ["", "   ", "hello", "order pizza", "the weather", "🍕", "\udcff"]
)
def test_it_is_not_sure_of_what_is_none(query: str) -> None:
    assert not shipped().intent(query).sure


def test_a_blank_query_is_never_sure_whatever_the_target() -> None:
    assert not shipped().intent(" ", ("hole", "contract")).sure


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80), st.sets(st.sampled_from(["hole", "body", "contract", "loop"])))
def test_the_intent_vector_is_a_distribution(query: str, marks: set[str]) -> None:
    intent = shipped().intent(query, marks)
    chances = [chance for _, chance in intent.chances]
    assert min(chances) >= 0
    assert sum(chances) == pytest.approx(1, abs=1e-12)
    assert chances == sorted(chances, reverse=True)
    assert not (intent.sure and intent.kind == UNCLEAR)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**30))
def test_roots_are_rounded_to_the_safe_side(number: int) -> None:
    low, high = root_below(number), root_above(number)
    assert low**2 <= number <= high**2
    assert high - low <= Fraction(1, 2**64)


def answer_at(known: Classifier, point: list[float]) -> int:
    logits = [
        math.fsum(w * x for w, x in zip(row, point, strict=True)) + bias
        for row, bias in zip(known.rows, known.biases, strict=True)
    ]
    return logits.index(max(logits))


def test_no_step_within_the_radius_changes_the_answer_and_one_just_beyond_does() -> None:
    known, source = shipped(), random.Random(5)
    for query in source.sample(HELD_OUT, 12):
        vector = encode(query.text)
        length = math.sqrt(sum(n * n for n in vector.values()))
        point = [vector.get(i, 0) / length for i in range(DIMENSION)]
        intent = known.intent(query.text)
        best, radius = KINDS.index(intent.kind), float(intent.radius)
        assert radius > 0
        changed = 0
        for other in range(len(KINDS)):
            if other == best:
                continue
            pairs = zip(known.rows[other], known.rows[best], strict=True)
            towards = [float(a - b) for a, b in pairs]
            size = math.sqrt(math.fsum(t * t for t in towards))
            for share, expected in ((0.999, {best}), (1.001, {best, other})):
                steps = zip(point, towards, strict=True)
                moved = [x + share * radius * t / size for x, t in steps]
                found = answer_at(known, moved)
                assert found in expected
                changed += found != best
        assert changed >= 1


def test_a_tie_has_no_radius() -> None:
    assert certified_radius(0, [4, 4], [0, 0], 9, [0, 25]) == 0
    assert certified_radius(0, [0, 0], [1, 0], 0, [0, 25]) == 0
    assert certified_radius(0, [6, 0], [0, 0], 9, [0, 25]) == Fraction(2, 5)


@pytest.mark.slow
def test_training_again_gives_the_same_answers() -> None:
    from verify_agent.agent.intent.train import learn

    again = learn()
    same = [
        again.intent(q.text).kind == shipped().intent(q.text).kind
        for q in [*HELD_OUT, *queries()[:200]]
    ]
    assert sum(same) / len(same) >= 0.98
    assert again.threshold == pytest.approx(shipped().threshold, abs=0.05)
