"""`sorted` in the deductive engine: a permutation in order, and nothing false of it is proved."""

from __future__ import annotations

import pytest

from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.smt.portfolio import default_portfolio
from verify_agent.verifier.vc import loops
from verify_agent.verifier.vc.verify import verify
from verify_agent.verifier.vc.verify_limits import Limit

IN_ORDER = "all(result[i] <= result[i + 1] for i in range(len(result) - 1))"
STRICTLY = "all(result[i] < result[i + 1] for i in range(len(result) - 1))"
ALL_IN, ALL_FROM = "all(x in result for x in xs)", "all(x in xs for x in result)"
AS_OFTEN = "all(result.count(x) == xs.count(x) for x in xs)"


def proved(body: str, ensure: str, given: str = "list[int]") -> bool:
    text = (
        "from icontract import ensure\n\n"
        f"@ensure(lambda xs, result: {ensure})\n"
        f"def f(xs: {given}) -> list[int]:\n    return {body}\n"
    )
    done = verify(lower(subject(text, "f")), loops.Invariants(), default_portfolio(), Limit())
    assert done.found.failed is None
    assert not done.vacuous
    return done.proved


@pytest.mark.parametrize(
    ("body", "ensure", "given"),
    [
        ("sorted(xs)", IN_ORDER, "list[int]"),
        ("sorted(xs)", ALL_IN, "list[int]"),
        ("sorted(xs)", ALL_FROM, "list[int]"),
        ("sorted(xs)", AS_OFTEN, "list[int]"),
        ("sorted(xs, reverse=True)", ALL_IN, "list[int]"),
        ("sorted(set(xs))", STRICTLY, "list[int]"),
        ("sorted(set(xs))", ALL_IN, "list[int]"),
        ("sorted(set(xs))", ALL_FROM, "list[int]"),
        ("sorted(xs)", ALL_IN, "set[int]"),
        ("sorted(xs)", ALL_FROM, "set[int]"),
    ],
)
def test_what_holds_is_proved(body: str, ensure: str, given: str) -> None:
    assert proved(body, ensure, given)


@pytest.mark.parametrize(
    ("body", "ensure"),
    [
        ("sorted(xs)", STRICTLY),
        ("sorted(set(xs))", "len(result) == len(xs)"),
        pytest.param("sorted(set(xs))", AS_OFTEN, marks=pytest.mark.slow),
        ("sorted(xs)", "len(result) == 0 or result[0] == xs[0]"),
        ("sorted(xs, reverse=True)", IN_ORDER),
        ("sorted(xs)", "len(xs) < 2 or 1 == 2"),
    ],
)
def test_what_is_wrong_is_not_proved(body: str, ensure: str) -> None:
    assert not proved(body, ensure)
