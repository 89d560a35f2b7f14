"""The function under test as other code sees it, itself included: every call is judged."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from verify_agent.verifier import subject as kinds
from verify_agent.verifier.harness.results import CalleePrecondition, NestedViolation
from verify_agent.verifier.harness.values import shown

if TYPE_CHECKING:
    from verify_agent.verifier.harness.harness import Harness


def guarded(harness: Harness) -> Callable[..., Any]:
    """The function with its contract checked at every depth.

    icontract skips a function's checks while one of them runs, so a second level of recursion
    would go unchecked. What is found is also kept in the harness, since code may swallow it.
    """
    original = harness.target.original

    @functools.wraps(original)
    def nested(*args: Any, **kwargs: Any) -> Any:
        if harness.evaluating:
            return original(*args, **kwargs)
        bound = harness.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        values = dict(bound.arguments)
        _check_entry(harness, values)
        with harness.contract_evaluation():
            old = harness.contract.old(values)
        result = original(*args, **kwargs)
        _check_result(harness, values, {**values, "result": result, "OLD": old})
        return result

    return nested


def _check_entry(harness: Harness, values: dict[str, Any]) -> None:
    for condition in harness.contract.requires:
        holds = harness.holds(condition, values)
        if holds is True:
            continue
        call = f"{harness.target.name}({', '.join(map(shown, values.values()))})"
        if holds is False:
            text = f"called {call} where its precondition {condition.condition.display} fails"
            harness.nested = CalleePrecondition(text)
        else:
            harness.nested = NestedViolation(
                harness.undefined(condition.condition, holds, f"called {call}")
            )
        raise harness.nested


def _check_result(harness: Harness, values: dict[str, Any], after: dict[str, Any]) -> None:
    for condition in harness.contract.ensures:
        holds = harness.holds(condition, after)
        if holds is True:
            continue
        call = f"{harness.target.name}({', '.join(map(shown, values.values()))})"
        outcome = f"{call} returned {shown(after['result'])}"
        display = condition.condition.display
        if holds is False:
            broken = harness.violation(kinds.ENSURE, display, outcome, display)
        else:
            broken = harness.undefined(condition.condition, holds, outcome)
        harness.nested = NestedViolation(broken)
        raise harness.nested
