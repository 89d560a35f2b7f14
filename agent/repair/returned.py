"""A returned expression found anew: the search for terms over what the variables hold there.

The values of the variables at a `return` are taken from runs of the interpreter; a term is right
in a row where the contract allows its value as the result of that run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, takewhile
from typing import Any

import libcst as cst

from verify_agent.agent.repair.edits import Edit, EditClass
from verify_agent.agent.repair.sites import Source, nodes
from verify_agent.agent.repair.trial import FEW, Tracer, Trial
from verify_agent.agent.repair.vocabulary import Vocabulary
from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.specification import Case
from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.agent.synth.rules.source_text import expression_text
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.interpreter_contract import Checker
from verify_agent.verifier.ir.interpreter_values import deep_copy

#: So many runs that keep the contract are looked at beside those that fail.
KEEPING = 24
LEAST_ROWS = 4
#: So many terms are offered for one `return`.
OFFERED = 4
Frame = dict[str, Any]
Row = tuple[Case, Frame]


def returned_edits(
    source: Source,
    words: Vocabulary,
    trial: Trial,
    problem: SynthesisProblem,
    over: Callable[[], bool],
) -> Iterator[Edit]:
    """Other expressions for each `return` that a run reaches, the smallest first.

    None for functions that call themselves or change what they are given: there a value at a
    `return` says too little. Raises `Unsupported` where the contract can't be evaluated.
    """
    name = problem.signature.name
    found = [n for n in source.body() if isinstance(n, cst.Return) and n.value is not None]
    recursive = any(isinstance(n, cst.Name) and n.value == name for n in source.body())
    if not found or recursive or trial.changes_arguments():
        return
    context = Context(problem)
    runs = [*trial.wrong, *trial.passing[:KEEPING]]
    for place in found:
        if not _nested(source, place):
            rows = _rows(trial, context, runs, source.line(place))
            yield from _found_anew(source, words, context, rows, place, over)


def _nested(source: Source, place: cst.Return) -> bool:
    """Whether a `return` is one of an inner function."""
    inner = (n for n in source.body() if isinstance(n, cst.FunctionDef))
    return any(place is below for function in inner for below in nodes(function))


def _rows(trial: Trial, context: Context, runs: list[list[Any]], line: int) -> list[Row]:
    """What the variables hold where runs come to a line, with the run's own case."""
    checker, tracer = Checker(trial.program, FEW), Tracer(trial.program, FEW)
    checker.machine = tracer
    held: list[Frame] = []

    def noted(at: int, frame: Any) -> None:
        if at == line:
            held.append({name: deep_copy(value) for name, value in frame.items()})

    tracer.seen, tracer.frames = set(), noted
    rows: list[Row] = []
    for args in runs:
        case = context.spec.case(tuple(deep_copy(a) for a in args))
        held.clear()
        checker.check([deep_copy(a) for a in args])
        if case is not None and case.raised is None and held:
            rows.append((case, held[-1]))
    return rows


def _found_anew(
    source: Source,
    words: Vocabulary,
    context: Context,
    rows: list[Row],
    place: cst.Return,
    over: Callable[[], bool],
) -> Iterator[Edit]:
    known = [n for n in words.variables if all(n in frame for _, frame in rows)]
    if len(rows) < LEAST_ROWS or not known or place.value is None:
        return
    leaves = [variable(n, words.variables[n], [frame[n] for _, frame in rows]) for n in known]
    terms = learn(
        leaves,
        context.problem.returns,
        lambda row, value: context.spec.accepts(rows[row][0], value),
        context.means,
        tests=1,
    )
    found = (term for term in takewhile(lambda _: not over(), terms) if term is not None)
    for number, term in enumerate(islice(found, OFFERED)):
        text = expression_text(term)
        yield source.replaced(EditClass.EXPRESSION, place.value, text, number / 10)
