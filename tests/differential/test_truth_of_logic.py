"""`and` and `or` of lists, texts, numbers and None as tests: only their truth counts there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower

HEAD = "def f(xs: list[int], s: str, k: int):\n"
BODIES = {
    "a list guards its index": "    if xs and xs[-1] > k:\n        return 1\n    return 0\n",
    "either is enough": "    return 2 if xs or s or k else 3\n",
    "under not": "    return not (xs and s and k) or not (s or xs)\n",
    "mixed depths": (
        "    if (xs or s) and (k or not xs) and xs != [k]:\n        return 4\n    return 5\n"
    ),
    "in a loop's head": (
        "    n = 0\n    while xs and s or n < k:\n        n += 1\n"
        "        if n > 3:\n            break\n    return n\n"
    ),
    "what is bound on the way": (
        "    if xs and (n := len(s)) > k:\n        return n\n    return -1\n"
    ),
    "asserted": "    assert xs or k, 'one of them'\n    return 6\n",
    "in a comprehension": "    return len([x for x in xs if s and x or k])\n",
    "it may raise": "    if s and xs[k] or xs:\n        return 7\n    return 8\n",
    "of what may be missing": (
        "    n = k if k > 0 else None\n    if n and xs or s:\n        return 9\n    return 10\n"
    ),
    "the value is kept elsewhere": "    n = k or len(xs)\n    return n if n and xs else k and n\n",
}
INPUTS = [list(x) for x in product(([], [0], [2, -1]), ("", "ab"), (-1, 0, 1))]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_the_executor_allows_what_cpython_does(
    body: str, told: Callable[..., Any], cpython: Callable[[str, list[Any]], Any]
) -> None:
    source = HEAD + body
    program = lower(next(s for s in load(source).functions if s.qualname == "f"))
    for number, args in enumerate(INPUTS):
        word = told(program, args, constants="while" in body or number % 2 > 0, catching=False)
        assert word is not None, source
        assert word.precise, f"f(*{args})\n{source}"
        assert word.allows(cpython(source, args)), f"f(*{args})\n{source}"
