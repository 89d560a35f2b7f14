"""The one door to the skills: the active generation, with the shipped one to fall back to.

The rest of the agent calls a skill by `skill(name, *arguments)`. The skills of a generation of the
user's own are read, never imported: they run in the safe evaluator, with a limit on their steps,
and each of their results is held against the contract of the *shipped* skill. One that fails is
left out from then on, and the reason is kept for the report.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from verify_agent.agent.synth.contract.interpret import Machine
from verify_agent.agent.synth.contract.primitives import OutOfBudget
from verify_agent.contracts.model import Contract
from verify_agent.contracts.parse import parse_contract
from verify_agent.verifier.errors import Unsupported

NAMES = (
    "candidate_rank",
    "component_cost",
    "edit_size",
    "leaf_cost",
    "patience",
    "prompt_rank",
    "proposal_weight",
    "step_size",
    "strategy_order",
    "strategy_turn",
)
STEPS = 20_000
"""Steps of the evaluator that one call may take: some milliseconds."""
REMEMBERED = 4_096
"""Results that are kept for each skill."""


class SkillFailed(Exception):
    """A skill raised, broke its contract, took too long or can't be read; the text says which."""


@cache
def shipped_source(name: str) -> str:
    """The text of a shipped skill; `KeyError` for a name that is none."""
    if name not in NAMES:
        raise KeyError(name)
    return (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")


def shipped_sources() -> dict[str, str]:
    """The text of each shipped skill by name."""
    return {name: shipped_source(name) for name in NAMES}


@cache
def _shipped(name: str) -> Any:
    return getattr(importlib.import_module(f"{__package__}.{name}"), name)


@cache
def _promise(name: str) -> Contract:
    return parse_contract(shipped_source(name), name)


@dataclass
class Read:
    """A skill of a text that is not trusted, as a function of the safe evaluator.

    `OutOfBudget`, `Unsupported` or what it raises comes out of a call that fails.

    >>> Read.of("twice", "def twice(n: int) -> int:\\n    return 2 * n\\n").call(4)
    8
    """

    machine: Machine
    names: tuple[str, ...]
    function: Any

    @classmethod
    def of(cls, name: str, source: str) -> Read:
        """The function of that name; the other functions of the text may be called by it.

        Raises `SkillFailed` where there is none, or where it is outside of what can be read.
        """
        machine = Machine(STEPS)
        try:
            nodes = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
            for node in nodes:
                machine.functions[node.name] = machine.function(node)
        except (SyntaxError, ValueError, RecursionError, Unsupported) as error:
            raise SkillFailed(f"it can't be read: {error}") from error
        found = [n for n in nodes if n.name == name]
        if len(found) != 1:
            raise SkillFailed(f"it holds {len(found)} functions of its name")
        names = tuple(a.arg for a in found[0].args.args)
        return cls(machine, names, machine.functions[name])

    def call(self, *arguments: Any) -> Any:
        """The result for these arguments, within the steps of one call."""
        self.machine.budget.refill()
        return self.function(*arguments)


@dataclass
class Skills:
    """The skills of one generation: `sources` by name; what is not there is as shipped.

    >>> Skills().call("leaf_cost", "parameter")
    1
    """

    sources: Mapping[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    _read: dict[str, Read] = field(default_factory=dict, init=False)
    _known: dict[str, dict[tuple[Any, ...], Any]] = field(default_factory=dict, init=False)

    def call(self, name: str, *arguments: int | str | bool) -> int:
        """What the skill of that name gives; `KeyError` for a name that is none."""
        known = self._known.setdefault(name, {})
        if arguments not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            known[arguments] = self._fresh(name, arguments)
        value: int = known[arguments]
        return value

    @property
    def notes(self) -> tuple[str, ...]:
        """What a report should say: which skill failed, and why."""
        return tuple(
            f"skill {name} failed, the shipped one was used: {reason}"
            for name, reason in sorted(self.failures.items())
        )

    def _fresh(self, name: str, arguments: tuple[Any, ...]) -> Any:
        source = self.sources.get(name)
        if source is not None and name not in self.failures and source != shipped_source(name):
            try:
                return self._isolated(name, source, arguments)
            except SkillFailed as error:
                self.failures[name] = str(error)
                self._known[name].clear()
        return _shipped(name)(*arguments)

    def _isolated(self, name: str, source: str, arguments: tuple[Any, ...]) -> Any:
        shown = f"{name}({', '.join(map(repr, arguments))})"
        try:
            if name not in self._read:
                self._read[name] = Read.of(name, source)
            result = self._read[name].call(*arguments)
        except OutOfBudget:
            raise SkillFailed(f"{shown} took too many steps") from None
        except SkillFailed:
            raise
        except Exception as error:  # the edge of a skill: whatever it does is its failure
            raise SkillFailed(f"{shown} raised {type(error).__name__}: {error}") from error
        _keep_promise(name, self._read[name].names, arguments, result, shown)
        return result


def _keep_promise(
    name: str, names: tuple[str, ...], arguments: tuple[Any, ...], result: Any, shown: str
) -> None:
    """Raise `SkillFailed` where a result breaks the contract of the shipped skill."""
    if type(result) is not int:
        raise SkillFailed(f"{shown} gave {result!r}, no int")
    machine = Machine(STEPS)
    env = {**dict(zip(names, arguments, strict=True)), "result": result}
    for condition in _promise(name).ensures:
        if not machine.expression(condition.text)(dict(env)):
            raise SkillFailed(f"{shown} gave {result}, which breaks `{condition.text}`")


_ACTIVE: ContextVar[Skills | None] = ContextVar("active skills", default=None)


@cache
def _as_shipped() -> Skills:
    return Skills()


def active() -> Skills:
    """The skills in use: those of the innermost `using`, else the shipped ones."""
    return _ACTIVE.get() or _as_shipped()


@contextmanager
def using(skills: Skills) -> Iterator[Skills]:
    """Use these skills within the block."""
    token = _ACTIVE.set(skills)
    try:
        yield skills
    finally:
        _ACTIVE.reset(token)


def skill(name: str, *arguments: int | str | bool) -> int:
    """What the active skill of that name gives.

    >>> skill("component_cost", "{0} + {1}")
    1
    """
    return active().call(name, *arguments)
