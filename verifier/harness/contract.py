"""A contract's expressions as functions, evaluated as icontract would, in the module's names."""

from __future__ import annotations

import builtins
import copy
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from verify_agent.contracts.model import Condition, Contract
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.harness.remembered import remembered
from verify_agent.verifier.reference import reference_file
from verify_agent.verifier.subject import Subject

RESOURCES = (MemoryError, RecursionError)


class Old:
    """What `OLD` is in a postcondition: a bag of snapshots."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.__dict__.update(values)


@dataclass(frozen=True)
class Compiled:
    """A condition and the function that evaluates it."""

    condition: Condition
    evaluate: Callable[..., Any]
    parameters: tuple[str, ...]

    def __call__(self, values: Mapping[str, object]) -> Any:
        """The expression's value, not yet as a truth value."""
        return self.evaluate(*(values[name] for name in self.parameters))


@dataclass
class Namespace:
    """The names that a contract's expressions see: the module's, and its definitions over them."""

    module: types.ModuleType
    definitions: str = ""
    _names: dict[str, Any] = field(default_factory=dict)
    _defined: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.definitions:
            self._names = self.module.__dict__
            return
        self._names.update(self.module.__dict__)
        code = compile(self.definitions, "<definitions>", "exec", dont_inherit=True)
        before = dict(self._names)
        exec(code, self._names)
        self._names.update(remembered(self.definitions, self._names))
        self._defined = {
            n: v for n, v in self._names.items() if n not in before or before[n] is not v
        }

    def refresh(self) -> None:
        """See the module's present state; its definitions stay on top."""
        if self.definitions:
            self._names.update(self.module.__dict__)
            self._names.update(self._defined)

    def compile(self, condition: Condition, parameters: Iterable[str]) -> Compiled:
        """The condition as a function of those parameters; `BadSource` where it is no Python."""
        names = tuple(parameters)
        text = f"lambda {', '.join(names)}: (\n{condition.text}\n)"
        try:
            code = compile(text, "<contract>", "eval", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            raise BadSource(f"{condition.display} is no Python expression: {error}") from error
        return Compiled(condition, eval(code, self._names), names)

    def copy(self) -> dict[str, Any]:
        """All names, in a dict of their own, for the statements of a script."""
        self.refresh()
        return dict(self._names)

    def exception(self, name: str) -> type[BaseException]:
        """The exception class of that name; `BadSource` where it is none."""
        found: Any = None
        for part in name.split("."):
            found = getattr(found, part, None) if found else self._first(part)
        if isinstance(found, type) and issubclass(found, BaseException):
            return found
        raise BadSource(f"{name} is no exception that the module knows")

    def _first(self, name: str) -> Any:
        return self._names.get(name, getattr(builtins, name, None))


@dataclass(frozen=True)
class CompiledContract:
    """All parts of a contract that speak of one call."""

    requires: tuple[Compiled, ...]
    ensures: tuple[Compiled, ...]
    snapshots: tuple[tuple[str, Compiled, bool], ...]
    invariants: tuple[Compiled, ...]
    raises: tuple[tuple[type[BaseException], str, Compiled], ...]
    reference: Callable[..., Any] | None

    def old(self, values: Mapping[str, object]) -> Old:
        """The snapshots, taken now."""
        taken = {}
        for name, compiled, deep in self.snapshots:
            value = compiled(values)
            taken[name] = copy.deepcopy(value) if deep else value
        return Old(taken)


def compile_contract(
    subject: Subject, names: Namespace, parameters: tuple[str, ...]
) -> CompiledContract:
    """The subject's contract over the function's parameters; `BadSource` where it is no Python."""
    contract = subject.contract
    after = (*parameters, "result", "OLD")
    self_name = parameters[:1]
    return CompiledContract(
        requires=tuple(names.compile(c, parameters) for c in contract.requires),
        ensures=tuple(names.compile(c, after) for c in contract.ensures),
        snapshots=tuple(
            (s.name, names.compile(Condition(s.text), parameters), s.deep)
            for s in contract.snapshots
        ),
        invariants=tuple(names.compile(c, _renamed_self(self_name)) for c in contract.invariants),
        raises=tuple(
            (names.exception(r.exception), r.exception, names.compile(r.condition, parameters))
            for r in contract.raises
        ),
        reference=_reference(contract, subject.roots),
    )


def _renamed_self(self_name: tuple[str, ...]) -> tuple[str, ...]:
    # An invariant speaks of `self`, whatever the method calls it.
    return ("self",) if self_name else ()


def _reference(contract: Contract, roots: tuple[str, ...]) -> Callable[..., Any] | None:
    if not contract.reference:
        return None
    name = contract.reference.partition("::")[2]
    if contract.reference_source:
        return _named(contract.reference_source, f"<{contract.reference}>", name)
    file = reference_file(contract, roots)
    if file is None:
        return None
    return _named(file.read_text(), str(file), name)


def _named(text: str, file: str, name: str) -> Callable[..., Any] | None:
    module = types.ModuleType("reference_implementation")
    exec(compile(text, file, "exec", dont_inherit=True), module.__dict__)
    found = vars(module).get(name)
    return found if callable(found) else None
