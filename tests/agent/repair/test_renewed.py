"""A value, a condition or a bound found anew where no small edit is enough."""

from __future__ import annotations

import itertools

import pytest

from verify_agent.agent.repair.edits import EditClass
from verify_agent.agent.repair.localise import localised
from verify_agent.agent.repair.renewed import places, renewed_edits
from verify_agent.agent.repair.search import Search
from verify_agent.agent.repair.trial import Trial
from verify_agent.verifier.frontend.load import subject

HEAD = "from icontract import ensure, require\n\n\n"
CASES = {
    "total += x * len(xs)  # weighed": (
        "@ensure(lambda xs, result: result == sum(xs) * len(xs))\n"
        "def f(xs: list[int]) -> int:\n    total = 0\n    for x in xs:\n"
        "        total += 7  # weighed\n    return total\n",
        EditClass.EXPRESSION,
    ),
    "width = max(a, b)": (
        "@ensure(lambda a, b, result: result == 2 * (a if a > b else b) + 1)\n"
        "def f(a: int, b: int) -> int:\n    width = 5\n    return 2 * width + 1\n",
        EditClass.EXPRESSION,
    ),
    "if x + y > 10:": (
        "@ensure(lambda x, y, result: result == (x + y > 10))\n"
        "def f(x: int, y: int) -> bool:\n    if x == 3:\n        return True\n"
        "    return False\n",
        EditClass.CONDITION,
    ),
}


def search(text: str) -> Search:
    return Search(text, "f", Trial(subject(text, "f"), clock=lambda: 0.0))


@pytest.mark.parametrize("wanted", CASES)
def test_found_in_its_place(wanted: str) -> None:
    body, kind = CASES[wanted]
    found = search(HEAD + body)
    trial = found.trial
    edits = renewed_edits(
        found.source, found.words, trial, localised(trial), found._means(), lambda: False
    )
    some = itertools.islice(edits, 900)
    repair = next(found._surviving(((e,) for e in some), lambda: False))
    assert repair.edits[0].kind is kind
    changed = [line for line in repair.text.splitlines() if line not in body.splitlines()]
    assert len([line for line in changed if line and "import" not in line]) == 1
    assert trial.stands(repair.text)


def test_places_have_the_type_of_what_takes_their_value() -> None:
    text = HEAD + (
        "@require(lambda n: n > 0)\n@ensure(lambda n, result: len(result) == n)\n"
        "def f(n: int) -> list[int]:\n    out: list[int] = []\n    k = 0\n"
        "    for i in range(1, n):\n        if i > k:\n            out.append(i)\n"
        "        k -= i\n    while k < n:\n        k = k + n\n    return out\n"
    )
    found = search(text)
    told = [found.source.code(p.node) for p in places(found.source, found.words)]
    assert told == ["0", "1", "n", "i > k", "i", "i", "k < n", "k + n"]


def test_it_stops_when_it_is_over() -> None:
    body, _ = CASES["if x + y > 10:"]
    found = search(HEAD + body)
    spectrum = localised(found.trial)
    arguments = (found.source, found.words, found.trial, spectrum, found._means())
    assert not list(renewed_edits(*arguments, lambda: True))
