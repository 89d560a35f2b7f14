"""Contracts that allow what nobody wants, that say nothing, or that leave code unreached."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.strength.programs import changed, trivial, variant, with_body
from verify_agent.verifier.strength.sift import LIVES, REFUSED, SAME, Sifted, sift
from verify_agent.verifier.strength.smoke import half_seen, silent, unreachable
from verify_agent.verifier.strength.weakness import Strength, meets, notes, strength

HEAD = "from icontract import ensure, require\n\n\n"
WEAK = f"""{HEAD}@require(lambda xs: len(xs) > 0)
@ensure(lambda result: result >= 0)
def most(xs: list[int]) -> int:
    best = 0
    for x in xs:
        best = max(best, x)
    return best
"""
STRONG = f"""{HEAD}@ensure(lambda result, x: result == x + 1)
def after(x: int) -> int:
    return x + 1
"""
DEAD = f"""{HEAD}@require(lambda x: x > 0)
@ensure(lambda x: x > 0)
@ensure(lambda result: result > 0)
def f(x: int) -> int:
    if x < 0:
        x = -x
        return x
    elif x == 0:
        raise AssertionError("never")
    while x > 100:
        x -= 1
    return x
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Zygote]:
    preload = ("hypothesis.strategies", "verify_agent.verifier.strength.sift_job")
    with Zygote(preload=preload) as zygote:
        yield zygote


def test_programs_are_python_and_keep_the_rest() -> None:
    about = subject(WEAK, "most")
    made = [*trivial(about), *changed(about)]
    assert [p.label for p in trivial(about)] == ["`return 0`", "`return 1`", "`return -1`"]
    for program in made:
        assert variant(about, program).contract == about.contract
        assert program.source.startswith(WEAK.partition("def")[0])
    assert with_body("def f(x): return x\n", "f", "pass") == "def f(x): pass\n"


@pytest.mark.parametrize(
    ("signature", "labels"),
    [
        ("f(x: int) -> None", ["`pass`"]),
        ("f(x: str) -> str | None", ["`return ''`", "`return None`", "`return x`"]),
        (
            "f(x: bool, y: bool) -> bool",
            ["`return False`", "`return True`", "`return x`", "`return y`"],
        ),
        ("f(x: int) -> tuple[int, int]", []),
    ],
)
def test_trivial_bodies(signature: str, labels: list[str]) -> None:
    assert [p.label for p in trivial(subject(f"def {signature}: ...\n", "f"))] == labels


def test_a_weak_contract_is_shown_with_a_program(sandbox: Zygote) -> None:
    about = subject(WEAK, "most")
    words = {s.program.label: s for s in sift(about, trivial(about), sandbox)}
    assert words["`return -1`"].word == REFUSED
    assert words["`return 0`"].word == words["`return 1`"].word == LIVES
    found = strength(list(words.values()), lambda p: meets(about, p))
    first, second = (one for one in notes(found) if "allows" in one)
    assert first.startswith("the contract allows `return 0`: most([")
    assert second.endswith("(proved)")
    assert notes(found)[0] == "contract strength: 1 of 3 other programs break it"


def test_a_strong_contract_refuses_all(sandbox: Zygote) -> None:
    about = subject(STRONG, "after")
    found = sift(about, [*trivial(about), *changed(about)], sandbox)
    assert {s.word for s in found} == {REFUSED}
    assert strength(found, lambda p: False) == Strength(len(found), len(found), 0, (), ())


def test_an_equal_program_is_no_weakness(sandbox: Zygote) -> None:
    text = f"{HEAD}@ensure(lambda result: result >= 0)\ndef f(x: int) -> int:\n    return 0\n"
    about = subject(text, "f")
    first, second, *_ = sift(about, trivial(about), sandbox)
    assert (first.word, second.word) == (SAME, LIVES)
    assert second.call.startswith("f(")


def test_one_example_is_enough_where_the_proofs_are_limited() -> None:
    asked = []
    sifted = [Sifted(p, LIVES) for p in trivial(subject(WEAK, "most"))]
    found = strength(sifted, lambda p: asked.append(p) is None, most=2)
    assert len(asked) == len(found.allowed) == 1
    assert len(found.open) == 2


def test_conditions_that_mention_nothing() -> None:
    about = subject(DEAD.replace("@require(lambda x: x > 0)", "@require(lambda: 1 < 2)"), "f")
    assert silent(about) == (
        "the precondition `1 < 2` mentions no parameter",
        "the postcondition `x > 0` mentions neither the result nor what the call may change",
    )


def test_what_may_change_may_be_mentioned() -> None:
    body = "def f(xs: list[int]) -> None:\n    xs.clear()\n"
    assert silent(subject(f"{HEAD}@ensure(lambda xs: len(xs) == 0)\n{body}", "f")) == ()


def test_the_modules_state_may_change() -> None:
    body = "COUNT = 0\n\n\n@ensure(lambda: COUNT > 0)\ndef f(x: int) -> None:\n    pass\n"
    assert silent(subject(f"{HEAD}{body}", "f")) == ()


@pytest.mark.slow
def test_unreachable_code() -> None:
    assert unreachable(subject(DEAD, "f")) == ("no allowed call reaches line 9: `x = -x`",)
    wider = DEAD.replace("@require(lambda x: x > 0)", "@require(lambda x: x > -9)")
    assert unreachable(subject(wider, "f")) == ()


def test_where_it_is_looked_for() -> None:
    def told(lines: str) -> tuple[Attempt, ...]:
        return (Attempt("properties", Verdict.TESTED, details=(f"coverage {lines} (of 9 calls)",)),)

    assert half_seen(told("lines 3/4, branches 2/2"))
    assert not half_seen(told("lines 4/4, branches 2/2"))
    assert not half_seen(())
