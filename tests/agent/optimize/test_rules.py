"""The sources of implementations: what they make agrees with the function on drawn inputs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from verify_agent.agent.given import given_text
from verify_agent.agent.optimize.inputs import agrees
from verify_agent.agent.optimize.model import Known, Rewrite, function_text
from verify_agent.agent.optimize.objective import complexity, size
from verify_agent.agent.optimize.proposer import known_of
from verify_agent.agent.optimize.rules import (
    closed_forms,
    local,
    loops,
    networks,
    shared,
    sorting_trees,
    truth_tables,
)
from verify_agent.agent.optimize.rules.factors import product_text
from verify_agent.agent.task import Task, parse_task
from verify_agent.agent.task_subject import in_place
from verify_agent.verifier.frontend.lower import lower

SOURCES = {
    "closed": closed_forms.rewrites,
    "networks": networks.rewrites,
    "truth": truth_tables.rewrites,
    "loops": loops.rewrites,
    "shared": shared.rewrites,
    "local": local.rewrites,
}
#: source of rewrites, function, and what one right rewrite's last statement must be.
CASES = [
    (
        "closed",
        "def f(n: int) -> int:\n    t = 0\n    for i in range(1, n + 1):\n        t += i * i\n"
        "    return t",
        "return n * (n + 1) * (2 * n + 1) // 6",
    ),
    (
        "closed",
        "def f(n: int) -> int:\n    t = 0\n    p = 1\n    for i in range(n):\n        t += p\n"
        "        p *= 3\n    return t",
        "return (power - 1) // 2",
    ),
    (
        "closed",
        "def f(a: int, b: int) -> int:\n    t = 0\n    for i in range(4):\n        t += a * b + i\n"
        "    return t",
        "return 4 * a * b + 6",
    ),
    (
        "truth",
        "def f(a: bool, b: bool) -> bool:\n    if a:\n        return b\n    else:\n"
        "        return a",
        "return a and b",
    ),
    (
        "truth",
        "def f(x: int, y: int) -> bool:\n    if x < y:\n        if x >= y:\n"
        "            return True\n        return False\n    return True",
        "return x >= y",
    ),
    (
        "loops",
        "def f(xs: list[int]) -> int:\n    t = 0\n    for x in xs:\n        t += x\n    return t",
        "return sum(xs)",
    ),
    (
        "loops",
        "def f(xs: list[int]) -> int:\n    t = 0\n    for x in xs:\n        if x > 0:\n"
        "            t = t + x\n    return t",
        "return sum((x for x in xs if x > 0))",
    ),
    (
        "loops",
        "def f(xs: list[int], k: int) -> bool:\n    found = False\n    for x in xs:\n"
        "        if x == k:\n            found = True\n    return found",
        "return k in xs",
    ),
    (
        "shared",
        "def f(xs: list[int], k: int) -> int:\n    return (sum(xs) + k) * sum(xs)",
        "return (total + k) * total",
    ),
    ("local", "def f(xs: list[int]) -> int:\n    return len(sorted(xs))", "return len(xs)"),
    (
        "local",
        "def f(a: int, b: int) -> int:\n    return max(a, b)",
        "return b if b > a else a",
    ),
]


def task_of(function: str, folder: Path) -> Task:
    """An optimize task of that function."""
    indented = "".join(f"  {line}\n" for line in function.split("\n"))
    text = f"name: better\nkind: optimize\nsource: |\n{indented}"
    return parse_task(text, folder / "task.yaml")


def rewritten(source: str, function: str, folder: Path) -> tuple[Task, Known, list[Rewrite]]:
    task = task_of(function, folder)
    known = known_of(task, given_text(task))
    return task, known, list(SOURCES[source](known))


def unparsed(statement: ast.stmt) -> str:
    return ast.unparse(ast.fix_missing_locations(statement))


@pytest.mark.parametrize(("source", "function", "last"), CASES)
def test_the_rewrite_is_found_and_agrees(
    source: str, function: str, last: str, tmp_path: Path
) -> None:
    task, known, found = rewritten(source, function, tmp_path)
    wanted = [r for r in found if unparsed(r.body[-1]) == last]
    assert wanted, [unparsed(r.body[-1]) for r in found]
    programs = [_program(task, known, r) for r in wanted]
    assert any(agrees(p, known.samples) for p in programs)


def _program(task: Task, known: Known, rewrite: Rewrite):  # type: ignore[no-untyped-def]
    module = in_place(given_text(task), task.qualname, function_text(known, rewrite.body))
    return lower(task.subject(module))


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_sorts_of_a_few_sort_in_every_way(count: int, tmp_path: Path) -> None:
    names = "abcde"[:count]
    given = ", ".join(f"{n}: int" for n in names)
    function = f"def f({given}) -> list[int]:\n    return sorted([{', '.join(names)}])"
    task, known, found = rewritten("networks", function, tmp_path)
    assert {r.strategy for r in found} & {"decision tree", "insertion by bisection"}
    assert all(agrees(_program(task, known, r), known.samples) for r in found)


def test_a_wrong_rewrite_does_not_agree(tmp_path: Path) -> None:
    task, known, _ = rewritten("local", CASES[-1][1], tmp_path)
    wrong = Rewrite((ast.parse("return a").body[0],), "wrong")
    assert not agrees(_program(task, known, wrong), known.samples)


def test_a_median_has_its_alike_branches_joined(tmp_path: Path) -> None:
    function = "def f(a: int, b: int, c: int) -> int:\n    return sorted([a, b, c])[1]"
    _, _, found = rewritten("networks", function, tmp_path)
    assert sorting_trees.leaves(found[0].body) <= 6


def test_a_network_that_does_not_sort_is_refused() -> None:
    assert not sorting_trees.sorts([(0, 1), (1, 2)], 3)
    assert all(sorting_trees.sorts(n, k) for k, n in sorting_trees.NETWORKS.items())


def test_polynomials_are_written_as_products() -> None:
    from fractions import Fraction as F

    assert product_text("n", [F(0), F(1, 2), F(1, 2)]) == "n * (n + 1) // 2"
    assert product_text("n", [F(1), F(2)]) == "2 * n + 1"
    assert product_text("n", [F(5)]) == "5"
    text = product_text("n", [F(0), F(0), F(1, 4), F(1, 2), F(1, 4)])
    assert all(eval(text, {"n": n}) == (n * (n + 1) // 2) ** 2 for n in range(20))


def test_size_and_complexity_count_syntax() -> None:
    body = ast.parse("if a and b:\n    return c\nreturn d").body
    assert complexity(body) == 3
    assert size(body) > size(body[1:])
