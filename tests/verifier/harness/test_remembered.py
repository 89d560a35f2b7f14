"""Definitions that branch are computed once a value, and only where that changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from verify_agent.verifier.harness.remembered import remembered

FIB = "def fib(n: int) -> int:\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n"


def defined(source: str) -> dict[str, Any]:
    """The names of a definitions' text, with what is remembered put in."""
    names: dict[str, Any] = {}
    exec(source, names)
    names.update(remembered(source, names))
    return names


def test_an_exponential_definition_ends() -> None:
    fib = defined(FIB)["fib"]
    assert [fib(n) for n in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]
    assert fib(300) == fib(299) + fib(298)


def test_equal_arguments_of_two_types_are_two() -> None:
    source = "def f(n: int) -> str:\n    return f(n - 1) or f(n - 2) if n > 1 else str(n)\n"
    f = defined(source)["f"]
    assert (f(1), f(True)) == ("1", "True")


def test_an_exception_is_raised_each_time() -> None:
    f = defined("def f(n: int) -> int:\n    return f(n - 1) + f(n - 2) if n > 0 else 1 // n\n")["f"]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            f(2)


@pytest.mark.parametrize(
    "source",
    [
        "def f(n: int) -> int:\n    return 0 if n < 1 else n + f(n - 1)\n",
        "def f(n: int) -> int:\n    return x if n < 1 else f(n - 1) + f(n - 2)\n",
        "def f(n: int) -> int:\n    global k\n    return 0 if n < 1 else f(n - 1) + f(n - 2)\n",
        "def f(n: int) -> int:\n    return n.real if n < 1 else f(n - 1) + f(n - 2)\n",
    ],
)
def test_others_are_left_alone(source: str) -> None:
    names: dict[str, Any] = {}
    exec(source, names)
    assert remembered(source, names) == {}
