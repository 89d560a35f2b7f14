"""Malformed task files: exit code 2, the file, the line, the key, what was expected."""

import textwrap
from typing import get_args

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.task import BUILT_KINDS
from verify_agent.agent.task_model import Kind

BASE = 'name: f\nsignature: "f(x: int, xs: list[int]) -> int"\n'
OK = 'ensures: ["result > x"]\n'

MALFORMED = {
    "empty": ("", [":1:", "empty", "expected one YAML mapping"]),
    "comment only": ("# nothing\n", ["empty"]),
    "a list": ("- name: f\n", [":1:", "no mapping", "expected a mapping"]),
    "a scalar": ("just text\n", ["no mapping"]),
    "broken yaml": ("name: f\nensures: [\n", [":3:", "not YAML"]),
    "tab": ("name: f\n\tkind: implement\n", [":2:", "not YAML"]),
    "two documents": (BASE + OK + "---\nname: g\n", [":5:", "second document"]),
    "duplicate key": (BASE + OK + "name: g\n", [":4: name:", "twice (line 1 too)"]),
    "anchor": ("name: &a f\n", [":1:", "anchors and aliases"]),
    "python tag": ("name: !!python/object:os.system x\n" + OK, [":1: name:", "can't be read"]),
    "unknown key": (BASE + OK + "ensure: []\n", [":4: ensure:", "did you mean `ensures`?"]),
    "missing name": ('signature: "f(x: int) -> int"\n' + OK, ["name: the key is missing"]),
    "name is a number": ("name: 3\n" + OK, [":1: name:", "a whole number (3)", "expected text"]),
    "name is no slug": (BASE.replace("name: f", "name: a b") + OK, [":1: name:", "no slug"]),
    "name hides a module": (BASE.replace("name: f", "name: random") + OK, ["name:", "hide"]),
    "keyword name": (BASE.replace("name: f", "name: class") + OK, ["name:", "word of Python"]),
    "list expected": (BASE + "ensures: result > 0\n", [":3: ensures:", "expected a list"]),
    "number in list": (BASE + "ensures: [1]\n", [":3: ensures[0]:", "expected text"]),
    "unknown kind": (BASE + OK + "kind: improve\n", [":4: kind:", "`implement`"]),
    "unknown level": (BASE + OK + "evidence: maybe\n", [":4: evidence:", "`proved`"]),
    "unknown provider": (BASE + OK + "provider: [synth, me]\n", [":4: provider[1]:", "`synth`"]),
    "budget key": (BASE + OK + "budget: {second: 3}\n", [":4: budget.second:", "`seconds`?"]),
    "budget value": (BASE + OK + "budget: {seconds: 0}\n", ["budget.seconds:", "greater than 0"]),
    "seed": (BASE + OK + "seed: yes\n", [":4: seed:", "truth value (True)", "whole number"]),
    "signature syntax": ('name: f\nsignature: "f(x: int -> int"\n' + OK, [":2: signature:"]),
    "signature without types": ('name: f\nsignature: "f(x) -> int"\n' + OK, ["`x` has no type"]),
    "signature without result": ('name: f\nsignature: "f(x: int)"\n' + OK, ["has no type (`->"]),
    "signature unknown type": (
        'name: f\nsignature: "f(x: itn) -> int"\n' + OK,
        [":2: signature:", "`itn` is not known; did you mean `int`?"],
    ),
    "signature star": ('name: f\nsignature: "f(*x: int) -> int"\n' + OK, ["only plain parameters"]),
    "signature result": ('name: f\nsignature: "f(result: int) -> int"\n' + OK, ["`result` has a"]),
    "signature injection": (
        'name: f\nsignature: "f(x: int) -> int: pass\\nimport os\\ndef g()"\n' + OK,
        [":2: signature:"],
    ),
    "no signature": ("name: f\n" + OK, ["signature: the key is missing", "`target`"]),
    "no demand": (BASE, ["demands nothing"]),
    "not python": (BASE + 'ensures: ["result >"]\n', [":3: ensures[0]:", "invalid syntax"]),
    "assignment": (BASE + 'ensures: ["result = x"]\n', ["ensures[0]:", "`==` compares"]),
    "tuple": (BASE + 'ensures: ["result > 0, x > 0"]\n', ["a tuple is always true"]),
    "unknown name": (BASE + 'ensures: ["result > lenght"]\n', ["ensures[0]:", "`lenght`"]),
    "impure": (BASE + "ensures: [\"open('a') == x\"]\n", ["`open` looks at or changes"]),
    "result in requires": (
        BASE + OK + 'requires: ["result > 0"]\n',
        [":4: requires[0]:", "`result`"],
    ),
    "old in requires": (BASE + OK + 'requires: ["old(x) > 0"]\n', [":4: requires[0]:", "`old`"]),
    "OLD": (BASE + 'ensures: ["OLD.x == x"]\n', ["ensures[0]:", "expected `old(expr)`"]),
    "old of bound": (
        BASE + 'ensures: ["all(old(xs[i]) == 1 for i in range(x))"]\n',
        [":3: ensures[0]:", "`i`, which is bound inside"],
    ),
    "raises no exception": (
        BASE + OK + "raises: {ValueErorr: x > 0}\n",
        [":4: raises.ValueErorr:"],
    ),
    "raises int": (BASE + OK + "raises: {int: x > 0}\n", ["raises.int:", "no exception"]),
    "raises exit": (BASE + OK + "raises: {SystemExit: x > 0}\n", ["raises.SystemExit:"]),
    "raises with result": (BASE + OK + "raises: {ValueError: result}\n", ["`result` is not there"]),
    "modifies unknown": (BASE + OK + "modifies: [ys]\n", [":4: modifies[0]:", "no parameter"]),
    "modifies immutable": (BASE + OK + "modifies: [x]\n", ["modifies[0]:", "can't be mutated"]),
    "forbid": (BASE + OK + 'forbid: ["a b"]\n', [":4: forbid[0]:", "neither"]),
    "expose": (BASE + OK + "expose: [g]\n", [":4: expose[0]:", "none of the definitions"]),
    "definitions syntax": (
        BASE + OK + "definitions: |\n  def g(x:\n      return x\n",
        [":5: definitions:", "not Python"],
    ),
    "definitions statement": (
        BASE + OK + "definitions: |\n  def g(x):\n      return x\n  print(g(1))\n",
        [":7: definitions:", "no definition"],
    ),
    "definitions unknown name": (
        BASE + OK + "definitions: |\n  def g(x):\n      return h(x)\n",
        [":6: definitions:", "`h` is not known"],
    ),
    "definitions hide": (
        BASE + OK + "definitions: |\n  def sum(x):\n      return x\n",
        ["definitions:", "`sum` hides a builtin"],
    ),
    "example": (BASE + 'examples: ["1 == 1"]\n', [":3: examples[0]:", "does not call `f`"]),
    "property given": (
        BASE + 'properties: [{given: "x", then: "f(x, []) > 0"}]\n',
        [":3: properties[0].given:", "no type"],
    ),
    "property then": (
        BASE + 'properties: [{given: "a: int", then: "a > 0"}]\n',
        ["properties[0].then:", "does not call `f`"],
    ),
    "property without then": (
        BASE + 'properties: [{given: "a: int"}]\n',
        ["properties[0].then: the key is missing"],
    ),
    "property key": (
        BASE + 'properties: [{given: "a: int", then: "f(a, [])", wen: "a"}]\n',
        ["properties[0].wen:", "did you mean `when`?"],
    ),
    "reference missing": (BASE + "reference: nowhere.py::f\n", [":3: reference:", "no file"]),
    "reference form": (BASE + "reference: slow.py\n", [":3: reference:", "`path.py::function`"]),
    "reference without function": (BASE + "reference: code.py::g\n", ["reference:", "`g`"]),
    "reference parameters": (BASE + "reference: code.py::full\n", ["the reference takes (a)"]),
    "target missing": ("name: t\ntarget: nowhere.py::f\n", [":2: target:", "no file"]),
    "target function": ("name: t\ntarget: code.py::ful\n", ["did you mean `full`?"]),
    "target full": ("name: t\ntarget: code.py::full\n", [":2: target:", "has a body already"]),
    "target broken": (
        "name: t\ntarget: broken.py::f\n",
        [":2: target:", "broken.py:1", "not Python"],
    ),
    "target and signature": (BASE + "target: code.py::hole\n", ["has a signature already"]),
    "target and ensures": ("name: t\ntarget: code.py::hole\n" + OK, ["ensures:", "decorators in"]),
    "implement source": (BASE + OK + 'source: "def f(x): ..."\n', ["source:", "takes no `source`"]),
    "repair nothing": ("name: r\nkind: repair\n", [":2: kind:", "needs code"]),
    "source broken": ('name: r\nkind: repair\nsource: "def f("\n', [":3: source:", "not Python"]),
    "source several": (
        'name: r\nkind: repair\nsource: "def f(): ...\\ndef g(): ..."\n',
        [":3: source:", "say which `function`"],
    ),
    "function unknown": (
        'name: r\nkind: repair\nsource: "def fun(): ..."\nfunction: fum\n',
        [":4: function:", "did you mean `fun`?"],
    ),
    "function without source": (BASE + OK + "function: f\n", ["function:", "only with `source`"]),
    "output": (BASE + OK + "output: out.txt\n", [":4: output:", "`.py`"]),
    "nul": ("name: 'a\0b'\n", ["not YAML"]),
    "deep": ("name: " + "[" * 5000 + "]" * 5000, ["nested too deeply"]),
}

