"""What a function reaches: everything that its verdict can depend on, and not the whole project."""

from pathlib import Path

import pytest

from verify_agent.verifier.frontend.reach import Reach

BASE = {
    "p/__init__.py": "",
    "p/low.py": "LIMIT = 3\n\ndef low(x):\n    return x + LIMIT\n\ndef other(x):\n    return x\n",
    "p/top.py": (
        "from icontract import ensure\n"
        "from p.low import low as renamed\n"
        "from . import low as module\n\n"
        "def helper(x):\n    return x\n\n"
        "@ensure(lambda x, result: result == spec(x))\n"
        "def direct(x):\n    return helper(x)\n\n"
        "def spec(x):\n    return x\n\n"
        "def through(x):\n    return renamed(x)\n\n"
        "def whole(x):\n    return module.other(x)\n\n"
        "def alone(x):\n    return x\n\n"
        "def dynamic(x):\n    return globals()['al' + 'one'](x)\n"
    ),
}
FUNCTIONS = ("helper", "direct", "spec", "through", "whole", "alone", "dynamic")


def digests(folder: Path, changes: dict[str, tuple[str, str]]) -> dict[str, str]:
    for name, text in BASE.items():
        old, new = changes.get(name, ("", ""))
        assert old in text
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new, 1) if old else text)
    reach = Reach()
    return {f: reach.of_function("p.top", f, (str(folder),)) for f in FUNCTIONS}


@pytest.mark.parametrize(
    ("name", "old", "new", "changed"),
    [
        ("p/top.py", "def alone(x):\n    return x", "def alone(x):\n    return 1", "alone dynamic"),
        (
            "p/top.py",
            "def spec(x):\n    return x",
            "def spec(x):\n    return 0",
            "spec direct dynamic",
        ),
        (
            "p/top.py",
            "helper(x):\n    return x",
            "helper(x):\n    return 2",
            "helper direct dynamic",
        ),
        ("p/top.py", "def helper", "\n\n# moved\n\ndef helper", "dynamic"),
        ("p/low.py", "return x + LIMIT", "return x - LIMIT", "through whole"),
        ("p/low.py", "def other(x):\n    return x", "def other(x):\n    return 1", "whole"),
        ("p/low.py", "LIMIT = 3", "LIMIT = 4", " ".join(FUNCTIONS)),
        ("p/__init__.py", "", "", ""),
    ],
)
def test_a_change_reaches_what_can_depend_on_it(
    name: str, old: str, new: str, changed: str, tmp_path: Path
) -> None:
    before = digests(tmp_path, {})
    after = digests(tmp_path, {name: (old, new)})
    found = {f for f in FUNCTIONS if before[f] != after[f]}
    # `dynamic` looks names up at run time: it reaches the whole module and what that imports.
    assert found - {"dynamic"} == set(changed.split()) - {"dynamic"}
    assert ("dynamic" in found) == bool(changed)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import q\n\ndef f(x):\n    return q.g(x)\n", "an attribute of a module"),
        ("import q as r\n\ndef f(x):\n    return r.g(x)\n", "a module under another name"),
        ("from q import *\n\ndef f(x):\n    return g(x)\n", "a star"),
        ("def f(x):\n    from q import g\n    return g(x)\n", "an import inside"),
        ("import again\n\ndef f(x):\n    return again.g(x)\n", "a name that is passed on"),
        ("from again import g\n\ndef f(x):\n    return g(x)\n", "a name that is passed on by name"),
        ("from q import g\nTABLE = [g]\n\ndef f(x):\n    return TABLE[0](x)\n", "a module's value"),
        ("from q import g\n\ndef f(x, h=g):\n    return h(x)\n", "a default"),
        (
            "from q import g\nclass A:\n    def m(self, x):\n        return g(x)\n\n"
            "def f(x):\n    return A().m(x)\n",
            "a class",
        ),
        ("from q import g\nf = lambda x: g(x)\n", "a value that is a function"),
    ],
    ids=lambda text: text if " " in text and "\n" not in text else "",
)
def test_every_way_to_another_module_is_followed(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "again.py").write_text("from q import g\n")
    (tmp_path / "m.py").write_text(text)
    seen = []
    for value in (1, 2):
        (tmp_path / "q.py").write_text(f"def g(x):\n    return x + {value}\n")
        seen.append(Reach().of_function("m", "f", (str(tmp_path),)))
    assert seen[0] != seen[1], why


def test_a_module_that_appears_changes_what_is_reached(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("import later\n\ndef f(x):\n    return later.g(x)\n")
    before = Reach().of_function("m", "f", (str(tmp_path),))
    (tmp_path / "later.py").write_text("")
    assert Reach().of_function("m", "f", (str(tmp_path),)) != before


def test_a_module_that_does_not_parse_counts_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("from q import g\n\ndef f(x):\n    return g(x)\n")
    seen = []
    for text in ("def g(:\n", "def g(:\n#\n"):
        (tmp_path / "q.py").write_text(text)
        seen.append(Reach().of_function("m", "f", (str(tmp_path),)))
    assert seen[0] != seen[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [("count = 1", "count = None"), ("return x\n", "return str(x)\n"), ("x: int", "x: nothing")],
)
def test_who_reads_a_module_variable_reaches_all_who_write_it(tmp_path, old, new):
    text = (
        "count = 0\n\ndef writes(x: int):\n    global count\n    count = 1\n    calls(x)\n\n"
        "def calls(x):\n    return x\n\ndef reads():\n    return count\n"
    )
    found = []
    for source in (text, text.replace(old, new)):
        (tmp_path / "m.py").write_text(source)
        found.append(Reach().of_function("m", "reads", (str(tmp_path),)))
    assert found[0] != found[1]
