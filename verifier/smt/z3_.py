"""Z3 as a solver: single queries, scripts, and incremental sessions.

Everything runs in a context of its own, so the answer to a query depends on the query, the seed
and the budget alone, and threads don't meet.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import z3
from z3 import z3core as c

from verify_agent.verifier.smt.query import Answer, Budget, Cause, Model, Query, Status
from verify_agent.verifier.smt.terms import TRUE, Function, Term, negate
from verify_agent.verifier.smt.to_z3 import Translator
from verify_agent.verifier.smt.walk import IllFormed, symbols
from verify_agent.verifier.smt.z3_models import read_model

NAME = "z3"


@dataclass(frozen=True)
class Tuning:
    """Z3's search; `None` leaves a parameter at Z3's default.

    Model-based instantiation is off by default for quantified queries: a proof that needs it is
    rare, and a candidate that fails then fails at once (it only costs answers `sat`).
    """

    mbqi: bool | None = None
    auto_config: bool | None = None

    @staticmethod
    def fitting(quantified: bool) -> Tuning:
        """What proofs want: quick failure with quantifiers, Z3's defaults without."""
        return Tuning(mbqi=False, auto_config=False) if quantified else Tuning()


MODEL_SEARCH = Tuning(mbqi=True)


@dataclass(frozen=True)
class Z3:
    """Z3 with some tuning; `None` chooses by whether the query has quantifiers."""

    tuning: Tuning | None = None

    @property
    def name(self) -> str:
        """`z3`."""
        return NAME

    def solve(
        self, query: Query, budget: Budget, seed: int = 0, *, want_core: bool = False
    ) -> Answer:
        """Decide a query. Raises `IllFormed` for a term without meaning."""
        plain = _Run(
            budget, seed, self.tuning or Tuning.fitting(query.quantified), query.quantified
        )
        if want_core and query.quantified:
            return plain.decide(query, want_core=True)
        answer = plain.decide(query, want_core=False)
        if not want_core or answer.status is not Status.UNSAT:
            return answer
        # Tracked assumptions turn Z3's best procedures for quantifier-free queries off,
        # so the core is asked for only when there is one.
        tracked = _Run(budget, seed, plain.tuning, incremental=True).decide(query, want_core=True)
        return tracked if tracked.status is Status.UNSAT else answer

    def solve_text(self, text: str, budget: Budget, seed: int = 0) -> Answer:
        """Decide a script."""
        quantified = "(forall " in text or "(exists " in text
        tuning = self.tuning or Tuning.fitting(quantified)
        run = _Run(budget, seed, tuning, incremental=quantified)
        try:
            run.solver.from_string(text)
        except z3.Z3Exception as error:
            return _unknown(Cause.REFUSED, str(error), seed)
        return run.check(())


def solve(
    query: Query,
    budget: Budget | None = None,
    seed: int = 0,
    *,
    want_core: bool = False,
    tuning: Tuning | None = None,
) -> Answer:
    """Decide a query with Z3.

    >>> from verify_agent.verifier.smt import terms as t
    >>> x = t.var("x", t.INT)
    >>> solve(Query("q", (t.lt(t.integer(2), x),), t.lt(t.integer(1), x))).status
    <Status.UNSAT: 'unsat'>
    >>> solve(Query("q", (t.le(t.integer(2), x),), t.ne(x, t.integer(2)))).model.values["x"]
    2
    """
    return Z3(tuning).solve(query, budget or Budget(), seed, want_core=want_core)


