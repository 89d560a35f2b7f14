"""Enumerations, frozen dataclasses and sums of tuples: the lowered program does as CPython does."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.frontend.lower_module import module_scope
from verify_agent.verifier.frontend.lower_scope import FunctionName
from verify_agent.verifier.frontend.purity import is_pure
from verify_agent.verifier.ir.interpreter import Interpreter, Raised, Returned

SOURCE = """
from __future__ import annotations
import enum
from dataclasses import dataclass, field, replace
from types import MappingProxyType

class Colour(enum.Enum):
    RED = 1
    GREEN = 2

    @property
    def warm(self) -> bool:
        return self is Colour.RED

LOW, HIGH = 3, 9
WARM = (Colour.RED,)
RANK = MappingProxyType({Colour.RED: 1, Colour.GREEN: 2})

@dataclass(frozen=True)
class Point:
    x: int
    y: int = 2

@dataclass(frozen=True)
class Shape:
    colour: Colour
    centre: Point | None = None
    sizes: tuple[int, ...] = ()

    @property
    def far(self) -> bool:
        return self.colour is Colour.GREEN and len(self.sizes) > 1

def members(n: int) -> tuple[bool, bool, bool]:
    c = Colour.RED if n > 0 else Colour.GREEN
    return c is Colour.RED, c == Colour.GREEN, c in WARM

def made(n: int) -> tuple[int, int, bool]:
    s = Shape(Colour.GREEN, None, (n, n + 1))
    r = replace(s, colour=Colour.RED, sizes=(n,))
    return len(r.sizes), r.sizes[0], r.colour is s.colour

def properties(n: int) -> tuple[bool, bool]:
    s = Shape(Colour.GREEN if n > 1 else Colour.RED, None, (n, n))
    return s.far, s.centre is None

def spread(n: int) -> tuple[int, ...]:
    a = (1, n)
    return (*a, LOW, *(n, HIGH), n)

def truths(n: int) -> int:
    return (1 if Colour.RED else 0) + (1 if Shape(Colour.RED) else 0)
"""


@pytest.fixture(scope="module")
def module() -> ModuleType:
    made = ModuleType("shapes")
    sys.modules["shapes"] = made
    exec(compile(SOURCE, "shapes", "exec", dont_inherit=True), made.__dict__)
    return made


@pytest.mark.parametrize("name", ["members", "made", "properties", "spread", "truths"])
@pytest.mark.parametrize("n", [-1, 0, 1, 2, 5])
def test_the_lowered_program_does_as_cpython(module: ModuleType, name: str, n: int) -> None:
    program = lower(next(s for s in load(SOURCE).functions if s.qualname == name))
    result = Interpreter(program).run([n])
    assert not isinstance(result, Raised)
    assert isinstance(result, Returned)
    assert result.value == getattr(module, name)(n)


REFUSED = {
    "an alias of a member": (
        "class C(enum.Enum):\n    A = 1\n    B = True\ndef f(c: C) -> bool:\n    return c is C.A\n"
    ),
    "a mixed-in type": (
        "class C(str, enum.Enum):\n    A = 'a'\ndef f(c: C) -> bool:\n    return c == 'a'\n"
    ),
    "an equality of its own": (
        "class C(enum.Enum):\n    A = 1\n    def __eq__(self, other): return True\n"
        "def f(c: C) -> bool:\n    return c == C.A\n"
    ),
    "what it is made of is looked at": (
        "@dataclass(frozen=True)\nclass D:\n    path: Path\n"
        "def f(d: D) -> bool:\n    return d.path.exists()\n"
    ),
    "a value that may be None": (
        "@dataclass(frozen=True)\nclass D:\n    path: Any\n"
        "def f(d: D) -> bool:\n    return d.path is None\n"
    ),
    "its type is asked for": (
        "@dataclass(frozen=True)\nclass D:\n    path: Any\n"
        "def f(d: D) -> bool:\n    return isinstance(d.path, int)\n"
    ),
    "it is made in another way": (
        "@dataclass(frozen=True)\nclass D:\n    path: Path\n    n: int = 0\n"
        "    def __post_init__(self): object.__setattr__(self, 'n', 1)\n"
        "def f(d: D) -> D:\n    return replace(d, n=2)\n"
    ),
}
IMPORTS = (
    "from __future__ import annotations\nimport enum\nfrom typing import Any\n"
    "from pathlib import Path\nfrom dataclasses import dataclass, replace\n"
)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_has_no_exact_meaning_is_refused(text: str) -> None:
    with pytest.raises(Unsupported):
        lower(next(s for s in load(IMPORTS + text).functions if s.qualname == "f"))


PURE = """
def reads(s: Shape) -> int:
    return sum(n for n in s.sizes if n > LOW)
def ranked(s: Shape) -> int:
    return RANK[s.colour] + (1 if s.far else 0)
def is_a_member(s: Shape, c: Colour, d: Colour | None) -> bool:
    return c is d or s.colour is d
def writes_digits(s: Shape, n: int) -> str:
    return f"{n:d} of {len(s.sizes):d}"
def finds_a_number(s: Shape, a: float) -> bool:
    return a in (1.0, 2.0) or a < 0.5
"""
IMPURE = """
import random
counter = []
TABLE = {1: 2}
def counts(s: Shape) -> int:
    counter.append(1)
    return len(counter)
def draws(s: Shape) -> float:
    return random.random()
def prints(s: Shape) -> None:
    print(s)
def reads_a_table(s: Shape, n: int) -> int:
    return TABLE[n]
def orders(s: Shape, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(names)
def compares(a: Shape, b: Shape) -> bool:
    return a == b
def opens(s: Shape, path: "Path") -> str:
    return path.read_text()
def returns_never(s: Shape) -> int:
    return returns_never(s)
def by_way_of(s: Shape) -> float:
    return draws(s)
def as_key(s: Shape) -> int:
    return max(s.sizes, key=draws)
def finds_its_own(s: Shape, a: float, b: float) -> bool:
    return a in (b, 1.0)
def holds_its_own(s: Shape, a: float, b: float) -> bool:
    return (a,) == (b,)
def holds_it_too(s: Shape, a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a == b
def writes_a_truth(s: Shape, n: int) -> str:
    return f"{n}"
def is_the_object(s: Shape, a: int, b: int) -> bool:
    return a is b
def has_a_note(s: Shape) -> int:
    return draws.note
def changes(s: Shape, items: list[int]) -> int:
    return items[0]
"""


@pytest.mark.parametrize(
    ("text", "pure"), [(PURE, True), (IMPURE, False)], ids=["pure", "not shown to be pure"]
)
def test_purity_is_told_by_the_text(text: str, pure: bool) -> None:
    scope = module_scope(SOURCE + text, "shapes")
    functions = [
        bound
        for bound in scope.bindings.values()
        if isinstance(bound, FunctionName) and f"def {bound.node.name}(" in text
    ]
    assert len(functions) == text.count("def ")
    told = {bound.node.name: is_pure(bound.node, bound.module) for bound in functions}
    assert set(told.values()) == {pure}, told
