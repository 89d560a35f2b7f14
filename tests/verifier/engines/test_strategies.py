"""Inputs: allowed by the precondition, small, aliased now and then, written as source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from verify_agent.verifier.engines.strategies import LARGE, SMALL, Maker, Scale, Untypable
from verify_agent.verifier.engines.strategies_arguments import Condition, Demand, arguments
from verify_agent.verifier.engines.strategies_bounds import plans
from verify_agent.verifier.engines.strategies_pools import pools_of
from verify_agent.verifier.engines.strategies_recipe import Made, recipe

INTS = list[int]


def condition(text: str) -> Condition:
    def holds(values: Mapping[str, Any]) -> bool:
        try:
            return bool(eval(text, dict(values)))
        except Exception:
            return False

    return holds


def drawn(
    declared: Mapping[str, Any], texts: list[str], scale: Scale = SMALL, source: str = ""
) -> tuple[list[dict[str, Any]], float]:
    """A hundred dictionaries of arguments, and the share of them that is allowed."""
    holds = [condition(text) for text in texts]
    maker = Maker(pools_of(source, texts), scale, lambda *_: pytest.fail("no objects here"))
    seen: list[dict[str, Any]] = []

    @seed(0)
    @settings(
        max_examples=100,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(arguments(maker, Demand(declared, texts, holds, {})))
    def collect(values: dict[str, Any]) -> None:
        seen.append(values)

    collect()
    allowed = [v for v in seen if all(h(v) for h in holds)]
    return allowed, len(allowed) / len(seen)


@pytest.mark.parametrize(
    ("declared", "texts"),
    [
        ({"x": int}, ["0 <= x <= 100"]),
        ({"x": int}, ["x * 3 <= 10 and x > -50"]),
        ({"x": int}, ["x % 7 == 3", "x > 100"]),
        ({"x": int}, ["x == 5 or x > 1000"]),
        ({"x": int}, ["not x < 10"]),
        ({"x": int, "lo": int, "hi": int}, ["lo <= hi", "lo <= x"]),
        ({"a": int, "b": int, "c": int}, ["a + b == c"]),
        ({"x": float}, ["0.0 <= x < 1.0"]),
        ({"x": float}, ["x == 2"]),
        ({"xs": INTS}, ["len(xs) > 3"]),
        ({"xs": INTS, "ys": INTS}, ["len(xs) == len(ys)", "len(xs) > 0"]),
        ({"xs": INTS, "i": int}, ["0 <= i < len(xs)"]),
        ({"i": int, "xs": INTS}, ["0 <= i < len(xs)"]),
        ({"xs": INTS}, ["all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1))"]),
        ({"xs": INTS}, ["all(a < b for a, b in zip(xs, xs[1:]))", "len(xs) >= 2"]),
        ({"xs": INTS}, ["all(0 <= x < 10 for x in xs)", "xs"]),
        ({"xs": INTS}, ["all(0 < xs[i] for i in range(len(xs)))"]),
        ({"xs": INTS}, ["len(set(xs)) == len(xs)"]),
        ({"xs": INTS, "v": int}, ["v in xs"]),
        ({"d": dict[str, int], "k": str}, ["k in d"]),
        ({"s": str}, ["s.startswith('ab') and len(s) == 10"]),
        ({"s": str}, ["s.isdigit()"]),
        ({"s": str}, ["s == s[::-1]"]),
        ({"s": str, "c": str}, ["len(c) == 1"]),
        ({"m": list[INTS]}, ["len(m) > 0", "all(len(r) == len(m[0]) for r in m)"]),
    ],
)
def test_usual_preconditions_do_not_starve(declared: Mapping[str, Any], texts: list[str]) -> None:
    allowed, share = drawn(declared, texts)
    assert share > 0.6
    assert len({repr(a) for a in allowed}) >= (1 if "==" in texts[0] and "x" in declared else 10)


def test_builtin_types_are_made_exactly() -> None:
    values, _ = drawn({"x": int, "xs": list[float], "p": tuple[int, str], "o": int | None}, [])
    assert {type(v["x"]) for v in values} == {int}
    assert {type(f) for v in values for f in v["xs"]} == {float}
    assert {tuple(map(type, v["p"])) for v in values} == {(int, str)}
    assert {type(v["o"]) for v in values} == {int, type(None)}


def test_floats_include_the_unusual_ones() -> None:
    floats = [v["x"] for v in drawn({"x": float}, [])[0]]
    assert any(map(math.isnan, floats))
    assert any(map(math.isinf, floats))
    assert any(f == 0 and math.copysign(1, f) < 0 for f in floats)


def test_some_arguments_are_one_object() -> None:
    values, _ = drawn({"xs": INTS, "ys": INTS, "zs": list[str]}, [])
    assert any(v["xs"] is v["ys"] for v in values)
    assert not any(v["xs"] is v["zs"] for v in values)


def test_constants_of_the_code_are_tried_with_their_neighbours() -> None:
    source = "def f(n, s):\n    return n == 4711 or s == 'open sesame'\n"
    values, _ = drawn({"n": int, "s": str}, [], source=source)
    assert {4710, 4711, 4712} <= {v["n"] for v in values}
    assert "open sesame" in {v["s"] for v in values}


def test_large_values_stay_in_the_large_scale() -> None:
    small, _ = drawn({"n": int}, [], source="x = 10**9\ny = 1000000007")
    large, _ = drawn({"n": int}, [], LARGE)
    assert max(abs(v["n"]) for v in small) <= 100_000
    assert max(abs(v["n"]) for v in large) > 2**53


def test_a_bound_of_a_parameter_orders_the_drawing() -> None:
    (plan,) = plans(["i", "xs"], ["0 <= i < len(xs)"])
    assert plan.order == ("xs", "i")


def test_a_type_that_cannot_be_made_says_so() -> None:
    maker = Maker(pools_of(""), SMALL, lambda *_: pytest.fail("no objects here"))
    with pytest.raises(Untypable, match="no way to make values of"):
        maker.of(type(iter([])))


def test_recipes_make_the_same_values_and_the_same_sharing() -> None:
    row = [0]
    values = {"m": [row, row], "x": math.inf, "t": (1,), "s": frozenset({2}), "d": {"a": [1]}}
    made = recipe(values)
    scope: dict[str, Any] = {}
    for line in made.setup:
        exec(line, scope)
    again = {name: eval(text, scope) for name, text in made.arguments.items()}
    assert again == values
    assert again["m"][0] is again["m"][1]


def test_an_object_is_made_by_calls() -> None:
    made = recipe({"self": Made("Account", {"opening": 3}, (("deposit", {"amount": 1}),))})
    assert made.setup == ("account_1 = Account(opening=3)", "account_1.deposit(amount=1)")
    assert made.call("f", ("self",)) == "f(account_1)"