class _Run:
    """One solver in one context with its limits set."""

    def __init__(self, budget: Budget, seed: int, tuning: Tuning, incremental: bool) -> None:
        self.budget, self.seed, self.tuning = budget, seed, tuning
        self.translate = Translator()
        make = z3.SimpleSolver if incremental else z3.Solver
        self.solver = make(ctx=self.translate.context)
        self._configure()
        self._spent = self._units()

    def _configure(self) -> None:
        self.solver.set("random_seed", self.seed % 2**31)
        limits = {
            "timeout": self.budget.timeout_ms,
            "rlimit": self.budget.rlimit,
            "max_memory": self.budget.memory_mb,
        }
        for name, limit in limits.items():
            if limit:
                self.solver.set(name, limit)
        for name in ("mbqi", "auto_config"):
            if getattr(self.tuning, name) is not None:
                self.solver.set(name, getattr(self.tuning, name))

    def assume(self, term: Term) -> None:
        """Assert a formula."""
        c.Z3_solver_assert(self.translate.context.ref(), self.solver.solver, self._ast(term))

    def track(self, term: Term, label: z3.ExprRef) -> None:
        """Assert a formula that a core may name."""
        c.Z3_solver_assert_and_track(
            self.translate.context.ref(), self.solver.solver, self._ast(term), label.ast
        )

    def label(self, index: int) -> z3.ExprRef:
        """A fresh truth value to stand for an assumption; `core` knows it by its index."""
        return z3.Bool(f"label!{index}", self.translate.context)

    def _ast(self, term: Term) -> object:
        if term.sort.name != "Bool":
            raise IllFormed(f"a formula is wanted, not a {term.sort}")
        return self.translate(term).ast

    def decide(self, query: Query, want_core: bool) -> Answer:
        """Assert the whole query and check it."""
        *assumptions, refuted = query.formulas
        labels = [self.label(i) for i in range(len(assumptions))] if want_core else []
        for i, assumption in enumerate(assumptions):
            if want_core:
                self.track(assumption, labels[i])
            else:
                self.assume(assumption)
        self.assume(refuted)
        found = query.symbols
        return self.check((), labels if want_core else None, (found.variables, found.functions))

    def check(
        self,
        switches: Sequence[z3.ExprRef],
        labels: Sequence[z3.ExprRef] | None = None,
        wanted: tuple[Iterable[Term], Iterable[Function]] | None = None,
    ) -> Answer:
        """Ask, under some switches; `labels` in the order of the indices that a core holds."""
        started = time.perf_counter()
        try:
            result = self.solver.check(*switches)
        except z3.Z3Exception as error:
            return self._failed(str(error), time.perf_counter() - started)
        seconds = time.perf_counter() - started
        if result == z3.unsat:
            core = None if labels is None else self._core(labels)
            return Answer(
                Status.UNSAT, NAME, core=core, seconds=seconds, units=self._used(), seed=self.seed
            )
        if result == z3.sat:
            return Answer(
                Status.SAT,
                NAME,
                model=self._model(wanted),
                seconds=seconds,
                units=self._used(),
                seed=self.seed,
            )
        return self._failed(self.solver.reason_unknown(), seconds, wanted)

    def _failed(
        self,
        reason: str,
        seconds: float,
        wanted: tuple[Iterable[Term], Iterable[Function]] | None = None,
    ) -> Answer:
        if "interrupted from keyboard" in reason:
            raise KeyboardInterrupt
        units = self._used()
        cause = self._cause(reason, seconds, units)
        model = self._model(wanted) if cause is Cause.INCOMPLETE else None
        return Answer(
            Status.UNKNOWN,
            NAME,
            reason=reason or "no reason given",
            cause=cause,
            model=model,
            seconds=seconds,
            units=units,
            seed=self.seed,
        )

    def _cause(self, reason: str, seconds: float, units: int) -> Cause:
        if "memory" in reason:
            return Cause.MEMORY
        if "resource" in reason:
            return Cause.RESOURCES
        if "timeout" in reason:
            return Cause.TIMEOUT
        if "cancel" in reason:
            # Z3 says "canceled" for its own limits too.
            if self.budget.rlimit and units >= self.budget.rlimit:
                return Cause.RESOURCES
            late = self.budget.timeout_ms and seconds * 1000 >= 0.8 * self.budget.timeout_ms
            return Cause.TIMEOUT if late else Cause.CANCELED
        return Cause.INCOMPLETE

    def _model(self, wanted: tuple[Iterable[Term], Iterable[Function]] | None) -> Model | None:
        if wanted is None:
            return None
        try:
            return read_model(self.translate, self.solver.model(), *wanted)
        except z3.Z3Exception:
            return None  # an unknown may come without a model

    def _core(self, labels: Sequence[z3.ExprRef]) -> tuple[int, ...]:
        index = {label.get_id(): i for i, label in enumerate(labels)}
        return tuple(sorted(index[member.get_id()] for member in self.solver.unsat_core()))

    def _units(self) -> int:
        statistics = self.solver.statistics()
        return int(dict(zip(statistics.keys(), _values(statistics), strict=True)).get(_UNITS, 0))

    def _used(self) -> int:
        before, self._spent = self._spent, self._units()
        return max(0, self._spent - before)


