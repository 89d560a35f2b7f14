"""Whether an implementation is better by the objective: measured for time, counted for the rest."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Protocol

from verify_agent.agent.optimize import objective
from verify_agent.agent.optimize.inputs import Group, groups
from verify_agent.agent.optimize.model import Known
from verify_agent.agent.task import Task
from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.timing.compare import PRELOAD, ROUNDS, Speed, compared

#: A short look first, and below which ratio it is not worth a longer one.
LOOK, LOOK_SECONDS, LEAST, WORTH = 9, 0.3, 0.9, 1.02
SECONDS = 1.5
UNDECORATED = "undecorated, the contract's own checks left out"


@dataclass(frozen=True)
class Better:
    """How much is gained (more is better), in words too, and the size of the body."""

    gain: float
    text: str
    size: int


class Judge(Protocol):
    """Compares implementations with the one that is there."""

    def estimate(self, body: Sequence[ast.stmt], module: str) -> float | None:
        """About how much a body gains, in a short look; None where it is no better."""

    def gain(self, body: Sequence[ast.stmt], module: str) -> Better | None:
        """What a body gains; None where it is not shown to be better."""

    def close(self) -> None:
        """End every process that it started."""


def judge_for(task: Task, known: Known, text: str) -> Judge:
    """The judge of the task's objective; `text` is the module as it is."""
    match task.objective:
        case "time":
            return Clock(text, task.qualname, groups(known.program, task.seed))
        case "size":
            return Count("nodes of syntax", objective.size(known.body))
        case "complexity":
            return Count("paths (McCabe)", objective.complexity(known.body))
    raise ValueError(f"no such objective: {task.objective}")


@dataclass(frozen=True)
class Count:
    """An exact number, less is better."""

    unit: str
    before: int

    def estimate(self, body: Sequence[ast.stmt], module: str) -> float | None:
        """The share by which the number falls; it is exact."""
        found = self.gain(body, module)
        return found.gain if found else None

    def gain(self, body: Sequence[ast.stmt], module: str) -> Better | None:
        """The share by which the number falls."""
        size = objective.size(body)
        after = size if self.unit.startswith("nodes") else objective.complexity(body)
        if after >= self.before:
            return None
        return Better(self.before / after, f"{after} {self.unit} instead of {self.before}", size)

    def close(self) -> None:
        """Nothing was started."""


@dataclass
class Clock:
    """Times in the sandbox, in turns with the function as it is."""

    text: str
    name: str
    groups: tuple[Group, ...]
    _sandbox: Zygote | None = field(default=None, init=False)

    def estimate(self, body: Sequence[ast.stmt], module: str) -> float | None:
        """Times as quick in a short look at each group of inputs, multiplied."""
        ratios = []
        for group in self.groups:
            found = self._compared(module, group, LOOK, LOOK_SECONDS)
            if found is None or found.ratio < LEAST:
                return None
            ratios.append(found.ratio)
        return prod(ratios) if any(ratio > WORTH for ratio in ratios) else None

    def gain(self, body: Sequence[ast.stmt], module: str) -> Better | None:
        """Times as quick; quicker in a group of inputs, with its interval, and slower in none."""
        speeds: list[tuple[str, Speed]] = []
        for group in self.groups:
            found = self._compared(module, group, ROUNDS, SECONDS)
            if found is None:
                return None
            speeds.append((group.name, found))
        if not any(speed.quicker for _, speed in speeds):
            return None
        told = "; ".join(
            f"{speed} on {name} inputs" if speed.quicker else f"no difference on {name} inputs"
            for name, speed in speeds
        )
        gain = prod(speed.ratio for _, speed in speeds if speed.quicker)
        return Better(gain, f"{told}; {UNDECORATED}", objective.size(body))

    def _compared(self, module: str, group: Group, rounds: int, seconds: float) -> Speed | None:
        """The speed in a group; None where it is slower or could not be measured."""
        if self._sandbox is None:
            self._sandbox = Zygote(preload=PRELOAD).start()
        arguments = group.arguments
        found = compared(
            self._sandbox, self.text, module, self.name, arguments, rounds=rounds, seconds=seconds
        )
        return found if isinstance(found, Speed) and not found.slower else None

    def close(self) -> None:
        """End the sandbox."""
        if self._sandbox is not None:
            self._sandbox.close()
