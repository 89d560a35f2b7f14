"""The deductive engine on whole functions: what it proves, and what it must not prove."""

from __future__ import annotations

import ast

import pytest

from verify_agent.contracts.model import Condition, Contract, Parameter, Property, Raises, Signature
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import (
    CounterexampleInputs,
    Deductive,
    Proved,
    Unknown,
    prove,
)
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.subject import Subject, obligations_of

LIMITS = Limits(seconds=20)


def make(source: str, **contract: object) -> Subject:
    """A subject from a function's text and a contract's parts, conditions as plain texts."""
    function = next(x for x in ast.parse(source).body if isinstance(x, ast.FunctionDef))
    parameters = tuple(
        Parameter(a.arg, ast.unparse(a.annotation) if a.annotation else "")
        for a in function.args.args
    )
    returns = ast.unparse(function.returns) if function.returns else ""
    parts = dict(contract)
    for key in ("requires", "ensures"):
        texts = parts.get(key, ())
        assert isinstance(texts, tuple | list)
        parts[key] = tuple(Condition(text) for text in texts)
    parts.setdefault("modifies", ())
    signature = Signature(function.name, parameters, returns)
    asserts = tuple(
        (ast.unparse(x.test), x.lineno) for x in ast.walk(function) if isinstance(x, ast.Assert)
    )
    made = Contract(**parts)  # type: ignore[arg-type]
    return Subject(source, function.name, signature, made, asserts=asserts)


def attempts(subject: Subject) -> dict[str, Attempt]:
    """The engine's attempts by `kind: text`."""
    found = Deductive().check(subject, LIMITS, seed=0).attempts
    return {f"{o.kind}: {o.text}": found[o.id] for o in obligations_of(subject)}


def verdicts(subject: Subject) -> set[Verdict]:
    """The words of all attempts."""
    return {a.outcome for a in attempts(subject).values()}


