"""Whether a contract can be met at all, before anyone looks for an implementation.

Searched for is an allowed input that raises nothing and has no result with which the
postconditions hold. What is found counts only after a solver has shown, with that very input
put in, that there is no such result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.portfolio import Portfolio, default_portfolio
from verify_agent.verifier.smt.query import Budget, Query, Status
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.subject import Subject
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import havoc, leaves_of, well_formed
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.vc import aliasing
from verify_agent.verifier.vc.clauses import formula
from verify_agent.verifier.vc.concrete import arguments, shown_call
from verify_agent.verifier.vc.function import ANY_DEFINED, Entry, enter
from verify_agent.verifier.vc.loops import Invariants
from verify_agent.verifier.vc.machine import Machine, Mode
from verify_agent.verifier.vc.prepare import Preparer
from verify_agent.verifier.vc.state import State

SEARCH = Budget(timeout_ms=700, rlimit=0)
CONFIRM = Budget(timeout_ms=300, rlimit=0)
SECONDS = 1.7


@dataclass(frozen=True)
class Feasible:
    """Every allowed input has a result that meets the postconditions."""


@dataclass(frozen=True)
class Vacuous:
    """No input meets the preconditions."""


@dataclass(frozen=True)
class Unsatisfiable:
    """With these arguments no result meets the postconditions; `call` shows them."""

    arguments: Mapping[str, object]
    call: str


@dataclass(frozen=True)
class Undecided:
    """Nothing is known, and why."""

    reason: str


Feasibility = Feasible | Vacuous | Unsatisfiable | Undecided


@dataclass(frozen=True)
class _Problem:
    """`wanted` is what a result must meet, `unknown` the leaves of result and changed arguments."""

    theory: Theory
    entry: Entry
    allowed: tuple[Term, ...]
    wanted: tuple[Term, ...]
    unknown: tuple[Term, ...]


def feasible(
    subject: Subject,
    portfolio: Portfolio | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Feasibility:
    """Whether the contract can be met; the function's body is not looked at."""
    from verify_agent.verifier.frontend.lower import lower

    try:
        program = lower(subject)
        problem = _problem(program)
    except (Unsupported, BadSource) as error:
        return Undecided(str(error))
    return decide(program, problem, portfolio or default_portfolio(), clock)


def unmodelled(subject: Subject) -> Unsupported | None:
    """What in the contract has no model, whatever the function's body is; None where all has."""
    from verify_agent.verifier.frontend.lower import lower

    try:
        _problem(lower(subject))
    except Unsupported as error:
        return error
    except BadSource:
        return None
    return None


def decide(
    program: n.Program, problem: _Problem, portfolio: Portfolio, clock: Callable[[], float]
) -> Feasibility:
    """Vacuity first, then a search with the result quantified, then single inputs."""
    started = clock()
    preparer = Preparer.over(problem.theory)
    requires = problem.entry.state.assumptions
    vacuous = preparer.queries_of("requires", requires, t.FALSE)
    if all(portfolio.prove(q, CONFIRM).valid for q in vacuous):
        return Vacuous()
    status, found = _search(problem)
    if status is Status.UNSAT:
        return Feasible()
    tried: list[Mapping[str, object]] = [found] if found is not None else []
    tried += _small_inputs(problem.entry)
    for given in tried:
        if clock() - started > SECONDS:
            break
        if _confirmed(problem, given, preparer, portfolio):
            _, call = shown_call(program.entry, dict(given))
            return Unsatisfiable(given, call)
    return Undecided("the search found no input without a result, and did not cover all")


def _problem(program: n.Program) -> _Problem:
    function = program.functions[program.entry]
    theory = Theory()
    m = Machine(program, theory, Mode(ANY_DEFINED, ignore=True), Invariants())
    m.calls = (program.entry,)
    entry = enter(m, function, next(aliasing.partitions(function)))
    after = entry.state.copy()
    unknown: list[Term] = []
    facts: list[Term] = []
    for name, value in entry.arguments.items():
        if isinstance(value, v.Ref) and _may_change(function, name):
            changed = havoc(theory, name, value.type)
            after.heap[value.id] = v.contents_of(changed)
            unknown += leaves_of(theory, changed, value.type)
            facts += well_formed(theory, changed)
    result = havoc(theory, "result", function.returns)
    unknown += leaves_of(theory, result, function.returns)
    facts += well_formed(theory, result)
    allowed = [*entry.state.assumptions, *(t.negate(holds) for _, holds in entry.raises)]
    wanted = _wanted(m, function, entry, after, result)
    if m.mode.inexact:
        raise Unsupported(m.mode.inexact[0])
    return _Problem(theory, entry, tuple(allowed), (*facts, *wanted), tuple(unknown))


def _may_change(function: n.Function, name: str) -> bool:
    return function.modifies is None or name in function.modifies


