"""Runs functions on given inputs. Runs in the sandbox."""

from __future__ import annotations

import ast
import contextlib
import inspect
import signal
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from verify_agent.verifier.harness.results import TimeUp

_LONGEST = 300
_LOAD_SECONDS = 2.0
_REPEAT_SECONDS = 0.05


def run(payload: Mapping[str, Any]) -> list[list[str]]:
    """For each function what came of each input: `=` and the result, `!` and an exception's name.

    An empty text is a call that did not end in time; two of them end a function's turn.
    """
    module = types.ModuleType("looked_at")
    try:
        with alarm(_LOAD_SECONDS):
            exec(compile(payload["source"], "<looked at>", "exec"), vars(module))
    except BaseException:
        # The edge: a module may raise anything when it is imported.
        return [[] for _ in payload["functions"]]
    return [
        _seen(module, name, inputs, payload["seconds"]) for name, inputs in payload["functions"]
    ]


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` after so much time of the processor: a busy machine changes no outcome."""

    def ring(number: int, frame: types.FrameType | None) -> None:
        raise TimeUp

    signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _seen(module: types.ModuleType, name: str, inputs: list[str], seconds: float) -> list[str]:
    told: list[str] = []
    for text in inputs:
        told.append(_outcome(module, name, text, seconds))
        if told.count("") >= 2:
            break
    return told


def _outcome(module: types.ModuleType, name: str, text: str, seconds: float) -> str:
    arguments = ast.literal_eval(text)
    try:
        with alarm(seconds):
            result = _called(_function(module, name), arguments)
            shown = _shown(result if result is not None else arguments)
    except TimeUp:
        return ""
    except BaseException as error:
        # The edge: foreign code may raise anything.
        return f"!{type(error).__name__}"
    return f"={shown}"[:_LONGEST]


def _function(module: types.ModuleType, name: str) -> Callable[..., Any]:
    owner, _, method = name.rpartition(".")
    found = getattr(getattr(module, owner)() if owner else module, method)
    made: Callable[..., Any] = inspect.unwrap(found)
    return made if not owner else found


def _called(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    result = function(*arguments)
    if isinstance(result, types.GeneratorType | map | filter | zip | range):
        return list(result)
    return result


def _shown(value: Any) -> str:
    """One text for values that are alike: sets sorted, whole floats as they are."""
    match value:
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(_shown, value)))}}}"
        case dict():
            pairs = sorted(f"{_shown(k)}: {_shown(v)}" for k, v in value.items())
            return f"{{{', '.join(pairs)}}}"
        case list() | tuple():
            return f"[{', '.join(map(_shown, value))}]"
        case float():
            return f"{value:.9g}"
        case bool() | int() | str() | None:
            return repr(value)
    raise TypeError(f"no plain value: {type(value).__name__}")
