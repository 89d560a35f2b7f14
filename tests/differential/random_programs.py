"""Random programs of the supported subset, and arguments for them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from random_expressions import Expressions

SIGNATURE = "a: int, b: int, xs: list[int], ys: list[int], s: str"


@dataclass
class Generator(Expressions):
    """Writes one function."""

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
        inner = Generator(self.rng, self.barred)
        inner.names = {"int": ["n"], "list": ["zs"], "str": [], "bool": [], "dict": [], "set": []}
        for _ in range(self.rng.randint(0, 2)):
            inner.statement(1, 1)
        inner.line(1, f"return {inner.int_(2)}")
        self.helpers.append("\n".join(inner.lines))

    def local_function(self) -> None:
        self.line(1, "def inner(n):")
        inner = Generator(self.rng, self.barred)
        inner.names = {**{k: [] for k in self.names}, "int": ["n", "a"], "list": ["xs"]}
        self.line(2, f"return {inner.int_(2)}")
        self.names["local"] = ["inner"]

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
            return
        for _ in range(20):
            mark, names = len(self.lines), {k: list(v) for k, v in self.names.items()}
            self.rng.choice(simple)(depth)
            if not any(map(self.barred.search, self.lines[mark:])):
                return
            del self.lines[mark:]
            self.names = names
        self.line(depth, "pass")

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


def arguments(rng: random.Random) -> list[Any]:
    """Arguments for `SIGNATURE`; sometimes both lists are one."""
    lists = [[rng.randint(-3, 5) for _ in range(rng.randint(0, 5))] for _ in range(2)]
    if rng.random() < 0.2:
        lists[1] = lists[0]
    text = "".join(rng.choice("ab 7A") for _ in range(rng.randint(0, 4)))
    return [rng.randint(-3, 6), rng.randint(-2, 4), *lists, text]
