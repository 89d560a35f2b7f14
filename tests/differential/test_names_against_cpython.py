"""What the reader says that a module's names stand for, against the module that CPython makes."""

from __future__ import annotations

import ast
import builtins
import importlib
import random
import types
from collections import Counter
from collections.abc import Callable

import pytest

from verify_agent.verifier.frontend.lower_module import module_scope
from verify_agent.verifier.frontend.lower_scope import (
    Binding,
    BuiltinName,
    ClassName,
    ConstantName,
    FunctionName,
    Imported,
    Refused,
)

NAMES = ("a", "b", "len", "f", "g", "K", "gcd", "math", "x")
HEAD = "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"


def _value(draw: random.Random) -> str:
    names = draw.choice(NAMES)
    return draw.choice(["1", "-2.5", "'t'", "(1, 'u')", "[1, 2]", f"({names!r}, 3)", "None"])


def _function(draw: random.Random) -> str:
    return f"def {draw.choice(NAMES)}(x=0):\n    return {_value(draw)}\n"


def _class(draw: random.Random) -> str:
    inner = draw.choice(NAMES)
    return f"class {draw.choice(NAMES)}:\n    {inner} = {_value(draw)}\n"


def _import(draw: random.Random) -> str:
    return draw.choice(
        [
            "import math\n",
            "import math as b\n",
            "from math import gcd\n",
            "from math import pi as a\n",
            "import collections.abc\n",
            "from math import *\n",
        ]
    )


def _assign(draw: random.Random) -> str:
    one, two = draw.sample(NAMES, 2)
    return draw.choice(
        [
            f"{one} = {_value(draw)}\n",
            f"{one} = {two} = {_value(draw)}\n",
            f"{one}, {two} = {_value(draw)}, {_value(draw)}\n",
            f"{one}: int = {_value(draw)}\n",
            f"{one}: int\n",
            f"({one} := {_value(draw)})\n",
            f"{one} = ({two} := {_value(draw)})\n",
            f"{one} = [{two} for {two} in [1, 2]]\n",
            f"{one} = 1\n{one} += 1\n",
            f"{one} = 1\ndel {one}\n",
        ]
    )


def _block(draw: random.Random) -> str:
    body = f"    {draw.choice(NAMES)} = {_value(draw)}\n"
    name = draw.choice(NAMES)
    return draw.choice(
        [
            f"if TYPE_CHECKING:\n{body}",
            f"if __name__ == '__main__':\n{body}",
            f"if __name__ == '__main__':\n    pass\nelse:\n{body}",
            f"if 1 > 2:\n{body}",
            f"try:\n{body}except KeyError:\n    pass\n",
            f"for {name} in [1, 2]:\n    pass\n",
            f"def setter():\n    global {name}\n    {name} = 5\nsetter()\n",
            f"globals()[{name!r}] = 6\n",
            "'only a text'\n",
        ]
    )


PARTS: tuple[Callable[[random.Random], str], ...] = (_function, _class, _import, _assign, _block)


def _text(draw: random.Random) -> str:
    return HEAD + "".join(draw.choice(PARTS)(draw) for _ in range(draw.randint(1, 5)))


def _says(binding: Binding | None, name: str, made: dict[str, object]) -> bool:
    """Whether the module has for the name what the reader says that it stands for."""
    actual = made.get(name)
    match binding:
        case FunctionName(node=node):
            return (
                isinstance(actual, types.FunctionType)
                and actual.__code__.co_firstlineno == node.lineno
            )
        case ClassName(node=node):
            inner = [s.targets[0].id for s in node.body if isinstance(s, ast.Assign)]  # type: ignore[attr-defined]
            return isinstance(actual, type) and all(hasattr(actual, n) for n in inner)
        case Imported(origin=origin):
            return actual is _imported(origin)
        case ConstantName(value=value):
            expected = eval(ast.unparse(value), dict(made))
            return name in made and (type(actual), actual) == (type(expected), expected)
        case BuiltinName(name=known):
            return name not in made and getattr(builtins, known) is getattr(builtins, name)
        case None:
            return name not in made and not hasattr(builtins, name)
        case _:
            return True


def _imported(origin: str) -> object:
    try:
        return importlib.import_module(origin)
    except ImportError:
        module, _, name = origin.rpartition(".")
        return getattr(importlib.import_module(module), name)


def _compared(seed: int, count: int) -> Counter[str]:
    draw = random.Random(seed)
    kinds: Counter[str] = Counter()
    for _ in range(count):
        text = _text(draw)
        scope = module_scope(text, "m")
        if scope.problem:
            kinds["problem"] += 1
            continue
        made: dict[str, object] = {"__name__": "m"}
        exec(compile(text, "m.py", "exec"), made)
        for name in NAMES:
            binding = scope.resolve(name)
            kinds[type(binding).__name__] += 1
            assert _says(binding, name, made), f"{text}\n{name}: {binding}, is {made.get(name)!r}"
    return kinds


@pytest.mark.parametrize("seed", range(4))
def test_names_stand_for_what_cpython_binds(seed: int) -> None:
    kinds = _compared(seed, 400)
    told = {FunctionName, ClassName, Imported, ConstantName, BuiltinName, Refused}
    assert {k.__name__ for k in told} <= kinds.keys()
    assert kinds["problem"] < 300
