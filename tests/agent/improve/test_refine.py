"""Refinement of contracts: what may be changed, and every way in which a contract gets weaker."""

from __future__ import annotations

import pytest

from verify_agent.agent.improve.model import Skill
from verify_agent.agent.improve.refine import NotRefined, Refines, refines
from verify_agent.contracts.model import Condition, Contract, Raises

OLD = """from icontract import ensure, require

LEAST = 1


def base(size: int) -> int:
    return size if size >= LEAST else LEAST


@require(lambda size: size >= 0)
@require(lambda weight: 0 <= weight <= 10)
@ensure(lambda size, result: result >= base(size))
def cost(size: int, weight: int) -> int:
    return base(size) + weight
"""


def told(source: str, old: str = OLD, name: str = "cost") -> Refines | NotRefined:
    return refines(Skill.read(name, source), Skill.read(name, old))


def part(source: str, old: str = OLD) -> str:
    found = told(source, old)
    assert isinstance(found, NotRefined)
    return found.part


def test_a_contract_refines_itself() -> None:
    found = told(OLD)
    assert isinstance(found, Refines)
    assert [name for name, _ in found.shown] == [
        "precondition",
        "exceptions",
        "postcondition",
        "realisable",
    ]


@pytest.mark.parametrize(
    "change",
    [
        ("base(size) + weight", "base(size) + 2 * weight"),
        ("size >= 0", "size >= -5"),
        ("0 <= weight <= 10", "weight >= 0"),
        ("result >= base(size))", "result >= base(size) and result >= 1)"),
        ("return size if size >= LEAST else LEAST", "return max(size, LEAST)"),
    ],
)
def test_what_keeps_the_promise_is_shown(change: tuple[str, str]) -> None:
    assert isinstance(told(OLD.replace(*change)), Refines)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("size >= 0", "size >= 1"), "precondition"),
        (("result >= base(size)", "result >= 0"), "postcondition"),
        (("LEAST = 1", "LEAST = 0"), "postcondition"),
        (("return size if size >= LEAST else LEAST", "return -7"), "postcondition"),
        (("result >= base(size)", "True"), "postcondition"),
        (("result >= base(size)", "result > result"), "postcondition"),
        (("weight: int) -> int", "weight: int = 0) -> int"), "signature"),
        (("weight: int) -> int", "weight: bool) -> int"), "signature"),
        (("base(size) + weight", "base(size) - weight"), "realisable"),
        (("    return base(size) + weight", "    while True:\n        size += 1"), "realisable"),
        (("base(size) + weight", "base(size) // weight"), "realisable"),
    ],
)
def test_what_breaks_the_promise_is_refused(change: tuple[str, str], where: str) -> None:
    assert OLD.replace(*change) != OLD
    assert part(OLD.replace(*change)) == where


def test_a_builtin_that_is_defined_anew_means_what_the_new_text_says() -> None:
    old = OLD.replace("size if size >= LEAST else LEAST", "max(size, LEAST)")
    new = old.replace("LEAST = 1", "LEAST = 1\n\n\ndef max(a: int, b: int) -> int:\n    return 0")
    assert part(new, old) == "postcondition"


def test_a_specification_that_does_not_end_is_no_axiom() -> None:
    new = OLD.replace("    return size if size >= LEAST else LEAST", "    return base(size) + 1")
    assert isinstance(told(new), NotRefined)


@pytest.mark.parametrize(
    "more",
    [
        "for k in range(3):\n    pass",
        "class Size:\n    pass",
        "LEAST = 2",
        "def twist(base: int) -> int:\n    return base",
        "from os import path as len",
        "import base",
    ],
)
def test_what_could_change_a_name_is_not_read(more: str) -> None:
    found = told(OLD.replace("\n\n@require", f"\n\n{more}\n\n\n@require", 1))
    assert isinstance(found, NotRefined)
    assert (found.part, found.known) == ("reading", False)


def test_an_argument_may_not_be_changed() -> None:
    old = """from icontract import ensure


@ensure(lambda xs, result: len(result) == len(xs))
def order(xs: list[int]) -> list[int]:
    return [x for x in xs]
"""
    assert isinstance(told(old, old, "order"), Refines)
    changed = old.replace("    return", "    xs[:] = []\n    return")
    found = told(changed, old, "order")
    assert isinstance(found, NotRefined)
    assert found.part == "realisable"


def raising(condition: str, body: str) -> Skill:
    source = (
        f"def half(n: int) -> int:\n    if {body}:\n        raise ValueError\n    return n // 2\n"
    )
    clause = Raises("ValueError", Condition(condition))
    return Skill("half", source, Contract(raises=(clause,), ensures=(Condition("result <= n"),)))


def test_exceptions_are_kept_exactly() -> None:
    old = raising("n < 0", "n < 0")
    assert isinstance(refines(raising("not n >= 0", "0 > n"), old), Refines)
    for other in (raising("n < -1", "n < -1"), raising("n < 1", "n < 1")):
        found = refines(other, old)
        assert isinstance(found, NotRefined)
        assert (found.part, found.known) == ("exceptions", True)
