"""What a task file says beyond its shape: expressions, names, exceptions -> Contract."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TypeVar

from verify_agent.agent.task_model import TaskFile
from verify_agent.agent.task_names import (
    BUILTINS,
    IMPURE,
    Definitions,
    close,
    forbidden_entry,
    is_exception,
    parse_definitions,
    parse_given,
    parse_signature,
)
from verify_agent.agent.task_yaml import Complaint, Document, Path, Place, key_text
from verify_agent.contracts.expressions import (
    NotAnExpression,
    condition_text,
    free_names,
    parse_expression,
)
from verify_agent.contracts.model import (
    Condition,
    Contract,
    Property,
    Raises,
    Signature,
    Snapshot,
)
from verify_agent.contracts.old import immutable, lift_old

T = TypeVar("T")


class Checker:
    """Collects every complaint about one document instead of stopping at the first."""

    def __init__(self, file: TaskFile, document: Document) -> None:
        self.file = file
        self.document = document
        self.complaints: list[Complaint] = []
        self.definitions = Definitions()

    def complain(
        self, path: Path, found: str, expected: str = "", place: Place | None = None
    ) -> None:
        """Put one more thing that is wrong on record."""
        at = place or self.document.place(path)
        self.complaints.append(Complaint(at, key_text(path), found, expected))

    def attempt(self, path: Path, read: Callable[[], T], expected: str) -> T | None:
        """What `read` gives; a complaint at the path where it can't."""
        try:
            return read()
        except NotAnExpression as problem:
            self.complain(path, str(problem), expected)
            return None

    def read_definitions(self) -> Definitions:
        """The task's specification functions."""
        self.definitions, wrong = parse_definitions(self.file.definitions)
        start = self.document.place(("definitions",))
        for line, found in wrong:
            place = Place(start.line + line, 1)
            self.complain(("definitions",), found, "pure functions in Python", place)
        for name in sorted(self.definitions.names & BUILTINS):
            self.complain(("definitions",), f"`{name}` hides a builtin", "another name")
        for position, name in enumerate(self.file.expose):
            if name not in self.definitions.functions:
                found = f"`{name}` is none of the definitions"
                hint = close(name, self.definitions.functions)
                self.complain(("expose", position), found + hint, "the name of a definition")
        return self.definitions

    def read_signature(self, known: frozenset[str] = frozenset()) -> Signature | None:
        """The signature of the task's own key; `known` are further names of types."""
        text = self.file.signature
        if text is None:
            return None
        signature = self.attempt(
            ("signature",),
            lambda: parse_signature(text, self.definitions.names | known),
            "a signature such as `f(x: int, xs: list[int]) -> int`",
        )
        if signature is not None:
            for name in sorted(n for n in set(signature.names) if signature.names.count(n) > 1):
                self.complain(("signature",), f"`{name}` is there twice", "names of their own")
            for name in sorted(self.definitions.names & {signature.name, *signature.names}):
                self.complain(("definitions",), f"`{name}` is in the signature too", "another name")
        return signature

    def read_contract(self, signature: Signature, known: frozenset[str]) -> Contract:
        """The contract of the task's own keys over a signature.

        `known` are further names that expressions may read (those of a module around it).
        """
        annotations = {p.name: p.annotation for p in signature.parameters}
        names = frozenset(annotations)
        around = known | self.definitions.names
        ensures, snapshots = self._ensures(annotations, names | around)
        examples = self._calls("examples", signature.name, frozenset({signature.name}) | around)
        return Contract(
            requires=self._conditions("requires", names | around),
            ensures=ensures,
            snapshots=snapshots,
            raises=self._raises(names | around),
            modifies=self._modifies(annotations),
            examples=examples,
            properties=self._properties(signature.name, around),
            reference=self.file.reference or "",
            definitions=self.definitions.source,
        )

    def check_forbid(self) -> None:
        """Every entry of `forbid` is a name or an operator."""
        for position, entry in enumerate(self.file.forbid):
            if not forbidden_entry(entry):
                expected = "a name or an operator (`sorted`, `//`, `count`)"
                self.complain(("forbid", position), f"`{entry}` is neither", expected)

    def _condition(self, path: Path, text: str, names: frozenset[str]) -> Condition | None:
        checked = self.attempt(path, lambda: condition_text(text), "a Python condition")
        if checked is None or not self._names(path, checked, names):
            return None
        place = self.document.place(path)
        return Condition(checked, place.line, place.column - 1)

    def _conditions(self, key: str, names: frozenset[str]) -> tuple[Condition, ...]:
        entries: list[str] = getattr(self.file, key)
        made = (self._condition((key, i), text, names) for i, text in enumerate(entries))
        return tuple(c for c in made if c is not None)

    def _ensures(
        self, annotations: Mapping[str, str], names: frozenset[str]
    ) -> tuple[tuple[Condition, ...], tuple[Snapshot, ...]]:
        made: list[Condition] = []
        snapshots: tuple[Snapshot, ...] = ()
        for position, text in enumerate(self.file.ensures):
            path: Path = ("ensures", position)
            condition = self._condition(path, text, names | {"result", "old"})
            if condition is None:
                continue
            lifted = self.attempt(
                path,
                lambda c=condition, s=snapshots: lift_old(c.text, dict(annotations), s),  # type: ignore[misc]
                "`old(expr)` over the parameters",
            )
            if lifted is None:
                continue
            new, snapshots = lifted
            shown = condition.text if new != condition.text else ""
            made.append(Condition(new, condition.line, condition.column, shown=shown))
        return tuple(made), snapshots

    def _raises(self, names: frozenset[str]) -> tuple[Raises, ...]:
        made: list[Raises] = []
        for name, text in self.file.raises.items():
            path: Path = ("raises", name)
            if not is_exception(name, self.definitions):
                found = f"`{name}` is no exception that a function may raise"
                self.complain(path, found, "a builtin exception or one of the definitions")
                continue
            condition = self._condition(path, text, names)
            if condition is not None:
                made.append(Raises(name, condition))
        return tuple(made)

    def _modifies(self, annotations: Mapping[str, str]) -> tuple[str, ...]:
        for position, name in enumerate(self.file.modifies):
            path: Path = ("modifies", position)
            if name not in annotations:
                found = f"`{name}` is no parameter{close(name, annotations)}"
                self.complain(path, found, "the name of a parameter")
            elif immutable(annotations[name]):
                found = f"`{name}` is `{annotations[name]}`, which can't be mutated"
                self.complain(path, found, "a parameter of a mutable type")
        return tuple(dict.fromkeys(self.file.modifies))

    def _calls(self, key: str, function: str, names: frozenset[str]) -> tuple[str, ...]:
        made: list[str] = []
        entries: list[str] = getattr(self.file, key)
        for position, text in enumerate(entries):
            path: Path = (key, position)
            condition = self._condition(path, text, names)
            if condition is not None and self._calls_function(path, condition.text, function):
                made.append(condition.text)
        return tuple(made)

    def _calls_function(self, path: Path, text: str, function: str) -> bool:
        called = any(
            isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == function
            for n in ast.walk(parse_expression(text))
        )
        if not called:
            found = f"`{text}` does not call `{function}`"
            self.complain(path, found, f"an expression such as `{function}(...) == ...`")
        return called

    def _properties(self, function: str, around: frozenset[str]) -> tuple[Property, ...]:
        made = (
            self._property(position, function, around)
            for position in range(len(self.file.properties))
        )
        return tuple(p for p in made if p is not None)

    def _property(self, position: int, function: str, around: frozenset[str]) -> Property | None:
        entry = self.file.properties[position]
        path: Path = ("properties", position)
        given = self.attempt(
            (*path, "given"),
            lambda: parse_given(entry.given, self.definitions.names),
            "variables with types, as in `x: int, y: int`",
        )
        if given is None:
            return None
        names = frozenset(name for name, _ in given) | {function} | around
        then = self._condition((*path, "then"), entry.then, names)
        when = self._condition((*path, "when"), entry.when, names) if entry.when else None
        if then is None or not self._calls_function((*path, "then"), then.text, function):
            return None
        return Property(given, when.text if when else "", then.text)

    def _names(self, path: Path, text: str, names: frozenset[str]) -> bool:
        read = free_names(text)
        for name in sorted(read - names - BUILTINS):
            self.complain(path, *_unknown(path, name, names))
        return read <= names | BUILTINS


def _unknown(path: Path, name: str, names: frozenset[str]) -> tuple[str, str]:
    """What to say about a name that an expression can't read."""
    key = str(path[0])
    if name == "result":
        return f"`result` is not there in `{key}`", "an expression over the state on entry"
    if name == "old":
        return f"`old` has no meaning in `{key}`", "an expression over the state on entry"
    if name == "OLD":
        return "`OLD` is icontract's own", "`old(expr)`"
    if name in IMPURE:
        return f"`{name}` looks at or changes the world", "a pure expression"
    expected = "a parameter, a builtin or one of the definitions"
    return f"the name `{name}` is not known{close(name, names | BUILTINS)}", expected
