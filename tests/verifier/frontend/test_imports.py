"""Imports inside of functions, star imports and names of imported modules."""

from __future__ import annotations

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load_file
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir.interpreter import Interpreter

PRICES = "RATE = 3\n\n\ndef half(n: int) -> int:\n    return n // 2\n"


def value(folder, text, given, **modules):
    return Interpreter(program(folder, text, **modules)).run([given]).value


def program(folder, text, **modules):
    for name, source in {"prices": PRICES, **modules}.items():
        (folder / f"{name}.py").write_text(source)
    path = folder / "orders.py"
    path.write_text(text)
    return lower(next(s for s in load_file(path).functions if s.qualname == "f"))


def in_function(made, use):
    return f"def f(n: int) -> int:\n    {made}\n    return {use}\n"


FOLLOWED = [
    ("from prices import half", "half(n)", 4),
    ("from prices import half as h", "h(n)", 4),
    ("import prices", "prices.half(n) + prices.RATE", 7),
    ("import prices as p", "p.half(p.RATE)", 1),
    ("from prices import RATE", "RATE", 3),
    ("import math", "math.gcd(n, 6)", 2),
    ("from math import gcd as g", "g(n, 12)", 4),
]


@pytest.mark.parametrize(("made", "use", "expected"), FOLLOWED)
def test_an_import_inside_a_function_is_followed(tmp_path, made, use, expected):
    assert value(tmp_path, in_function(made, use), 8) == expected
    assert value(tmp_path, f"{made}\ndef f(n: int) -> int:\n    return {use}\n", 8) == expected


def test_it_hides_the_module_and_builtins(tmp_path):
    text = "RATE = 5\n" + in_function("from prices import RATE, half as abs", "abs(n) + RATE")
    assert value(tmp_path, text, 8) == 7


def test_it_reaches_local_functions(tmp_path):
    text = (
        "def f(n: int) -> int:\n    from prices import half\n"
        "    def twice(m: int) -> int:\n        return half(half(m))\n    return twice(n)\n"
    )
    assert value(tmp_path, text, 8) == 2


def test_an_imported_function_hides_a_local_one_around(tmp_path):
    text = (
        "def f(n: int) -> int:\n    def half(m: int) -> int:\n        return 0\n"
        "    def inner(m: int) -> int:\n        from prices import half\n        return half(m)\n"
        "    return inner(n)\n"
    )
    assert value(tmp_path, text, 8) == 4


def test_modules_that_import_each_other_late(tmp_path):
    late = "from orders import g\ndef h(n: int) -> int:\n    return g(n) + 1\n"
    text = "def g(n: int) -> int:\n    return n * 2\n" + in_function("from late import h", "h(n)")
    assert value(tmp_path, text, 8, late=late) == 17


NOT_FOLLOWED = {
    "from prices import nothing": "import inside a function at 2:4",
    "import nowhere": "import inside a function at 2:4",
    "from math import nothing": "import inside a function at 2:4",
    "import os": "import inside a function at 2:4",
    "from loud import half": "import inside a function at 2:4",
    "from failing import half": "import inside a function at 2:4",
    "from deep import half": "import inside a function at 2:4",
    "half = 1; from prices import half": "half before its import or beside it at 2:4",
    "n > 0 and half(n); from prices import half": "half before its import or beside it at 2:14",
}


@pytest.mark.parametrize("made", NOT_FOLLOWED)
def test_what_is_not_followed(tmp_path, made):
    modules = {
        "loud": "def half(n: int) -> int:\n    return n\nprint('imported')\n",
        "failing": "RATE = 1 // 0\ndef half(n: int) -> int:\n    return n\n",
        "deep": "import failing\ndef half(n: int) -> int:\n    return n\n",
    }
    with pytest.raises(Unsupported) as refused:
        program(tmp_path, in_function(made, "n"), **modules)
    assert str(refused.value).removeprefix("unsupported: ") == NOT_FOLLOWED[made]


def test_a_name_that_only_one_way_imports(tmp_path):
    text = "def f(n: int) -> int:\n    if n > 0:\n        import math\n    return math.gcd(n, 2)\n"
    with pytest.raises(Unsupported, match="math before its import or beside it at 4:11"):
        program(tmp_path, text)


def test_an_attribute_of_a_module_that_is_set_from_outside(tmp_path):
    text = (
        "import prices\ndef g() -> None:\n    prices.RATE = 5\n"
        "def f(n: int) -> int:\n    return prices.RATE\n"
    )
    with pytest.raises(Unsupported, match=r"prices\.RATE, which is set from outside"):
        program(tmp_path, text)


def star(use, before="", after=""):
    return f"{before}from prices import *\n{after}def f(n: int) -> int:\n    return {use}\n"


def test_a_star_import_of_a_module_of_the_codebase(tmp_path):
    assert value(tmp_path, star("half(n) + RATE"), 8) == 7
    own = "def half(n: int) -> int:\n    return n\n"
    assert value(tmp_path, star("half(n) + RATE", after=own), 8) == 11


def test_a_star_import_gives_what_is_listed(tmp_path):
    listed = "__all__ = ['_rate']\n_rate = 4\nRATE = 5\n"
    assert value(tmp_path, star("_rate"), 8, prices=listed) == 4
    with pytest.raises(Unsupported, match="unknown name RATE"):
        program(tmp_path, star("RATE"), prices=listed)
    with pytest.raises(Unsupported, match="unknown name _rate"):
        program(tmp_path, star("_rate"), prices="_rate = 4\n")


NO_STAR = {
    "from math import *\n": "star import at 1:0",
    "RATE = 2\nfrom prices import *\n": "star import that binds RATE again at 2:0",
    "from changed import *\n": "star import at 1:0",
    "from missing import *\n": "star import at 1:0",
    "from package import *\n": "star import at 1:0",
}


@pytest.mark.parametrize("made", NO_STAR)
def test_star_imports_that_the_text_does_not_tell(tmp_path, made):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("from .inner import g\n")
    (tmp_path / "package" / "inner.py").write_text("g = 1\n")
    modules = {
        "changed": "__all__ = ['g']\ng = 1\n__all__.append('h')\n",
        "missing": "__all__ = ['g']\n",
    }
    with pytest.raises(Unsupported) as refused:
        program(tmp_path, f"{made}def f(n: int) -> int:\n    return n\n", **modules)
    assert str(refused.value).removeprefix("unsupported: ") == NO_STAR[made]


def test_a_starred_name_that_is_read_before_it_is_bound_again(tmp_path):
    with pytest.raises(Unsupported, match="RATE, which a star import binds too"):
        program(tmp_path, star("COPY", after="COPY = RATE\nRATE = 9\n"))


def test_dots_of_a_package_s_own_text(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "prices.py").write_text("def half(n: int) -> int:\n    return 0\n")
    (tmp_path / "shop" / "prices.py").write_text(PRICES)
    path = tmp_path / "shop" / "__init__.py"
    path.write_text("from .prices import half\ndef f(n: int) -> int:\n    return half(n)\n")
    found = lower(next(s for s in load_file(path).functions if s.qualname == "f"))
    assert Interpreter(found).run([8]).value == 4
