"""What a call broke, by how the function ended."""

from __future__ import annotations

import ast
import inspect
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from verify_agent.contracts.model import Condition
from verify_agent.verifier import subject as kinds
from verify_agent.verifier.harness.module import broken_promise, callee_promise
from verify_agent.verifier.harness.results import (
    CalleePrecondition,
    Entry,
    NestedViolation,
    Returned,
    Violation,
    invoke,
)
from verify_agent.verifier.harness.values import same, shown

if TYPE_CHECKING:
    from verify_agent.verifier.harness.harness import Harness


def broken(
    harness: Harness, entry: Entry, outcome: Returned, args: dict[str, Any]
) -> list[Violation]:
    found = list(_by_nested(harness))
    if not found:
        found = list(
            _by_exception(harness, entry, outcome)
            if outcome.error is not None
            else _by_result(harness, entry, outcome, args)
        )
    changed = entry.frame.changed(args)
    if changed:
        text = f"{outcome.text}, and changed {', '.join(changed)}"
        found.append(harness.violation(kinds.FRAME, None, text, "arguments left as they were"))
    return found + list(_by_invariants(harness, outcome, args))


def _by_nested(harness: Harness) -> Iterator[Violation]:
    match harness.nested:
        case NestedViolation(violation=violation):
            yield violation
        case CalleePrecondition() as error:
            yield harness.violation(
                kinds.NO_EXCEPTION, None, str(error), "every callee's precondition holds"
            )


def _by_exception(harness: Harness, entry: Entry, outcome: Returned) -> Iterator[Violation]:
    error = outcome.error
    assert error is not None
    declared = [due for due in entry.due if isinstance(error, due[0])]
    if any(holds for _, _, _, holds in declared):
        return
    if declared:
        _, name, condition, _ = declared[0]
        text = f"{name} exactly when {condition.display}"
        wanted = f"no {name}, since {condition.display} is false on entry"
        yield harness.violation(kinds.RAISES, text, outcome.text, wanted)
        return
    stated = _own_assert(harness, error)
    if stated is not None:
        yield harness.violation(kinds.ASSERT, stated, outcome.text, f"{stated} holds")
        return
    if callee_promise(error):
        text, wanted = broken_promise(error), "every callee's precondition holds"
        yield harness.violation(kinds.NO_EXCEPTION, None, text, wanted)
        return
    yield harness.violation(kinds.NO_EXCEPTION, None, outcome.text, "no exception")


def _by_result(
    harness: Harness, entry: Entry, outcome: Returned, args: dict[str, Any]
) -> Iterator[Violation]:
    for _, name, condition, holds in entry.due:
        if holds:
            text = f"{name} exactly when {condition.display}"
            yield harness.violation(kinds.RAISES, text, outcome.text, f"raises {name}")
            return
    if isinstance(entry.old, BaseException):
        yield harness.undefined(Condition("a value of `old`"), entry.old)
        return
    values = {**args, "result": outcome.value, "OLD": entry.old}
    for ensure in harness.contract.ensures:
        kept = harness.holds(ensure, values)
        if isinstance(kept, BaseException):
            yield harness.undefined(ensure.condition, kept, outcome.text)
            return
        if not kept:
            display = ensure.condition.display
            yield harness.violation(kinds.ENSURE, display, outcome.text, display)
            return
    yield from _by_reference(harness, entry, outcome)


def _by_reference(harness: Harness, entry: Entry, outcome: Returned) -> Iterator[Violation]:
    if harness.contract.reference is None or entry.spare is None:
        return
    try:
        wanted = invoke(harness.contract.reference, harness.signature, entry.spare)
    except Exception:
        # Where the reference has no result there is nothing to equal.
        return
    if not (wanted == outcome.value or same(wanted, outcome.value)):
        text = f"{shown(wanted)}, as the reference returns"
        yield harness.violation(kinds.REFERENCE, None, outcome.text, text)


def _by_invariants(
    harness: Harness, outcome: Returned, args: dict[str, Any]
) -> Iterator[Violation]:
    constructing = harness.target.name == "__init__"
    if not harness.target.has_receiver or (constructing and outcome.error is not None):
        return
    for invariant in harness.contract.invariants:
        holds = harness.holds(invariant, {"self": args[harness.parameters[0]]})
        if isinstance(holds, BaseException):
            yield harness.undefined(invariant.condition, holds, outcome.text)
            return
        if not holds:
            display = invariant.condition.display
            yield harness.violation(
                kinds.INVARIANT, display, f"{outcome.text}, and broke the invariant", display
            )


def _own_assert(harness: Harness, error: BaseException) -> str | None:
    """The text of the function's own assert that raised this, if one did."""
    if type(error) is not AssertionError:
        return None
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    if frame.f_code is not getattr(inspect.unwrap(harness.target.original), "__code__", None):
        return None
    stated = (n for n in ast.walk(ast.parse(harness.subject.source)) if isinstance(n, ast.Assert))
    starts = {n.lineno for n in stated if n.lineno <= line <= (n.end_lineno or n.lineno)}
    return next((text for text, at in harness.subject.asserts if at in starts), None)
