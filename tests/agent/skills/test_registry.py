"""The registry: the shipped skills as they were tuned, and no harm from a bad one."""

import ast
import itertools
from functools import cache
from typing import Any

import pytest

from verify_agent.agent.skills.registry import (
    NAMES,
    Read,
    SkillFailed,
    Skills,
    active,
    shipped_source,
    shipped_sources,
    skill,
    using,
)
from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer
from verify_agent.contracts.model import Condition, Contract, Parameter, Signature
from verify_agent.contracts.parse import parse_contract

WORDS = ("", "{0} + {1}", "{0} * {1}", "{0}[1]", "parameter", "definition", "fold", "OPERATOR")
SAMPLES: dict[str, tuple[Any, ...]] = {
    "int": (0, 1, 7, 250, 1000),
    "str": WORDS,
    "bool": (False, True),
}
TUNED = {
    "{0} + {1}": 1,
    "{0} * {1}": 2,
    "not {0}": 2,
    "({0} > {1}) - ({0} < {1})": 5,
    "{0} + {1} #bool": 3,
    "2 ** {0}": 3,
    "{0}[::-1]": 1,
    "{0}.count({1})": 2,
}


@cache
def shipped() -> tuple[str, int, int]:
    """What the shipped skills find, try and spend."""
    return found(None)[:3]


def samples(name: str) -> list[tuple[Any, ...]]:
    """Arguments that the skill's precondition allows."""
    node = next(n for n in ast.parse(shipped_source(name)).body if isinstance(n, ast.FunctionDef))
    kinds = [SAMPLES[ast.unparse(a.annotation)] for a in node.args.args if a.annotation]
    names = [a.arg for a in node.args.args]
    allowed = [c.text for c in parse_contract(shipped_source(name), name).requires]
    return [
        values
        for values in itertools.product(*kinds)
        if all(eval(text, dict(zip(names, values, strict=True))) for text in allowed)
    ]


def problem() -> SynthesisProblem:
    """The absolute value, without `abs`."""
    texts = ("result >= n", "result >= -n", "result == n or result == -n")
    return SynthesisProblem(
        Signature("absolute", (Parameter("n", "int"),), "int"),
        Contract((), tuple(map(Condition, texts))),
        frozenset({"abs", "max"}),
    )


def found(sources: dict[str, str] | None) -> tuple[str, int, int, Skills]:
    """The answer, what was tried and spent on it, and the skills that were in use."""
    skills = Skills(sources or {})
    with using(skills):
        synthesizer = Synthesizer(problem())
        synthesizer._strategies = tuple(s for s in synthesizer._strategies if s.name != "sygus")
        candidate = synthesizer.propose()
    assert candidate is not None
    meter = synthesizer.context.meter
    return candidate.source, meter.tried, meter.spent, skills


@pytest.mark.parametrize(("template", "cost"), TUNED.items())
def test_shipped_costs_are_the_tuned_ones(template: str, cost: int) -> None:
    assert skill("component_cost", template) == cost


@pytest.mark.parametrize("name", NAMES)
def test_read_and_imported_give_the_same(name: str) -> None:
    read = Read.of(name, shipped_source(name))
    assert samples(name)
    for arguments in samples(name):
        assert read.call(*arguments) == Skills().call(name, *arguments)


def test_the_shipped_generation_searches_as_without_any() -> None:
    assert found(shipped_sources())[:3] == shipped()


def test_another_text_of_the_same_meaning_searches_the_same() -> None:
    sources = {name: source + "\n# read\n" for name, source in shipped_sources().items()}
    *same, skills = found(sources)
    assert tuple(same) == shipped()
    assert not skills.failures


def test_other_costs_search_in_another_order() -> None:
    sources = {"component_cost": "def component_cost(template: str) -> int:\n    return 3\n"}
    _, tried, _, skills = found(sources)
    assert tried != shipped()[1]
    assert not skills.failures


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("    return 1 // (len(template) - len(template))", "ZeroDivisionError"),
        ("    while True:\n        pass", "too many steps"),
        ("    return 2 ** 10 ** 9", "too many steps"),
        ("    return 0", "breaks `1 <= result <= 9`"),
        ("    return template", "no int"),
        ("    return True", "no int"),
        ("    return open(template)", "can't be read"),
        ("    import os\n    return 1", "can't be read"),
        ("    return component_cost(template)", "too many steps"),
        ("    return ().__class__", "can't be read"),
        ("    return 1 +", "can't be read"),
    ],
)
def test_a_failing_skill_is_isolated_and_named(body: str, reason: str) -> None:
    *same, skills = found(
        {"component_cost": f"def component_cost(template: str) -> int:\n{body}\n"}
    )
    assert tuple(same) == shipped()
    assert reason in skills.failures["component_cost"]
    assert "the shipped one was used" in skills.notes[0]


def test_a_missing_function_is_named() -> None:
    with pytest.raises(SkillFailed, match="0 functions"):
        Read.of("leaf_cost", "def other(kind: str) -> int:\n    return 1\n")


def test_using_ends_with_its_block() -> None:
    before = active()
    with using(Skills({})) as inner:
        assert active() is inner
    assert active() is before


def test_unknown_names_are_no_skills() -> None:
    with pytest.raises(KeyError):
        shipped_source("../registry")