CODE = textwrap.dedent(
    """\
    from icontract import ensure

    def full(a: int) -> int:
        return a

    @ensure(lambda result: result > 0)
    def hole(a: int) -> int: ...
    """
)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_task_is_refused(name, tmp_path, capsys):
    text, fragments = MALFORMED[name]
    path = tmp_path / "task.yaml"
    path.write_text(text)
    (tmp_path / "code.py").write_text(CODE)
    (tmp_path / "broken.py").write_text("def f(:\n")
    assert run_command_line(["run", str(path)]) == 2
    told = capsys.readouterr().err
    assert all(line.startswith(f"error[VA002]: {path}:") for line in told.splitlines())
    for fragment in fragments:
        assert fragment in told
    assert "Traceback" not in told


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"name: \x80\n"])
def test_bytes_that_are_no_text(data, tmp_path, capsys):
    path = tmp_path / "task.yaml"
    path.write_bytes(data)
    assert run_command_line(["run", str(path)]) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_a_file_that_is_not_there_and_a_folder(tmp_path, capsys):
    assert run_command_line(["run", str(tmp_path / "no.yaml")]) == 2
    assert run_command_line(["run", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "there is no such file" in told
    assert "it is a folder" in told


def test_every_complaint_is_told_at_once_in_the_order_of_the_file(tmp_path, capsys):
    path = tmp_path / "task.yaml"
    path.write_text(BASE + 'ensures: ["result >", "y > 0"]\nmodifies: [x]\nforbid: ["? ?"]\n')
    assert run_command_line(["run", str(path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    keys = [line.partition(f"{path}:")[2].split(": ")[1] for line in lines]
    assert keys == ["ensures[0]", "ensures[1]", "modifies[0]", "forbid[0]"]


def test_every_kind_of_the_schema_is_built():
    assert set(get_args(Kind)) == BUILT_KINDS
