"""An expression anywhere found anew: terms that differ on what the variables hold there.

Where the right value of an expression can't be told from the contract, every term up to a size
is tried in its place. Terms that have the same values on all that was seen there are one
(observational equivalence, see `synth.terms.bank`), so that few are left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile, zip_longest
from typing import Any

import libcst as cst

from verify_agent.agent.repair.edits import Edit, EditClass
from verify_agent.agent.repair.localise import Spectrum
from verify_agent.agent.repair.sites import Source
from verify_agent.agent.repair.trial import FEW, Tracer, Trial
from verify_agent.agent.repair.vocabulary import Vocabulary
from verify_agent.agent.synth.meter import Means
from verify_agent.agent.synth.rules.source_text import expression_text
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.interpreter_contract import Checker
from verify_agent.verifier.ir.interpreter_values import deep_copy
from verify_agent.verifier.ir.types import BOOL, INT, ListType, Type

#: So many runs are looked at, so many different states of a place, and so many terms for it.
RUNS, STATES, TERMS = 24, 30, 150
MAX_COST = 6
Frame = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """An expression, its type, its line, and the lines before which its variables are seen."""

    node: cst.BaseExpression
    type: Type
    line: int
    seen: tuple[int, ...]


def renewed_edits(
    source: Source,
    words: Vocabulary,
    trial: Trial,
    spectrum: Spectrum,
    means: Means,
    over: Callable[[], bool],
) -> Iterator[Edit]:
    """Other expressions for values, conditions and bounds; suspicious places first.

    In turns, the smallest of every place before a larger one of any.
    """
    found = sorted(places(source, words), key=lambda p: -spectrum.of(p.line))
    states = _states(trial, {line for place in found for line in place.seen})
    made = (
        _renewed(source, words, p, list(chain(*(states[n] for n in p.seen))), means, over)
        for p in found
    )
    rounds = zip_longest(*(islice(edits, TERMS) for edits in made))
    yield from (edit for edit in chain.from_iterable(rounds) if edit is not None)


def places(source: Source, words: Vocabulary) -> Iterator[Place]:
    """The expressions whose type is told by where they stand, those of `return` left out."""
    for node in source.body():
        match node:
            case cst.Assign(targets=[cst.AssignTarget(target=target)], value=value):
                yield from _place(source, value, _of(source, words, target), node)
            case cst.AugAssign(target=target, value=value):
                yield from _place(source, value, _of(source, words, target), node)
            case cst.If(test=test):
                yield from _place(source, test, BOOL, node)
            case cst.While(test=test, body=body):
                yield from _place(source, test, BOOL, node, body.body[0])
            case cst.For(iter=cst.Call(func=cst.Name(value="range"), args=bounds)):
                for bound in bounds:
                    yield from _place(source, bound.value, INT, node)
            case cst.Expr(
                value=cst.Call(
                    func=cst.Attribute(value=held, attr=cst.Name(value="append")), args=[item]
                )
            ):
                kind = _of(source, words, held)
                type_ = kind.item if isinstance(kind, ListType) else None
                yield from _place(source, item.value, type_, node)
            case _:
                pass


def _place(
    source: Source, node: cst.BaseExpression, type_: Type | None, *seen: cst.CSTNode
) -> Iterator[Place]:
    if type_ is not None:
        lines = tuple(source.line(statement) for statement in seen)
        yield Place(node, type_, source.line(node), lines)


def _of(source: Source, words: Vocabulary, node: cst.BaseExpression) -> Type | None:
    return words.variables.get(source.code(node))


def _states(trial: Trial, lines: set[int]) -> dict[int, list[Frame]]:
    """What the variables hold where runs come to these lines, equal states once."""
    checker, tracer = Checker(trial.program, FEW), Tracer(trial.program, FEW)
    checker.machine = tracer
    held: dict[int, dict[str, Frame]] = {line: {} for line in lines}

    def noted(at: int, frame: Any) -> None:
        if at in held and len(held[at]) < STATES:
            state = {name: deep_copy(value) for name, value in frame.items()}
            held[at].setdefault(repr(state), state)

    tracer.seen, tracer.frames = set(), noted
    for args in [*trial.wrong, *trial.passing[:RUNS]]:
        checker.check([deep_copy(a) for a in args])
    return {line: list(states.values()) for line, states in held.items()}


def _renewed(
    source: Source,
    words: Vocabulary,
    place: Place,
    states: list[Frame],
    means: Means,
    over: Callable[[], bool],
) -> Iterator[Edit]:
    known = [n for n in words.variables if all(n in state for state in states)]
    if not states or not known:
        return
    leaves = [variable(n, words.variables[n], [state[n] for state in states]) for n in known]
    terms = learn(leaves, place.type, lambda row, value: True, means, max_cost=MAX_COST)
    kind = EditClass.CONDITION if place.type == BOOL else EditClass.EXPRESSION
    found = (term for term in takewhile(lambda _: not over(), terms) if term is not None)
    for number, term in enumerate(found):
        yield source.replaced(kind, place.node, expression_text(term), 1.0 + number / 50)
