"""Which mutants an example kills: the very assertion that is written would fail on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from icontract import ensure, require

from verify_agent.verifier.engines.observations import Observation, Outcome, killed


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


def assertion(expression: str, wanted: str) -> str:
    """The assertion that an expression has a value.

    >>> assertion("f(1)", "True"), assertion("f(1)", "3")
    ('assert f(1) is True', 'assert f(1) == 3')
    """
    relation = "is" if wanted in ("True", "False", "None") else "=="
    return f"assert {expression} {relation} {wanted}"
