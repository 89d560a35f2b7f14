"""A method is searched for as a function of the attributes that its contract reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.run_method import Method, as_function, as_method
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task, parse_task
from verify_agent.verifier.errors import Unsupported

ORDERS = """
from dataclasses import dataclass

from icontract import ensure, invariant


@invariant(lambda self: self.limit >= 0)
@dataclass
class Box:
    lines: list[int]
    limit: int

    @ensure(lambda self, extra, result: result == sum(self.lines) + extra)
    def total(self, extra: int) -> int:
        ...

    @ensure(lambda self, result: result == self.size())
    def count(self) -> int:
        ...
"""


HEAD = "def total(lines: list[int], limit: int, extra: int) -> int:\n"


def task(folder: Path, method: str) -> Task:
    (folder / "box.py").write_text(ORDERS)
    text = f'name: fill\ntarget: "box.py::Box.{method}"\n'
    return parse_task(text, folder / "fill.yaml")


def method(folder: Path) -> Method:
    made = as_function(task(folder, "total"))
    assert made is not None
    return made


def test_attributes_become_parameters_and_invariants_preconditions(tmp_path: Path) -> None:
    made = method(tmp_path)
    given = [(p.name, p.annotation) for p in made.signature.parameters]
    assert given == [("lines", "list[int]"), ("limit", "int"), ("extra", "int")]
    assert [c.text for c in made.contract.requires] == ["limit >= 0"]
    assert [c.text for c in made.contract.ensures] == ["result == sum(lines) + extra"]
    assert made.contract.invariants == ()


def test_a_body_is_turned_back(tmp_path: Path) -> None:
    found = f"{HEAD}    return sum(lines) + extra\n"
    back = as_method(method(tmp_path), Candidate(found, "test", 5)).source
    assert back == "def total(self, extra: int) -> int:\n    return sum(self.lines) + extra\n"
    assert "return sum(self.lines) + extra" in task(tmp_path, "total").module_text(back)


def test_a_body_that_assigns_to_an_attribute_is_refused(tmp_path: Path) -> None:
    found = f"{HEAD}    limit += 1\n    return 1\n"
    with pytest.raises(Unsupported, match="assigns to an attribute"):
        as_method(method(tmp_path), Candidate(found, "test", 5))


def test_a_contract_that_calls_a_method_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match=r"self\.size"):
        as_function(task(tmp_path, "count"))


def test_a_plain_function_is_left_alone(double: Task) -> None:
    assert as_function(double) is None
