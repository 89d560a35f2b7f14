"""Which of many programs break a contract on inputs that are quickly tried: in the sandbox."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from verify_agent.verifier.engines.observations import (
    HUNG,
    Observation,
    Outcome,
    killed,
    observation_of,
    outcome_of,
)
from verify_agent.verifier.engines.observations_job import draw, outcome_on, recipe_of
from verify_agent.verifier.engines.properties_inputs import built
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import NotAllowed, Resource, TimeUp, Violation, alarm
from verify_agent.verifier.harness.script import check_examples
from verify_agent.verifier.harness.wire import unpack
from verify_agent.verifier.strength.sift import LIVES, REFUSED, SAME, UNKNOWN

_CALL_SECONDS = 0.5
#: What a call may use of the processor: the function itself took next to nothing on these inputs.
_CALL_PROCESSOR_SECONDS = 0.1


def sift(payload: Mapping[str, Any]) -> list[dict[str, str]]:
    """A word for each program; see `sift.sift`."""
    deadline = time.process_time() + payload["seconds"]
    seen = [observation_of(raw) for raw in draw(payload)]
    found = []
    for packed in payload["programs"]:
        late = time.process_time() > deadline
        found.append(_said(UNKNOWN) if late or not seen else _judged(packed, seen, deadline))
    return found


def _said(word: str, call: str = "", wanted: str = "", came: str = "") -> dict[str, str]:
    return {"word": word, "call": call, "wanted": wanted, "came": came}


def _judged(packed: str, seen: Sequence[Observation], deadline: float) -> dict[str, str]:
    try:
        harness = Harness(unpack(packed))
    except BaseException:
        # The edge: a mutated module may raise anything when it is imported.
        return _said(REFUSED)
    for one in seen:
        if time.process_time() > deadline:
            return _said(UNKNOWN)
        word = _on(harness, one)
        if word:
            return _said(word)
    if any(isinstance(r, Violation) for r in check_examples(harness, _CALL_SECONDS)):
        return _said(REFUSED)
    return _difference(harness, seen)


def _on(harness: Harness, one: Observation) -> str:
    """`refused` or `unknown` if this input shows it; else empty."""
    try:
        values = built(harness.names.copy(), recipe_of(one))
    except Exception:
        # Statements that went well with the function may raise anything with another.
        return REFUSED
    try:
        with alarm(_CALL_PROCESSOR_SECONDS, of_processor=True):
            found = harness.check_call(values, _CALL_SECONDS)
    except TimeUp:
        return UNKNOWN
    match found:
        case Violation():
            return REFUSED
        case Resource() | NotAllowed():
            return UNKNOWN
    return ""


def _difference(harness: Harness, seen: Sequence[Observation]) -> dict[str, str]:
    for one in seen:
        came = outcome_of(outcome_on(harness, recipe_of(one)))
        if came.kind != HUNG and one.outcome.exact and killed(one.outcome, came):
            call = "; ".join((*one.input.setup, one.input.call))
            return _said(LIVES, call, told(one.outcome), told(came))
    return _said(SAME)


def told(outcome: Outcome) -> str:
    """An outcome in a few words: its result, or its exception, and what it changed."""
    changed = "".join(f", {place} becomes {value}" for place, value in outcome.after)
    return f"{outcome.text}{changed}"
