"""Files -> modules: names, roots, subjects, and errors with their place."""

from pathlib import Path

import pytest

from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.evidence import Verdict, weakest
from verify_agent.verifier.frontend.load import load, load_file, module_name, subject, subjects
from verify_agent.verifier.subject import obligations_of

SOURCE = """\
from icontract import ensure


@ensure(lambda result: result > 0)
def f(x: int = 3) -> int:
    assert x > 0
    def g():
        assert False
    return x


def plain(a, b="q"):
    return a
"""


def test_functions_under_contract_are_the_default():
    assert [s.qualname for s in subjects(SOURCE)] == ["f"]
    everything = subjects(SOURCE, everything=True)
    assert [s.qualname for s in everything] == ["f", "f.<locals>.g", "plain"]


def test_a_subject_has_its_place_signature_and_own_asserts():
    found = subject(SOURCE, "f", path="p.py", module="a.b", roots=("r",))
    assert (found.id, found.path, found.roots, found.line) == ("a.b:f", "p.py", ("r",), 5)
    assert found.asserts == (("x > 0", 6),)
    (parameter,) = found.signature.parameters
    assert (parameter.name, parameter.annotation, parameter.default) == ("x", "int", "3")
    assert found.signature.returns == "int"
    assert found.contract.modifies is None


def test_a_name_that_is_not_there_gets_a_hint():
    with pytest.raises(BadSource, match="did you mean `plain`"):
        subject(SOURCE, "plane")


def test_text_that_does_not_parse_says_where():
    with pytest.raises(BadSource) as caught:
        load("x = 1\ndef f(:\n", "some.py")
    assert str(caught.value).startswith("some.py:2:")
    with pytest.raises(BadSource, match="null bytes"):
        load("\0", "some.py")
    with pytest.raises(BadSource):
        load("(" * 3000 + ")" * 3000)


@pytest.mark.parametrize(
    ("path", "packages", "expected"),
    [
        ("tool.py", [], ("tool", ".")),
        ("src/shop/orders.py", ["src/shop"], ("shop.orders", "src")),
        ("a/b/c.py", ["a", "a/b"], ("a.b.c", ".")),
        ("a/b/__init__.py", ["a", "a/b"], ("a.b", ".")),
    ],
)
def test_the_import_name_and_the_root(tmp_path, path, packages, expected):
    for package in packages:
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
    file = tmp_path / path
    file.write_text("")
    name, root = expected
    assert module_name(file) == (name, (tmp_path / root).resolve())


@pytest.mark.parametrize(
    ("data", "why"),
    [(None, "no such file"), (b"# -*- coding: nope -*-\n", "decoded"), (b"\xff = 1\n", "decoded")],
)
def test_files_that_cannot_be_read(tmp_path, data, why):
    path = tmp_path / "m.py"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(BadSource, match=why):
        load_file(path)
    with pytest.raises(BadSource, match="folder"):
        load_file(tmp_path)


def test_nothing_is_concluded_about_a_contract_that_cannot_be_read():
    source = "from icontract import require\n@require(lambda z: z)\ndef f(x): ..."
    obligations = obligations_of(subject(source, "f"))
    assert [o.kind for o in obligations] == ["reading"]
    assert weakest(o.verdict for o in obligations) is Verdict.UNKNOWN
    reason = "unsupported: a condition over `z`, no parameter at 2:9"
    assert obligations[0].reason == reason


def test_the_suites_are_read_without_a_gap():
    folder = Path(__file__).resolve().parents[4] / "shared" / "suites" / "verify"
    if not folder.is_dir():
        pytest.skip(f"the suites are not at {folder}")
    modules = [load_file(path) for path in sorted(folder.rglob("*.py"))]
    assert all(m.subjects for m in modules)
    assert [s.unread for m in modules for s in m.subjects if s.unread] == []