SCALAR = {
    "absolute": make(
        "def absolute(x: int) -> int:\n    return x if x >= 0 else -x\n",
        ensures=["result >= 0", "result == x or result == -x"],
    ),
    "max_of_five": make(
        "def max_of_five(a: int, b: int, c: int, d: int, e: int) -> int:\n"
        "    m = a\n    for x in (b, c, d, e):\n"
        "        if x > m:\n            m = x\n    return m\n",
        ensures=[
            "result >= a and result >= b and result >= c and result >= d and result >= e",
            "result in (a, b, c, d, e)",
        ],
    ),
    "sign": make(
        "def sign(x: int) -> int:\n    return (x > 0) - (x < 0)\n",
        ensures=["result in (-1, 0, 1)", "(result > 0) == (x > 0)", "(result < 0) == (x < 0)"],
    ),
    "compare": make(
        "def compare(a: int, b: int) -> int:\n    return (a > b) - (a < b)\n",
        ensures=["result == -1 if a < b else result == (1 if a > b else 0)"],
    ),
    "clamp": make(
        "def clamp(x: int, lo: int, hi: int) -> int:\n    return max(lo, min(x, hi))\n",
        requires=["lo <= hi"],
        ensures=[
            "lo <= result <= hi",
            "result == x or (x < lo and result == lo) or (x > hi and result == hi)",
        ],
        examples=("clamp(5, 0, 3) == 3", "clamp(-1, 0, 3) == 0"),
    ),
    "median_of_three": make(
        "def median_of_three(a: int, b: int, c: int) -> int:\n    return sorted([a, b, c])[1]\n",
        ensures=[
            "result in (a, b, c)",
            "(a <= result) + (b <= result) + (c <= result) >= 2",
            "(a >= result) + (b >= result) + (c >= result) >= 2",
        ],
    ),
    "interval_overlap": make(
        "def interval_overlap(a: int, b: int, c: int, d: int) -> int:\n"
        "    low = a if a > c else c\n    high = b if b < d else d\n"
        "    return high - low if high > low else 0\n",
        requires=["a <= b", "c <= d"],
        ensures=["result >= 0", "result == max(0, min(b, d) - max(a, c))"],
    ),
    "leap_year": make(
        "def leap_year(year: int) -> bool:\n"
        "    if year % 100 == 0:\n        return year % 400 == 0\n    return year % 4 == 0\n",
        ensures=["result == (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))"],
    ),
    "ceil_div": make(
        "def ceil_div(a: int, b: int) -> int:\n    return -(-a // b)\n",
        requires=["b > 0"],
        ensures=["(result - 1) * b < a", "a <= result * b"],
    ),
    "triangle": make(
        "def triangle(n: int) -> int:\n    return n * (n + 1) // 2\n",
        requires=["n >= 0"],
        ensures=["2 * result == n * (n + 1)"],
    ),
    "swapped": make(
        "def swapped(pair: tuple[int, str]) -> tuple[str, int]:\n    return pair[1], pair[0]\n",
        ensures=["result[0] == pair[1]", "result[1] == pair[0]"],
    ),
    "safe_ratio": make(
        "def safe_ratio(a: int, b: int) -> int:\n"
        "    if b == 0:\n        raise ValueError('zero')\n    return a // b\n",
        ensures=["result == a // b"],
        raises=(Raises("ValueError", Condition("b == 0")),),
    ),
    "monotone_step": make(
        "def monotone_step(x: int) -> int:\n    return x // 10 * 10\n",
        ensures=["result % 10 == 0", "abs(result - x) < 10"],
        properties=(
            Property(
                (("x", "int"), ("y", "int")), "x <= y", "monotone_step(x) <= monotone_step(y)"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", SCALAR)
def test_scalar_functions_are_proved_by_both_solvers(name: str) -> None:
    found = attempts(SCALAR[name])
    assert {key: a.outcome for key, a in found.items()} == dict.fromkeys(found, Verdict.PROVED)
    assert all("one solver" not in a.assumptions for a in found.values())
    assert all("terminates" not in a.assumptions for a in found.values())


@pytest.mark.parametrize("name", SCALAR)
def test_the_quick_answer_agrees(name: str) -> None:
    assert isinstance(prove(SCALAR[name], LIMITS), Proved)


WRONG = {
    "absolute": "def absolute(x: int) -> int:\n    return x if x >= -1 else -x\n",
    "compare": "def compare(a: int, b: int) -> int:\n    return b - a\n",
    "clamp": "def clamp(x: int, lo: int, hi: int) -> int:\n    return min(max(x, hi), lo)\n",
    "ceil_div": "def ceil_div(a: int, b: int) -> int:\n    return a // b + 1\n",
    "triangle": "def triangle(n: int) -> int:\n    return n * (n - 1) // 2\n",
    "safe_ratio": (
        "def safe_ratio(a: int, b: int) -> int:\n"
        "    if b <= 0:\n        raise ValueError('zero')\n    return a // b\n"
    ),
    "monotone_step": "def monotone_step(x: int) -> int:\n    return -(x // 10 * 10)\n",
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_functions_give_an_input(name: str) -> None:
    wrong = SCALAR[name].with_source(WRONG[name])
    assert Verdict.CANDIDATE in verdicts(wrong)
    answer = prove(wrong, LIMITS)
    assert isinstance(answer, CounterexampleInputs)
    assert len(answer.arguments) == len(SCALAR[name].signature.parameters)


def test_a_precondition_that_nobody_meets_is_vacuous() -> None:
    subject = make(
        "def f(x: int) -> int:\n    return x\n",
        requires=["x > 0", "x < 0"],
        ensures=["result == 7"],
    )
    assert verdicts(subject) == {Verdict.VACUOUS}
    assert prove(subject, LIMITS) == Unknown("no input meets the preconditions")


def test_what_is_not_modelled_is_unknown_and_named() -> None:
    subject = make(
        "def f(s: str) -> str:\n    return s.upper()\n", ensures=["len(result) == len(s)"]
    )
    reasons = {a.reason for a in attempts(subject).values() if a.outcome is Verdict.UNKNOWN}
    assert any("unsupported: str.upper at 2:" in reason for reason in reasons)


def test_an_argument_that_changes_breaks_the_frame() -> None:
    subject = make(
        "def f(xs: list[int]) -> int:\n    out = xs\n    out += [1]\n    return len(out)\n",
        ensures=["result >= 1"],
    )
    found = attempts(subject)
    assert found["ensure: result >= 1"].outcome is Verdict.PROVED
    assert found["frame: no argument is changed"].outcome is Verdict.CANDIDATE


def test_two_parameters_may_be_one_list() -> None:
    subject = make(
        "def f(a: list[int], b: list[int]) -> int:\n    a[0] = 1\n    b[0] = 2\n    return a[0]\n",
        requires=["len(a) > 0", "len(b) > 0"],
        ensures=["result == 1"],
        modifies=("a", "b"),
    )
    found = attempts(subject)["ensure: result == 1"]
    assert found.outcome is Verdict.CANDIDATE
    assert found.counterexample is not None


def test_a_loop_without_a_variant_is_only_partly_correct() -> None:
    subject = make(
        "def f(n: int) -> int:\n    while n != 0:\n        n -= 1\n    return 7\n",
        ensures=["result == 7"],
    )
    found = attempts(subject)["ensure: result == 7"]
    assert found.outcome is Verdict.PROVED
    assert "terminates" in found.assumptions


def test_recursion_by_contract_with_a_decreasing_measure_is_total() -> None:
    source = (
        "from icontract import ensure, require\n\n\n"
        "@require(lambda n: n >= 0)\n@ensure(lambda result: result >= 1)\n"
        "def f(n: int) -> int:\n    return 1 if n == 0 else n * f(n - 1)\n"
    )
    subject = make(source, requires=["n >= 0"], ensures=["result >= 1"])
    found = attempts(subject)
    assert {a.outcome for a in found.values()} == {Verdict.PROVED}
    assert all("terminates" not in a.assumptions for a in found.values())


def test_a_recursive_call_that_breaks_its_precondition_is_found() -> None:
    source = (
        "from icontract import ensure, require\n\n\n"
        "@require(lambda n: n >= 0)\n@ensure(lambda result: result >= 1)\n"
        "def f(n: int) -> int:\n    return 1 if n == 1 else n * f(n - 1)\n"
    )
    subject = make(source, requires=["n >= 0"], ensures=["result >= 1"])
    assert verdicts(subject) != {Verdict.PROVED}


DEFINITION = (
    "def product_to(n: int) -> int:\n    return 1 if n <= 0 else n * product_to(n - 1)\n\n\n"
)
ENDLESS = "def product_to(n: int) -> int:\n    return product_to(n) + 1\n\n\n"
FACTORIAL = (
    "def factorial(n: int) -> int:\n    product = 1\n    for i in range(1, n + 1):\n"
    "        assert product == product_to(i - 1)\n        product *= i\n    return product\n"
)


def _with_definition(definition: str, code: str) -> Subject:
    subject = make(code, requires=["n >= 0"], ensures=["result == product_to(n)"])
    return subject.with_source(definition + code)


def test_a_recursive_definition_that_ends_everywhere_is_used() -> None:
    assert verdicts(_with_definition(DEFINITION, FACTORIAL)) == {Verdict.PROVED}


def test_a_recursive_definition_that_may_not_end_is_no_axiom() -> None:
    found = attempts(_with_definition(ENDLESS, "def factorial(n: int) -> int:\n    return 7\n"))
    attempt = found["ensure: result == product_to(n)"]
    assert attempt.outcome is Verdict.UNKNOWN
    assert "not shown to end everywhere" in attempt.reason


#: Names that this project's own symbols are, or were, made of.
NAMES = ["use", "i", "hint", "store"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_variable_is_called_shows_nothing(name: str) -> None:
    source = (
        "def f(n: int, NAME: bool) -> int:\n    c = 0\n    while c < n:\n        c += 1\n"
        "        NAME = NAME and c != 12345\n"
        "    if not NAME and n > 12345:\n        return -1\n    return c\n"
    ).replace("NAME", name)
    subject = make(source, requires=["n >= 0"], ensures=["result == n"])
    assert attempts(subject)["ensure: result == n"].outcome is not Verdict.PROVED


def test_what_a_counter_is_called_hides_nothing() -> None:
    source = (
        "def f(xs: list[int]) -> list[int]:\n    out = list(xs)\n"
        "    i, j = 0, len(out) - 1\n    while i < j:\n"
        "        out[i], out[j] = out[j], out[i]\n        i += 1\n        j -= 1\n"
        "    return out\n"
    )
    turned = "all(result[m] == xs[len(xs) - 1 - m] for m in range(len(xs)))"
    subject = make(source, ensures=[turned], modifies=("xs",))
    assert attempts(subject)[f"ensure: {turned}"].outcome is Verdict.PROVED
