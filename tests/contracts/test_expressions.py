"""Expressions as text: what is one, what it reads, and `old`."""

import pytest

from verify_agent.contracts.expressions import (
    NotAnExpression,
    canonical,
    condition_text,
    free_names,
)
from verify_agent.contracts.model import Snapshot
from verify_agent.contracts.old import immutable, lift_old


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x + 1", {"x"}),
        ("all(x < k for x in xs)", {"all", "k", "xs"}),
        ("[x for x in x]", {"x"}),
        ("[y for x in xs for y in x if y > z]", {"xs", "z"}),
        ("(lambda a, b=c: a + b + d)(1)", {"c", "d"}),
        ("{k: v for k, v in d.items()}", {"d"}),
        ("(n := len(xs)) > 0 and n < 3", {"len", "xs"}),
        ("f'{x!r:>{w}}'", {"x", "w"}),
    ],
)
def test_free_names(text, names):
    assert free_names(text) == names


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("x = 1", "assignment"),
        ("return x", "statement"),
        ("x +", "invalid syntax"),
        ("x > 0, y > 0", "tuple is always true"),
        ("'x > 0'", "no condition"),
        ("1", "no condition"),
        ("(yield x)", "yield"),
        ("x\0", "null bytes"),
        ("(" * 300 + "x" + ")" * 300, "read|parenthes"),
    ],
)
def test_what_is_no_condition(text, why):
    with pytest.raises(NotAnExpression, match=why):
        condition_text(text)


def test_canonical_keeps_what_fits_on_a_line():
    assert canonical(" x  >  0 ") == "x  >  0"
    assert canonical("x > 0 # why") == "x > 0"
    assert canonical("x > 0 and\n  y > 0") == "x > 0 and y > 0"


TYPES = {"xs": "list[int]", "n": "int", "ps": "list[list[int]]"}


@pytest.mark.parametrize(
    ("text", "lifted", "snapshots"),
    [
        ("xs == old(xs)", "xs == OLD.old_xs", {Snapshot("old_xs", "xs", True)}),
        ("n == old(n)", "n == OLD.old_n", {Snapshot("old_n", "n", False)}),
        ("'é' == old( xs )", "'é' == OLD.old_xs", {Snapshot("old_xs", "xs", True)}),
        ("old(len(xs)) > 1", "OLD.old_len_xs > 1", {Snapshot("old_len_xs", "len(xs)", False)}),
        ("old(xs[0]) > 1", "OLD.old_xs_0 > 1", {Snapshot("old_xs_0", "xs[0]", False)}),
        ("old(ps[0]) == 1", "OLD.old_ps_0 == 1", {Snapshot("old_ps_0", "ps[0]", True)}),
        ("[old for old in xs] == xs", "[old for old in xs] == xs", set()),
        ("all(old(xs)[i] == i for i in xs)", "all(OLD.old_xs[i] == i for i in xs)", None),
        ("any((lambda old: old(3))(k) for k in xs)", None, set()),
    ],
)
def test_old(text, lifted, snapshots):
    new, taken = lift_old(text, TYPES)
    assert new == (lifted or text)
    if snapshots is not None:
        assert set(taken) == snapshots


def test_old_of_equal_slugs_gets_names_apart_and_the_same_is_taken_once():
    new, taken = lift_old("old(n + 1) == old(n - 1) + old(n+1)", TYPES)
    assert new == "OLD.old_n_1 == OLD.old_n_1_2 + OLD.old_n_1" or new.count("OLD.") == 3
    assert len(taken) == 2
    again, more = lift_old("old(n + 1) > 0", TYPES, taken)
    assert more == taken
    assert again.startswith("OLD.old_n_1")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("all(old(xs[i]) for i in xs)", "`i`, which is bound inside"),
        ("(lambda k: old(k))(n)", "`k`, which is bound inside"),
        ("old(old(xs)) == xs", "inside `old`"),
        ("old(result) == 1", "`result`, which is not there"),
        ("old == 1", "must be called"),
        ("map(old, xs)", "must be called"),
        ("old(xs, n)", "takes one expression"),
        ("old() == 1", "takes one expression"),
        ("old(*xs)", "takes one expression"),
        ("old((k := n)) == 1", "binds a name"),
    ],
)
def test_old_that_has_no_meaning(text, why):
    with pytest.raises(NotAnExpression, match=why):
        lift_old(text, TYPES)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("int", True),
        ("tuple[int, ...]", True),
        ("tuple[int, list[int]]", False),
        ("int | None", True),
        ("Optional[str]", True),
        ("'int'", True),
        ("list[int]", False),
        ("Order", False),
        ("object", False),
    ],
)
def test_immutable(annotation, expected):
    assert immutable(annotation) is expected
