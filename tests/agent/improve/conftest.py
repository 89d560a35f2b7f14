"""A small world for the gate: two skills, tasks whose costs follow from a skill's constants."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest

from verify_agent.agent.improve.approval import Mode
from verify_agent.agent.improve.betting import Measured
from verify_agent.agent.improve.gate import Gate
from verify_agent.agent.improve.gate_engines import Engines
from verify_agent.agent.improve.gate_trials import Rules
from verify_agent.agent.improve.ledger import Ledger
from verify_agent.agent.improve.life import Life
from verify_agent.agent.improve.model import Generation, Proposal, Skill, StepOutcome
from verify_agent.verifier.sandbox.policy import Outcome

COST = """from icontract import ensure, require


@require(lambda size: size >= 0)
@ensure(lambda size, result: 1 <= result <= 1000 + size)
def cost(size: int) -> int:
    if size > 3:
        return 60
    return 40
"""
RANK = '''"""An order of kinds."""

from icontract import ensure


@ensure(lambda result: 1 <= result <= 50)
def rank(kind: str) -> int:
    """The rank of a kind."""
    if kind == "loop":
        return 20
    return 10
'''


class NoSandbox:
    """Nothing may be executed in these tests."""

    def call(self, target: str, payload: object = None, **more: object) -> Outcome:
        raise AssertionError(f"{target} would be run")


class Readers(Engines):
    """The engines that only read."""

    def runs(self, skill: Skill) -> list[tuple[str, Callable[[], StepOutcome]]]:
        return []


@dataclass
class World:
    """Tasks whose cost is a number of the skill `cost`, with noise by the task's name alone.

    `broken` are tasks that no text solves, `calls` what was asked.
    """

    noise: int = 5
    broken: Callable[[str, Mapping[str, str]], bool] = lambda name, sources: False
    calls: list[str] = field(default_factory=list)

    def measured(self, name: str, sources: Mapping[str, str]) -> Measured:
        constants = [int(n) for n in re.findall(r"return (\d+)", sources["cost"])]
        luck = random.Random(f"{name}{sources['cost']}").randint(-self.noise, self.noise)
        return Measured(not self.broken(name, sources), max(1, 10 * sum(constants) + luck))

    def suite(self, sources: Mapping[str, str]) -> Mapping[str, Measured]:
        self.calls.append("suite")
        return {name: self.measured(name, sources) for name in "abcdef"}

    def solved_before(self, sources: Mapping[str, str]) -> Mapping[str, Measured]:
        self.calls.append("solved_before")
        return {name: self.measured(name, sources) for name in "abcdefgh"}

    def fresh(
        self, committed: str, before: Mapping[str, str], after: Mapping[str, str]
    ) -> Iterator[tuple[str, Measured, Measured]]:
        self.calls.append("fresh")
        for number in range(10**6):
            name = f"{committed}{number}"
            yield name, self.measured(name, before), self.measured(name, after)


@dataclass
class Place:
    """A gate over a life that has begun, and what it is made of."""

    gate: Gate
    life: Life
    world: World
    current: Generation

    def proposal(self, *changes: tuple[str, str], skill: str = "cost", aim: str = "") -> Proposal:
        source = self.current.skill(skill).source
        for old, new in changes:
            assert old in source
            source = source.replace(old, new)
        return self.of(source, skill, aim)

    def of(self, source: str, skill: str = "cost", aim: str = "") -> Proposal:
        return Proposal(skill, source, aim, "test", self.current.hash)


@pytest.fixture
def generation() -> Generation:
    return Generation.of(0, None, [Skill.read("cost", COST), Skill.read("rank", RANK)])


@pytest.fixture
def place(tmp_path: Path, generation: Generation) -> Place:
    rules = Rules()
    ledger = Ledger(tmp_path / "state", tmp_path / "anchor")
    times = iter(range(10**6))
    life = Life(
        ledger,
        rules.delta,
        rules.alpha,
        "suites",
        now=lambda: f"t{next(times)}",
        core=lambda: "core",
    )
    life.start(generation, Fraction(1, 2))
    world = World()
    salts = iter(range(10**6))
    gate = Gate(
        life,
        Readers(NoSandbox()),
        world,
        generation,
        rules,
        Mode.AUTO,
        salt=lambda: str(next(salts)),
        sound=True,
    )
    return Place(gate, life, world, generation)
