"""Exact comparison, and values as source."""

import dataclasses
import enum
import math
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Optional, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify_agent.verifier.harness.render import Unrenderable, render_values
from verify_agent.verifier.harness.values import fits, same, shown

NAN = float("nan")


class Plain:
    def __init__(self, x):
        self.x = x


class Slotted:
    __slots__ = ("x",)

    def __init__(self, x):
        self.x = x


@dataclasses.dataclass
class Point:
    x: int
    y: list


class Color(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        (1, True, False),
        (1, 1.0, False),
        (0.0, -0.0, False),
        (NAN, float("nan"), True),
        ([NAN], [float("nan")], True),
        ((1,), [1], False),
        ({1: 2}, {1: 2}, True),
        ({1: 2, 3: 4}, {3: 4, 1: 2}, False),
        ({1, 2}, {2, 1}, True),
        ({1}, {True}, False),
        (Plain([1]), Plain([1]), True),
        (Plain([1]), Plain([True]), False),
        (Slotted(1), Slotted(1), True),
        (Slotted(1), Slotted(2), False),
        (Decimal("1.0"), Decimal("1"), True),
        (object(), object(), True),
    ],
)
def test_same(left, right, wanted):
    assert same(left, right) is wanted


def test_same_ends_on_values_that_contain_themselves():
    left, right = [1], [1]
    left.append(left)
    right.append(right)
    assert same(left, right)
    right[0] = 2
    assert not same(left, right)


@pytest.mark.parametrize(
    ("value", "declared", "wanted"),
    [
        (1, int, True),
        (True, int, False),
        (1, float, False),
        (None, Optional[int], True),  # noqa: UP045
        ("a", Union[int, str], True),  # noqa: UP007
        ((1, "a"), tuple[int, str], True),
        ((1, 2, 3), tuple[int, ...], True),
        ((1,), tuple[int, int], False),
        ((), tuple[()], True),
        ({1: ["a"]}, dict[int, list[str]], True),
        ({1: [2]}, dict[int, list[str]], False),
        (1, Literal[1, 2], True),
        (True, Literal[1, 2], False),
        (Plain(1), Plain, True),
        (1, Plain, False),
        (1, "not understood", True),
    ],
)
def test_fits(value, declared, wanted):
    assert fits(value, declared) is wanted


def test_shown_survives_everything():
    class Bad:
        def __repr__(self):
            raise KeyError

    assert shown(Bad()) == "<a Bad whose repr raises KeyError>"
    assert shown(10**5000) == f"an int of {(10**5000).bit_length()} bits"
    assert len(shown("x" * 10_000)) < 400


ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.complex_numbers(),
)
HASHABLE = st.one_of(st.booleans(), st.integers(), st.text())
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(HASHABLE, inner, max_size=3),
        st.sets(HASHABLE, max_size=3),
        st.frozensets(HASHABLE, max_size=3),
    ),
    max_leaves=6,
)


@given(st.lists(VALUES, max_size=3))
@settings(max_examples=100, deadline=None)
def test_what_is_rendered_makes_the_same_values(values):
    setup, texts = render_values(values, {})
    scope = {}
    exec("\n".join(setup), scope)
    assert same([eval(text, scope) for text in texts], values)


def test_shared_objects_stay_shared():
    inner = [1]
    setup, texts = render_values([inner, [inner, inner], (inner,)], {"v1": 0})
    scope = {}
    exec("\n".join(setup), scope)
    again = [eval(text, scope) for text in texts]
    assert setup == ("v2 = [1]",)
    assert again[1][0] is again[0] is again[1][1] is again[2][0]


def test_objects():
    names = {"Point": Point, "Plain": Plain, "Color": Color, "len": len}
    values = [Point(1, [2]), Plain((3,)), Color.RED, Fraction(1, 3), Decimal("0.1"), len, Plain]
    setup, texts = render_values(values, names)
    assert setup == ("from decimal import Decimal", "from fractions import Fraction")
    assert texts == (
        "Point(1, [2])",
        "Plain((3,))",
        "Color.RED",
        "Fraction(1, 3)",
        "Decimal('0.1')",
        "len",
        "Plain",
    )


def test_where_an_object_came_from_may_be_told():
    thing = Plain(1)
    thing.later = 2
    with pytest.raises(Unrenderable, match="other values"):
        render_values([thing], {"Plain": Plain})

    def make():
        made = Plain(1)
        made.later = 2
        return made

    assert render_values([thing], {"make": make}, {id(thing): "make()"}) == ((), ("make()",))


def test_what_can_not_be_rendered():
    loop = []
    loop.append(loop)
    for value in (loop, lambda: 0, iter([])):
        with pytest.raises(Unrenderable):
            render_values([value], {})


def test_huge_and_odd_numbers():
    _, texts = render_values([10**6000, -0.0, math.inf, -math.inf, NAN], {})
    assert texts[0].startswith("0x")
    assert texts[1:] == ("-0.0", 'float("inf")', 'float("-inf")', 'float("nan")')
