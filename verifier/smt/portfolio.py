"""Both solvers on one query, and what they agree on.

Z3 goes first; what it proves is cut down to the assumptions that it used, and the reduced query,
as the text that is stored, is what counts: Z3 replays it and cvc5 proves it again.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from verify_agent.verifier.smt.evaluate import Refused, evaluate
from verify_agent.verifier.smt.query import Answer, Budget, Cause, Model, Query, Solver, Status

BOTH = "both"


class Conclusion(enum.Enum):
    """What is known about a query."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    CONTRADICTION = "the solvers contradict each other"


@dataclass(frozen=True)
class Outcome:
    """The conclusion and how it came about.

    `agreed` names the solvers that proved `certified`, the query that is worth storing (some of
    the assumptions suffice). `model` is a `candidate` unless the query was evaluated under it
    and came out false.
    """

    query: Query
    conclusion: Conclusion
    answers: tuple[Answer, ...]
    reason: str = ""
    agreed: tuple[str, ...] = ()
    certified: Query | None = None
    core: tuple[int, ...] | None = None
    model: Model | None = None
    candidate: bool = False

    @property
    def valid(self) -> bool:
        """Whether the query is proved, by however many solvers."""
        return self.conclusion is Conclusion.VALID

    @property
    def agreement(self) -> str:
        """`both`, `one solver: z3`, `one solver: cvc5`, or empty if nothing is proved."""
        if not self.valid:
            return ""
        return BOTH if len(self.agreed) > 1 else f"one solver: {self.agreed[0]}"

    @property
    def seconds(self) -> float:
        """Wall time of all solver calls."""
        return sum(answer.seconds for answer in self.answers)


@dataclass(frozen=True)
class Portfolio:
    """Two solvers; the first gives cores and models, the second a second opinion."""

    first: Solver
    second: Solver

    def prove(self, query: Query, budget: Budget, seed: int = 0) -> Outcome:
        """Try to prove a query. A solver that breaks is an `unknown` with a reason."""
        answer = self.first.solve(query, budget, seed, want_core=True)
        match answer.status:
            case Status.UNSAT:
                return self._certify(query, budget, seed, answer)
            case Status.SAT:
                return self._refute(query, budget, seed, answer)
            case Status.UNKNOWN:
                return self._second_try(query, budget, seed, answer)
            case _:
                raise TypeError(f"no status: {answer.status!r}")

    def _certify(self, query: Query, budget: Budget, seed: int, proof: Answer) -> Outcome:
        core = proof.core
        reduced = query if core is None else query.reduced(core)
        replayed = self.first.solve_text(reduced.text, budget, seed)
        second = self.second.solve_text(reduced.text, budget, seed)
        answers: tuple[Answer, ...] = (proof, replayed, second)
        if Status.SAT in (replayed.status, second.status):
            return _contradiction(query, answers)
        agreed = _provers((replayed, second))
        if not agreed or (len(agreed) == 1 and replayed.status is Status.UNKNOWN):
            # The search is unstable: another seed may find the reduced proof again.
            replayed = self.first.solve_text(reduced.text, budget, seed + 1)
            answers = (*answers, replayed)
            if replayed.status is Status.SAT:
                return _contradiction(query, answers)
            agreed = _provers((replayed, second))
        if not agreed:
            return _valid(query, answers, (proof.solver,), query, None)
        return _valid(query, answers, agreed, reduced, core)

    def _second_try(self, query: Query, budget: Budget, seed: int, failed: Answer) -> Outcome:
        second = self.second.solve(query, budget, seed, want_core=True)
        answers: tuple[Answer, ...] = (failed, second)
        if second.status is Status.SAT:
            return _invalid(query, answers, second.model)
        if second.status is Status.UNKNOWN:
            reason = "; ".join(f"{a.solver}: {a.reason}" for a in answers)
            maybe = failed.model or second.model
            return Outcome(
                query, Conclusion.UNKNOWN, answers, reason, model=maybe, candidate=maybe is not None
            )
        reduced = query if second.core is None else query.reduced(second.core)
        # With fewer assumptions in the way the first solver may succeed after all.
        replayed = self.first.solve_text(reduced.text, budget, seed)
        checked = self.second.solve_text(reduced.text, budget, seed)
        answers = (*answers, replayed, checked)
        if Status.SAT in (replayed.status, checked.status):
            return _contradiction(query, answers)
        if agreed := _provers((replayed, checked)):
            return _valid(query, answers, agreed, reduced, second.core)
        return _valid(query, answers, (second.solver,), query, None)

    def _refute(self, query: Query, budget: Budget, seed: int, answer: Answer) -> Outcome:
        outcome = _invalid(query, (answer,), answer.model)
        if not outcome.candidate:
            return outcome
        second = self.second.solve(query, budget, seed)
        if second.status is Status.UNSAT:
            return _contradiction(query, (answer, second))
        return _invalid(query, (answer, second), answer.model)


