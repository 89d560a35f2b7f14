"""What is alike up to names, and what only looks so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verify_agent.contracts.model import Condition, Contract, Property, Raises
from verify_agent.verifier.cache.likeness import likeness_of
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.subject import Subject, obligations_of

HEAD = "from icontract import ensure, require\n\n\n"
CLAMP = (
    "@require(lambda lo, hi: lo <= hi)\n"
    "@ensure(lambda x, lo, hi, result: lo <= result <= hi)\n"
    "def clamp(x: int, lo: int, hi: int) -> int:\n"
    '    """The nearest value."""\n'
    "    best = max(x, lo)\n"
    "    return min(hi, best)\n"
)
RENAMED = (
    "@require(lambda low, high: low <= high)\n"
    "@ensure(lambda value, low, high, result: low <= result <= high)\n"
    "def bounded(value: int, low: int, high: int) -> int:\n"
    "    found = max(value, low)\n"
    "    return min(high, found)\n"
)
PERMUTED = (
    "@require(lambda lo, hi: lo <= hi)\n"
    "@ensure(lambda hi, lo, x, result: lo <= result <= hi)\n"
    "def clamp(hi: int, x: int, lo: int) -> int:\n"
    "    best = max(x, lo)\n"
    "    return min(hi, best)\n"
)
DOUBLE = "@ensure(lambda n, result: result == 2 * n)\ndef f(n: int) -> int:\n    return n + n\n"


def read(text: str) -> Subject:
    name = text[text.index("def ") + 4 : text.index("(", text.index("def "))]
    return subject(HEAD + text, name)


def form(text: str, **contract: object) -> str:
    made = read(text)
    found = likeness_of(replace(made, contract=replace(made.contract, **contract)))  # type: ignore[arg-type]
    assert found is not None
    return found.form


@pytest.mark.parametrize("other", [RENAMED, PERMUTED], ids=["renamed", "permuted"])
def test_names_and_order_make_no_difference(other: str) -> None:
    one, two = likeness_of(read(CLAMP)), likeness_of(read(other))
    assert one is not None
    assert two is not None
    assert one.form == two.form
    kinds = {o.id: o.kind for text in (CLAMP, other) for o in obligations_of(read(text))}
    pairs = list(zip(one.obligations, two.obligations, strict=True))
    assert len(pairs) == 1 + len(obligations_of(read(CLAMP)))
    assert all(kinds.get(a) == kinds.get(b) for a, b in pairs)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max(x, lo)", "max(lo, x)"),
        ("max(x, lo)", "max(x, hi)"),
        ("min(hi, best)", "min(hi, x)"),
        ("lo <= hi", "lo < hi"),
        ("lo: int, hi: int)", "lo: int, hi: bool)"),
        ("-> int:", "-> object:"),
        ("best = max", "best = min"),
    ],
)
def test_any_other_difference_is_one(old: str, new: str) -> None:
    changed = CLAMP.replace(old, new)
    assert changed != CLAMP
    assert form(changed) != form(CLAMP)


def test_who_is_subtracted_matters() -> None:
    text = (
        "@ensure(lambda a, b, result: result == a - b)\n"
        "def f(a: int, b: int) -> int:\n    return a - b\n"
    )
    swapped = text.replace("f(a: int, b: int)", "f(b: int, a: int)")
    wrong = text.replace("return a - b", "return b - a")
    assert form(swapped) == form(text) != form(wrong)


def test_one_is_no_truth_value() -> None:
    assert form(DOUBLE.replace("2 * n", "True * n")) != form(DOUBLE.replace("2 * n", "1 * n"))


def test_the_rest_of_the_contract_counts() -> None:
    forms = {
        form(DOUBLE),
        form(DOUBLE, examples=("f(2) == 4",)),
        form(DOUBLE, examples=("f(3) == 6",)),
        form(DOUBLE, modifies=()),
        form(DOUBLE, raises=(Raises("ValueError", Condition("n < 0")),)),
        form(DOUBLE, raises=(Raises("TypeError", Condition("n < 0")),)),
        form(DOUBLE, properties=(Property((("k", "int"),), "k > 0", "f(k) > k"),)),
    }
    assert len(forms) == 7
    other = (
        DOUBLE.replace("f(n", "g(m").replace("n:", "m:").replace(" n", " m").replace("n + ", "m + ")
    )
    one = form(DOUBLE, examples=("f(2) == 4",), modifies=("n",))
    assert form(other, examples=("g(2) == 4",), modifies=("m",)) == one


def test_examples_follow_the_order_of_parameters() -> None:
    one = form(CLAMP, examples=("clamp(5, 0, 3) == 3",))
    assert form(PERMUTED, examples=("clamp(3, 5, 0) == 3",)) == one
    assert form(PERMUTED, examples=("clamp(5, 0, 3) == 3",)) != one
    assert form(PERMUTED, examples=("clamp(len([]) + 3, 5, 0) == 3",)) != one


@pytest.mark.parametrize(
    "text",
    [
        DOUBLE.replace("n:", "max:").replace(" n", " max").replace("n + ", "max + "),
        DOUBLE.replace("return n + n", "return locals()['n'] * 2"),
        DOUBLE.replace("return n + n", "return f.__code__.co_argcount * n * 2"),
        DOUBLE.replace("return n + n", "import math\n    return math.floor(n) * 2"),
        DOUBLE.replace("return n + n", "return dict(n=n)['n'] * 2"),
        DOUBLE.replace("return n + n", "return n + n  # type: ignore[no-any-return]"),
        DOUBLE.replace("return n + n", "global k\n    k = n\n    return n + n"),
        f"LIMIT = 3\n\n\n{DOUBLE}",
        f"from math import gcd as n\n\n\n{DOUBLE}",
        DOUBLE.replace("2 * n)", "2 * n, error=ValueError)"),
        DOUBLE.replace("f(n: int)", "f(n: int, *more: int)"),
    ],
    ids=["builtin", "locals", "code", "import", "keyword", "comment", "global", "state", "imported",
         "error", "starred"],
)  # fmt: skip
def test_where_names_may_matter_nothing_is_alike(text: str) -> None:
    made = read(text)
    assert likeness_of(made) is None


def test_a_local_that_mypy_does_not_judge_keeps_its_name() -> None:
    text = DOUBLE.replace("return n + n", "k = n\n    return k + n")
    loose = text.replace("k", "_")
    assert form(loose) != form(text)
    for name in ("__n", "_", "self", "_n"):
        assert likeness_of(read(CLAMP.replace("x", name).replace(f"ma{name}", "max"))) is None


def test_a_reference_and_definitions_are_left_alone() -> None:
    made = read(DOUBLE)
    stated = replace(made.contract, reference="slow.py::f")
    defined = replace(made.contract, definitions="def d(x):\n    return x\n")
    assert likeness_of(replace(made, contract=stated)) is None
    assert likeness_of(replace(made, contract=defined)) is None
    assert likeness_of(replace(made, contract=Contract())) is not None


def test_recursive_functions_keep_their_order() -> None:
    text = (
        "@ensure(lambda b, a, result: result == a * b)\n"
        "def f(a: int, b: int) -> int:\n    return f(a, b)\n"
    )
    other = text.replace("f(a: int, b: int)", "f(b: int, a: int)").replace("f(a, b)", "f(b, a)")
    assert form(other) != form(text)
    assert form(text.replace("f(", "g(")) == form(text)


def test_what_speaks_of_names_or_lines_is_told() -> None:
    found = likeness_of(read(CLAMP))
    assert found is not None
    assert found.speaks_of(["it rests on best being small"])
    assert found.speaks_of(["unsupported at line 3"])
    assert not found.speaks_of(["enough stack and memory", "11 of 11 other programs break it"])
