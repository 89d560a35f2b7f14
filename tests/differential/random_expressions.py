"""Random expressions of the supported subset, by the type of their value."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NOTHING = re.compile(r"(?!)")


@dataclass
class Expressions:
    """Writes expressions over the names of each type that may be read at the current place."""

    rng: random.Random
    barred: re.Pattern[str] = NOTHING

    def __post_init__(self) -> None:
        self.names = {
            "int": ["a", "b"],
            "list": ["xs", "ys"],
            "str": ["s"],
            "bool": [],
            "dict": [],
            "set": [],
        }
        self.lines: list[str] = []
        self.counter = 0
        self.loops = 0
        self.helpers: list[str] = []

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def fresh(self, kind: str) -> str:
        self.counter += 1
        return f"{kind[0]}{self.counter}"

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def name(self, kind: str) -> str | None:
        return self.rng.choice(self.names[kind]) if self.names[kind] else None

    def one_of(self, forms: list[Callable[[], str]]) -> str:
        """A text of one of the forms that has nothing barred in it, if that can be had."""
        for _ in range(40):
            text = self.rng.choice(forms)()
            if not self.barred.search(text):
                return text
        return text

    def int_(self, depth: int) -> str:
        names = self.names["int"]
        if depth <= 0 or self.rng.random() < 0.25:
            return self.pick(*names, *names, str(self.rng.randint(0, 4)), "-1", "7", "10")
        d = depth - 1
        i, j = lambda: self.int_(d), lambda: self.list_(d)
        forms: list[Callable[[], str]] = [
            lambda: f"({i()} {self.pick('+', '-', '*', '+', '-')} {i()})",
            lambda: f"({i()} {self.pick('//', '%')} {i()})",
            lambda: f"({i()} {self.pick('&', '|', '^')} {i()})",
            lambda: f"({i()} {self.pick('<<', '>>')} {self.pick('0', '1', '2', 'a')})",
            lambda: f"({i()}) ** {self.pick('0', '1', '2', '3')}",
            lambda: f"{self.pick('-', '~', '+')}({i()})",
            lambda: f"abs({i()})",
            lambda: f"len({self.pick(self.list_, self.str_)(d)})",
            lambda: f"{j()}[{i()}]",
            lambda: f"sum({j()})",
            lambda: f"{self.pick('min', 'max')}({j()})",
            lambda: f"{self.pick('min', 'max')}({j()}, default={i()})",
            lambda: f"{self.pick('min', 'max')}({i()}, {i()})",
            lambda: f"{j()}.{self.pick('count', 'index')}({i()})",
            lambda: f"({i()} if {self.bool_(d)} else {i()})",
            lambda: f"({i()} {self.pick('and', 'or')} {i()})",
            lambda: f"({self.bool_(d)} + {i()})",
            lambda: f"divmod({i()}, {i()})[{self.pick('0', '1', '-1')}]",
            lambda: f"{self.str_(d)}.{self.pick('count', 'find', 'index')}({self.str_(d)})",
            lambda: f"ord({self.str_(d)})",
            lambda: f"int({self.str_(d)})",
            lambda: f"sum({self.element(d)} for w in {self.iterable(d)})",
            lambda: f"({i()}).bit_length()",
            lambda: f"round({i()} / 4)",
            lambda: f"int({i()} / 2)",
            lambda: f"{self.pick('max', 'min')}({j()}, key=lambda w: {self.with_w(d)})",
        ]
        if self.helpers:
            forms.append(lambda: f"h{self.rng.randrange(len(self.helpers))}({i()}, {j()})")
        if self.names.get("local"):
            forms.append(lambda: f"inner({i()})")
        if self.names["list"]:
            forms.append(lambda: f"{self.name('list')}.pop({self.pick('', '0', '-1')})")
        if self.names["dict"]:
            forms.append(lambda: f"{self.name('dict')}[{i()}]")
            forms.append(lambda: f"{self.name('dict')}.get({i()}, {i()})")
        return self.one_of(forms)

    def with_w(self, depth: int) -> str:
        """An int expression that may read the variable `w`."""
        self.names["int"].append("w")
        text = self.int_(depth)
        self.names["int"].remove("w")
        return text

    element = with_w

    def condition_on_w(self, depth: int) -> str:
        return f"({self.with_w(depth)} {self.pick('<', '==', '>=')} {self.int_(0)})"

    def iterable(self, depth: int) -> str:
        return self.pick(self.list_, self.range_)(depth)

    def range_(self, depth: int) -> str:
        small = lambda: self.pick("a", "b", "len(xs)", "3", "0", "-2", "5")  # noqa: E731
        return self.pick(
            f"range({small()})",
            f"range({small()}, {small()})",
            f"range({small()}, {small()}, {self.pick('1', '2', '-1', '-2', 'b')})",
        )

    def bool_(self, depth: int) -> str:
        d = depth - 1
        if depth <= 0:
            return self.pick("True", "False", "a > 0", "not b")
        i = lambda: self.int_(d)  # noqa: E731
        comparison = lambda: self.pick("<", "<=", "==", "!=", ">", ">=")  # noqa: E731
        forms: list[Callable[[], str]] = [
            lambda: f"({i()} {comparison()} {i()})",
            lambda: f"({i()} {comparison()} {i()} {comparison()} {i()})",
            lambda: f"({i()} {self.pick('in', 'not in')} {self.list_(d)})",
            lambda: f"({self.list_(d)} {comparison()} {self.list_(d)})",
            lambda: f"({self.str_(d)} {self.pick('==', '<', 'in', '>=')} {self.str_(d)})",
            lambda: f"(not {self.pick(self.int_, self.list_, self.str_, self.bool_)(d)})",
            lambda: f"({self.bool_(d)} {self.pick('and', 'or')} {self.bool_(d)})",
            lambda: (
                f"{self.pick('all', 'any')}({self.condition_on_w(d)} for w in {self.iterable(d)})"
            ),
            lambda: f"{self.str_(d)}.{self.pick('isdigit', 'isalpha', 'isupper', 'isspace')}()",
            lambda: f"{self.str_(d)}.{self.pick('startswith', 'endswith')}({self.str_(d)})",
            lambda: f"bool({self.pick(self.int_, self.list_)(d)})",
            lambda: f"(xs is {self.pick('xs', 'ys')})" if "xs" in self.names["list"] else "True",
        ]
        return self.one_of(forms)

    def bound(self, depth: int) -> str:
        return self.pick("", "", self.int_(min(depth, 1)))

    def slice_(self, depth: int) -> str:
        step = self.pick("", "", ":", ":1", ":2", ":-1", ":-2", ":a")
        return f"[{self.bound(depth)}:{self.bound(depth)}{step}]"

    def list_(self, depth: int) -> str:
        d = depth - 1
        names = self.names["list"]
        if names and (depth <= 0 or self.rng.random() < 0.3):
            return self.rng.choice(names)
        if depth <= 0:
            return "[1, 2]"
        i = lambda: self.int_(d)  # noqa: E731
        forms: list[Callable[[], str]] = [
            lambda: f"[{', '.join(i() for _ in range(self.rng.randint(1, 4)))}]",
            lambda: f"{self.list_(d)}{self.slice_(d)}",
            lambda: f"({self.list_(d)} + {self.list_(d)})",
            lambda: f"({self.list_(d)} * {self.pick('0', '1', '2', '-1', 'a')})",
            lambda: f"[{self.element(d)} for w in {self.iterable(d)}]",
            lambda: f"[{self.element(d)} for w in {self.iterable(d)} if {self.condition_on_w(d)}]",
            lambda: f"[w + v for w in {self.iterable(d)} for v in {self.list_(d)}]",
            lambda: f"list({self.iterable(d)})",
            lambda: (
                f"sorted({self.list_(d)}{self.pick('', ', reverse=True', ', key=lambda w: -w')})"
            ),
            lambda: f"list(reversed({self.list_(d)}))",
            lambda: f"{self.list_(d)}.copy()",
            lambda: f"[v * k for k, v in enumerate({self.list_(d)})]",
            lambda: f"[v - w for v, w in zip({self.list_(d)}, {self.list_(d)})]",
            lambda: f"[len(c) for c in {self.str_(d)}.split()]",
            lambda: f"({self.list_(d)} if {self.bool_(d)} else {self.list_(d)})",
            lambda: f"({self.list_(d)} {self.pick('and', 'or')} {self.list_(d)})",
            lambda: f"list(map(abs, {self.list_(d)}))",
            lambda: f"sorted(set({self.list_(d)}))",
            lambda: f"sorted({{w % 3: w for w in {self.list_(d)}}}.values())",
        ]
        return self.one_of(forms)

    def str_(self, depth: int) -> str:
        d = depth - 1
        names = self.names["str"]
        if depth <= 0 or self.rng.random() < 0.3:
            return self.pick(*names, *names, "'ab'", "''", "'a'", "'b a'", "'7'")
        forms: list[Callable[[], str]] = [
            lambda: f"({self.str_(d)} + {self.str_(d)})",
            lambda: f"({self.str_(d)} * {self.pick('0', '2', '-1')})",
            lambda: f"{self.str_(d)}{self.slice_(d)}",
            lambda: f"{self.str_(d)}[{self.int_(d)}]",
            lambda: f"{self.str_(d)}.{self.pick('upper', 'lower', 'strip', 'title')}()",
            lambda: f"{self.str_(d)}.replace({self.str_(d)}, {self.str_(d)})",
            lambda: f"{self.str_(d)}.join({self.str_(d)}.split())",
            lambda: f"''.join(c for c in {self.str_(d)} if c != 'a')",
            lambda: f"''.join(reversed({self.str_(d)}))",
            lambda: f"str({self.pick('True', 'True', 'True', 'len(s)' if names else '3')})",
            lambda: f"f'<{{{self.pick(*names, '1')}}}>'",
            lambda: f"{self.str_(d)}.{self.pick('ljust', 'rjust', 'zfill')}({self.pick('3', '5')})",
        ]
        return self.one_of(forms)
