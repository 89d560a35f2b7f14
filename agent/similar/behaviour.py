"""What functions do on inputs that they share, seen by running them in the sandbox.

An observation says nothing about what is right. A function that can't be run, or whose parameters
have no types that are known here, has no behaviour: nothing is concluded from that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verify_agent.agent.similar.features import hashed
from verify_agent.agent.similar.inputs import shared_inputs
from verify_agent.verifier.replay import Runner
from verify_agent.verifier.sandbox.policy import Completed

_RUN = "verify_agent.agent.similar.behaviour_job:run"
#: Of the processor for a call, and of the clock for all calls of a module's functions.
CALL_SECONDS = 0.05
WALL_SECONDS = 20.0


@dataclass(frozen=True)
class Runnable:
    """A function to run: where it stands in a module's text, and its parameters' canonical types.

    `name` is `function` or `Class.method`; a method is called on a fresh object.
    """

    name: str
    types: tuple[str, ...]


def outcomes(
    source: str, functions: Sequence[Runnable], sandbox: Runner, roots: tuple[str, ...] = ()
) -> list[tuple[str, ...]]:
    """What each function of a module's text does on the inputs of its types, as texts in order.

    Empty for a function that could not be run at all.
    """
    payload = {
        "source": source,
        "functions": [[f.name, list(shared_inputs(f.types))] for f in functions],
        "seconds": CALL_SECONDS,
    }
    answer = sandbox.call(_RUN, payload, wall_seconds=WALL_SECONDS, roots=roots)
    if not isinstance(answer, Completed):
        return [() for _ in functions]
    return [tuple(map(str, told)) for told in answer.value]


def behaviour(function: Runnable, told: Sequence[str]) -> Counter[int]:
    """The features of what was seen; none where nothing was, or nothing but exceptions.

    An outcome counts together with its input; an exception counts by its name.
    """
    found: Counter[int] = Counter()
    if not any(text.startswith("=") for text in told):
        return found
    types = ", ".join(function.types)
    for number, text in enumerate(told):
        if text:
            found[hashed(f"{types} #{number} {text}")] += 1
    return found


def together(structure: Mapping[int, float], behaviour: Mapping[int, float]) -> dict[int, float]:
    """Scores of both views as one: their mean where there are both, half the one that is there."""
    places = structure.keys() | behaviour.keys()
    return {p: (structure.get(p, 0.0) + behaviour.get(p, 0.0)) / 2 for p in places}
