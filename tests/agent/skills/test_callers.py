"""Every skill has a caller, and what it calls is the active generation's."""

from __future__ import annotations

from pathlib import Path

import pytest

import verify_agent
from verify_agent.agent.llm.prompt import opening
from verify_agent.agent.repair.edits import EditClass
from verify_agent.agent.repair.localise import localised
from verify_agent.agent.repair.search import Search, ranked
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.skills.registry import NAMES, Skills, shipped_source, using
from verify_agent.agent.task import Task, load_task
from verify_agent.verifier.frontend.load import subject

AGENT = Path(verify_agent.__file__).parent / "agent"
WRONG = """from icontract import ensure


@ensure(lambda result, x: result == 2 * x + 1)
def f(x: int) -> int:
    return 2 * x + 3
"""
TASK = """name: after
description: the number after another
signature: "after(n: int) -> int"
requires: ["n > 0"]
ensures: ["result == n + 1"]
examples: ["after(1) == 2"]
forbid: [abs]
"""


def with_first(name: str, parameter: str, word: str) -> dict[str, str]:
    """A generation in which one word has the least number of a table, all others the same."""
    head = f"def {name}({parameter}: str) -> int:\n"
    test = f'    if {parameter} == "{word}":\n        return 1\n    return 100\n'
    return {name: head + test}


@pytest.mark.parametrize("name", NAMES)
def test_each_skill_is_called_through_the_registry(name: str) -> None:
    texts = [p.read_text("utf-8") for p in AGENT.rglob("*.py") if p.parent.name != "skills"]
    assert any(f'skill("{name}", ' in text for text in texts)
    assert shipped_source(name)


def kinds(sources: dict[str, str]) -> list[EditClass]:
    """The classes of the edits of a wrong function, in the order in which they are tried."""
    skills = Skills(sources)
    with using(skills):
        trial = Trial(subject(WRONG, "f"), clock=lambda: 0.0)
        search = Search(WRONG, "f", trial)
        found = [e.kind for e in ranked(search.single(), localised(trial))]
    assert not skills.failures
    return found


def test_the_active_generation_orders_the_edits_of_a_repair() -> None:
    shipped = kinds({})
    assert shipped[0] is EditClass.OPERATOR
    assert EditClass.CONSTANT in shipped
    other = kinds(with_first("edit_size", "kind", "CONSTANT"))
    assert other[0] is EditClass.CONSTANT
    assert sorted(k.name for k in other) == sorted(k.name for k in shipped)


def places(task: Task, sources: dict[str, str]) -> list[int]:
    """Where the parts of a prompt stand."""
    skills = Skills(sources)
    with using(skills):
        said = opening(task)[1].text
    assert not skills.failures
    heads = ("the number after", "Write this", "Allowed", "For the result", "Examples", "It must")
    return [said.index(head) for head in heads]


def test_the_active_generation_orders_the_parts_of_a_prompt(tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(TASK, encoding="utf-8")
    task = load_task(path)
    shipped = places(task, {})
    assert shipped == sorted(shipped)
    other = places(task, with_first("prompt_rank", "part", "examples"))
    assert min(other) == other[4] == 0
