"""The same problem gives the same candidates, however slow the machine and whatever the hashes."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Found, Strategy, SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer, default_strategies

Make = Callable[..., SynthesisProblem]
TASKS: dict[str, dict[str, Any]] = {
    "at_least": {
        "signature": "at_least(x: int, y: int) -> int",
        "ensures": ["result >= x and result >= y"],
    },
    "monus": {
        "signature": "monus(a: int, b: int) -> int",
        "requires": ["a >= 0", "b >= 0"],
        "ensures": ["result >= 0", "result == a - b if a >= b else result == 0"],
    },
    "positives": {
        "signature": "positives(xs: list[int]) -> int",
        "ensures": ["result == len([x for x in xs if x > 0])"],
        "forbid": ["len"],
    },
    "loud": {
        "signature": "loud(text: str) -> str",
        "examples": ["loud('ab c') == 'AB C!'", "loud('x') == 'X!'"],
    },
}


class _Slowed:
    """A strategy on a machine that stops now and then."""

    def __init__(self, strategy: Strategy, chance: random.Random) -> None:
        self.strategy = strategy
        self.name, self.waits = strategy.name, strategy.waits
        self.chance = chance

    def price(self, context: Context) -> float | None:
        return self.strategy.price(context)

    def search(self, context: Context) -> Iterator[Found]:
        for found in self.strategy.search(context):
            if self.chance.random() < 0.02:
                time.sleep(0.003)
            yield found


def _answers(problem: SynthesisProblem, *, slowed: bool) -> list[tuple[str, int]]:
    """Two candidates, and the work that was done when each was there."""
    strategies = default_strategies()
    if slowed:
        strategies = tuple(_Slowed(s, random.Random(i)) for i, s in enumerate(strategies))
    ticks = iter(range(10**9))
    clock = (lambda: 50.0 * next(ticks)) if slowed else time.monotonic
    synthesizer = Synthesizer(problem, strategies, clock=clock)
    try:
        found = []
        for _ in range(2):
            candidate = synthesizer.propose()
            assert candidate is not None
            found.append((candidate.source, synthesizer.context.meter.spent))
            synthesizer.refute(candidate)
        return found
    finally:
        synthesizer.close()


@pytest.mark.parametrize("name", TASKS)
def test_the_clock_and_the_load_change_nothing(name: str, make_problem: Make) -> None:
    problem = make_problem(**TASKS[name])
    assert _answers(problem, slowed=False) == _answers(problem, slowed=True)


def test_another_seed_draws_other_inputs(make_problem: Make) -> None:
    problem = make_problem(**TASKS["at_least"])
    other = dataclasses.replace(problem, seed=1)
    assert [c.input for c in Context(problem).pool] != [c.input for c in Context(other).pool]


_CHILD = """
import json, sys
from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer
from verify_agent.contracts.model import Condition, Contract, Parameter, Signature
contract = Contract(ensures=(Condition("result >= x"), Condition("result in {x, -x, y}")))
signature = Signature("f", (Parameter("x", "int"), Parameter("y", "int")), "int")
synthesizer = Synthesizer(SynthesisProblem(signature, contract, frozenset({"max", "abs"})))
found = [synthesizer.propose() for _ in range(3)]
synthesizer.close()
json.dump([c and c.source for c in found], sys.stdout)
"""


def test_the_order_of_sets_changes_nothing() -> None:
    answers = []
    for seed in ("1", "2"):
        env = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", _CHILD], env=env, capture_output=True, check=True
        )
        answers.append(json.loads(done.stdout))
    assert answers[0] == answers[1]
    assert all(answers[0])
