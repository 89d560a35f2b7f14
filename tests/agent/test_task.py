"""Task files that are right: what they become, and the modules that candidates are put in."""

import ast
from pathlib import Path

import jsonschema
import pytest
import yaml

from verify_agent.agent.task import load_task, parse_task
from verify_agent.agent.task_model import json_schema
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.evidence import Verdict

HERE = Path(__file__).resolve()
SUITE = HERE.parents[3] / "shared" / "suites" / "tasks"
EXAMPLES = HERE.parents[2] / "examples"


def task(text, path="t.yaml"):
    return parse_task(text, Path(path))


BASE = 'name: f\nsignature: "f(x: int, xs: list[int]) -> int"\n'


def suite_files():
    if not SUITE.is_dir():
        pytest.skip(f"the suites are not at {SUITE}")
    return sorted(SUITE.glob("*.yaml"))


def test_every_task_of_the_suite_and_the_examples_is_read_and_fits_the_schema():
    validator = jsonschema.Draft202012Validator(json_schema())
    files = [*suite_files(), *EXAMPLES.rglob("*.yaml")]
    assert len(files) >= 44
    for path in files:
        load_task(path)
        validator.validate(yaml.safe_load(path.read_text()))


def test_the_schema_refuses_what_the_model_refuses():
    validator = jsonschema.Draft202012Validator(json_schema())
    for wrong in ({}, {"name": 3}, {"name": "f", "ensure": []}, {"name": "f", "budget": {"s": 1}}):
        assert not validator.is_valid(wrong)
    properties = json_schema()["properties"]
    assert all("description" in value for value in properties.values())


def test_defaults():
    found = task(BASE + 'ensures: ["result == x"]\n')
    assert (found.kind, found.evidence, found.seed) == ("implement", Verdict.PROVED, 0)
    assert found.providers == ("synth",)
    assert (found.budget.seconds, found.budget.tokens, found.budget.candidates) == (
        60,
        20000,
        100000,
    )
    assert found.contract.modifies == ()
    assert found.output == Path("f.py")
    (condition,) = found.contract.ensures
    assert (condition.line, condition.column) == (3, 10)


EVIDENCE = [
    ('ensures: ["result == x"]', Verdict.PROVED),
    ('examples: ["f(1, []) == 1"]', Verdict.TESTED),
    ('properties: [{given: "a: int", then: "f(a, []) == 1"}]', Verdict.TESTED),
    ('examples: ["f(1, []) == 1"]\nensures: ["result == x"]', Verdict.PROVED),
    ("raises: {ValueError: x > 0}", Verdict.PROVED),
    ('ensures: ["result == x"]\nevidence: confirmed', Verdict.CONFIRMED),
]


@pytest.mark.parametrize(("keys", "expected"), EVIDENCE)
def test_the_least_evidence(keys, expected):
    assert task(f"{BASE}{keys}\n").evidence is expected


@pytest.mark.parametrize(
    ("kind", "decorator", "expected"),
    [
        ("optimize", "", Verdict.PROVED),
        ("specify", "", Verdict.PROVED),
        ("test", "", Verdict.TESTED),
        ("repair", "@icontract.require(lambda: True)\n  ", Verdict.PROVED),
    ],
)
def test_the_least_evidence_with_source(kind, decorator, expected):
    source = f"source: |\n  import icontract\n  {decorator}def f() -> int:\n      return 1\n"
    assert task(f"name: f\nkind: {kind}\n{source}").evidence is expected


def test_old_becomes_a_snapshot_and_people_see_what_was_written():
    found = task(BASE + 'modifies: [xs]\nensures: ["xs == old(xs) + [old(x)]"]\n').contract
    (condition,) = found.ensures
    assert condition.text == "xs == OLD.old_xs + [OLD.old_x]"
    assert condition.display == "xs == old(xs) + [old(x)]"
    assert {(s.name, s.deep) for s in found.snapshots} == {("old_xs", True), ("old_x", False)}


def test_several_lines_and_comments_in_an_expression():
    found = task(BASE + "ensures:\n  - |\n    result > 0  # positive\n    and x > 1\n")
    assert found.contract.ensures[0].text == "result > 0 and x > 1"


