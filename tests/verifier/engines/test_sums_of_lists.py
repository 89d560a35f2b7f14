"""Permutations of sums of lists: what is counted in a sum is counted in each of its parts."""

from __future__ import annotations

from itertools import product

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Passed, Violation

PARTS = """
@ensure(lambda xs, result: sorted(result[0] + result[1]) == sorted(xs))
def f(xs: list[int], p: int) -> tuple[list[int], list[int]]:
    low: list[int] = []
    high: list[int] = []
    for x in xs:
        if x < p:
            low.append(x)
        else:
            high.append(x)
    return low, high
"""
JOINED = """
@ensure(lambda xs, result: sorted(result) == sorted(xs))
def f(xs: list[int], p: int) -> list[int]:
    near = []
    far = []
    for x in xs:
        if x % 2 == 0:
            near.append(x)
        else:
            far.append(x)
    return near + far
"""
STRAIGHT = """
@ensure(lambda xs, result: sorted(result + [p]) == sorted(xs + [p]))
@ensure(lambda xs, p, result: sorted(p * [1] + result) == sorted(xs + [1] * p))
def f(xs: list[int], p: int) -> list[int]:
    return xs[1:] + xs[:1]
""".replace("lambda xs, result: sorted(result + [p])", "lambda xs, p, result: sorted(result + [p])")
LAST = """
@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[i] >= xs[i] for i in range(len(xs))))
def f(xs: list[int], p: int) -> list[int]:
    out: list[int] = []
    for x in xs:
        if out and out[-1] > x:
            out.append(out[-1])
        else:
            out.append(x)
    return out
"""
HOLD = {"parts": PARTS, "joined": JOINED, "straight": STRAIGHT, "the last item": LAST}
BROKEN = {
    "one is lost": PARTS.replace("        else:", "        elif x != 7:"),
    "one comes twice": JOINED.replace("far.append(x)", "far.append(x)\n            near.append(x)"),
    "another is added": STRAIGHT.replace("xs[1:] + xs[:1]", "xs[1:] + [0] * len(xs[:1])"),
    "the less is kept": LAST.replace("out[-1] > x", "out[-1] < x"),
}
LIMITS = Limits(seconds=60, per_query_ms=10_000)


def judged(text: str) -> set[Verdict]:
    subject = load("from icontract import ensure\n" + text).functions[0]
    return {a.outcome for a in Deductive().check(subject, LIMITS, 0).attempts.values()}


def runs(text: str) -> list[object]:
    harness = Harness(load("from icontract import ensure\n" + text).functions[0])
    lists = [list(x) for n in range(3) for x in product((7, 0, -1), repeat=n)]
    return [harness.check_call({"xs": list(xs), "p": p}) for xs in lists for p in (0, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOLD.values(), ids=HOLD.keys())
def test_what_holds_is_proved(text: str) -> None:
    assert all(isinstance(r, Passed) for r in runs(text))
    assert judged(text) == {Verdict.PROVED}


@pytest.mark.slow
@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_what_a_run_breaks_is_not_proved(text: str) -> None:
    assert any(isinstance(r, Violation) for r in runs(text))
    assert judged(text) != {Verdict.PROVED}
