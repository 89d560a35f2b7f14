"""Which mutants an example kills: the very assertion that is written would fail on them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from icontract import ensure, require

from verify_agent.verifier.engines.observations import (
    HUNG,
    OTHER,
    RAISED,
    RETURNED,
    Observation,
    Outcome,
)


@require(lambda seen, outcomes: all(len(row) == len(seen) for row in outcomes))
@ensure(lambda result, seen: set(result) == {i for i, o in enumerate(seen) if o.outcome.exact})
@ensure(lambda result, outcomes: all(set(m) <= set(range(len(outcomes))) for m in result.values()))
def kill_matrix(
    seen: Sequence[Observation], outcomes: Sequence[Sequence[Outcome]]
) -> Mapping[int, frozenset[int]]:
    """For each exact observation the mutants that its assertion kills.

    `outcomes` has a row a mutant with what it does on each observation's input.
    """
    return {
        i: frozenset(m for m, row in enumerate(outcomes) if killed(one.outcome, row[i]))
        for i, one in enumerate(seen)
        if one.outcome.exact
    }


def killed(wanted: Outcome, came: Outcome) -> bool:
    """Whether a test that demands the wanted outcome fails on what came.

    A call that does not end fails its test, if only by the patience of whoever waits. What ran
    out of memory, or can't be compared, counts for nothing.
    """
    if came.kind == HUNG:
        return True
    if came.kind == OTHER:
        return False
    if wanted.kind == RAISED or came.kind == RAISED:
        return (wanted.kind, wanted.text) != (came.kind, came.text)
    if differ(wanted.text, came.text):
        return True
    later = dict(came.after)
    return any(place in later and differ(value, later[place]) for place, value in wanted.after) or (
        wanted.kind == RETURNED and any(place not in later for place, _ in wanted.after)
    )


def differ(wanted: str, came: str) -> bool:
    """Whether `assert came == wanted` fails; truth values and None are compared by identity.

    >>> differ("1", "True"), differ("True", "1"), differ("[1, 2]", "[1, 3]")
    (False, True, True)
    """
    if wanted in ("True", "False", "None"):
        return wanted != came
    return bool(ast.literal_eval(wanted) != ast.literal_eval(came))


def assertion(expression: str, wanted: str) -> str:
    """The assertion that an expression has a value.

    >>> assertion("f(1)", "True"), assertion("f(1)", "3")
    ('assert f(1) is True', 'assert f(1) == 3')
    """
    relation = "is" if wanted in ("True", "False", "None") else "=="
    return f"assert {expression} {relation} {wanted}"
