"""Parameters renamed: what means the parameter, what must stay, and what is refused."""

from __future__ import annotations

import pytest

from verify_agent.agent.repair.rename.change import Surroundings, rename
from verify_agent.agent.repair.rename.same import same_program
from verify_agent.agent.repair.rename.tree import CannotRename
from verify_agent.agent.task_origin import Renamed, inline_origin

NEW = {"lo": "low"}


def renamed(text: str, qualname: str = "f", new: dict[str, str] = NEW) -> Renamed:
    origin = inline_origin(text, qualname)
    return rename(origin, Surroundings.of(origin), new)


BODIES = {
    "plain": ("return lo + 1", "return low + 1"),
    "bound again": (
        "lo += 1\n    for lo in x: pass\n    return lo",
        "low += 1\n    for low in x: pass\n    return low",
    ),
    "a nested function reads it": (
        "def g(): return lo\n    return g",
        "def g(): return low\n    return g",
    ),
    "a nested function has its own": (
        "def g(lo): return lo\n    return g(lo)",
        "def g(lo): return lo\n    return g(low)",
    ),
    "nonlocal": (
        "def g():\n        nonlocal lo\n        lo = 2\n    return lo",
        "def g():\n        nonlocal low\n        low = 2\n    return low",
    ),
    "global in a nested function": (
        "def g():\n        global lo\n        lo = 2\n    return lo",
        "def g():\n        global lo\n        lo = 2\n    return low",
    ),
    "comprehension": (
        "return [lo for lo in range(lo)] + [lo for _ in x]",
        "return [lo for lo in range(low)] + [low for _ in x]",
    ),
    "lambda": ("return (lambda lo: lo, lambda: lo)", "return (lambda lo: lo, lambda: low)"),
    "formatted text": ('return f"lo {lo!r:>{lo}}"', 'return f"lo {low!r:>{low}}"'),
    "attribute and text": (
        'return lo.lo + x.lo + "lo"  # lo stays',
        'return low.lo + x.lo + "lo"  # lo stays',
    ),
    "match": (
        "match x:\n        case [lo]: pass\n    return lo",
        "match x:\n        case [low]: pass\n    return low",
    ),
    "except and with": (
        "try: pass\n    except E as lo: pass\n    with x as lo: pass\n    del lo",
        "try: pass\n    except E as low: pass\n    with x as low: pass\n    del low",
    ),
    "its own call": ("return f(x, lo=lo)", "return f(x, low=low)"),
    "the call of another": ("return g(x, lo=lo)", "return g(x, lo=low)"),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_body(name: str) -> None:
    before, after = BODIES[name]
    head = "E = ValueError\ndef f(x, lo):\n    "
    assert renamed(f"{head}{before}\n").text == f"{head.replace('lo', 'low')}{after}\n"


@pytest.mark.parametrize(
    "body",
    [
        "return low",  # the module's
        "low = 1\n    return lo",
        "def g(low): return lo\n    return g",
        "return [lo for low in x]",
        "return locals()",
        'return eval("lo")',
        'return f"{lo=}"',
        "import lo\n    return lo",
        "return [(lo := i) for i in x], lo",
        "class C:\n        lo = lo\n    return C",
    ],
)
def test_a_changed_meaning_is_refused(body: str) -> None:
    with pytest.raises(CannotRename):
        renamed(f"low = 3\ndef f(x, lo):\n    {body}\n")


def test_the_conditions_are_over_the_new_name() -> None:
    text = (
        "import icontract as c\n\n\n"
        "@c.require(lambda lo, hi: lo <= hi,  # lo first\n"
        "           error=lambda lo: ValueError(lo))\n"
        "@c.snapshot(lambda lo: lo)\n"
        "@c.snapshot(lambda hi: hi, name='kept')\n"
        "@c.ensure(lambda OLD, low, x: OLD.lo == low and [lo for lo in x])\n"
        "def f(x, lo, hi):\n    return lo\n"
    )
    made = renamed(text).text
    assert "lambda low, hi: low <= hi,  # lo first\n" in made
    assert "error=lambda low: ValueError(low))" in made
    assert "snapshot(lambda low: low)" in made
    assert "lambda OLD, low, x: OLD.low == low and [lo for lo in x]" in made


def test_a_condition_that_is_a_function_keeps_its_names() -> None:
    text = (
        "import icontract\n\ndef ok(lo): return lo > 0\n\n"
        "@icontract.require(ok)\ndef f(lo): return lo\n"
    )
    with pytest.raises(CannotRename, match="`ok` is a function that takes `lo`"):
        renamed(text)


def test_a_docstring_is_left_alone_and_told_of() -> None:
    made = renamed('def f(lo):\n    """Do.\n\n    :param lo: what\n    """\n    return lo\n')
    assert ":param lo: what" in made.text
    assert made.notes == ("the docstring of f speaks of `lo` still",)


def test_calls_in_the_module() -> None:
    text = (
        "def f(x, lo): return lo\n"
        "def g(f): return f(1, lo=2)\n"
        "def h(o, k): return f(1, lo=f(2, lo=3)), f(1, **k), o.f(lo=1)\n"
        "def p(partial): return map(f, []), partial(f, lo=1)\n"
        "t = f\n"
    )
    made = renamed(text)
    assert made.text.splitlines()[1:] == [
        "def g(f): return f(1, lo=2)",
        "def h(o, k): return f(1, low=f(2, low=3)), f(1, **k), o.f(lo=1)",
        "def p(partial): return map(f, []), partial(f, lo=1)",
        "t = f",
    ]
    assert made.notes == (
        "source:3: not changed: it passes `**k`",
        "source:4: not changed: `f` is handed on",
        "source:5: not changed: `f` is handed on",
    )


def test_methods() -> None:
    text = (
        "class A:\n"
        "    def f(self, lo): return lo\n"
        "    def g(self): return self.f(lo=1), A.f(self, lo=2), A().f(lo=3)\n"
        "    def h(self, other): return other.f(lo=1)\n"
        "    @staticmethod\n"
        "    def s(self): return self.f(lo=1)\n"
        "class B(A):\n"
        "    def k(self): return self.f(lo=1), super().f(lo=2)\n"
        "class C:\n"
        "    def k(self): return self.f(lo=1)\n"
        "def w(a: A, b): return a.f(lo=1), b.f(lo=2), b.f(1)\n"
    )
    made = renamed(text, "A.f")
    lines = made.text.splitlines()
    assert lines[2].endswith("self.f(low=1), A.f(self, low=2), A().f(low=3)")
    assert lines[7].endswith("self.f(low=1), super().f(low=2)")
    assert lines[10].endswith("a.f(low=1), b.f(lo=2), b.f(1)")
    assert [n.partition(":")[2].partition(":")[0] for n in made.notes] == ["4", "6", "10", "11"]
    assert lines[3:6] == text.splitlines()[3:6]


def test_constructors() -> None:
    text = (
        "class A:\n    def __init__(self, lo): self.lo = lo\n"
        "class B(A):\n    def __init__(self): super().__init__(lo=1)\n"
        "a = A(lo=1)\n"
    )
    made = renamed(text, "A.__init__").text
    assert "def __init__(self, low): self.lo = low" in made
    assert "super().__init__(low=1)" in made
    assert "a = A(low=1)" in made


@pytest.mark.parametrize("where", ["A.f", "B.f"])
def test_an_override_is_refused(where: str) -> None:
    text = "class A:\n    def f(self, lo): ...\nclass B(A):\n    def f(self, lo): ...\n"
    with pytest.raises(CannotRename, match="must take the same names"):
        renamed(text, where)


def test_a_call_with_both_names_is_refused() -> None:
    with pytest.raises(CannotRename, match="source:2: the call passes `lo` and `low`"):
        renamed("def f(lo): ...\nf(lo=1, low=2)\n")


def test_every_other_character_stays() -> None:
    text = "def f( x,lo ) :  # one\r\n\treturn(lo  +x)\r\n\r\n"
    assert renamed(text).text == "def f( x,low ) :  # one\r\n\treturn(low  +x)\r\n\r\n"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("def f(lo, a): return lo", "def f(low, a): return low", True),
        ("def f(lo, a): return lo", "def f(low, a): return a", False),
        ("def f(lo): return lo", "def f(low): return lo", False),
        ("def f(lo):\n lo = lo\n return lo", "def f(low):\n lo = low\n return lo", False),
        ("def f(lo): return lambda: lo", "def f(low): return lambda: low", True),
        ("def f(lo, a): return lambda: lo", "def f(low, a): return lambda: a", False),
        ("def f(lo): return 1", "def f(low): return True", False),
        ("g(lo=1)", "g(low=1)", True),
        ("g(lo)", "g(low)", False),
        ("def f(lo): return lo", "def f(low) return low", False),
    ],
)
def test_what_is_the_same_program(before: str, after: str, same: bool) -> None:
    assert same_program(before, after, NEW) is same
