"""The command: what is alike, what is proved equal, what is shown to differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.similar.behaviour import Runnable, outcomes
from verify_agent.agent.similar.clones import DIFFERENT, OPEN, PROVED, judged
from verify_agent.agent.similar.gather import gathered, named
from verify_agent.agent.similar.inputs import canonical, shared_inputs
from verify_agent.agent.similar.search import Search
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.sandbox.runner import Zygote

ONE = """
from icontract import require


def clamp(x: int, lo: int, hi: int) -> int:
    return min(hi, max(x, lo))


def triple(n: int) -> int:
    return n + n + n


@require(lambda n: n >= 0)
def size(n: int) -> int:
    return n


def helper(n: int) -> int:
    return n
"""
OTHER = """
def helper(n: int) -> int:
    return 2 * n


def bound(v: int, low: int, top: int) -> int:
    if v < low:
        v = low
    if v > top:
        return top
    return v


def nearly(v: int, low: int, top: int) -> int:
    return max(low, min(top, v))


def three(k: int) -> int:
    return 3 * k


def by_helper(k: int) -> int:
    return helper(k) + k


def absolute(k: int) -> int:
    return k if k >= 0 else -k
"""
SHADOWED = "def max(a: int, b: int) -> int:\n    return a\n\n\n" + OTHER.partition("def nearly")[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.py").write_text(ONE)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "other.py").write_text(OTHER)
    (tmp_path / "inner" / "broken.py").write_text("def (")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.py").write_text(OTHER)
    return tmp_path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Zygote]:
    with Zygote(preload=("verify_agent.agent.similar.behaviour_job",)) as made:
        yield made


def test_functions_are_gathered(folder: Path) -> None:
    found = gathered(folder)
    assert found.unread == 1
    assert [f.qualname for f in found.functions] == [
        "clamp", "triple", "size", "helper",
        "helper", "bound", "nearly", "three", "by_helper", "absolute",
    ]  # fmt: skip
    with pytest.raises(BadSource):
        gathered(folder / "missing")
    with pytest.raises(BadSource):
        named(folder / "one.py", "missing")


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("List[ List[int] ]", "list[list[int]]"),
        ("typing.Sequence[str]", "list[str]"),
        ("dict[str, int]", "dict[str, int]"),
        ("'int'", "int"),
        ("TreeNode", None),
        ("int | None", None),
        ("list[int, int]", None),
        ("(", None),
    ],
)
def test_types_in_one_spelling(annotation: str, expected: str | None) -> None:
    assert canonical(annotation) == expected


def test_shared_inputs_are_the_same_every_time_and_differ() -> None:
    found = shared_inputs(("list[int]", "str", "dict[str, bool]"))
    assert found == shared_inputs(("list[int]", "str", "dict[str, bool]"))
    assert len(set(found)) == len(found) == 24
    for text in found:
        xs, s, d = eval(text)
        assert isinstance(xs, list)
        assert isinstance(s, str)
        assert all(isinstance(v, bool) for v in d.values())


def test_what_functions_do(sandbox: Zygote) -> None:
    source = (
        "class S:\n    def g(self, n):\n        return {n, 1} if n > 0 else 1 // 0\n"
        "def h(n):\n    while True:\n        pass\n"
        "def c(n):\n    yield n\n"
    )
    names = [Runnable(name, ("int",)) for name in ("S.g", "h", "c", "missing")]
    method, hung, generator, missing = outcomes(source, names, sandbox)
    inputs = [eval(text)[0] for text in shared_inputs(("int",))]
    expected = [
        f"={{{', '.join(sorted({str(n), '1'}))}}}" if n > 0 else "!ZeroDivisionError"
        for n in inputs
    ]
    assert list(method) == expected
    assert hung == ("", "")
    assert list(generator) == [f"=[{n}]" for n in inputs]
    assert set(missing) == {"!AttributeError"}
    assert outcomes("raise SystemExit", names[:1], sandbox) == [()]


def test_a_difference_is_a_fact_and_a_likeness_a_score(folder: Path, sandbox: Zygote) -> None:
    search = Search(gathered(folder).functions, sandbox)
    hits = search.like(named(folder / "one.py", "clamp"), 2)
    assert [h.function.qualname for h in hits] == ["bound", "nearly"]
    assert hits[0].behaviour == 1.0
    assert hits[0].known.word == OPEN
    assert hits[1].known.word == DIFFERENT
    call = hits[1].known.detail.partition(":")[0]
    space: dict[str, object] = {}
    exec(ONE, space)
    exec(OTHER, space)
    assert eval(call, space) != eval(call.replace("clamp", "nearly"), space)


@pytest.mark.slow
def test_equality_is_proved(folder: Path) -> None:
    one, other = folder / "one.py", folder / "inner" / "other.py"
    assert judged(named(one, "clamp"), named(other, "bound"), 20).word == PROVED
    assert judged(named(one, "triple"), named(other, "three"), 20).word == PROVED
    assert judged(named(one, "clamp"), named(other, "nearly"), 20).word == OPEN
    assert judged(named(one, "size"), named(other, "absolute"), 20).word == PROVED
    assert judged(named(other, "absolute"), named(one, "size"), 20).word == OPEN


@pytest.mark.parametrize("name", ["by_helper", "bound", "Kind.f"])
def test_names_that_mean_something_else_there_are_no_proof(name: str, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(ONE)
    (tmp_path / "other.py").write_text(
        f"{SHADOWED}\n\ndef by_helper(k: int) -> int:\n    return helper(k) + k\n\n\n"
        "class Kind:\n    def f(self, n: int) -> int:\n        return n\n"
    )
    other = named(tmp_path / "other.py", name)
    query = named(tmp_path / "one.py", "clamp" if name == "bound" else "triple")
    if name == "bound":
        (tmp_path / "other.py").write_text(SHADOWED.replace("v = low", "v = max(v, low)"))
        other = named(tmp_path / "other.py", name)
    known = judged(query, other, 10)
    assert known.word == OPEN
    assert "module" in known.detail or "method" in known.detail


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["similar", f"{folder / 'one.py'}::clamp", "--prove-seconds", "0", "--no-run"]
    assert run_command_line([*argv, "--json", "--top", "3"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert "nearly" in [h["qualname"] for h in hits]
    assert all(h["behaviour"] is None and h["known"] == OPEN for h in hits)
    assert run_command_line(argv) == 0
    assert "among 10 functions" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ["one.py"],
        ["one.py::"],
        ["missing.py::f"],
        ["one.py::missing"],
        ["one.py::clamp", "--top=0"],
    ],
)
def test_bad_input(argv: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert run_command_line(["similar", *argv]) == 2
