"""What a function does on inputs: the sandbox's side."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from itertools import islice
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import HypothesisException

from verify_agent.verifier.engines.coverage import Coverage
from verify_agent.verifier.engines.observations import HUNG, OTHER, RAISED, RETURNED, Observation
from verify_agent.verifier.engines.properties_inputs import Inputs, built
from verify_agent.verifier.engines.strategies import MEDIUM, SMALL, Scale, Untypable
from verify_agent.verifier.engines.strategies_recipe import Recipe, recipe
from verify_agent.verifier.harness.contract import RESOURCES
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Passed, TimeUp, alarm, invoke
from verify_agent.verifier.harness.values import attributes, same
from verify_agent.verifier.harness.wire import unpack

#: Long enough that a call that is merely slow on a busy machine ends.
_CALL_SECONDS = 1.0
_LONGEST = 400
_GRID = 400


def draw(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Observations as JSON carries them; see `observations.observed`."""
    harness = Harness(unpack(payload["subject"]))
    deadline = time.monotonic() + payload["seconds"]
    inputs = Inputs(harness)
    found: dict[str, dict[str, Any]] = {}
    for made in _recipes(inputs, payload["count"], payload["seed"], deadline):
        call = inputs.call(made)
        key = "\n".join((*made.setup, call))
        if key in found or len(key) > _LONGEST or not _allowed(harness, made):
            continue
        found[key] = _observed(inputs, made)
        if len(found) >= payload["count"]:
            break
    return list(found.values())


def _observed(inputs: Inputs, made: Recipe) -> dict[str, Any]:
    harness = inputs.harness
    coverage = Coverage(harness.target.original.__code__, harness.subject.source)
    outcome = outcome_on(harness, made, coverage)
    named = _named(made, {place.partition(".")[0] for place, _ in outcome["after"]})
    return {
        "setup": named.setup,
        "arguments": list(named.arguments.items()),
        "call": inputs.call(named),
        "outcome": outcome,
        "path": sorted(coverage.arcs),
    }


def repeat(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Outcomes of given inputs as JSON carries them; see `observations.repeated`."""
    recipes = [Recipe(tuple(setup), dict(arguments)) for setup, arguments in payload["inputs"]]
    try:
        harness = Harness(unpack(payload["subject"]))
    except BaseException as error:
        # The edge: a module may raise anything when it is imported.
        return [_made(RAISED, type(error).__name__) for _ in recipes]
    deadline = time.process_time() + payload["seconds"]
    outcomes: list[dict[str, Any]] = []
    for one in recipes:
        if time.process_time() > deadline or (outcomes and outcomes[-1]["kind"] == HUNG):
            break
        outcomes.append(outcome_on(harness, one))
    # After one call that does not end, or when the time is up, nothing is known of the rest.
    return outcomes + [_made(OTHER, "not run")] * (len(recipes) - len(outcomes))


def look(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """The observation of given arguments; None where the contract does not allow the call."""
    harness = Harness(unpack(payload["subject"]))
    made = Recipe((), dict(payload["arguments"]))
    return _observed(Inputs(harness), made) if _allowed(harness, made) else None


def _recipes(inputs: Inputs, count: int, seed: int, deadline: float) -> Iterator[Recipe]:
    """Small values in all combinations, evenly thinned out, then random ones."""
    half = max(1, count // 2)
    grid = list(islice(inputs.grid(), 40 * _GRID))
    step = max(1, len(grid) // half)
    yield from (recipe(values) for values in grid[::step][:half])
    for scale in (SMALL, MEDIUM):
        yield from _random(inputs, scale, count, seed, deadline)


def _random(
    inputs: Inputs, scale: Scale, count: int, seed: int, deadline: float
) -> Iterable[Recipe]:
    drawn: list[Recipe] = []
    try:
        strategy = inputs.of_call(scale)
    except Untypable:
        return drawn

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(values: Mapping[str, Any]) -> None:
        if time.monotonic() < deadline:
            drawn.append(recipe(values))

    try:
        keep()
    except HypothesisException:
        # Nothing (more) can be drawn: what was drawn before stands.
        return drawn
    return drawn


def _named(made: Recipe, changed: set[str]) -> Recipe:
    """The recipe with each argument that the call changes under a name, to be looked at later."""
    setup, arguments = list(made.setup), dict(made.arguments)
    for name, text in made.arguments.items():
        if name in changed and not text.isidentifier():
            own = name if name != "self" else text.partition("(")[0].lower()
            setup.append(f"{own} = {text}")
            arguments[name] = own
    return Recipe(tuple(setup), arguments)


def _allowed(harness: Harness, made: Recipe) -> bool:
    """Whether the contract allows the call and the call keeps it."""
    try:
        values = built(harness.names.copy(), made)
    except Exception:
        # A constructor or a method may raise anything: the state is not reached then.
        return False
    return isinstance(harness.check_call(values, _CALL_SECONDS), Passed)


def recipe_of(seen: Observation) -> Recipe:
    """The recipe of an observation's input."""
    return Recipe(seen.input.setup, dict(seen.input.arguments))


def outcome_on(harness: Harness, made: Recipe, coverage: Coverage | None = None) -> dict[str, Any]:
    """What comes of the call, as JSON carries it."""
    try:
        with alarm(_CALL_SECONDS):
            return _run(harness, made, coverage)
    except TimeUp:
        return _made(HUNG, "time")
    except RESOURCES as error:
        return _made(OTHER, type(error).__name__)
    except BaseException as error:
        # What the statements before the call raise; the call itself is caught below.
        return _made(RAISED, type(error).__name__, str(error))


def _run(harness: Harness, made: Recipe, coverage: Coverage | None) -> dict[str, Any]:
    values = built(harness.names.copy(), made)
    before = built(harness.names.copy(), made)
    try:
        with coverage.tracing() if coverage else nullcontext():
            result = invoke(harness.target.original, harness.signature, _filled(harness, values))
    except (*RESOURCES, TimeUp):
        raise
    except BaseException as error:
        return _made(RAISED, type(error).__name__, str(error), _changed(before, values))
    text = _literal(result)
    if text is None:
        return _made(OTHER, type(result).__name__)
    return _made(RETURNED, text, "", _changed(before, values))


def _filled(harness: Harness, values: dict[str, Any]) -> dict[str, Any]:
    filled = harness._filled(values)
    return filled if isinstance(filled, dict) else values


def _made(
    kind: str, text: str, message: str = "", after: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    return {"kind": kind, "text": text, "message": message[:_LONGEST], "after": after or []}


def _literal(value: Any) -> str | None:
    """The value as source text that makes the very same value; None where there is none."""
    try:
        text = repr(value)
        read = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None
    return text if len(text) <= _LONGEST and same(read, value) else None


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The arguments, and attributes of arguments, that are no longer what they were."""
    found: list[tuple[str, str]] = []
    for name, value in after.items():
        own, old = attributes(value), attributes(before[name])
        pairs = (
            [(f"{name}.{a}", old.get(a, ...), own[a]) for a in own]
            if own
            else [(name, before[name], value)]
        )
        for place, was, now in pairs:
            text = None if same(was, now) else _literal(now)
            if text is not None:
                found.append((place, text))
    return found
