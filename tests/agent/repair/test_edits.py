"""Splices, places, and how tightly texts bind."""

from __future__ import annotations

import ast

import pytest

from verify_agent.agent.repair.edits import Edit, EditClass, Splice, applied
from verify_agent.agent.repair.idioms import oddities
from verify_agent.agent.repair.search import Search
from verify_agent.agent.repair.sites import binding, source_of
from verify_agent.agent.repair.trial import Trial
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import subject


def edit(*splices: Splice) -> Edit:
    return Edit(EditClass.OPERATOR, splices, 1)


def test_offsets_are_bytes_of_utf_8() -> None:
    assert applied("é < 1".encode(), (edit(Splice(3, 4, "≤")),)) == "é ≤ 1"


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        applied(b"abcdef", (edit(Splice(0, 3, "x")), edit(Splice(2, 4, "y"))))


@pytest.mark.parametrize(
    ("looser", "tighter"),
    [("a or b", "a and b"), ("a and b", "not a"), ("a < b", "a + b"), ("-a", "a[0]")],
)
def test_binding(looser: str, tighter: str) -> None:
    assert binding(looser) < binding(tighter)


def test_a_function_that_is_not_there() -> None:
    with pytest.raises(BadSource):
        source_of("def f(): ...\n", "g")


def test_the_last_definition_counts() -> None:
    text = "class A:\n    def f(self): return 1\n\n\nclass A:\n    def f(self): return 2\n"
    source = source_of(text, "A.f")
    assert source.line(source.function) == 6


@pytest.mark.parametrize("odd", ["x * 1", "x - 0", "not a < b", "min(a, a)", "x == x", "x = x"])
def test_odd_forms(odd: str) -> None:
    assert oddities(ast.parse(odd)) == 1


TEXT = '''\
from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda result, xs, n: len(result) <= len(xs))
def f(xs: list[int], n: int) -> list[int]:
    """Something with most kinds of statements."""
    found: list[int] = []
    i = 0  # a comment
    while i < len(xs) and (n > 0 or not xs):
        if xs[i] % 2 == 0:
            found.append(-xs[i] * (n - 1))
        elif xs[i] > n:
            found = found[1:]
        else:
            n //= 2
        i += 1
    return found if n >= 0 else xs[:n]
'''


def test_every_edit_gives_python_that_differs_only_in_the_function() -> None:
    search = Search(TEXT, "f", Trial(subject(TEXT, "f"), clock=lambda: 0.0))
    head = TEXT[: TEXT.index("    found:")]
    edits = list(search.single())
    assert len(edits) > 1000
    assert len({e.kind for e in edits}) >= 10
    for one in edits[::7]:
        made = applied(search.source.data, (one,))
        ast.parse(made)
        assert made.startswith(head)
