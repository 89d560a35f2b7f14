"""Random small modules: enumerations, dataclasses, properties, constants, helpers, one contract.

The function `f` is under a contract of facts that hold on all samples or on most; `drive` calls
it on what it makes of two numbers, so that a run can be compared without instances as arguments.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clocks import no_collection
from random_instances import Instances

from verify_agent.verifier.harness.results import TimeUp, alarm

HEAD = """from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from icontract import ensure, require, snapshot


"""
SAMPLES = 50


@dataclass(frozen=True)
class Case:
    """A module with `f` under contract; `arguments` are texts of the function's arguments."""

    text: str
    drive: str
    parameters: tuple[tuple[str, str], ...]
    instances: Instances

    def arguments(self, rng: random.Random) -> str:
        """Arguments for one call; objects may be one and the same."""
        share, bound = rng.random() < 0.35, False
        made: list[str] = []
        for _, kind in self.parameters:
            text = self.instances.made(rng, kind)
            if share and kind in ("Box", "Crate", "list[Box]"):
                box = "box" if bound else f"(box := {self.instances.made(rng, 'Box')})"
                text = {
                    "Box": box,
                    "Crate": f"Crate({box}, {rng.randint(-2, 4)})",
                    "list[Box]": f"[{box}, {self.instances.made(rng, 'Box')}, box]",
                }[kind]
                bound = True
            made.append(text)
        return ", ".join(made)


def cases(rng: random.Random) -> Iterator[Case]:
    """Modules with contracts that nearly always hold on samples, without end."""
    while True:
        writer = Writer(rng)
        module = writer.module()
        found = _observed(rng, writer, module)
        if found is None:
            continue
        ensures = "\n".join(_fact(writer, text) for text in found)
        text = f"{HEAD}{module}\n\n{writer.snapshots()}{ensures}\n{writer.function}\n"
        instances = writer.instances
        yield Case(text, writer.driver(), tuple(writer.parameters.items()), instances)


def _fact(writer: Writer, text: str) -> str:
    given = ", ".join(writer.parameters)
    old = ", OLD" if "OLD." in text else ""
    return f"@ensure(lambda {given}, result{old}: {text})"


def _observed(rng: random.Random, writer: Writer, module: str) -> list[str] | None:
    """Facts that hold on all or on most samples; None where there are none, or too few runs."""
    scope: dict[str, Any] = {"__name__": "builtins"}
    try:
        exec(compile(f"{HEAD}{module}\n{writer.function}", "sampled", "exec"), scope)
    except Exception:
        return None
    shape = Case("", "", tuple(writer.parameters.items()), writer.instances)
    names = ", ".join(writer.parameters)
    runs = []
    try:
        with no_collection(), alarm(0.5):
            for _ in range(SAMPLES):
                args = list(eval(f"({shape.arguments(rng)},)", scope))
                named = dict(zip(writer.parameters, args, strict=True))
                old = _Old({f"{n}_n": _number(a) for n, a in named.items()})
                try:
                    runs.append([*args, scope["f"](*args), old])
                except Exception:
                    continue
    except TimeUp:
        return None
    if len(runs) < 6:
        return None
    found = []
    for text in writer.facts():
        holds = eval(f"lambda {names}, result, OLD: {text}", scope)
        share = sum(_true(holds, run) for run in runs) / len(runs)
        if share == 1 or (share > 0.75 and rng.random() < 0.3):
            found.append(text)
    return rng.sample(found, min(len(found), rng.randint(1, 2))) or None


def _number(value: Any) -> int:
    """The number in a box or in what a crate holds."""
    value = getattr(value, "box", value)
    return getattr(value, "n", 0) if type(value).__name__ == "Box" else 0


class _Old:
    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


def _true(holds: Any, run: list[Any]) -> bool:
    try:
        return bool(holds(*run))
    except Exception:
        return False


@dataclass
class Writer:
    """Writes one module, and the function that is looked at."""

    rng: random.Random
    parameters: dict[str, str] = field(default_factory=dict)
    function: str = ""
    result: str = "int"

    def __post_init__(self) -> None:
        self.instances = Instances(self.rng)

    def module(self) -> str:
        """All but the function under contract, which is kept in `function`."""
        parts = [self.instances.constants(), self.instances.classes()]
        for n in range(self.rng.randint(0, 2)):
            parts.append(self.instances.helper(n))
        kinds = ["int", "Colour", "Spot", "Box", "Spot | None", "tuple[int, ...]", "Colour | None"]
        kinds += ["list[Spot]", "Crate", "list[Box]"]
        chosen = [self.rng.choice(kinds) for _ in range(self.rng.randint(1, 3))]
        if not {"Spot", "Box", "Colour", "Spot | None", "Crate"} & set(chosen):
            chosen.append("Spot")
        self.parameters = {f"p{n}": kind for n, kind in enumerate(chosen)}
        self.result = self.rng.choice(["int", "int", "bool", "Colour", "Spot", "str"])
        self.function = self.instances.body("f", self.parameters, self.result)
        return "\n\n".join(parts)

    def snapshots(self) -> str:
        """A snapshot of the number in each object that the function may change."""
        numbers = {"Box": "n", "Crate": "box.n"}
        return "".join(
            f"@snapshot(lambda {n}: {n}.{numbers[kind]}, name='{n}_n')\n"
            for n, kind in self.parameters.items()
            if kind in numbers
        )

    def facts(self) -> Iterator[str]:
        """Conditions over parameters and result that might hold."""
        names = {**self.parameters, "result": self.result}
        for name, kind in names.items():
            if kind == "Crate":
                yield f"{name}.box.n == OLD.{name}_n"
                yield f"{name}.box.n >= OLD.{name}_n"
            if kind == "Box":
                yield f"{name}.n == OLD.{name}_n"
                yield f"{name}.n >= OLD.{name}_n"
                yield f"{name}.n == OLD.{name}_n + 1"
        if self.result == "int":
            yield from ("result >= 0", "result <= 0", "result != 1", "result % 2 == 0")
        if self.result == "Colour":
            yield from ("result is Colour.RED", "result is not Colour.RED")
            yield "result in (Colour.RED, Colour.GREEN)"
        if self.result == "bool":
            yield from ("result", "not result")
        for _ in range(14):
            inner = {k: v for k, v in names.items() if self.rng.random() < 0.7 or k == "result"}
            yield self.instances.condition(inner)

    def driver(self) -> str:
        """A function of two numbers that calls `f` and says what came, in plain values."""
        made = ", ".join(self.instances.of_numbers(kind) for kind in self.parameters.values())
        shown = {
            "Colour": "r is Colour.RED",
            "Spot": "(r.x, r.colour is Colour.RED)",
        }.get(self.result, "r")
        returns = {"Colour": "bool", "Spot": "tuple[int, bool]"}.get(self.result, self.result)
        return (
            f"\n\ndef drive(a: int, b: int) -> {returns}:\n    r = f({made})\n    return {shown}\n"
        )
