"""Imports inside of functions and star imports: what is followed runs as CPython has it."""

from __future__ import annotations

import importlib
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load_file
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir.interpreter import Interpreter, Raised, Returned

MODULES = ("imported_base", "imported_library", "importing_top")
NAMES = ("f", "g", "K", "_h", "math", "abs")


def _library(draw: random.Random, other: str | None) -> str:
    """A module of constants and functions that another may import."""
    names = draw.sample(NAMES, 4) if draw.random() < 0.9 else draw.choices(NAMES, k=4)
    lines = []
    if draw.random() < 0.2:
        lines.append(f"__all__ = {draw.sample(names, draw.randint(1, 3))}")
    if other is not None:
        taken = names.pop()
        star = draw.random() < 0.3
        lines.append(f"from {other} import {'*' if star else taken}")
    for name in names:
        number = draw.randint(0, 9)
        value = draw.choice([f"x + {number}", f"x * {number}"])
        function = f"def {name}(x: int) -> int:\n    return {value}"
        lines.append(draw.choice([function, function, f"{name} = {number}"]))
    if draw.random() < 0.1:
        lines.append(draw.choice(["L = 1 // 0", "M = int('a')", "M: nothing = 1", "import no"]))
    return "\n".join(lines) + "\n"


def _use(draw: random.Random, name: str) -> str:
    return draw.choice([f"{name}(x)", f"{name}(x)", name, f"{name}(x) + 1"])


def _function(draw: random.Random, library: str) -> str:
    """A function that imports, and uses what it imported, in this order or another."""
    name = draw.choice(NAMES)
    made, use = draw.choice(
        [
            (f"from {library} import {name}", _use(draw, name)),
            (f"from {library} import {name} as k", _use(draw, "k")),
            (f"import {library}", _use(draw, f"{library}.{name}")),
            (f"import {library} as k", _use(draw, f"k.{name}")),
            ("import math", "math.gcd(x, 6)"),
            ("from math import gcd as k", "k(x, 4)"),
            ("from math import nothing as k", "x"),
        ]
    )
    shapes = [
        f"    {made}\n    return {use}",
        f"    if x > 0:\n        {made}\n        return {use}\n    return x",
        f"    if x > 0:\n        {made}\n    return {use}",
        f"    y = 0\n    for _ in range(2):\n        {made}\n        y += {use}\n    return y",
        f"    y = {use}\n    {made}\n    return y",
        f"    {made}\n    def inner(z: int) -> int:\n        return {use} + z\n    return inner(x)",
        f"    def inner(z: int) -> int:\n        {made}\n        return {use}\n    return inner(x)",
        f"    try:\n        {made}\n        return {use}\n    except Exception:\n        return -1",
    ]
    return "def main(x: int) -> int:\n" + draw.choice(shapes) + "\n"


def _module(draw: random.Random, library: str) -> str:
    if draw.random() < 0.5:
        return _function(draw, library)
    before = draw.choice(["", "", "", "K = 5\n", "from math import gcd as f\n"])
    after = draw.choice(
        ["", "def g(x: int) -> int:\n    return x - 1\n", "K = 7\n", "L = K\n", "L = K\nK = 9\n"]
    )
    use = _use(draw, draw.choice([*NAMES, "L"]))
    main = f"def main(x: int) -> int:\n    return {use}\n"
    return f"{before}from {library} import *\n{after}{main}"


def _run(call: Any, given: int) -> object:
    try:
        return call(given)
    except Exception as error:
        return type(error).__name__


def _compared(draw: random.Random, folder: Path, words: Counter[str]) -> None:
    base, library, top = MODULES
    for name in MODULES:
        sys.modules.pop(name, None)
    texts = {
        base: _library(draw, None),
        library: _library(draw, draw.choice([base, None, None, top])),
        top: _module(draw, library),
    }
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    subject = next(s for s in load_file(folder / f"{top}.py").functions if s.qualname == "main")
    try:
        program = lower(subject)
        if program.unsupported:
            raise Unsupported("a function that it calls")
    except Unsupported as problem:
        words[f"refused: {problem.construct}"] += 1
        words["refused"] += 1
        return
    try:
        main = importlib.import_module(top).main
    except Exception:
        # There is no function where the module itself can't be imported.
        words["no module"] += 1
        return
    for given in (-3, 0, 4):
        found = Interpreter(program).run([given])
        ours = found.value if isinstance(found, Returned) else "nothing"
        if isinstance(found, Raised):
            ours = type(found.error).__name__
        assert ours == _run(main, given), f"{texts}\nmain({given})"
        words["runs"] += 1


@pytest.mark.parametrize("seed", range(3))
def test_imports(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    words: Counter[str] = Counter()
    draw = random.Random(seed)
    for _ in range(250):
        _compared(draw, tmp_path, words)
    for name in MODULES:
        sys.modules.pop(name, None)
    print(dict(words))
    assert words["runs"] >= 100
    assert words["refused"] >= 50
