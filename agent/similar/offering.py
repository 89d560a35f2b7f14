"""Functions of a repository put under another signature, so that they can be tried in its place.

What comes out is an offer: it may do something else entirely, and is judged like any candidate.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from icontract import ensure, require

from verify_agent.agent.memory.adapting import under_signature
from verify_agent.agent.memory.rename import moved
from verify_agent.agent.similar.features import structure
from verify_agent.agent.similar.gather import Function
from verify_agent.agent.similar.index import indexed
from verify_agent.agent.similar.inputs import canonical
from verify_agent.contracts.model import Signature

#: Ways in which a function's parameters are put in order, at most.
MOST_ARRANGEMENTS = 6


@dataclass(frozen=True)
class Offer:
    """A function of the repository, and its text under the name and parameters asked for."""

    function: Function
    text: str


@require(lambda most: most >= 0)
@require(lambda asked: asked.name.isidentifier())
@ensure(lambda result, most: len(result) <= most)
@ensure(
    lambda result, itself: all((o.function.path, o.function.qualname) != itself for o in result)
)
@ensure(lambda result, asked: all(takes(o.text, asked) for o in result))
def offers(
    asked: Signature,
    functions: Sequence[Function],
    itself: tuple[Path, str],
    like: ast.FunctionDef | None,
    most: int,
) -> tuple[Offer, ...]:
    """The functions whose parameters have the types asked for, in some order, `itself` left out.

    The nearest in structure to `like` come first; without it, the smallest.
    """
    wanted = [canonical(p.annotation) for p in asked.parameters]
    if not wanted or None in wanted:
        return ()
    returns = canonical(asked.returns)
    fitting = [
        f
        for f in functions
        if (f.path, f.qualname) != itself
        and "." not in f.qualname
        and f.types is not None
        and sorted(f.types) == sorted(map(str, wanted))
        and _returned(f) in (None, returns)
    ]
    ordered = _nearest(fitting, like) if like is not None else sorted(fitting, key=_size)
    made = (offer for f in ordered for offer in _arranged(f, asked, list(map(str, wanted))))
    found = {offer.text: offer for offer in itertools.islice(made, most)}
    return tuple(found.values())


def takes(text: str, asked: Signature) -> bool:
    """Whether a text is one function of the name and with the parameters asked for."""
    match ast.parse(text).body:
        case [ast.FunctionDef(name=name, args=arguments, decorator_list=[])]:
            return name == asked.name and tuple(a.arg for a in arguments.args) == asked.names
    return False


def _returned(function: Function) -> str | None:
    returns = function.node.returns
    return canonical(ast.unparse(returns)) if returns is not None else None


def _size(function: Function) -> tuple[int, str, int]:
    nodes = sum(1 for _ in ast.walk(function.node))
    return nodes, str(function.path), function.node.lineno


def _nearest(functions: list[Function], like: ast.FunctionDef) -> list[Function]:
    scores = indexed(structure([f.node]) for f in functions).scores(structure([like])).tolist()
    return [functions[i] for i in sorted(range(len(functions)), key=lambda i: (-scores[i], i))]


def _arranged(function: Function, asked: Signature, wanted: list[str]) -> Iterator[Offer]:
    """The function with its parameters in each order that the types allow."""
    plain = copy.deepcopy(function.node)
    plain.decorator_list = []
    if ast.get_docstring(plain) is not None:
        plain.body = plain.body[1:] or plain.body
    text, own = ast.unparse(plain), [a.arg for a in plain.args.args]
    types = function.types or ()
    orders = (
        order
        for order in itertools.permutations(range(len(own)))
        if [types[place] for place in order] == wanted
    )
    for order in itertools.islice(orders, MOST_ARRANGEMENTS):
        names = {own[place]: new for place, new in zip(order, asked.names, strict=True)}
        node = moved(text, plain.name, {**names, plain.name: asked.name}, order)
        put = under_signature(node, asked) if node is not None else None
        if put is not None:
            yield Offer(function, put)