def _provers(answers: Sequence[Answer]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.solver for a in answers if a.status is Status.UNSAT))


def _valid(
    query: Query,
    answers: tuple[Answer, ...],
    agreed: tuple[str, ...],
    certified: Query,
    core: tuple[int, ...] | None,
) -> Outcome:
    doubts = [
        f"{a.solver}: {a.reason}"
        for a in answers
        if a.status is Status.UNKNOWN and a.solver not in agreed
    ]
    return Outcome(
        query,
        Conclusion.VALID,
        answers,
        "; ".join(doubts),
        agreed=agreed,
        certified=certified,
        core=core,
    )


def _invalid(query: Query, answers: tuple[Answer, ...], model: Model | None) -> Outcome:
    confirmed = model is not None and refutes(model, query)
    reason = "" if confirmed else "the model could not be checked by evaluation"
    return Outcome(query, Conclusion.INVALID, answers, reason, model=model, candidate=not confirmed)


def _contradiction(query: Query, answers: tuple[Answer, ...]) -> Outcome:
    told = ", ".join(f"{a.solver} says {a.status.value}" for a in answers)
    reason = f"{query.name}: {told}; one of them or the translation is wrong"
    return Outcome(query, Conclusion.CONTRADICTION, answers, reason)


def refutes(model: Model, query: Query) -> bool:
    """Whether evaluation confirms that a model makes all assumptions true and the goal false.

    False for a query with uninterpreted functions or sorts, whose model says nothing about the
    functions that were meant, and wherever evaluation is refused.
    """
    found = query.symbols
    if found.functions or found.sorts or found.quantified:
        return False
    try:
        return all(evaluate(f, model.values, steps=100_000) is True for f in query.formulas)
    except Refused:
        return False


# -- the default pair ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Missing:
    """Stands in for a solver that can't be imported; never a reason to skip it silently."""

    name: str
    why: str

    def solve(
        self, query: Query, budget: Budget, seed: int = 0, *, want_core: bool = False
    ) -> Answer:
        return self.solve_text("", budget, seed)

    def solve_text(self, text: str, budget: Budget, seed: int = 0) -> Answer:
        return Answer(Status.UNKNOWN, self.name, reason=self.why, cause=Cause.MISSING, seed=seed)


def default_portfolio() -> Portfolio:
    """Z3 in this process, and this process's warm cvc5 worker (started with its first query)."""
    from verify_agent.verifier.smt.cvc5_ import shared_worker

    try:
        from verify_agent.verifier.smt.z3_ import Z3
    except ImportError as error:
        return Portfolio(_Missing("z3", str(error)), shared_worker())
    return Portfolio(Z3(), shared_worker())


def prove(
    query: Query,
    budget: Budget | None = None,
    seed: int = 0,
    portfolio: Portfolio | None = None,
) -> Outcome:
    """Try to prove a query with both solvers.

    >>> from verify_agent.verifier.smt import terms as t
    >>> x = t.var("x", t.INT)
    >>> prove(Query("q", (t.lt(t.integer(2), x),), t.lt(t.integer(1), x))).agreement
    'both'
    """
    return (portfolio or default_portfolio()).prove(query, budget or Budget(), seed)


def prove_all(
    queries: Sequence[Query], budget: Budget, seed: int, executor: Executor
) -> list[Outcome]:
    """The outcomes of many queries, in their order, on an executor of the caller's.

    On an interrupt what has not started is cancelled and the interrupt goes on.
    """
    job = partial(_job, budget=budget, seed=seed)
    futures = [executor.submit(job, query) for query in queries]
    try:
        return [future.result() for future in futures]
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def _job(query: Query, budget: Budget, seed: int) -> Outcome:
    return prove(query, budget, seed)