def _wanted(
    m: Machine, function: n.Function, entry: Entry, after: State, result: v.Value
) -> list[Term]:
    after.locals = {**entry.arguments, "result": result}
    known = len(after.path)
    holds = [formula(m, after, clause) for clause in function.ensures]
    return [*holds, *(fact for fact, _ in after.path[known:])]


def _search(problem: _Problem) -> tuple[Status, Mapping[str, object] | None]:
    """A solver's word on "some allowed input has no result", and the input."""
    from verify_agent.verifier.smt.z3_ import MODEL_SEARCH, solve

    arrays = any(x.sort.name == "Array" for x in problem.unknown)
    if arrays or _introduces(problem):
        return Status.UNKNOWN, None
    none = t.forall(problem.unknown, t.negate(t.conj(*problem.wanted)))
    query = Query("no result", problem.allowed, t.negate(none))
    answer = solve(query, SEARCH, tuning=MODEL_SEARCH)
    if answer.status is not Status.SAT or answer.model is None:
        return answer.status, None
    return answer.status, arguments(problem.theory, problem.entry, answer.model)


def _introduces(problem: _Problem) -> bool:
    """Whether defined names occur, so that a query without their axioms says too little."""
    from verify_agent.verifier.theory.rewrite import subterms

    return any(
        s.op == "app" or problem.theory.definition_of(s) is not None
        for s in subterms([*problem.allowed, *problem.wanted])
    )


def _confirmed(
    problem: _Problem,
    given: Mapping[str, object],
    preparer: Preparer,
    portfolio: Portfolio,
) -> bool:
    """Whether the input is allowed and, put in, has no result: shown by a solver."""
    fixed = _fixing(problem, given)
    if fixed is None:
        return False
    allowed = preparer.queries_of("allowed", (*fixed, *problem.allowed), t.FALSE)
    if not all(map(_met, allowed)):
        return False
    wanted = (*fixed, *problem.allowed, *problem.wanted)
    return all(
        portfolio.prove(query, CONFIRM).valid
        for query in preparer.queries_of("no result", wanted, t.FALSE)
    )


def _met(query: Query) -> bool:
    """Whether the assumptions can be met: a solver has a model of them."""
    from verify_agent.verifier.smt.z3_ import MODEL_SEARCH, solve

    return solve(query, CONFIRM, tuning=MODEL_SEARCH).status is Status.SAT


def _fixing(problem: _Problem, given: Mapping[str, object]) -> list[Term] | None:
    """Equations that put an input in."""
    made: list[Term] = []
    for name, value in problem.entry.arguments.items():
        shape: v.Value = value
        if isinstance(value, v.Ref):
            shape = v.held(problem.entry.heap[value.id], value.type)
        part = equations(shape, given[name])
        if part is None:
            return None
        made += part
    return made


def equations(shape: v.Value, value: object) -> list[Term] | None:
    """Equations of a symbolic value's leaves with a Python value; None where that is not done."""
    match shape, value:
        case v.BoolV(term), bool():
            return [t.eq(term, t.boolean(value))]
        case v.IntV(term), int():
            return [t.eq(term, t.integer(value))]
        case v.NoneV(), None:
            return []
        case v.TupleV(items), tuple() if len(items) == len(value):
            parts = [equations(x, y) for x, y in zip(items, value, strict=True)]
            return None if None in parts else [e for p in parts if p is not None for e in p]
        case v.StrV(v.ArraySeq() as seq), str():
            return _sequence(seq, list(map(ord, value)))
        case v.ListV(v.ArraySeq() as seq, _), list() if seq.item == ir.INT:
            return _sequence(seq, value)
        case _:
            return None


def _sequence(seq: v.ArraySeq, items: list[int]) -> list[Term]:
    reads = (t.select(seq.cells[0], t.integer(k)) for k in range(len(items)))
    each = [t.eq(read, t.integer(x)) for read, x in zip(reads, items, strict=True)]
    return [t.eq(seq.length, t.integer(len(items))), *each]


def _small_inputs(entry: Entry) -> list[Mapping[str, object]]:
    """A few inputs of small values."""
    from itertools import islice, product

    choices = [
        _small(x.type if isinstance(x, v.Ref) else v.type_of(x)) for x in entry.arguments.values()
    ]
    rows = islice(product(*choices), 40)
    return [dict(zip(entry.arguments, row, strict=True)) for row in rows]


def _small(type_: ir.Type) -> list[object]:
    match type_:
        case ir.IntType():
            return [0, 1, -1, 2, 7]
        case ir.BoolType():
            return [False, True]
        case ir.StrType():
            return ["", "a"]
        case ir.ListType(ir.IntType()):
            return [[], [0], [1, 0]]
        case ir.TupleType(items):
            return [tuple(_small(x)[0] for x in items)] if all(map(_small, items)) else []
        case _:
            return []
