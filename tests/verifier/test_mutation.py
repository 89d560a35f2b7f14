"""Mutants: each another program, one change in the body, everything else to the letter."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from verify_agent.contracts.functions import functions_of
from verify_agent.verifier.mutation import mutants

SOURCE = '''\
@mark(1)
def f(x: int = 1, lo: int = 2) -> int:
    """One."""
    # a comment
    return lo - x * (lo + 1) if not (x<lo) else x  # kept
'''


def test_one_change_each_and_the_layout_stays() -> None:
    made = mutants(SOURCE, "f")
    assert len({ast.dump(ast.parse(m.source)) for m in made} | {ast.dump(ast.parse(SOURCE))}) == (
        len(made) + 1
    )
    for mutant in made:
        assert mutant.line == 5
        lines = mutant.source.splitlines()
        assert lines[:4] == SOURCE.splitlines()[:4]
        assert lines[4].endswith("  # kept")
    assert "return lo - (x + (lo + 1)) if" in " ".join(m.source for m in made)


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("return x < 3", {"x <= 3", "x > 3", "4", "2"}),
        ("return x and not x", {"x or not x", "x"}),
        ("x += 1", {"x -= 1", "", "2", "0"}),
        ("return min(x, x)", {"max(x, x)"}),
        ("return True", {"False"}),
    ],
)
def test_operators(body: str, changed: set[str]) -> None:
    assert {m.after for m in mutants(f"def f(x: int) -> None:\n    {body}\n", "f")} == changed


def test_every_mutant_of_the_corpus_is_python() -> None:
    path = Path(__file__).parents[1] / "corpus" / "loops" / "binary_search.py"
    text = path.read_text(encoding="utf-8")
    for function in functions_of(text):
        assert len(mutants(text, function.qualname)) > 10


def test_an_unknown_function() -> None:
    with pytest.raises(KeyError):
        mutants(SOURCE, "g")
