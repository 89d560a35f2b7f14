"""Inherited contracts, held against what icontract itself makes of the same classes."""

from __future__ import annotations

import itertools
import runpy
from typing import Any

import icontract
import pytest

from verify_agent.contracts.functions import functions_of

SOURCE = """
from icontract import DBC, ensure, invariant, require, snapshot


@invariant(lambda self: self.n >= 0)
class A(DBC):
    def __init__(self, n: int) -> None:
        self.n = n

    @require(lambda x: x > 10)
    @require(lambda x: x % 2 == 0)
    @snapshot(lambda self: self.n, name="n")
    @ensure(lambda self, OLD: self.n >= OLD.n)
    def add(self, x: int) -> int:
        self.n += x
        return x

    @ensure(lambda result: result > 0)
    def get(self) -> int:
        return self.n + 1


@invariant(lambda self: self.n <= 100)
class B(A):
    @require(lambda x: x == 3)
    @ensure(lambda result: result != 4)
    def add(self, x: int) -> int:
        self.n += x
        return x


class C(B):
    @ensure(lambda result: result < 50)
    def get(self) -> int:
        return self.n + 1

    def other(self) -> int:
        return 0
"""


def contract_of(source: str, name: str) -> Any:
    found = next(f for f in functions_of(source) if f.qualname == name)
    assert found.unread == ()
    return found.contract


@pytest.fixture(scope="module")
def module(tmp_path_factory) -> dict[str, Any]:
    # icontract reads the source to tell what was violated.
    path = tmp_path_factory.mktemp("families") / "families.py"
    path.write_text(SOURCE)
    return runpy.run_path(str(path))


def violates(call) -> bool:
    try:
        call()
    except icontract.ViolationError:
        return True
    return False


@pytest.mark.parametrize(("klass", "x"), list(itertools.product("AB", [3, 4, 11, 12, -2])))
def test_preconditions_are_weakened_as_icontract_does(module, klass, x):
    told = all(eval(c.text, {"x": x}) for c in contract_of(SOURCE, f"{klass}.add").requires)
    assert violates(lambda: module[klass](0).add(x)) is not told


@pytest.mark.parametrize("n", [0, 48, 49, 99])
def test_postconditions_and_invariants_are_gathered(module, n):
    contract = contract_of(SOURCE, "C.get")
    promised = [eval(c.text, {"result": n + 1}) for c in contract.ensures]
    assert [c.text for c in contract.ensures] == ["result > 0", "result < 50"]
    assert [c.text for c in contract.invariants] == ["self.n >= 0", "self.n <= 100"]
    assert violates(lambda: module["C"](n).get()) is not all(promised)


def test_snapshots_are_inherited_and_constructors_inherit_nothing():
    assert [s.name for s in contract_of(SOURCE, "B.add").snapshots] == ["n"]
    assert len(contract_of(SOURCE, "B.add").ensures) == 2
    assert contract_of(SOURCE, "A.__init__").requires == ()
    assert contract_of(SOURCE, "C.other").ensures == ()


BAD = {
    "preconditions where the overridden method has none": (
        "@require(lambda x: x)\n    def f(self, x)"
    ),
    "no parameter `x`, over which conditions are": "def g(self, y)",
    "a snapshot named as one that is inherited": (
        "@snapshot(lambda x: x, name='x')\n    @ensure(lambda OLD: OLD.x)\n    def h(self, x)"
    ),
}


@pytest.mark.parametrize("problem", BAD)
def test_what_icontract_refuses_or_can_not_call_is_not_read(problem):
    source = f"""
from icontract import DBC, ensure, require, snapshot
class A(DBC):
    def f(self, x): ...
    @ensure(lambda x: x)
    def g(self, x): ...
    @snapshot(lambda x: x, name="x")
    @ensure(lambda OLD: OLD.x)
    def h(self, x): ...
class B(A):
    {BAD[problem]}: ...
"""
    found = [f for f in functions_of(source) if f.qualname.startswith("B.")]
    assert [u.construct for u in found[0].unread] == [problem]
