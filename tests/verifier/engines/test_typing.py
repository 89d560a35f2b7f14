"""The typing engine: text wins over the disk, rejection is no refutation."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.contracts.model import Contract, Parameter, Signature
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.typing import ASSUMPTION, TypingEngine, check_text
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.subject import Subject, types_obligation

GOOD = """\
from icontract import ensure, require

@require(lambda x: x > 0)
@ensure(lambda x, result: result > x)
def f(x: int) -> int:
    return x + 1
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("mypy"))


def attempt(source: str, cache: str) -> Attempt:
    signature = Signature("f", (Parameter("x", "int"),), "int")
    subject = Subject(source, "f", signature, Contract())
    found = TypingEngine(cache).check(subject, Limits(), 0)
    return found.attempts[types_obligation(subject).id]


def test_a_typed_module_with_contracts_is_accepted(cache: str) -> None:
    made = attempt(GOOD, cache)
    assert made.outcome is Verdict.PROVED
    assert made.assumptions == (ASSUMPTION,)
    assert made.version


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("def f(x: int) -> int:\n    return str(x)\n", 2, "Incompatible return value"),
        ("def f(x):\n    return x\n", 1, "missing a type annotation"),
        ("def f(x: int) -> int:\n    return x +\n", 2, ""),
        (GOOD + "\ny: str = f(1)\n", 8, "Incompatible types in assignment"),
        (GOOD.replace("lambda x: x > 0", "3"), 3, "Argument 1"),
    ],
)
def test_a_rejection_is_unknown_with_mypys_words(
    cache: str, source: str, line: int, words: str
) -> None:
    made = attempt(source, cache)
    assert made.outcome is Verdict.UNKNOWN
    assert made.reason.startswith(f"mypy: line {line}: ")
    assert words in made.reason


def test_a_module_that_configures_mypy_is_not_believed(cache: str) -> None:
    made = attempt("# mypy: ignore-errors\n" + GOOD.replace("x + 1", "'a'"), cache)
    assert made.outcome is Verdict.UNKNOWN
    assert "line 1" in made.reason


def test_an_ignored_line_is_an_assumption(cache: str) -> None:
    made = attempt(GOOD.replace("x + 1", "'a'  # type: ignore[return-value]"), cache)
    assert made.outcome is Verdict.PROVED
    assert made.assumptions == (ASSUMPTION, "mypy is told to ignore line 6")


def test_the_text_wins_over_the_file_and_sees_its_package(tmp_path: Path, cache: str) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("from .prices import price as price\n")
    (package / "prices.py").write_text("def price() -> int:\n    return 1\n")
    (package / "orders.py").write_text("from .prices import price\n\nx: int = price()\n")

    def lines(source: str, module: str, *, package: bool = False) -> list[int]:
        roots = (str(tmp_path),)
        found = check_text(source, module=module, roots=roots, package=package, cache=cache)
        return [m.line for m in found]

    right = (package / "orders.py").read_text()
    wrong = right.replace("x: int", "x: str")
    assert lines(right, "shop.orders") == []
    assert lines(wrong, "shop.orders") == [3]
    assert lines(right, "shop.orders") == []
    assert lines("from .prices import nothing\n", "shop", package=True) == [1]
    assert lines("from .prices import price as price\n", "shop", package=True) == []


def test_imports_are_not_found_in_the_current_folder(
    tmp_path: Path, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "beside.py").write_text("x: int = 1\n")
    monkeypatch.chdir(tmp_path)
    (found,) = check_text("import beside\n", cache=cache)
    assert "beside" in found.message
