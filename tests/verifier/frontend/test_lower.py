"""What is lowered, and what is refused, with the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load, load_file
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.frontend.types import annotation_type
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    ClassType,
    DictType,
    ListType,
    TupleType,
    UnionType,
    VariadicTupleType,
)
from verify_agent.verifier.ir.walk import walk

SUITES = Path(__file__).parents[3].parent / "shared" / "suites" / "verify"


def lowered(source, name="f"):
    return lower(next(s for s in load(source).functions if s.qualname == name))


def body(source):
    return lowered(source).functions["f"].body


def variables(program, function="f"):
    """The types of the variables, as the last assignment to each says."""
    return {
        n.name: n.type
        for n in walk(program.functions[function].body)
        if isinstance(n, ir.NameTarget)
    }


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("int", INT),
        ("None", NONE),
        ("List[int]", ListType(INT)),
        ("list[list[str]]", ListType(ListType(STR))),
        ("typing.Dict[str, int]", DictType(STR, INT)),
        ("Optional[int]", UnionType((INT, NONE))),
        ("int | None", UnionType((INT, NONE))),
        ("Union[int, str, None]", UnionType((INT, STR, NONE))),
        ("tuple[int, str]", TupleType((INT, STR))),
        ("Tuple[float, ...]", VariadicTupleType(FLOAT)),
        ("'list[C]'", ListType(ClassType("C"))),
        ("Rows", ListType(ListType(INT))),
    ],
)
def test_annotations(text, type_):
    source = (
        "import typing\nfrom typing import *\n".replace("*", "List, Dict, Optional, Union, Tuple")
        + "Rows = list[list[int]]\nclass C:\n    n: int\n"
        + f"def f(x: {text}) -> None: ..."
    )
    assert lowered(source).functions["f"].parameters[0].type == type_


@pytest.mark.parametrize(
    "text", ["Sequence[int]", "object", "Any", "list", "bytes", "1 + 2", "int[3]"]
)
def test_annotations_without_an_exact_type(text):
    with pytest.raises(Unsupported, match="annotation"):
        lowered(f"from typing import Any, Sequence\ndef f(x: {text}) -> None: ...")


def test_annotation_types_stand_alone():
    import ast

    node = ast.parse("set[bool]", mode="eval").body
    assert annotation_type(node, lambda name: f"builtins.{name}").item == BOOL


REFUSED = {
    "def f(x): return x": ("parameter x without annotation", 1, 6),
    "def f(*a: int): return a": ("`*` parameters", 1, 0),
    "def f(a: int):\n    yield a": ("generator function (yield)", 2, 4),
    "def f(a: int):\n    with a: pass": ("with statement", 2, 4),
    "def f(a: int):\n    b = [1]\n    print(*b)": ("star argument", 3, 4),
    "def f(a: int):\n    match a:\n        case 1: pass": ("match statement", 2, 4),
    "def f(a: int):\n    global G\n    G = a": ("global statement", 2, 4),
    "def f(a: int):\n    return eval('a')": ("call of eval", 2, 11),
    "def f(a: int):\n    return getattr(a, 'x')": ("call of getattr", 2, 11),
    "def f(n: int):\n    fs = [lambda: i for i in range(3)]\n    return fs[0]()": (
        "lambda that is not called directly",
        2,
        10,
    ),
    "G = [0]\ndef f(x: int) -> int:\n    G[0] += x\n    return x": (
        "module variable G, which is no immutable literal,",
        3,
        4,
    ),
    "N = 1\nN = 2\ndef f(x: int) -> int:\n    return N": (
        "N, which the module binds more than once",
        4,
        11,
    ),
    "def g(x: int, a: list[int] = []) -> int:\n    return x\n"
    "def f(x: int) -> int:\n    return g(x)": (
        "default of a, which is no immutable literal,",
        1,
        29,
    ),
    "from os import getpid\ndef f(a: int) -> int:\n    return getpid()": (
        "call of os.getpid",
        3,
        11,
    ),
    "def f(a: int) -> int:\n    try:\n        return 1\n"
    "    except ValueError as e:\n        return 2": (
        "except ... as e",
        4,
        4,
    ),
    "def f(a: int) -> str:\n    return f'{a:3d}'": ("format specification in an f-string", 2, 11),
    "def f(a: int, b: int) -> bool:\n    return a is b": ("is of int and int", 2, 11),
    "def f(a: int, s: str) -> int:\n    return a + s": ("+ of int and str", 2, 11),
    "def f(s: set[str]) -> str:\n    for t in s:\n        return t": ("order of a set[str]", 2, 13),
    "def f(a: int) -> str:\n    x = a > 0\n    x = a\n    return str(x)": (
        "text of an int that may be a bool",
        4,
        11,
    ),
    "import builtins\nbuiltins.len = abs\ndef f(a: int) -> int:\n    return a": (
        "assignment to builtins.len at module level",
        2,
        0,
    ),
    "from math import *\ndef f(a: int) -> int:\n    return a": ("star import", 1, 0),
}


@pytest.mark.parametrize("source", REFUSED)
def test_refused_with_its_place(source):
    with pytest.raises(Unsupported) as refused:
        lowered(source)
    assert (refused.value.construct, refused.value.line, refused.value.column) == REFUSED[source]


def test_the_first_place_in_source_order_is_named():
    source = "def f(a: int) -> int:\n    x = eval('a')\n    with a: pass\n    return x"
    with pytest.raises(Unsupported, match="call of eval at 2:8"):
        lowered(source)
    source = "def f(a: int) -> int:\n    with a: pass\n    return eval('a')"
    with pytest.raises(Unsupported, match="with statement at 2:4"):
        lowered(source)


def test_a_function_that_can_not_be_lowered_is_on_record():
    source = "def g(a: int) -> int:\n    with a: pass\ndef f(a: int) -> int:\n    return g(a)"
    program = lowered(source)
    assert "with statement at 2:4" in program.unsupported["g"]
    assert "g" not in program.functions


def test_types_are_found_from_later_uses():
    program = lowered(
        "def f(xs: list[int], s: str):\n    out = []\n    d = {}\n    t = x = None\n    b = True\n"
        "    for v in xs:\n        out.append((v, s))\n        d[s] = out\n"
        "        b = v\n        x = v\n"
        "    return out"
    )
    types = variables(program)
    pair = ListType(TupleType((INT, STR)))
    assert types["out"] == pair
    assert types["d"] == DictType(STR, pair)
    assert types["b"] == INT
    assert types["x"] == UnionType((NONE, INT))
    assert program.functions["f"].returns == pair


def test_types_that_are_known_only_after_a_round():
    program = lowered(
        "def f(xs: list[int], s: str):\n    best = None\n    for x in xs:\n"
        "        if best is None or x > best:\n            best = x\n"
        "    d = {}\n    d.setdefault(s, []).append(1)\n    return best"
    )
    assert program.functions["f"].returns == UnionType((NONE, INT))
    assert variables(program)["d"] == DictType(STR, ListType(INT))


def test_an_empty_list_takes_the_type_of_the_result():
    program = lowered("def f(n: int) -> list[str]:\n    return []")
    (returned,) = program.functions["f"].body
    assert returned.value.type == ListType(STR)


def test_shadowed_names_are_honoured():
    (returned,) = body("def max(a: int) -> int: return a\ndef f(a: int) -> int: return max(a)")
    assert isinstance(returned.value, ir.Call)
    with pytest.raises(Unsupported, match="call of the variable sum"):
        lowered("def f(sum: int) -> int: return sum([1])")


def test_comprehension_variables_are_renamed_apart():
    program = lowered("def f(x: int, xs: list[int]): return [x for x in xs] + [x for x in xs if x]")
    bound = [g.target.name for g in walk(program.functions["f"]) if isinstance(g, ir.Generator)]
    assert len({*bound, "x"}) == 3


def test_local_functions_take_what_they_read():
    program = lowered("def f(a: int) -> int:\n    k = 2\n    g = lambda n: n + k\n    return g(a)")
    call = program.functions["f"].body[-1].value
    assert isinstance(call, ir.Call)
    assert [p.name for p in program.functions[call.function].parameters] == ["n", "k"]
    assert call.type == INT


def test_contracts_and_specification_functions():
    source = (
        "import icontract\n"
        "def total(n: int) -> int: return 0 if n <= 0 else n + total(n - 1)\n"
        "@icontract.require(lambda n: n >= 0)\n"
        "@icontract.snapshot(lambda n: n + 1, name='m')\n"
        "@icontract.ensure(lambda n, result, OLD: result == total(n) and OLD.m == n + 1)\n"
        "def f(n: int) -> int:\n    assert n >= 0\n    return f(n - 1) + n if n else 0"
    )
    program = lowered(source)
    function = program.functions["f"]
    assert program.functions["total"].specification
    assert function.contracted
    assert not function.specification
    assert [c.text for c in function.requires] == ["n >= 0"]
    assert function.requires[0].span.line == 3
    assert [s.name for s in function.snapshots] == ["m"]
    assert any(isinstance(n, ir.Old) for n in walk(function.ensures))


@pytest.mark.parametrize("text", ["1 in G", "G[0]", "len(G)", "G.index(2)", "G == [1]"])
def test_a_table_that_the_module_only_reads_is_a_constant(text):
    program = lowered(f"G = [1, 2]\ndef f(n: int): return {text}")
    assert any(isinstance(n, ir.ListExpr) for n in walk(program.functions["f"].body))


@pytest.mark.parametrize(
    "more",
    [
        "def g() -> None:\n    G.append(1)",
        "def g() -> None:\n    G[0] = 1",
        "def g() -> None:\n    del G[0]",
        "def g() -> list[int]:\n    return G",
        "def g() -> int:\n    x = G\n    return x[0]",
        "def g() -> None:\n    h(G)\ndef h(xs: list[int]) -> None:\n    xs.clear()",
        "def g() -> None:\n    global G\n    G = [2]",
        "def g() -> bool:\n    return G is None",
        "class C:\n    G = 3\ndef g() -> None:\n    C.G = 4",
        "def len(xs: list[int]) -> None:\n    xs.clear()\ndef g() -> None:\n    len(G)",
        "H = G",
        "H = (G, 1)",
        "G.append(3)",
    ],
)
def test_a_table_that_something_may_change_is_refused(more):
    with pytest.raises(Unsupported):
        lowered(f"G = [1, 2]\n{more}\ndef f(n: int): return G[n]")


def test_a_table_of_another_module_is_read_there_too(tmp_path):
    (tmp_path / "other.py").write_text(
        "from tables import ODD, EVEN as E\ndef change() -> None:\n    E.append(1)\n"
        "    ODD.clear()\n"
    )
    (tmp_path / "tables.py").write_text("NAMES = {1: 'a'}\nODD = [1]\nEVEN = [2]\n")
    for name, fine in (("NAMES", True), ("ODD", False), ("EVEN", False)):
        source = f"from tables import {name}\nimport other\nfrom other import change\n"
        source += f"def f(n: int):\n    change()\n    return {name}[n]\n"
        subject = next(
            s for s in load(source, roots=(str(tmp_path),)).functions if s.qualname == "f"
        )
        if fine:
            assert "f" in lower(subject).functions
        else:
            with pytest.raises(Unsupported, match=name):
                lower(subject)


def test_classes():
    source = (
        "import icontract\n@icontract.invariant(lambda self: self.n >= 0)\n"
        "class C:\n    def __init__(self, n: int) -> None:\n        self.n = n\n"
        "        self.xs: list[int] = []\n"
        "    @property\n    def twice(self) -> int: return 2 * self.n\n"
        "def f(c: C) -> int: return c.twice + C(3).n + len(c.xs)"
    )
    program = lowered(source)
    klass = program.classes["C"]
    assert dict(klass.fields) == {"n": INT, "xs": ListType(INT)}
    assert [c.text for c in klass.invariants] == ["self.n >= 0"]
    assert {"C.__init__", "C.twice"} <= set(program.functions)


def test_fields_take_the_types_of_what_the_constructor_gives_them():
    source = (
        "class C:\n    def __init__(self, n: int, xs: list[int]) -> None:\n"
        "        size = len(xs) if n else 0\n        self.size = size\n"
        "        self.twice = self.size * 2\n        self.best = max(xs) if xs else None\n"
        "        self.copy = [x + 1 for x in xs]\n"
        "def f(c: C) -> int: return c.twice\n"
    )
    fields = dict(lowered(source).classes["C"].fields)
    assert fields["size"] == fields["twice"] == INT
    assert fields["best"] == UnionType((INT, NONE))
    assert fields["copy"] == ListType(INT)


def test_constants_stand_where_they_are_used():
    program = lowered("LIMIT = 5\nNAMES = ('a', 'b')\ndef f(n: int) -> bool: return n < LIMIT")
    (returned,) = program.functions["f"].body
    assert returned.value.right.value == 5
    assert set(program.constants) == {"LIMIT"}


def test_a_function_of_another_module_of_the_project(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "price.py").write_text("def half(n: int) -> int:\n    return n // 2\n")
    source = "from .price import half\ndef f(n: int) -> int:\n    return half(n)\n"
    (tmp_path / "shop" / "orders.py").write_text(source)
    program = lower(load_file(tmp_path / "shop" / "orders.py").functions[0])
    assert "half" in program.functions


def test_the_suites_are_lowered_or_refused_for_the_right_reason():
    if not SUITES.is_dir():
        pytest.skip("the verification suites are not beside the project")
    refused = {}
    for path in sorted(SUITES.glob("*/*.py")):
        for subject in load_file(path).subjects:
            try:
                lower(subject)
            except Unsupported as problem:
                refused[path.stem] = problem.construct
    assert refused == {
        "closure_late__violated": "lambda that is not called directly",
        "global_state__violated": "module variable G, which is no immutable literal,",
        "mutdef__violated": "default of a, which is no immutable literal,",
    }