_UNITS = "rlimit count"


def _values(statistics: z3.Statistics) -> list[float]:
    return [statistics.get_key_value(key) for key in statistics.keys()]  # noqa: SIM118


def _unknown(cause: Cause, reason: str, seed: int) -> Answer:
    return Answer(Status.UNKNOWN, NAME, reason=reason, cause=cause, seed=seed)


class Session:
    """Assumptions that stay, others that are switched on per goal, and many goals.

    For Houdini: `switch` each candidate once, then `prove` each goal under a set of them; the
    answer's `core` names the switches that it took, by the numbers that `switch` gave.

    >>> from verify_agent.verifier.smt import terms as t
    >>> x = t.var("x", t.INT)
    >>> session = Session([])
    >>> weak, strong = session.switch(t.ge(x, t.integer(0))), session.switch(t.gt(x, t.integer(5)))
    >>> session.prove(t.gt(x, t.integer(3)), [weak, strong]).core
    (1,)
    """

    def __init__(
        self,
        assumptions: Sequence[Term],
        budget: Budget | None = None,
        seed: int = 0,
        tuning: Tuning | None = None,
    ) -> None:
        self._run = _Run(budget or Budget(), seed, tuning or Tuning.fitting(True), incremental=True)
        self._labels: list[z3.ExprRef] = []
        self._terms: list[Term] = []
        for assumption in assumptions:
            self.assume(assumption)

    def assume(self, term: Term) -> None:
        """Assert a formula for the rest of the session (never inside a core)."""
        self._terms.append(term)
        self._run.assume(term)

    def switch(self, term: Term) -> int:
        """Add a formula that holds only where its number is given to `prove`."""
        label = self._run.label(len(self._labels))
        context = self._run.translate.context
        implied = c.Z3_mk_implies(context.ref(), label.ast, self._run._ast(term))
        wrapped = z3.ExprRef(implied, context)
        c.Z3_solver_assert(context.ref(), self._run.solver.solver, wrapped.ast)
        self._labels.append(label)
        self._terms.append(term)
        return len(self._labels) - 1

    def prove(
        self,
        goal: Term,
        active: Iterable[int] = (),
        extra: Sequence[Term] = (),
        *,
        want_model: bool = True,
    ) -> Answer:
        """Whether the goal follows from the assumptions, the active switches and `extra`."""
        self._run.solver.push()
        try:
            for term in (*extra, negate(goal)):
                self._run.assume(term)
            wanted = None
            if want_model:
                found = symbols((*self._terms, *extra, goal))
                wanted = (found.variables, found.functions)
            return self._run.check([self._labels[i] for i in active], self._labels, wanted)
        finally:
            self._run.solver.pop()

    def consistent(self, active: Iterable[int] = ()) -> Answer:
        """Whether assumptions and switches can hold together: `UNSAT` says that they can't."""
        return self.prove(negate(TRUE), active)
