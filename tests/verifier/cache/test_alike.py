"""A proof survives another layout, comments and names of locals, and nothing else."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.verifier.cache import alike, key
from verify_agent.verifier.cache.cache import Cache
from verify_agent.verifier.cache.entry import Entry
from verify_agent.verifier.cache.store import Local
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.frontend.canonical import canonical
from verify_agent.verifier.frontend.load import Module, load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.plan import report_of
from verify_agent.verifier.subject import obligations_of

SOURCE = """\
from icontract import ensure

LIMIT = 3


def helper(x: int) -> int:
    return x + LIMIT


@ensure(lambda x, result: result > x)
def f(x: int) -> int:
    total = 0
    for step in range(2):
        total += step
    assert total >= 0
    return helper(x) + total
"""
RELAID = """\
from icontract import ensure

LIMIT = 3
# The helper.


def helper(x: int) -> int:
    return (x + LIMIT)  # three more


@ensure(
    lambda x, result: result>x,
)
def f(
    x: int,
) -> int:
    # Add up.
    total = 0

    for step in range(2): total += step
    assert (total>=0)
    return helper( x ) + total
"""
RENAMED = SOURCE.replace("step", "number")
PROVED = Attempt("deductive", Verdict.PROVED, details=("loop at line 12 keeps: total >= 0",))


def kept(folder: Path, made: Module, attempt: Attempt = PROVED) -> None:
    cache = Cache(Local(folder), Options())
    cache.open([made])
    (subject,) = made.subjects
    words = {o.id: [attempt] for o in obligations_of(subject)}
    cache.keep(subject, report_of(subject, words, (), types=False))
    cache.end(cut=False)


def recalled(folder: Path, made: Module, options: Options | None = None) -> Entry | None:
    cache = Cache(Local(folder), options or Options())
    cache.open([made])
    try:
        return cache.recall().get("m.py::m:f")
    finally:
        cache.end(cut=False)


def module(source: str) -> Module:
    return load(source, "m.py", "m")


@pytest.mark.parametrize("source", [RELAID, RENAMED], ids=["relaid", "renamed"])
def test_the_same_program_has_the_same_proofs(source: str, tmp_path: Path) -> None:
    kept(tmp_path, module(SOURCE))
    for _ in range(2):  # the second time under the text's own key
        made = module(source)
        entry = recalled(tmp_path, made)
        assert entry is not None
        assert entry.attempts.keys() == {o.id for o in obligations_of(made.subjects[0])}
        assert entry.whole == {"deductive"}
        for (attempt,) in entry.attempts.values():
            assert attempt.outcome is Verdict.PROVED
            assert attempt.cache
            assert attempt.details == (alike.REMARK,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("result > x", "result >= x"),
        ("return x + LIMIT", "return x - LIMIT"),
        ("LIMIT = 3", "LIMIT = True"),
        ("range(2)", "range(2.0)"),
        ("total += step", "total = step"),
        ("x: int", "x: float"),
        ("total >= 0", "total > 0"),
        ("    total = 0\n", "    total = 0  # type: ignore\n"),
        ("from icontract import ensure\n", "from icontract import ensure\nimport m2 as helper\n"),
    ],
    ids=[
        "contract", "callee", "constant", "number", "body", "type", "assert", "directive", "import",
    ],
)  # fmt: skip
def test_another_program_has_none(old: str, new: str, tmp_path: Path) -> None:
    kept(tmp_path, module(SOURCE))
    assert old in SOURCE
    assert recalled(tmp_path, module(SOURCE.replace(old, new))) is None


def test_an_assert_over_a_renamed_local_is_shown_again(tmp_path: Path) -> None:
    kept(tmp_path, module(SOURCE))
    assert recalled(tmp_path, module(SOURCE.replace("total", "amount"))) is None


def test_another_theory_and_other_tools_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, module(SOURCE))
    monkeypatch.setattr(key, "_own_text", lambda: "another verifier")
    assert recalled(tmp_path, module(RELAID)) is None
    monkeypatch.undo()
    monkeypatch.setattr(key, "_tools", lambda: ("z3-solver 0",))
    assert recalled(tmp_path, module(RELAID)) is None
    monkeypatch.undo()
    assert recalled(tmp_path, module(RELAID)) is not None


def test_examples_are_of_their_seed(tmp_path: Path) -> None:
    kept(tmp_path, module(SOURCE), Attempt("properties", Verdict.TESTED))
    assert recalled(tmp_path, module(RELAID), replace(Options(), seed=5)) is None
    assert recalled(tmp_path, module(RELAID)) is not None


def test_code_that_looks_at_its_own_text_has_no_form(tmp_path: Path) -> None:
    looks = "import inspect\n" + SOURCE
    kept(tmp_path, module(looks))
    assert recalled(tmp_path, module(looks)) is not None
    assert recalled(tmp_path, module("import inspect\n" + RELAID)) is None


def test_what_names_lines_is_not_carried_over(tmp_path: Path) -> None:
    kept(tmp_path, module(SOURCE), replace(PROVED, assumptions=("the loop at line 12 ends",)))
    assert recalled(tmp_path, module(RELAID)) is None


#: Pairs of bodies; `def f(x):` stands before each.
SAME = [
    ("    y = x\n    return [y for q in x]\n", "    w=x\n    return [w for q in x]\n"),
    ("    for i in x: pass\n    return i\n", "    for j in x:\n        pass\n    return j\n"),
    ("    a = x.a\n    return a\n", "    b = x.a\n    return b\n"),
    ("    y, z = x\n    return z\n", "    z, y = x\n    return y\n"),
]
OTHER = [
    # A comprehension's variable is no local: outside of it the name is a global's.
    ("    return [i for i in x], i\n", "    return [j for j in x], j\n"),
    ("    y = 1\n    return z\n", "    z = 1\n    return z\n"),
    ("    y, z = x\n    return z\n", "    y, z = x\n    return y\n"),
    ("    y = x\n    return y\n", "    x = x\n    return x\n"),
    ("    global y\n    y = x\n", "    global z\n    z = x\n"),
    ("    y = 1\n    return eval(x)\n", "    z = 1\n    return eval(x)\n"),
    ("    y = 1\n    return g(y=y)\n", "    z = 1\n    return g(z=z)\n"),
    ("    y = 1\n    return x.y\n", "    z = 1\n    return x.z\n"),
    ("    return 'a  b'\n", "    return 'a b'\n"),
    ("    y = 1\n    return f'{y=}'\n", "    z = 1\n    return f'{z=}'\n"),
    ("    y = 1\n    return lambda y: y\n", "    z = 1\n    return lambda y: z\n"),
    ("    return -1\n", "    return - 1.0\n"),
    ("    return 1\n", "    return True\n"),
    ("    return '\ud800'\n", "    return '\ud801'\n"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_one_form_for_the_same_program(first: str, second: str) -> None:
    assert canonical(f"def f(x):\n{first}") == canonical(f"def f(x):\n{second}")


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_other_programs_have_other_forms(first: str, second: str) -> None:
    assert canonical(f"def f(x):\n{first}") != canonical(f"def f(x):\n{second}")


@pytest.mark.slow
def test_a_run_after_another_layout_asks_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    told = []
    head = "from icontract import ensure\n@ensure(lambda x, result: result > x)\n"
    first = "def f(x: int) -> int:\n    y = x + 1\n    return y\n"
    second = "def f(x: int) -> int:  # more\n    total = (x+1)\n    return total\n"
    for source in (first, second):
        (tmp_path / "m.py").write_text(head + source)
        command = ["check", "m.py", "--engine", "deductive", "--quiet", "--no-server"]
        told.append(run_command_line([*command, "--report", "json=r.json"]))
    (function,) = json.loads(Path("r.json").read_text())["functions"]
    attempts = [a for o in function["obligations"] for a in o["attempts"]]
    assert told == [0, 0]
    assert function["verdict"] == "proved"
    assert all(a["cache"] for a in attempts)
