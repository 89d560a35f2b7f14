"""A variable that stands where only something with items can is replaced by one that has some."""

from __future__ import annotations

from verify_agent.agent.repair.search import Search
from verify_agent.agent.repair.trial import Trial
from verify_agent.verifier.frontend.load import subject

HEAD = "from icontract import ensure\n\n\n"
BODY = (
    "@ensure(lambda xs, result: result == all(x > 0 for x in xs))\n"
    "def f(xs: list[int]) -> bool:\n    for x in WRONG:\n        if x <= 0:\n"
    "            return False\n    return True\n"
)


def test_the_container_is_found() -> None:
    text = HEAD + BODY.replace("WRONG", "x")
    found = Search(text, "f", Trial(subject(text, "f"), clock=lambda: 0.0))
    repair = next(found.repairs(lambda: False))
    assert repair.text == HEAD + BODY.replace("WRONG", "xs")
