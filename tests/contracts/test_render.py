"""What is rendered says what the contract says: to our own reader and to icontract."""

import ast
import runpy
from dataclasses import replace

import icontract
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from verify_agent.contracts.model import Condition, Contract, Property, Raises, Snapshot
from verify_agent.contracts.parse import parse_contract
from verify_agent.contracts.render import render_module, unsaid, with_docstring

FUNCTION = "def f(x: int, xs: list[int]) -> int:\n    return x\n"

texts = st.sampled_from(
    ["x > 0", "len(xs) == x", "all(y < x for y in xs)", "x % 2 == 0 or x in xs", "True", "g(x)"]
)
words = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)
conditions = st.builds(
    Condition, texts, description=words, error=st.sampled_from(["", "ValueError", "KeyError('k')"])
)
posts = st.builds(Condition, st.sampled_from(["result == x", "OLD.a == x", "xs == OLD.b", "True"]))
snapshots = st.sampled_from(
    [(), (Snapshot("a", "x"),), (Snapshot("b", "xs", True), Snapshot("a", "x + len(xs)"))]
)


@pytest.fixture
def run_text(tmp_path):
    """Runs a module's text from a file, as icontract wants to read its own source."""

    def run(text):
        path = tmp_path / "rendered.py"
        path.write_text(text)
        return runpy.run_path(str(path))

    return run


def stripped(contract):
    def bare(found):
        return tuple(replace(c, line=0, column=0) for c in found)

    return replace(contract, requires=bare(contract.requires), ensures=bare(contract.ensures))


@settings(max_examples=150, deadline=None)
@given(st.lists(conditions, max_size=4), st.lists(posts, min_size=1, max_size=4), snapshots)
def test_parse_reads_back_what_render_wrote(requires, ensures, taken):
    contract = Contract(tuple(requires), tuple(ensures), taken)
    assert stripped(parse_contract(render_module(contract, FUNCTION), "f")) == contract


def test_a_guard_comes_first_at_run_time(run_text):
    contract = Contract(requires=(Condition("x != 0"), Condition("10 // x > 1")))
    namespace = run_text(render_module(contract, "def f(x: int) -> int:\n    return x\n"))
    assert namespace["f"](2) == 2
    with pytest.raises(icontract.ViolationError, match="x != 0"):
        namespace["f"](0)


def test_old_is_a_deep_copy_at_run_time(run_text):
    contract = Contract(
        ensures=(Condition("xs == OLD.old_xs"),), snapshots=(Snapshot("old_xs", "xs", True),)
    )
    source = "def f(xs: list[list[int]]) -> None:\n    xs[0].append(1)\n"
    namespace = run_text(render_module(contract, source))
    with pytest.raises(icontract.ViolationError):
        namespace["f"]([[]])


def test_imports_come_from_what_is_used():
    contract = Contract(
        requires=(Condition("total(xs) > 0"),),
        definitions="import math\n\ndef total(xs: Sequence[int]) -> int:\n    return math.fsum(xs)",
    )
    source = "def f(xs: Sequence[int]) -> Any:\n    return xs\n"
    text = render_module(contract, source, docstring="A title.")
    lines = text.splitlines()
    assert lines[0] == '"""A title."""'
    assert "from collections.abc import Sequence" in lines
    assert "from typing import Any" in lines
    assert lines.count("import math") == 1
    compile(text, "x", "exec")


def test_the_docstring_holds_what_icontract_cannot_say():
    contract = Contract(
        raises=(Raises("ValueError", Condition("x < 0")),),
        modifies=("xs",),
        reference="slow.py::f",
        properties=(Property((("a", "int"),), "a > 0", "f(a, []) == 1"),),
        examples=("f(1, []) == 1",),
    )
    text = render_module(contract, FUNCTION, description="Plain words.")
    doc = ast.get_docstring(ast.parse(text).body[-1])
    for part in ("Plain words.", "ValueError: exactly when x < 0", "Changes: xs", "slow.py::f"):
        assert part in doc
    assert "f(a, []) == 1 for all a: int with a > 0" in doc
    assert "f(1, []) == 1" in doc
    assert unsaid(Contract()) == ""


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=30))
@example('"' * 3)
@example('a\\"')
@example('"' * 4 + 'a"b' + "\\" + '"' * 7)
def test_any_text_survives_as_a_docstring(text):
    function = with_docstring(FUNCTION, text)
    doc = ast.get_docstring(ast.parse(function).body[0])
    assert (doc or "") == text.strip()


def test_an_old_docstring_is_replaced_and_the_body_kept():
    source = 'def f(x: int) -> int:\n    """Old."""\n    # why\n    return x\n'
    expected = 'def f(x: int) -> int:\n    """New."""\n    # why\n    return x'
    assert with_docstring(source, "New.") == expected
    assert with_docstring("def f(): return 1", "New.") == 'def f():\n    """New."""\n    return 1'
