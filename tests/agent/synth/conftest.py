"""Problems from task texts, and a brute-force judge that shares nothing with the synthesizer."""

from __future__ import annotations

import ast
import copy
import itertools
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify_agent.agent.synth.contract.inputs import Sampler, contract_constants
from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.contracts.model import (
    Condition,
    Contract,
    Parameter,
    Property,
    Raises,
    Signature,
    Snapshot,
)

SUITES = Path(__file__).resolve().parents[3].parent / "shared" / "suites"


class _Old(ast.NodeTransformer):
    def __init__(self) -> None:
        self.snapshots: list[Snapshot] = []

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "old":
            name = f"old_{len(self.snapshots)}"
            self.snapshots.append(Snapshot(name, ast.unparse(node.args[0]), deep=True))
            return ast.Attribute(ast.Name("OLD", ast.Load()), name, ast.Load())
        return node


def _property(item: dict[str, str]) -> Property:
    function = ast.parse(f"def f({item['given']}): ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    given = tuple((a.arg, ast.unparse(a.annotation or ast.Name("int"))) for a in function.args.args)
    return Property(given, item.get("when", "True"), item["then"])


def _problem(task: dict[str, Any], folder: Path) -> SynthesisProblem:
    function = ast.parse(f"def {task['signature']}: ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert function.returns is not None
    parameters = tuple(
        Parameter(a.arg, ast.unparse(a.annotation)) for a in function.args.args if a.annotation
    )
    old = _Old()
    ensures = tuple(
        Condition(ast.unparse(old.visit(ast.parse(text, mode="eval").body)))
        for text in task.get("ensures", [])
    )
    contract = Contract(
        requires=tuple(map(Condition, task.get("requires", []))),
        ensures=ensures,
        snapshots=tuple(old.snapshots),
        raises=tuple(Raises(k, Condition(v)) for k, v in task.get("raises", {}).items()),
        modifies=tuple(task.get("modifies", [])),
        examples=tuple(task.get("examples", [])),
        properties=tuple(map(_property, task.get("properties", []))),
        reference=task.get("reference", ""),
        definitions=task.get("definitions", ""),
    )
    path, _, name = contract.reference.partition("::")
    return SynthesisProblem(
        Signature(function.name, parameters, ast.unparse(function.returns)),
        contract,
        frozenset(task.get("forbid", [])),
        frozenset(task.get("expose", [])),
        reference_source=(folder / path).read_text() if path else "",
        reference_function=name,
    )


@pytest.fixture
def make_problem() -> Callable[..., SynthesisProblem]:
    """A problem from the keys of a task file."""
    return lambda **task: _problem(task, SUITES / "tasks")


@pytest.fixture
def suite_problem() -> Callable[[str], SynthesisProblem]:
    """A problem of the task suite by its name."""

    def load(name: str) -> SynthesisProblem:
        path = SUITES / "tasks" / f"{name}.yaml"
        if not path.exists():
            pytest.skip(f"the task suite is not beside the project: {path}")
        return _problem(yaml.safe_load(path.read_text()), path.parent)

    return load


@pytest.fixture
def reference_size() -> Callable[[str], int]:
    """The size of a person's answer to a task of the suite."""
    return lambda name: int(json.loads((SUITES / "reference_sizes.json").read_text())[name])


_VALUES: dict[str, list[Any]] = {
    "int": [0, 1, -1, 2, -2, 3, -3, 4, 5, 7, 8, 9, 10, 11, 12, 15, 17, -10, 60, 99, 100, 101, 400],
    "bool": [False, True],
    "str": ["", "a", "b", "ab", "ba", "aba", "abc", " a ", "A b", "Abba", "x-1", "ada lovelace"],
    "list[int]": [
        list(items) for length in range(5) for items in itertools.product((-1, 0, 2), repeat=length)
    ]
    + [[5, 3, 9, 1, 3], [1, 2, 3, 4, 5, 6], [9, 7, 7, 2, 1]],
    "tuple[int, str]": [(0, ""), (3, "x"), (-1, "ab")],
    "tuple[int, int]": [(0, 0), (3, -1), (-1, 5), (4, 4)],
}


def _grid(problem: SynthesisProblem) -> Iterable[tuple[Any, ...]]:
    values = [_VALUES[p.annotation] for p in problem.signature.parameters]
    size = {1: 200, 2: 23, 3: 9}.get(len(values), 6)
    return itertools.product(*(v[:size] for v in values))


def _counterexample(
    problem: SynthesisProblem, source: str, inputs: Iterable[tuple[Any, ...]] | None = None
) -> tuple[Any, ...] | None:
    """An allowed input on which CPython shows the function to be wrong; None if there is none."""
    space: dict[str, Any] = {}
    exec(problem.contract.definitions, space)
    exec(problem.reference_source, space)
    exec(source, space)
    function = space[problem.signature.name]
    contract = problem.contract
    for given in _grid(problem) if inputs is None else inputs:
        args = copy.deepcopy(given)
        env = space | dict(zip(problem.signature.names, args, strict=True))
        if not all(eval(c.text, env) for c in contract.requires):
            continue
        expected = [r.exception for r in contract.raises if eval(r.condition.text, env)]
        env["OLD"] = type(
            "Old", (), {s.name: copy.deepcopy(eval(s.text, env)) for s in contract.snapshots}
        )
        before = copy.deepcopy(args)
        try:
            env["result"] = function(*args)
        except Exception as error:
            if type(error).__name__ not in expected:
                return before
            continue
        kept = all(
            name in problem.modifies or a == b
            for name, a, b in zip(problem.signature.names, before, args, strict=True)
        )
        wrong = expected or not kept or not all(eval(c.text, env) for c in contract.ensures)
        if wrong or (
            contract.reference and space[problem.reference_function](*before) != env["result"]
        ):
            return before
    if not all(eval(example, dict(space)) for example in contract.examples):
        return ("examples",)
    return None


@pytest.fixture
def counterexample() -> Callable[[SynthesisProblem, str], tuple[Any, ...] | None]:
    """The brute-force judge."""
    return _counterexample


LARGEST = 15
"""The greatest number given where a contract's own definition is recursive."""


def _is_small(values: Any) -> bool:
    if isinstance(values, int):
        return abs(values) <= LARGEST
    return not isinstance(values, tuple | list) or all(map(_is_small, values))


@pytest.fixture
def further_inputs() -> Callable[[SynthesisProblem, int], Iterable[tuple[Any, ...]]]:
    """Random inputs that the search has not drawn, so many of them."""

    def draw(problem: SynthesisProblem, count: int) -> Iterable[tuple[Any, ...]]:
        sampler = Sampler(contract_constants(problem), 20_011)
        drawn = sampler.inputs(list(problem.types.values()))
        if problem.contract.definitions:
            drawn = filter(_is_small, drawn)
        return itertools.islice(drawn, count)

    return draw
