"""One run of the deductive engine on one subject."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from verify_agent.contracts.model import Condition, Contract, Parameter, Property, Signature
from verify_agent.verifier.engines.base import Findings, Limits
from verify_agent.verifier.engines.deductive import (
    BUILTIN_TYPES,
    ENOUGH_STACK,
    ONE_SOLVER,
    TERMINATES,
    Answer,
    CounterexampleInputs,
    Proved,
    Unknown,
    digest,
    version,
)
from verify_agent.verifier.engines.deductive_proofs import explained, outcomes_of, stored
from verify_agent.verifier.engines.deductive_reference import compared
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Counterexample, Obligation, Verdict
from verify_agent.verifier.falsify.search import Budget as FalsifyBudget
from verify_agent.verifier.falsify.search import Refutation, falsify
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.invariants.sources import default_sources
from verify_agent.verifier.ir.interpreter_contract import Violated, check_contract
from verify_agent.verifier.ir.nodes import Program
from verify_agent.verifier.smt.portfolio import Portfolio, default_portfolio
from verify_agent.verifier.smt.query import Budget
from verify_agent.verifier.smt.store import Proved as StoredProof
from verify_agent.verifier.subject import (
    DEFINED,
    FRAME,
    NO_EXCEPTION,
    PROPERTY,
    Subject,
    obligations_of,
)
from verify_agent.verifier.vc.concrete import arguments, shown_call
from verify_agent.verifier.vc.conditions import Key
from verify_agent.verifier.vc.loops import Invariants
from verify_agent.verifier.vc.verify import (
    SHAKEN,
    Failure,
    Shown,
    Verification,
    unsupported_for,
    verify,
)
from verify_agent.verifier.vc.verify_limits import Limit

MOST_MS = 5_000
QUICK_FALSIFY_SECONDS = 2.0
VACUOUS = "no input meets the preconditions"
ONE_TEXT = (NO_EXCEPTION, DEFINED, FRAME)


@dataclass
class Run:
    """The parts of one run; `clock` gives seconds.

    `without` names sources of invariants that are not asked.
    """

    subject: Subject
    limits: Limits
    seed: int
    clock: Callable[[], float]
    portfolio: Portfolio
    started: float
    without: frozenset[str] = frozenset()
    proofs: list[StoredProof] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        subject: Subject,
        limits: Limits,
        seed: int,
        clock: Callable[[], float],
        without: frozenset[str] = frozenset(),
    ) -> Run:
        """A run with the default solvers."""
        return cls(subject, limits, seed, clock, default_portfolio(), clock(), without)

    @property
    def limit(self) -> Limit:
        """What the run may still spend."""
        budget = Budget(
            min(self.limits.per_query_ms, MOST_MS), self.limits.rlimit, self.limits.memory_mb
        )
        return Limit(budget, self.seed, self._expired)

    def _expired(self) -> bool:
        return self.clock() - self.started > self.limits.seconds

    def findings(self) -> Findings:
        """Attempts for every obligation."""
        obligations = obligations_of(self.subject)
        try:
            program = lower(self.subject)
        except (Unsupported, BadSource) as error:
            return self._all(obligations, Verdict.UNKNOWN, str(error))
        refuted, satisfiable = self._falsified(program)
        verification = verify(
            program,
            self._loops(),
            self.portfolio,
            self.limit,
            skip=frozenset(refuted),
            satisfiable=satisfiable,
        )
        if verification.contradiction:
            return self._all(obligations, Verdict.ERROR, verification.contradiction)
        if verification.vacuous:
            return self._all(obligations, Verdict.VACUOUS, VACUOUS)
        attempts = {o.id: self._attempt(o, verification, refuted) for o in obligations}
        return Findings(attempts, proofs=tuple(self.proofs))

    def _falsified(self, program: Program) -> tuple[dict[Key, Refutation], bool]:
        """Obligations that a run breaks, and whether some input was allowed."""
        seconds = min(QUICK_FALSIFY_SECONDS, self.limits.seconds / 4)
        budget = FalsifyBudget(seconds=seconds)
        try:
            found = falsify(program, self.seed, budget, self.clock)
        except Unsupported:
            return {}, False
        return {key_for(r.violation.kind, r.violation.text): r for r in found.refutations}, bool(
            found.allowed
        )

    def answer(self) -> Answer:
        """All obligations at once, properties and examples included."""
        try:
            program = lower(self.subject)
        except Unsupported as error:
            return Unknown(str(error), error)
        except BadSource as error:
            return Unknown(str(error))
        done = verify(program, self._loops(), self.portfolio, self.limit, stop_at_failure=True)
        if done.vacuous:
            return Unknown(VACUOUS)
        if done.proved:
            return self._rest(done)
        return self._open(done)

    def _rest(self, done: Verification) -> Answer:
        """What several calls and examples add to a function that is proved alone."""
        for prop in self.subject.contract.properties:
            found = self._verify_property(prop)
            if isinstance(found, Unsupported):
                return Unknown(str(found), found)
            if not found.proved:
                return self._open(found)
        for text in self.subject.contract.examples:
            found = self._verify_example(text)
            if isinstance(found, Unsupported):
                return Unknown(str(found), found)
            if not found.proved:
                return CounterexampleInputs((), text)
        return Proved(self._assumptions(done))

    def _open(self, done: Verification) -> Answer:
        for failure in done.failures:
            given = self._inputs(failure, done)
            if given is not None:
                return CounterexampleInputs(tuple(given.values()), failure.condition.label)
        blocked = done.found.failed or next(iter(done.found.unsupported.values()), None)
        if blocked is not None:
            return Unknown(str(blocked), blocked)
        return Unknown(done.failures[0].reason if done.failures else "nothing was shown")

    def _loops(self) -> Invariants:
        return Invariants(default_sources(self.seed, self.without))

    # -- one obligation ------------------------------------------------------------------------

    def _attempt(
        self, obligation: Obligation, done: Verification, refuted: Mapping[Key, Refutation]
    ) -> Attempt:
        broken = refuted.get(key_of(obligation))
        if broken is not None:
            reason = f"{broken.violation.text}: {broken.violation.detail}"
            return self._made(Verdict.CANDIDATE, reason, counterexample=broken.counterexample)
        match obligation.kind:
            case "reference":
                if self.subject.contract.reference_source:
                    return self._equality(obligation)
                return self._statement(obligation, compared(self.subject, self._verify_subject))
            case "property":
                return self._several_calls(obligation)
            case "example":
                return self._example(obligation)
            case _:
                return self._shown(obligation, done)

    def _equality(self, obligation: Obligation) -> Attempt:
        from verify_agent.verifier.engines.deductive_equality import Equal, equality

        original = self.subject.contract.reference_source
        loops = (self._executing() for _ in itertools.count())
        found = equality(
            self.subject,
            original,
            lambda program: verify(program, next(loops), self.portfolio, self.limit),
        )
        if not isinstance(found, Equal):
            return self._made(Verdict.UNKNOWN, found.reason)
        attempts = [self._statement(obligation, done) for done in found.shown]
        hashes = digest(a.vc_sha256 for a in attempts)
        rests = dict.fromkeys(x for a in attempts for x in a.assumptions if x != TERMINATES)
        return replace(attempts[0], assumptions=tuple(rests), vc_sha256=hashes)

    def _executing(self) -> Invariants:
        loops = self._loops()
        loops.execute_calls = True
        return loops

    def _shown(self, obligation: Obligation, done: Verification) -> Attempt:
        key = key_of(obligation)
        blocked = unsupported_for(done.found, key)
        shown = done.results.get(key, Shown())
        if blocked is not None:
            return self._made(Verdict.UNKNOWN, str(blocked))
        if not shown.failures:
            if done.shaken:
                return self._made(Verdict.UNKNOWN, SHAKEN)
            if done.unmodelled:
                return self._made(Verdict.UNKNOWN, done.unmodelled)
            return self._proved(obligation, shown, done)
        for failure in shown.failures:
            candidate = self._candidate(failure, done)
            if candidate is not None:
                return candidate
        reasons = dict.fromkeys(f"{f.condition.label}: {f.reason}" for f in shown.failures)
        return self._made(Verdict.UNKNOWN, "; ".join(reasons))

    def _proved(self, obligation: Obligation, shown: Shown, done: Verification) -> Attempt:
        outcomes = outcomes_of(shown, done)
        self.proofs += stored(self.subject.id, obligation, outcomes)
        more = (ONE_SOLVER,) if any(len(o.agreed) < 2 for o in outcomes) else ()
        return self._made(
            Verdict.PROVED,
            assumptions=(*more, *self._assumptions(done)),
            vc_sha256=digest((o.certified or o.query).text for o in outcomes),
            details=explained(done),
        )

    def _assumptions(self, done: Verification) -> tuple[str, ...]:
        first = () if done.terminates else (TERMINATES,)
        return (*first, *done.found.assumptions, ENOUGH_STACK, BUILTIN_TYPES)

    def _inputs(self, failure: Failure, done: Verification) -> dict[str, object] | None:
        """Arguments out of the model of a failed condition."""
        model = failure.outcome.model if failure.outcome else None
        if model is None:
            return None
        entry = done.found.entries[failure.condition.case]
        given = arguments(done.found.theory, entry, model)
        return given if given is not None and self._breaks(given, done.program) else None

    def _breaks(self, given: dict[str, object], program: Program) -> bool:
        """Whether the intermediate representation, run on the arguments, breaks the contract."""
        try:
            copied = copy.deepcopy(list(given.values()))
            return isinstance(check_contract(program, copied), Violated)
        except Unsupported:
            return False

    def _candidate(self, failure: Failure, done: Verification) -> Attempt | None:
        given = self._inputs(failure, done)
        if given is None:
            return None
        setup, call = shown_call(self.subject.qualname, given)
        found = Counterexample(call, "not replayed", setup, failure.condition.label)
        reason = f"{failure.condition.label}: {failure.reason}"
        return self._made(Verdict.CANDIDATE, reason, counterexample=found)

    def _made(
        self,
        outcome: Verdict,
        reason: str = "",
        *,
        assumptions: tuple[str, ...] = (),
        vc_sha256: str = "",
        counterexample: Counterexample | None = None,
        details: tuple[str, ...] = (),
    ) -> Attempt:
        return Attempt(
            DEDUCTIVE,
            outcome,
            reason,
            version(),
            self.clock() - self.started,
            {"seconds": self.limits.seconds, "per_query_ms": self.limits.per_query_ms},
            self.seed,
            assumptions=assumptions,
            vc_sha256=vc_sha256,
            counterexample=counterexample,
            details=details,
        )

    def _all(self, obligations: Sequence[Obligation], outcome: Verdict, reason: str) -> Findings:
        return Findings({o.id: self._made(outcome, reason) for o in obligations})

    # -- several calls -------------------------------------------------------------------------

    def _verify_property(self, prop: Property) -> Verification | Unsupported:
        contract = Contract(
            requires=(Condition(prop.when),) if prop.when else (),
            ensures=(Condition("result"),),
            definitions=self.subject.contract.definitions,
        )
        parameters = tuple(Parameter(name, annotation) for name, annotation in prop.given)
        return self._verify_expression(prop.then, parameters, contract)

    def _verify_example(self, text: str) -> Verification | Unsupported:
        contract = Contract(
            ensures=(Condition("result"),), definitions=self.subject.contract.definitions
        )
        return self._verify_expression(text, (), contract)

    def _verify_expression(
        self, text: str, parameters: tuple[Parameter, ...], contract: Contract
    ) -> Verification | Unsupported:
        """Verify a function that returns an expression, where calls are executed."""
        name = f"statement_about_{self.subject.signature.name}"
        given = ", ".join(f"{p.name}: {p.annotation}" for p in parameters)
        source = f"{self.subject.source}\n\n\ndef {name}({given}) -> bool:\n    return ({text})\n"
        statement = replace(
            self.subject,
            source=source,
            qualname=name,
            signature=Signature(name, parameters, "bool"),
            contract=contract,
            asserts=(),
        )
        try:
            program = lower(statement)
        except Unsupported as error:
            return error
        return verify(program, self._executing(), self.portfolio, self.limit)

    def _verify_subject(self, subject: Subject) -> Verification:
        return verify(lower(subject), self._loops(), self.portfolio, self.limit)

    def _several_calls(self, obligation: Obligation) -> Attempt:
        for prop in self.subject.contract.properties:
            alone = replace(self.subject, contract=Contract(properties=(prop,)))
            if obligation.id in {o.id for o in obligations_of(alone) if o.kind == PROPERTY}:
                return self._statement(obligation, self._verify_property(prop))
        return self._made(Verdict.UNKNOWN, "no property of that text")

    def _example(self, obligation: Obligation) -> Attempt:
        return self._statement(obligation, self._verify_example(obligation.text))

    def _statement(self, obligation: Obligation, found: Verification | Unsupported) -> Attempt:
        if isinstance(found, Unsupported):
            return self._made(Verdict.UNKNOWN, str(found))
        if found.found.failed is not None:
            return self._made(Verdict.UNKNOWN, str(found.found.failed))
        if found.vacuous:
            return self._made(Verdict.VACUOUS, VACUOUS)
        if found.proved:
            shown = Shown([o for s in found.results.values() for o in s.proved])
            return self._proved(obligation, shown, found)
        reasons = dict.fromkeys(f.reason for f in found.failures)
        blocked = [str(u) for u in found.found.unsupported.values()]
        return self._made(Verdict.UNKNOWN, "; ".join([*blocked, *reasons]))


def broken(subject: Subject, error: Exception) -> Findings:
    """The findings where the engine itself broke, with the cause."""
    reason = f"the engine broke: {type(error).__name__}: {error}"
    attempt = Attempt(DEDUCTIVE, Verdict.ERROR, reason, version())
    return Findings({o.id: attempt for o in obligations_of(subject)})


def key_of(obligation: Obligation) -> Key:
    """The key under which an obligation's conditions are found."""
    return key_for(obligation.kind, obligation.text)


def key_for(kind: str, text: str) -> Key:
    """The key for a kind and text; some kinds have one obligation only."""
    return Key(kind, "" if kind in ONE_TEXT else text)
