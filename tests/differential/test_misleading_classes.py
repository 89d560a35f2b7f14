"""Programs written to be misread: what a run breaks must not be proved.

Each promise is false, by a call that stands beside it and is judged under CPython.
"""

from __future__ import annotations

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Violation
from verify_agent.verifier.harness.script import check_script

HEAD = """
from __future__ import annotations
import enum
from dataclasses import dataclass, field, replace
from icontract import ensure, require

class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"

@dataclass(frozen=True)
class Point:
    x: int
    y: int = 2

@dataclass(frozen=True)
class Shape:
    colour: Colour
    corners: tuple[Point, ...] = ()
    centre: Point | None = None
"""
LIMITS = Limits(seconds=4, per_query_ms=800)

MISLEADING = {
    "alias bool/int": (
        """
class C(enum.Enum):
    A = 1
    B = True
@ensure(lambda result: not result)
def f(a: C) -> bool:
    return C.A is C.B
""",
        "f(C.A)",
    ),
    "alias by name": (
        """
class C(enum.Enum):
    A = 1
    B = A
@ensure(lambda result: not result)
def f(a: C) -> bool:
    return C.A is C.B
""",
        "f(C.A)",
    ),
    "str enum eq": (
        """
class C(str, enum.Enum):
    A = "a"
    B = "b"
@ensure(lambda result: not result)
def f(a: C) -> bool:
    return a == "a"
""",
        "f(C.A)",
    ),
    "int enum truth": (
        """
class C(int, enum.Enum):
    A = 0
    B = 1
@ensure(lambda result: result)
def f(a: C) -> bool:
    return bool(a)
""",
        "f(C.A)",
    ),
    "enum eq overridden": (
        """
class C(enum.Enum):
    A = 1
    B = 2
    def __eq__(self, other: object) -> bool:
        return True
    def __hash__(self) -> int:
        return 1
@ensure(lambda result: not result)
def f(a: C) -> bool:
    return C.A == C.B
""",
        "f(C.A)",
    ),
    "enum rebound": (
        """
class C(enum.Enum):
    A = 1
    B = 2
class D(enum.Enum):
    A = 1
    B = 2
C = D
@ensure(lambda result: result)
def f(a: C) -> bool:
    return a is not D.A
""",
        "f(D.A)",
    ),
    "shadowed enum": (
        """
@ensure(lambda result: result)
def f(Colour: Shape) -> bool:
    return Colour.corners == ()
""",
        "f(Shape(Colour.RED, (Point(1),)))",
    ),
    "shadow RED": (
        """
RED = Colour.GREEN
@ensure(lambda result: result)
def f(a: Colour) -> bool:
    return RED is Colour.RED
""",
        "f(Colour.RED)",
    ),
    "enum auto": (
        """
class C(enum.Enum):
    A = enum.auto()
    B = enum.auto()
@ensure(lambda result: result != 2)
def f(c: C) -> int:
    return c.value
""",
        "f(C.B)",
    ),
    "dataclass eq overridden 2": (
        """
@dataclass(frozen=True)
class P:
    c: Colour
    def __eq__(self, other: object) -> bool:
        return False
    def __hash__(self) -> int:
        return 1
@ensure(lambda result: result)
def f(a: P) -> bool:
    return a == a
""",
        "f(P(Colour.RED))",
    ),
    "eq by value not identity": (
        """
@ensure(lambda result: result)
def f(a: Point, b: Point) -> bool:
    return (a == b) == (a is b)
""",
        "f(Point(1), Point(1))",
    ),
    "mutable default": (
        """
@dataclass
class P:
    n: int
    xs: list[int] = field(default_factory=list)
@ensure(lambda result: result == 1)
def f(a: int) -> int:
    p = P(a)
    q = P(a)
    p.xs.append(1)
    q.xs.append(2)
    return len(p.xs) + a
""",
        "f(3)",
    ),
    "order": (
        """
@dataclass(frozen=True, order=True)
class P:
    a: int
    b: int
@ensure(lambda result, p, q: result == (p.a < q.a))
def f(p: P, q: P) -> bool:
    return p < q
""",
        "f(P(1, 1), P(1, 2))",
    ),
    "eq=False": (
        """
@dataclass(frozen=True, eq=False)
class P:
    a: Colour
@ensure(lambda result: result)
def f(p: P, q: P) -> bool:
    return p == q or p.a is not q.a
""",
        "f(P(Colour.RED), P(Colour.RED))",
    ),
    "property raises": (
        """
@dataclass(frozen=True)
class P:
    c: Colour
    m: int
    @property
    def inv(self) -> int:
        return 10 // self.m
@ensure(lambda result: result)
def f(p: P) -> bool:
    return p.inv == p.inv
""",
        "f(P(Colour.RED, 0))",
    ),
    "post_init rejects": (
        """
@dataclass(frozen=True)
class P:
    c: Colour
    m: int
    def __post_init__(self) -> None:
        if self.m < 0:
            raise ValueError("negative")
@ensure(lambda result: result)
def f(m: int) -> bool:
    return P(Colour.RED, m).m == m
""",
        "f(-1)",
    ),
    "function rebound": (
        """
def g(s: Shape) -> int:
    return 1
def g(s: Shape) -> int:
    return 2
@ensure(lambda result: result == 1)
def f(s: Shape) -> int:
    return g(s)
""",
        "f(Shape(Colour.RED))",
    ),
    "function rebound via global": (
        """
def g(s: Shape) -> int:
    return 1
def h(s: Shape) -> int:
    return 2
def swap() -> None:
    global g
    g = h
@ensure(lambda result: result == 1)
def f(s: Shape) -> int:
    swap()
    return g(s)
""",
        "f(Shape(Colour.RED))",
    ),
    "replace drops init": (
        """
@dataclass(frozen=True)
class P:
    c: Colour
    m: int = field(default=0, init=False)
@ensure(lambda result: result)
def f(p: P) -> bool:
    return replace(p, m=1).m == 1
""",
        "f(P(Colour.RED))",
    ),
    "class attribute of frozen": (
        """
@dataclass(frozen=True)
class P:
    c: Colour
    n = 3
@ensure(lambda result: result == 3)
def f(p: P) -> int:
    return p.n + 1
""",
        "f(P(Colour.RED))",
    ),
    "percent formats a log": (
        """
@dataclass(frozen=True)
class S:
    c: Colour
    log: list[int]
def g(s: S) -> str:
    return "%s" % (s,)
def h(s: S) -> int:
    s.log.append(1)
    return 1
@ensure(lambda result: result)
def f(s: S) -> bool:
    a = g(s)
    h(s)
    return a == g(s)
""",
        "f(S(Colour.RED, []))",
    ),
    "own add": (
        """
SEEN = [1]
@dataclass(frozen=True)
class P:
    c: Colour
    def __add__(self, other: int) -> int:
        SEEN.append(1)
        return len(SEEN)
def g(p: P) -> int:
    return next(x for x in [p + 1])
@ensure(lambda result: result)
def f(p: P) -> bool:
    return g(p) == g(p)
""",
        "f(P(Colour.RED))",
    ),
    "own lt": (
        """
SEEN = [1]
@dataclass(frozen=True)
class P:
    c: Colour
    def __lt__(self, other: object) -> bool:
        SEEN.append(1)
        return len(SEEN) % 2 == 0
def g(p: P) -> bool:
    return next(x for x in [p < 1])
@ensure(lambda result: result)
def f(p: P) -> bool:
    return g(p) == g(p)
""",
        "f(P(Colour.RED))",
    ),
    "own contains": (
        """
SEEN = [1]
@dataclass(frozen=True)
class P:
    c: Colour
    def __contains__(self, other: object) -> bool:
        SEEN.append(1)
        return len(SEEN) % 2 == 0
def g(p: P) -> bool:
    return next(x for x in [1 in p])
@ensure(lambda result: result)
def f(p: P) -> bool:
    return g(p) == g(p)
""",
        "f(P(Colour.RED))",
    ),
    "own iter": (
        """
SEEN = [1]
@dataclass(frozen=True)
class P:
    c: Colour
    def __iter__(self) -> list[int]:
        SEEN.append(1)
        return iter(SEEN[-1:] * len(SEEN))
def g(p: P) -> int:
    return len([x for x in p])
@ensure(lambda result: result)
def f(p: P) -> bool:
    return g(p) == g(p)
""",
        "f(P(Colour.RED))",
    ),
    "own abs": (
        """
SEEN = [1]
@dataclass(frozen=True)
class P:
    c: Colour
    def __abs__(self) -> int:
        SEEN.append(1)
        return len(SEEN)
def g(p: P) -> int:
    return next(x for x in [abs(p)])
@ensure(lambda result: result)
def f(p: P) -> bool:
    return g(p) == g(p)
""",
        "f(P(Colour.RED))",
    ),
    "isinstance bool": (
        """
def g(s: Shape, n: int) -> bool:
    return next((x for x in [isinstance(n, bool)]), False)
@require(lambda n: n == 1)
@ensure(lambda result: result)
def f(s: Shape, n: int) -> bool:
    return g(s, n) == g(s, n == 1)
""",
        "f(Shape(Colour.RED), 1)",
    ),
    "is True": (
        """
def g(s: Shape, n: int) -> bool:
    return next((x for x in [n is True]), False)
@require(lambda n: n == 1)
@ensure(lambda result: result)
def f(s: Shape, n: int) -> bool:
    return g(s, n) == g(s, n == 1)
""",
        "f(Shape(Colour.RED), 1)",
    ),
    "is of ints": (
        """
def g(s: Shape, n: int, m: int) -> bool:
    return next((x for x in [n is m]), False)
@ensure(lambda result: result)
def f(s: Shape, n: int) -> bool:
    return g(s, n, n) == g(s, n, n + 0)
""",
        "f(Shape(Colour.RED), 10**30)",
    ),
    "pure by equal tuples of bool": (
        """
def g(s: Shape, t: tuple[int, ...]) -> str:
    return f"{t}".lower()
@ensure(lambda result: result)
def f(s: Shape) -> bool:
    return g(s, (1,)) == g(s, (True,))
""",
        "f(Shape(Colour.RED))",
    ),
    "comprehension hides a global": (
        """
counter = []
def g(s: Shape) -> int:
    return len(counter) + sum(counter for counter in [p.x for p in s.corners])
def h(s: Shape) -> int:
    counter.append(1)
    return 1
@ensure(lambda result: result)
def f(s: Shape) -> bool:
    a = g(s)
    h(s)
    return a == g(s)
""",
        "f(Shape(Colour.RED))",
    ),
    "enum with a text of its own": (
        """
SEEN = [1]
class C(enum.Enum):
    A = 1
    def __str__(self) -> str:
        SEEN.append(1)
        return str(len(SEEN))
def g(c: C) -> str:
    return f"{c}".lower()
@ensure(lambda result: result)
def f(c: C) -> bool:
    return g(c) == g(c)
""",
        "f(C.A)",
    ),
    "ClassVar under another name": (
        """
from typing import ClassVar as CV
@dataclass(frozen=True)
class P:
    c: Colour
    m: CV[int] = 0
    k: int = 5
@ensure(lambda result: result.k == 5)
def f(c: Colour) -> P:
    return P(c, 3)
""",
        "f(Colour.RED)",
    ),
    "ClassVar under another name, ordinary": (
        """
from typing import ClassVar as CV
@dataclass
class P:
    c: int
    m: CV[int] = 0
    k: int = 5
@ensure(lambda result: result.k == 5)
def f(c: int) -> P:
    return P(c, 3)
""",
        "f(1)",
    ),
    "KW_ONLY under another name": (
        """
from dataclasses import KW_ONLY as KO
@dataclass(frozen=True)
class P:
    c: Colour
    _: KO
    k: int = 5
@ensure(lambda result: result.k == 5)
def f(c: Colour) -> P:
    return P(c, c)
""",
        "f(Colour.RED)",
    ),
    "default names a field, frozen": (
        """
x = 5
@dataclass(frozen=True)
class P:
    c: Colour
    x: int = 1
    y: int = x
@ensure(lambda result: result == 5)
def f(c: Colour) -> int:
    return P(c).y
""",
        "f(Colour.RED)",
    ),
    "default names a field, ordinary": (
        """
x = 5
@dataclass
class P:
    x: int = 1
    y: int = x
@ensure(lambda result: result == 5)
def f(c: int) -> int:
    return P().y
""",
        "f(1)",
    ),
    "method default names a class attribute": (
        """
x = 5
class P:
    x = 1
    def __init__(self, n: int = x) -> None:
        self.n = n
@ensure(lambda result: result == 5)
def f(c: int) -> int:
    return P().n
""",
        "f(1)",
    ),
    "class attribute overridden by a property": (
        """
class A:
    x = 1
    def __init__(self) -> None:
        self.n = 0
class B(A):
    @property
    def x(self) -> int:
        return 2
@ensure(lambda result: result == 1)
def f(n: int) -> int:
    b = B()
    return b.x
""",
        "f(1)",
    ),
    "Colour rebound local": (
        """
@ensure(lambda result: result)
def f(c: Colour) -> bool:
    Colour = Shape(c)
    return Colour.colour is c and Colour.centre is not None
""",
        "f(Colour.RED)",
    ),
    "for var shadows module constant": (
        """
K = 7
@ensure(lambda result: result == 7)
def f(n: int) -> int:
    for K in range(n):
        pass
    return K
""",
        "f(0)",
    ),
    "mutable default argument": (
        """
def g(x: int, acc: list[int] = []) -> int:
    acc.append(x)
    return len(acc)
@ensure(lambda result: result == 1)
def f(x: int) -> int:
    g(x)
    return g(x)
""",
        "f(1)",
    ),
    "property with the name of a field of another": (
        """
@dataclass(frozen=True)
class A:
    c: Colour
    @property
    def x(self) -> int:
        return 1
@dataclass(frozen=True)
class B:
    c: Colour
    x: int
@ensure(lambda result: result == 1)
def f(a: A, b: B) -> int:
    return a.x if a.c is b.c else b.x
""",
        "f(A(Colour.RED), B(Colour.GREEN, 2))",
    ),
    "contract of helper with default": (
        """
@require(lambda n: n >= 0)
@ensure(lambda result, n: result == n + 1)
def g(n: int = -1) -> int:
    return n + 1
@ensure(lambda result: result == 0)
def f(x: int) -> int:
    return g()
""",
        "f(1)",
    ),
}


@pytest.mark.parametrize(("text", "call"), MISLEADING.values(), ids=MISLEADING.keys())
def test_what_a_run_breaks_is_not_proved(text: str, call: str) -> None:
    subject = next(s for s in load(HEAD + text).functions if s.qualname == "f")
    broken = check_script(Harness(subject), (), call, seconds=5.0)
    assert isinstance(broken, Violation), broken
    attempts = Deductive().check(subject, LIMITS, 0).attempts
    assert attempts[broken.obligation_id].outcome is not Verdict.PROVED
