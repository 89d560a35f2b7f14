"""Random programs of the supported subset, and CPython's own word on what they do."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

SIGNATURE = "a: int, b: int, xs: list[int], ys: list[int], s: str"


@dataclass
class Generator:
    """Writes one function; names of each type that may be read at the current place."""

    rng: random.Random

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

    def program(self) -> str:
        for _ in range(self.rng.randint(0, 2)):
            self.helper()
        if self.rng.random() < 0.3:
            self.local_function()
        for _ in range(self.rng.randint(2, 6)):
            self.statement(1, 3)
        names = [n for kind in ("int", "list", "str", "bool") for n in self.names[kind]]
        shown = ", ".join(self.rng.sample(names, min(4, len(names))))
        self.line(1, f"return ({shown},)")
        helpers = "\n".join(
            f"def h{n}(n: int, zs: list[int]) -> int:\n{b}" for n, b in enumerate(self.helpers)
        )
        return f"{helpers}\ndef f({SIGNATURE}):\n" + "\n".join(self.lines) + "\n"

    def helper(self) -> None:
        inner = Generator(self.rng)
        inner.names = {"int": ["n"], "list": ["zs"], "str": [], "bool": [], "dict": [], "set": []}
        for _ in range(self.rng.randint(0, 2)):
            inner.statement(1, 1)
        inner.line(1, f"return {inner.int_(2)}")
        self.helpers.append("\n".join(inner.lines))

    def local_function(self) -> None:
        self.line(1, "def inner(n):")
        inner = Generator(self.rng)
        inner.names = {**{k: [] for k in self.names}, "int": ["n", "a"], "list": ["xs"]}
        self.line(2, f"return {inner.int_(2)}")
        self.names["local"] = ["inner"]

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def fresh(self, kind: str) -> str:
        self.counter += 1
        return f"{kind[0]}{self.counter}"

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def name(self, kind: str) -> str | None:
        return self.rng.choice(self.names[kind]) if self.names[kind] else None

    # -- expressions ----------------------------------------------------------------------------

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
        return self.rng.choice(forms)()

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
        return self.rng.choice(forms)()

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
        return self.rng.choice(forms)()

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
        return self.rng.choice(forms)()

    # -- statements -----------------------------------------------------------------------------

    def block(self, depth: int, budget: int) -> None:
        saved = {k: list(v) for k, v in self.names.items()}
        for _ in range(self.rng.randint(1, 3)):
            self.statement(depth, budget)
        if self.rng.random() < 0.8:
            self.names = saved

    def statement(self, depth: int, budget: int) -> None:
        simple = [
            self.assign, self.assign, self.augment, self.mutate, self.mutate, self.unpack,
            self.containers, self.leave,
        ]  # fmt: skip
        compound = [self.if_, self.while_, self.for_, self.for_, self.try_]
        if budget > 0 and self.rng.random() < 0.5:
            self.rng.choice(compound)(depth, budget - 1)
        else:
            self.rng.choice(simple)(depth)

    def assign(self, depth: int) -> None:
        kind = self.pick("int", "int", "list", "str", "bool")
        text = {"int": self.int_, "list": self.list_, "str": self.str_, "bool": self.bool_}[kind](3)
        if self.names[kind] and self.rng.random() < 0.5:
            name = self.rng.choice(self.names[kind])
        else:
            name = self.fresh(kind)
            self.names[kind].append(name)
        if self.rng.random() < 0.1 and kind == "int":
            self.line(depth, f"{name} = {self.rng.choice(self.names['int'])} = {text}")
        else:
            self.line(depth, f"{name} = {text}")

    def augment(self, depth: int) -> None:
        op = self.pick("+=", "-=", "*=", "//=", "%=", "|=", "^=", "&=", ">>=")
        if self.rng.random() < 0.3 and self.names["list"]:
            name = self.name("list")
            self.line(depth, self.pick(
                f"{name} += {self.list_(2)}",
                f"{name}[{self.int_(1)}] {op} {self.int_(2)}",
                f"{name} *= {self.pick('0', '1', '2')}",
            ))  # fmt: skip
        elif self.rng.random() < 0.2 and self.names["str"]:
            self.line(depth, f"{self.name('str')} += {self.str_(2)}")
        else:
            self.line(depth, f"{self.name('int')} {op} {self.int_(2)}")

    def mutate(self, depth: int) -> None:
        name = self.name("list")
        if name is None:
            return self.assign(depth)
        return self.line(depth, self.pick(
            f"{name}.append({self.int_(2)})",
            f"{name}.extend({self.list_(2)})",
            f"{name}.insert({self.int_(1)}, {self.int_(1)})",
            f"{name}.remove({self.int_(1)})",
            f"{name}.pop({self.pick('', '0', self.int_(1))})",
            f"{name}.{self.pick('sort()', 'reverse()', 'clear()', 'sort(reverse=True)')}",
            f"{name}[{self.int_(1)}] = {self.int_(2)}",
            f"{name}{self.slice_(1)} = {self.list_(2)}",
            f"del {name}[{self.int_(1)}]",
            f"del {name}{self.slice_(1)}",
        ))  # fmt: skip

    def unpack(self, depth: int) -> None:
        i = lambda: self.int_(2)  # noqa: E731
        left, right = self.name("int"), self.name("int")
        self.line(depth, self.pick(
            f"{left}, {right} = {i()}, {i()}",
            f"{left}, {right} = {self.list_(2)}",
            f"{left}, *q1 = {self.list_(2)}",
            f"({left}, {right}), *_ = [({i()}, {i()})]",
        ))  # fmt: skip

    def containers(self, depth: int) -> None:
        if not self.names["dict"]:
            name = self.fresh("dict")
            self.line(depth, f"{name} = {{w: w * w for w in {self.list_(1)}}}")
            self.names["dict"].append(name)
            return
        name = self.name("dict")
        self.line(depth, self.pick(
            f"{name}[{self.int_(1)}] = {self.int_(2)}",
            f"{name}[True] = {self.int_(1)}",
            f"{name}.pop({self.int_(1)})",
            f"a = len({name})" if "a" in self.names["int"] else f"{name}.clear()",
            f"del {name}[{self.int_(1)}]",
        ))  # fmt: skip

    def leave(self, depth: int) -> None:
        roll = self.rng.random()
        if self.loops and roll < 0.5:
            self.line(depth, f"if {self.bool_(2)}:")
            self.line(depth + 1, self.pick("break", "continue"))
        elif roll < 0.6:
            self.line(depth, f"assert {self.bool_(2)}")
        elif roll < 0.75:
            self.line(depth, f"if {self.bool_(2)}:")
            self.line(depth + 1, f"return {self.int_(1)}")
        elif roll < 0.85:
            self.line(depth, f"if {self.bool_(2)}:")
            self.line(
                depth + 1,
                f"raise {self.pick('ValueError', 'KeyError(3)', 'IndexError')}",
            )
        else:
            self.assign(depth)

    def if_(self, depth: int, budget: int) -> None:
        self.line(depth, f"if {self.pick(self.bool_, self.bool_, self.int_, self.list_)(2)}:")
        self.block(depth + 1, budget)
        if self.rng.random() < 0.5:
            self.line(depth, "else:")
            self.block(depth + 1, budget)

    def while_(self, depth: int, budget: int) -> None:
        fuel = self.fresh("fuel")
        self.line(depth, f"{fuel} = 6")
        self.line(depth, f"while {self.bool_(2)}:")
        self.line(depth + 1, f"{fuel} -= 1")
        self.line(depth + 1, f"if {fuel} < 0:")
        self.line(depth + 2, "break")
        self.body(depth, budget)

    def for_(self, depth: int, budget: int) -> None:
        over = self.pick("range", "list", "list", "str", "enumerate", "zip", "reversed", "items")
        value = self.fresh("v")
        binds = "int"
        if over == "range":
            head = f"for {value} in {self.range_(1)}:"
        elif over == "str":
            head, binds = f"for {value} in {self.str_(1)}:", "str"
        elif over == "enumerate":
            head = f"for k{value}, {value} in enumerate({self.list_(1)}{self.pick('', ', 1')}):"
        elif over == "zip":
            head = f"for k{value}, {value} in zip({self.list_(1)}, {self.list_(1)}):"
        elif over == "reversed":
            head = f"for {value} in reversed({self.list_(1)}):"
        elif over == "items" and self.names["dict"]:
            head = f"for k{value}, {value} in {self.name('dict')}.items():"
        else:
            head = f"for {value} in {self.list_(1)}:"
        self.line(depth, head)
        for name in self.names["list"]:
            self.line(depth + 1, f"if len({name}) > 40:")
            self.line(depth + 2, "break")
        self.names[binds].append(value)
        self.body(depth, budget)

    def body(self, depth: int, budget: int) -> None:
        self.loops += 1
        self.block(depth + 1, budget)
        self.loops -= 1
        if self.rng.random() < 0.25:
            self.line(depth, "else:")
            self.block(depth + 1, budget)

    def try_(self, depth: int, budget: int) -> None:
        self.line(depth, "try:")
        self.block(depth + 1, budget)
        kinds = self.pick("ValueError", "(IndexError, KeyError)", "ZeroDivisionError", "Exception")
        final = self.rng.random() < 0.4
        if not final or self.rng.random() < 0.7:
            self.line(depth, f"except {kinds}:")
            self.block(depth + 1, budget)
            if self.rng.random() < 0.2:
                self.line(depth + 1, "raise")
            if self.rng.random() < 0.3:
                self.line(depth, "else:")
                self.block(depth + 1, budget)
        if final:
            loops, self.loops = self.loops, 0
            self.line(depth, "finally:")
            self.block(depth + 1, budget)
            self.loops = loops


@dataclass(frozen=True)
class Ran:
    """What a run did: its value or exception, the arguments after it, what is one object."""

    outcome: str
    after: str
    shared: tuple[bool, ...]


@pytest.fixture(scope="session")
def random_program() -> Callable[[int], tuple[str, list[list[Any]]]]:
    """A program and arguments for it, by seed."""

    def make(seed: int) -> tuple[str, list[list[Any]]]:
        rng = random.Random(seed)
        source = Generator(rng).program()
        return source, [arguments(rng) for _ in range(4)]

    return make


def arguments(rng: random.Random) -> list[Any]:
    """Arguments for `SIGNATURE`; sometimes both lists are one."""
    lists = [[rng.randint(-3, 5) for _ in range(rng.randint(0, 5))] for _ in range(2)]
    if rng.random() < 0.2:
        lists[1] = lists[0]
    text = "".join(rng.choice("ab 7A") for _ in range(rng.randint(0, 4)))
    return [rng.randint(-3, 6), rng.randint(-2, 4), *lists, text]


@pytest.fixture(scope="session")
def cpython() -> Callable[[str, list[Any]], Ran]:
    """CPython's word on the function `f` of a source text."""

    def run(source: str, args: list[Any]) -> Ran:
        scope: dict[str, Any] = {}
        exec(compile(source, "<random>", "exec"), scope)
        return observe(lambda given: scope["f"](*given), args)

    return run


@pytest.fixture(scope="session")
def observed() -> Callable[[Callable[[list[Any]], Any], list[Any]], Ran]:
    """What a function does with a copy of the arguments."""
    return observe


def observe(function: Callable[[list[Any]], Any], args: list[Any]) -> Ran:
    given = copy.deepcopy(args)
    result: Any = None
    try:
        result = function(given)
        outcome = f"{type(result).__name__} {result!r}"
    except Exception as error:
        outcome = type(error).__name__
    parts = [*result] if isinstance(result, tuple) else [result]
    shared = tuple(p is g for p in parts for g in given if isinstance(g, list))
    return Ran(outcome, repr(given), shared)
