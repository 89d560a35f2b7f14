"""Arguments as Python text that can be pasted: shared objects and instances get a name."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from verify_agent.verifier.falsify.states import History
from verify_agent.verifier.ir.interpreter_values import Instance
from verify_agent.verifier.ir.nodes import Class


class Renderer:
    """Renders one call; `setup` grows as objects are named.

    `properties` are the functions that are read as an attribute, as `Class.name`; an instance of
    those of the `classes` that stand for a module is no argument, but its variables are set.
    """

    def __init__(
        self,
        histories: Mapping[int, History],
        taken: Sequence[str],
        properties: Collection[str] = (),
        classes: Mapping[str, Class] | None = None,
    ) -> None:
        self.histories = histories
        self.taken = set(taken)
        self.properties = properties
        self.modules = {k: c for k, c in (classes or {}).items() if c.module}
        self.named: dict[int, str] = {}
        self.setup: list[str] = []

    def call(self, function: str, names: Sequence[str], args: Sequence[Any]) -> str:
        """The call of a function or, where it is `Class.method`, of a method or constructor."""
        state = next((a for a in args if self._is_module(a)), None)
        if state is not None:
            kept = [(n, a) for n, a in zip(names, args, strict=True) if a is not state]
            text = self.call(function, [n for n, _ in kept], [a for _, a in kept])
            self._set_variables(state)
            return text
        self._name_shared(names, args)
        owner, _, short = function.rpartition(".")
        if short == "__init__":
            return f"{owner}({self._given(names[1:], args[1:])})"
        if owner and args and isinstance(args[0], Instance):
            receiver = self.text(args[0], names[0])
            if function in self.properties:
                return f"{receiver}.{short}"
            return f"{receiver}.{short}({self._given(names[1:], args[1:])})"
        return f"{function}({self._given(names, args)})"

    def _is_module(self, value: Any) -> bool:
        return isinstance(value, Instance) and value.class_name in self.modules

    def _set_variables(self, state: Instance) -> None:
        """The calls that give the module's variables their values, or what sets them."""
        klass = self.modules[state.class_name]
        history = self.histories[id(state)]
        values = zip(klass.fields, klass.first, history.args, strict=True)
        changed = [(n, value) for (n, _), first, value in values if value != first.value]
        if changed:
            name = self._free("module")
            self.setup.append(f"import {klass.module} as {name}")
            self.setup += [f"{name}.{n} = {self.text(value)}" for n, value in changed]
        for function, args in history.steps:
            self.setup.append(f"{function}({self._all(args)})")

    def _given(self, names: Sequence[str], args: Sequence[Any]) -> str:
        return ", ".join(map(self.text, args, names))

    def _all(self, args: Sequence[Any]) -> str:
        return ", ".join(map(self.text, args))

    def _name_shared(self, names: Sequence[str], args: Sequence[Any]) -> None:
        """Mutable objects that occur more than once need a name."""
        counts: dict[int, int] = {}
        for arg in args:
            _count(arg, counts)
        for name, arg in zip(names, args, strict=True):
            self._name_inside(arg, name, counts)

    def _name_inside(self, value: Any, hint: str, counts: Mapping[int, int]) -> None:
        for item in _parts(value):
            self._name_inside(item, hint, counts)
        if counts.get(id(value), 0) > 1 and id(value) not in self.named:
            text = self.text(value, hint)
            if id(value) not in self.named:
                self.named[id(value)] = self._bind(hint, text)

    def _bind(self, hint: str, text: str) -> str:
        name = self._free(hint)
        self.setup.append(f"{name} = {text}")
        return name

    def _free(self, hint: str) -> str:
        """A name that nothing bears yet."""
        name, number = hint, 1
        while name in self.taken:
            number += 1
            name = f"{hint}_{number}"
        self.taken.add(name)
        return name

    def text(self, value: Any, hint: str = "value") -> str:
        """The value as an expression."""
        if id(value) in self.named:
            return self.named[id(value)]
        match value:
            case float():
                return (
                    f"float('{value}')" if math.isnan(value) or math.isinf(value) else repr(value)
                )
            case list():
                return f"[{self._all(value)}]"
            case tuple():
                return f"({self._all(value)}{',' if len(value) == 1 else ''})"
            case dict():
                items = (f"{self.text(k)}: {self.text(v)}" for k, v in value.items())
                return f"{{{', '.join(items)}}}"
            case frozenset() | set() if value:
                inside = f"{{{self._all(sorted(value, key=repr))}}}"
                return f"frozenset({inside})" if isinstance(value, frozenset) else inside
            case Instance():
                return self._instance(value, hint)
            case _:
                return repr(value)

    def _instance(self, value: Instance, hint: str) -> str:
        """An instance by its history: a name, and the calls that lead to its state."""
        history = self.histories[id(value)]
        made = f"{history.name}({self._all(history.args)})"
        name = self._bind("instance" if hint in ("self", "value") else hint, made)
        self.named[id(value)] = name
        for method, args in history.steps:
            read = f"{value.class_name}.{method}" in self.properties
            given = "" if read else f"({self._all(args)})"
            self.setup.append(f"{name}.{method}{given}")
        return name


def _parts(value: Any) -> list[Any]:
    match value:
        case list() | tuple():
            return list(value)
        case dict():
            return list(value.values())
        case _:
            return []


def _count(value: Any, counts: dict[int, int]) -> None:
    if isinstance(value, list | dict | set | Instance):
        counts[id(value)] = counts.get(id(value), 0) + 1
        if counts[id(value)] > 1:
            return
    for part in _parts(value):
        _count(part, counts)
