"""First and last places of items: in `index`, in slices to the end, and as values of dicts."""

from __future__ import annotations

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.subject import ENSURE, obligations_of

FIRST = """
    places: dict[int, int] = {}
    for i, x in enumerate(xs):
        places.setdefault(x, i)
    return places
"""
LAST = """
    places: dict[int, int] = {}
    for i, x in enumerate(xs):
        places[x] = i
    return places
"""
LAST_OF = """
    found = -1
    for i, x in enumerate(xs):
        if x == v:
            found = i
    return found
"""
TABLE, NUMBER = ("xs: list[int]", "dict[int, int]"), ("xs: list[int], v: int", "int")
AT_FIRST = "all(x in result and result[x] == xs.index(x) for x in xs)"
NOT_BEFORE = "all(x in result and x not in xs[: result[x]] for x in xs)"
NOT_AFTER = "all(x in result and x not in xs[result[x] + 1 :] for x in xs)"
NONE_AFTER = "result == -1 or (0 <= result < len(xs) and v not in xs[result + 1 :])"


def judged(kind: tuple[str, str], body: str, promise: str) -> Verdict:
    parameters, returns = kind
    names = ", ".join(p.split(":")[0] for p in parameters.split(", "))
    text = (
        "from icontract import ensure\n\n"
        f"@ensure(lambda {names}, result: {promise})\n"
        f"def f({parameters}) -> {returns}:{body}"
    )
    made = subject(text, "f")
    found = Deductive().check(made, Limits(seconds=60.0), 0).attempts
    (wanted,) = (o for o in obligations_of(made) if o.kind == ENSURE)
    return found[wanted.id].outcome


@pytest.mark.parametrize(
    ("kind", "body", "promise"),
    [
        (TABLE, FIRST, AT_FIRST),
        (TABLE, FIRST, NOT_BEFORE),
        (TABLE, LAST, NOT_AFTER),
        (NUMBER, LAST_OF, NONE_AFTER),
    ],
)
def test_what_holds_is_proved(kind: tuple[str, str], body: str, promise: str) -> None:
    assert judged(kind, body, promise) is Verdict.PROVED


@pytest.mark.parametrize(
    ("kind", "body", "promise"),
    [
        (TABLE, LAST, AT_FIRST),
        (TABLE, LAST, NOT_BEFORE),
        (TABLE, FIRST, NOT_AFTER),
        (TABLE, FIRST, AT_FIRST.replace("xs.index(x)", "xs.index(x) + 1")),
        (NUMBER, LAST_OF, NONE_AFTER.replace("result + 1", "result")),
        (NUMBER, LAST_OF, "result == -1 or result == xs.index(v)"),
    ],
)
def test_what_is_wrong_is_not_proved(kind: tuple[str, str], body: str, promise: str) -> None:
    assert judged(kind, body, promise) is not Verdict.PROVED
