"""Fresh tasks: drawn by a seed, all different, each with a solution that CPython bears out."""

import ast
from itertools import islice

import pytest

from verify_agent.agent.improve.families import FAMILIES
from verify_agent.agent.improve.tasks import Task, fresh_tasks, open_suite
from verify_agent.agent.synth.context import Context

TASKS = list(islice(fresh_tasks("a commitment"), 2 * len(FAMILIES)))
QUICK = len(FAMILIES)


def contract_of(task: Task) -> object:
    """All that a task asks for, but its name."""
    problem = task.problem
    return problem.contract, problem.signature.parameters, problem.reference_source


@pytest.mark.parametrize(
    "task",
    [*TASKS[:QUICK], *(pytest.param(t, marks=pytest.mark.slow) for t in TASKS[QUICK:])],
    ids=lambda t: t.name,
)
def test_the_solution_meets_the_contract(task: Task) -> None:
    context = Context(task.problem)
    assert len(context.pool) > 7
    node = ast.parse(task.solution).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert context.passes(node, learn=False)
    assert not context.spec.opaque
    space: dict[str, object] = {}
    exec(task.problem.contract.definitions + task.problem.reference_source + task.solution, space)
    requires = [c.text for c in task.problem.contract.requires]
    for case in context.pool[:100]:
        env = space | dict(zip(task.problem.signature.names, case.input, strict=True))
        assert all(eval(text, env) for text in requires)
        result = eval(f"{task.name}({', '.join(task.problem.signature.names)})", env)
        env["result"] = result
        assert all(eval(c.text, env) for c in task.problem.contract.ensures)
        if task.problem.reference_source:
            assert eval(f"f({', '.join(task.problem.signature.names)})", env) == result


def test_no_task_comes_twice_and_other_seeds_give_others() -> None:
    other = list(islice(fresh_tasks("another"), len(TASKS)))
    assert len(set(map(contract_of, TASKS))) == len(TASKS)
    assert list(map(contract_of, other)) != list(map(contract_of, TASKS))


def test_fresh_tasks_are_not_those_of_the_open_suite() -> None:
    known = set(map(contract_of, open_suite()))
    assert not known & set(map(contract_of, islice(fresh_tasks("a commitment"), 200)))


def test_every_family_is_in_each_round() -> None:
    assert {t.family for t in TASKS[:QUICK]} <= set(FAMILIES)
    assert {t.family for t in open_suite()} == set(FAMILIES)
