"""Programs and inputs between a task's own names and those of its contract's normal form."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from verify_agent.agent.memory.normal import FUNCTION, Normal, parameter
from verify_agent.agent.memory.rename import LONGEST, moved
from verify_agent.agent.synth.problem import Input
from verify_agent.agent.synth.rules.source_text import source_text
from verify_agent.contracts.model import Signature

#: Inputs from earlier runs are kept and used only while they are small: they cost time in a search.
MOST_TEXT = 400
LARGEST = 1_000
MOST_ARRANGEMENTS = 24


def to_form(source: str, asked: Normal) -> str | None:
    """A program of the task in the names of the form; None where it can't be moved exactly."""
    node = moved(source, asked.signature.name, asked.names, asked.order)
    return ast.unparse(node) if node is not None else None


def from_form(program: str, asked: Normal) -> str | None:
    """A program in the names of the form as a function of the task."""
    back = {new: old for old, new in asked.names.items()}
    places = [asked.order.index(place) for place in range(len(asked.order))]
    node = moved(program, FUNCTION, back, places)
    return under_signature(node, asked.signature) if node is not None else None


def arrangements(program: str, asked: Normal) -> Iterator[str]:
    """A program of another contract as functions of the task, each way that the types allow."""
    if len(program) > LONGEST:
        return
    try:
        (given,) = ast.parse(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    if not isinstance(given, ast.FunctionDef) or given.args.defaults:
        return
    theirs = [ast.unparse(a.annotation) if a.annotation else "" for a in given.args.args]
    ours = [ast.unparse(ast.parse(p.annotation)) for p in asked.signature.parameters]
    if len(theirs) != len(ours) or any(not annotation for annotation in theirs):
        return
    fitting = (
        places
        for places in itertools.permutations(range(len(ours)))
        if [theirs[place] for place in places] == ours
    )
    own = asked.signature.names
    for places in itertools.islice(fitting, MOST_ARRANGEMENTS):
        names = {parameter(place): own[i] for i, place in enumerate(places)}
        node = moved(program, FUNCTION, {**names, FUNCTION: asked.signature.name}, places)
        text = under_signature(node, asked.signature) if node is not None else None
        if text is not None:
            yield text


def inputs_to_form(values: Input, asked: Normal) -> str | None:
    """The arguments of a call in the order of the form, as text; None where they are large."""
    if len(values) != len(asked.order):
        return None
    text = repr(tuple(values[place] for place in asked.order))
    return text if _read(text) is not None else None


def inputs_from_form(text: str, asked: Normal) -> Input | None:
    """The arguments in the task's own order; None for what is no small literal of that length."""
    values = _read(text)
    if values is None or len(values) != len(asked.order):
        return None
    return tuple(values[asked.order.index(place)] for place in range(len(values)))


def _read(text: str) -> Input | None:
    if len(text) > MOST_TEXT:
        return None
    try:
        values = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return values if isinstance(values, tuple) and _small(values) else None


def _small(value: object) -> bool:
    match value:
        case bool() | str() | None:
            return True
        case int() | float():
            return -LARGEST <= value <= LARGEST
        case tuple() | list() | set() | frozenset():
            return all(map(_small, value))
        case dict():
            return all(map(_small, (*value, *value.values())))
    return False


def under_signature(node: ast.FunctionDef, signature: Signature) -> str | None:
    """The function with the task's own annotations, as text."""
    for argument, parameter_ in zip(node.args.args, signature.parameters, strict=True):
        if argument.arg != parameter_.name:
            return None
        argument.annotation = ast.parse(parameter_.annotation, mode="eval").body
    node.returns = ast.parse(signature.returns, mode="eval").body if signature.returns else None
    return source_text(node)
