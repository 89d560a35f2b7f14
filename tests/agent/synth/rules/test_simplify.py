"""Simplification and layout keep the meaning, and give the forms that people write."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.synth.rules.layout import laid_out
from verify_agent.agent.synth.rules.local_types import local_types
from verify_agent.agent.synth.rules.simplify import RULES, simplify
from verify_agent.verifier.ir.types import BOOL, INT, STR, ListType

TYPES = {"x": INT, "y": INT, "z": INT, "p": BOOL, "q": BOOL}

ABSOLUTES = ("(y - {0} if {0} < 0 else y + {0})", "({0} + y if {0} >= 0 else y - {0})")
CLAMPS = ("({1} if {0} > {1} else max({0}, {2}))", "({1} if {0} < {1} else min({2}, {0}))")
NUMBERS = st.recursive(
    st.sampled_from(["x", "y", "z", "0", "1", "-1", "2", "(x - y)", "(-x)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({' '.join(t)})"),
        inner.map(lambda e: f"(-{e})"),
        inner.map(lambda e: f"abs({e})"),
        inner.map(lambda e: f"({e} - {e} % 3)"),
        st.tuples(inner, st.sampled_from(ABSOLUTES)).map(lambda t: t[1].format(t[0])),
        st.tuples(inner, st.integers(-2, 2), st.integers(-2, 2), st.sampled_from(CLAMPS)).map(
            lambda t: t[3].format(*t[:3])
        ),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "=="]), inner, st.booleans()).map(
            lambda t: (
                f"({t[0]} if {t[0]} {t[1]} {t[2]} else {t[2]})"
                if t[3]
                else f"({t[2]} if {t[0]} {t[1]} {t[2]} else -{t[2]})"
            )
        ),
    ),
    max_leaves=5,
)
TRUTHS = st.recursive(
    st.one_of(
        st.sampled_from(["p", "q", "True", "False"]),
        st.tuples(NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS).map(
            lambda t: f"({' '.join(t)})"
        ),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or", "==", "!="]), inner).map(
            lambda t: f"({' '.join(t)})"
        ),
        inner.map(lambda e: f"(not {e})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
    ),
    max_leaves=5,
)
EXPRESSIONS = st.one_of(
    NUMBERS,
    TRUTHS,
    st.tuples(NUMBERS, TRUTHS, NUMBERS, TRUTHS, NUMBERS).map(
        lambda t: f"({t[0]} if {t[1]} else {t[2]} if {t[3]} else {t[4]})"
    ),
)
VALUES = st.fixed_dictionaries(
    {name: st.integers(-3, 3) if t == INT else st.booleans() for name, t in TYPES.items()}
)


def _value(tree: ast.expr, env: dict[str, Any]) -> Any:
    code = compile(ast.fix_missing_locations(ast.Expression(tree)), "<tree>", "eval")
    return eval(code, dict(env))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=EXPRESSIONS, envs=st.lists(VALUES, min_size=6, max_size=6))
def test_meaning_is_kept(text: str, envs: list[dict[str, Any]]) -> None:
    tree = ast.parse(text, mode="eval").body
    better = simplify(tree, TYPES)
    statements = laid_out(simplify(tree, TYPES))
    function = ast.parse(f"def f({', '.join(TYPES)}): ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = list(statements)
    space: dict[str, Any] = {}
    module = ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[]))
    exec(compile(module, "<function>", "exec"), space)
    for env in envs:
        before = _value(tree, env)
        after = _value(better, env)
        assert (type(before), before) == (type(after), after), ast.unparse(better)
        assert space["f"](**env) == before


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=EXPRESSIONS, envs=st.lists(VALUES, min_size=6, max_size=6))
def test_each_rule_keeps_the_meaning(text: str, envs: list[dict[str, Any]]) -> None:
    for node in ast.walk(ast.parse(text, mode="eval").body):
        if not isinstance(node, ast.expr):
            continue
        before = ast.unparse(node)
        for rule in RULES:
            better = rule(ast.parse(before, mode="eval").body, TYPES)
            if better is None:
                continue
            for env in envs:
                old, new = eval(before, dict(env)), _value(better, env)
                assert (type(old), old) == (type(new), new), (rule.__name__, before)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + -1 * y", "x - y"),
        ("x if x + -1 * y >= 0 else y", "max(x, y)"),
        ("x if x >= 0 else -x", "abs(x)"),
        ("True if x > y else False", "x > y"),
        ("not x < y", "x >= y"),
        ("x >= y and z >= x", "y <= x <= z"),
        ("0 < x", "x > 0"),
        ("x >= y + 1", "x > y"),
        ("z if p else z if q else x", "z if p or q else x"),
        ("x if y > 0 else (y if y > 0 else z)", "x if y > 0 else z"),
        ("p or (not p and q)", "p or q"),
        ("x if p else x", "x"),
        ("9 if x > 9 else max(x, 1)", "min(9, max(x, 1))"),
        ("-2 if x <= -2 else min(16, x)", "max(-2, min(16, x))"),
        ("1 if x > 1 else max(x, 9)", "1 if x > 1 else max(x, 9)"),
        ("x - x % 12", "x // 12 * 12"),
        ("z - x if x < 0 else z + x", "z + abs(x)"),
        ("z - x if y < 0 else z + x", "z - x if y < 0 else z + x"),
        ("x - y % 12", "x - y % 12"),
        ("sum(i for i in l)", "sum(l)"),
        ("any(y == i for i in l)", "y in l"),
        ("all(i != y for i in l)", "y not in l"),
        ("any(i == i for i in l)", "any((i == i for i in l))"),
        ("''.join(c for c in s)", "s"),
        ("''.join(c.upper() for c in s[1:])", "s[1:].upper()"),
        ("''.join(c.lower() for c in s)", "''.join((c.lower() for c in s))"),
    ],
)
def test_forms(text: str, expected: str) -> None:
    types = {**TYPES, "l": ListType(INT), "s": STR}
    assert ast.unparse(simplify(ast.parse(text, mode="eval").body, types)) == expected


def test_what_is_bound_side_by_side_has_a_type() -> None:
    text = "return [x if y < x else y for x, y in zip(a, b)]"
    statements = ast.parse(text).body
    types = local_types(statements, {"a": ListType(INT), "b": ListType(INT)})
    assert (types["x"], types["y"]) == (INT, INT)
    assert isinstance(statements[0], ast.Return)
    assert statements[0].value is not None
    better = ast.unparse(simplify(statements[0].value, types))
    assert better == "[max(x, y) for x, y in zip(a, b)]"


def test_no_rule_brings_in_what_is_forbidden() -> None:
    tree = ast.parse("x if x >= y else y", mode="eval").body
    assert ast.unparse(simplify(tree, TYPES, frozenset({"max"}))) == "x if x >= y else y"


def test_a_test_that_may_raise_is_kept() -> None:
    tree = ast.parse("x if z // y > 0 else x", mode="eval").body
    assert ast.unparse(simplify(tree, TYPES)) == "x if z // y > 0 else x"