def test_all_keys_together():
    found = task(
        BASE
        + """\
description: Words.
requires: ["x > 0"]
ensures: ["result == twice(x)"]
raises: {ValueError: "x == 3"}
definitions: |
  import math
  LIMIT = 3
  class Odd(Exception): ...
  def twice(x: int) -> int:
      return 2 * x
expose: [twice]
examples: ["f(1, []) == 2"]
properties: [{given: "a: int", when: "a > 0", then: "f(a, []) == f(a, [1])"}]
forbid: [sorted, "//", not in]
provider: [replay, synth]
model: m
temperature: 0.5
max_tokens: 10
budget: {seconds: 1.5}
seed: 7
output: sub/out.py
"""
    )
    assert found.forbid == ("sorted", "//", "not in")
    assert found.providers == ("replay", "synth")
    assert found.budget.seconds == 1.5
    assert found.output == Path("sub/out.py")
    assert found.contract.properties[0].given == (("a", "int"),)
    assert found.expose == ("twice",)


def test_a_candidate_stands_under_the_contract_at_the_right_lines():
    found = task(BASE + 'requires: ["x > 0", "len(xs) > x"]\nensures: ["result == xs[x]"]\n')
    subject = found.subject("def f(x: int, xs: list[int]) -> int:\n    return xs[x]\n")
    lines = subject.source.splitlines()
    for condition in (*subject.contract.requires, *subject.contract.ensures):
        line = lines[condition.line - 1]
        assert line[condition.column :].startswith(condition.text)
    assert [c.text for c in subject.contract.requires] == ["x > 0", "len(xs) > x"]
    assert subject.contract.modifies == ()
    assert subject.id == "f:f"


def test_helpers_and_imports_of_a_candidate_stay_beside_it():
    found = task(BASE + 'ensures: ["result == x"]\n')
    text = found.module_text(
        "import math\n\ndef half(x: int) -> int:\n    return x // 2\n\n"
        "def f(x: int, xs: list[int]) -> int:\n    return half(x) * 2\n"
    )
    names = [s.name for s in ast.parse(text).body if isinstance(s, ast.FunctionDef)]
    assert names == ["half", "f"]
    assert "import math" in text


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        ("def g(x): ...", "has 0 functions `f`"),
        ("def f(", "not Python"),
        ("def f(y: int, xs: list[int]) -> int: ...", r"takes \(y, xs\)"),
        ("def f(x: int, xs: list[int], *a: int) -> int: ...", "takes"),
        ("@cache\ndef f(x: int, xs: list[int]) -> int: ...", "has decorators"),
    ],
)
def test_candidates_that_do_not_fit(candidate, why):
    with pytest.raises(BadSource, match=why):
        task(BASE + 'ensures: ["result == x"]\n').subject(candidate)


HOLE = '''\
"""A module."""
from icontract import ensure

from .other import g  # ünïcode


class A:
    @ensure(lambda self, result: result > 0)
    def f(self, k: int) -> int:
        """Doc."""
        # before
        {hole}

    def after(self): return 1
'''


@pytest.fixture
def codebase(tmp_path):
    def make(text, newline="\n"):
        (tmp_path / "pkg").mkdir()
        (tmp_path / "pkg" / "__init__.py").touch()
        (tmp_path / "pkg" / "m.py").write_bytes(text.replace("\n", newline).encode())
        path = tmp_path / "t.yaml"
        path.write_text("name: t\ntarget: pkg/m.py::A.f\n")
        return load_task(path)

    return make


BODY = '''\
def f(self, k: int) -> int:
    if k:
        return 1

    text = """a
  b"""
    return len(text)
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("hole", ["...", "raise NotImplementedError", "...  # todo"])
def test_a_hole_is_filled_and_all_else_kept_byte_for_byte(codebase, hole, newline):
    before = HOLE.format(hole=hole)
    found = codebase(before, newline)
    after = found.module_text(BODY)
    head, tail = before.split(hole)
    head, tail = head.replace("\n", newline), tail.replace("\n", newline)
    assert after.startswith(head)
    assert after.endswith(tail)
    body = after[len(head) : len(after) - len(tail)].replace("\r\n", "\n")
    lines = ["if k:", " " * 12 + "return 1", "", " " * 8 + 'text = """a', '  b"""']
    assert body.split("\n") == [*lines, " " * 8 + "return len(text)"]
    subject = found.subject(BODY)
    assert subject.id == "pkg.m:A.f"
    assert subject.contract.modifies == ()
    assert subject.roots[0] == str(found.path.parent.resolve())


def test_a_hole_on_the_line_of_the_def(codebase):
    text = "from icontract import ensure\nclass A:\n    @ensure(lambda result: result)\n"
    found = codebase(text + "    def f(self, k: int) -> int: ...")
    after = found.module_text("def f(self, k: int) -> int:\n    x = 1\n    return x\n")
    expected = "    def f(self, k: int) -> int:\n        x = 1\n        return x"
    assert after == text + expected


def test_a_target_takes_no_helpers(codebase):
    with pytest.raises(BadSource, match="only the function"):
        codebase(HOLE.format(hole="...")).module_text(f"import math\n{BODY}")
