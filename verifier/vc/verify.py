"""Conditions discharged: what is proved of a function, and what stands open with which models."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.portfolio import Conclusion, Outcome, Portfolio
from verify_agent.verifier.vc.conditions import Condition, Key
from verify_agent.verifier.vc.function import ANY_DEFINED, Found, conditions_of
from verify_agent.verifier.vc.houdini import Houdini, under
from verify_agent.verifier.vc.loops import KEPT, Assumed, Invariants
from verify_agent.verifier.vc.prepare import Preparer
from verify_agent.verifier.vc.references import is_hopeless
from verify_agent.verifier.vc.tactics import prove_with_tactics
from verify_agent.verifier.vc.termination import Variant, call_variant, is_fixed, loop_variant
from verify_agent.verifier.vc.verify_limits import Limit

TIMEOUT = "timeout"
SHAKEN = "it rests on the function's own contract, which is not all shown"
#: Sources of candidates without quantifiers.
PLAIN = frozenset({"asserts", "linear", "bounds", "earlier", "polynomial", "divisors"})


@dataclass(frozen=True)
class Failure:
    """A condition that was not proved; the outcome's model may be an input that breaks it."""

    condition: Condition
    outcome: Outcome | None
    reason: str


@dataclass
class Shown:
    """What came of the conditions of one obligation."""

    proved: list[Outcome] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def one_solver(self) -> bool:
        """Whether some condition was proved by one solver only."""
        return any(len(o.agreed) < 2 for o in self.proved)


@dataclass
class Verification:
    """All that was found out about one program's entry function."""

    program: n.Program
    found: Found
    results: dict[Key, Shown] = field(default_factory=dict)
    vacuous: bool = False
    contradiction: str = ""
    invariants: tuple[Assumed, ...] = ()
    kept: Shown = field(default_factory=Shown)
    variants: list[Variant] = field(default_factory=list)
    variants_shown: Shown = field(default_factory=Shown)
    terminates: bool = False
    shaken: bool = False
    unmodelled: str = ""

    @property
    def proved(self) -> bool:
        """Whether every obligation that was looked at is proved."""
        clean = self.found.failed is None and not self.found.unsupported
        return clean and not self.vacuous and not self.failures

    @property
    def failures(self) -> list[Failure]:
        """Every condition that was not proved."""
        return [f for shown in self.results.values() for f in shown.failures]


def verify(
    program: n.Program,
    loops: Invariants,
    portfolio: Portfolio,
    limit: Limit | None = None,
    *,
    stop_at_failure: bool = False,
    skip: Container[Key] = (),
    satisfiable: bool = False,
) -> Verification:
    """Discharge the conditions of the entry function but those of the obligations to skip.

    Vacuity is looked at first, unless the preconditions are known to be satisfiable.
    """
    limit = limit or Limit()
    found = conditions_of(program, loops)
    verification = Verification(program, found)
    if found.failed is not None:
        return verification
    preparer = Preparer.over(found.theory)
    if not satisfiable and found.entries:
        verification.vacuous = is_vacuous(found, preparer, portfolio, limit)
    if verification.vacuous:
        return verification
    houdini = Houdini(preparer, limit)
    active = houdini.inductive(found.conditions, families(loops))
    used: set[str] = set()
    for condition in found.conditions:
        if condition.key.kind == KEPT or (condition.key in skip and not condition.reach):
            continue
        shown = verification.results.setdefault(condition.key, Shown())
        if stop_at_failure and verification.failures:
            break
        chosen = houdini.prove(condition, active) if active else None
        if chosen is None and active and not condition.reach:
            chosen = houdini.prove_by_some(condition, active, families(loops))
        used |= active if chosen is None else chosen
        reduced = under(condition, active if chosen is None else chosen)
        discharge(reduced, shown, preparer, portfolio, limit)
    if not stop_at_failure:
        used |= _termination(verification, loops, houdini, active)
    _certify(verification, houdini, used, preparer, portfolio, limit)
    if not stop_at_failure:
        _certify_variants(verification, houdini, preparer, portfolio, limit)
    if found.recursive:
        _stand_together(verification)
    _reach_of_the_model(verification)
    verification.invariants = tuple(a for a in loops.assumed if str(a.label.payload) in used)
    verification.contradiction = _contradictions(verification.results)
    return verification


def families(loops: Invariants) -> list[set[str]]:
    """The candidates of each source that quantifies, with those that do not: many at once mislead
    a solver that one kind would do for."""
    of: dict[str, set[str]] = {}
    for one in loops.assumed:
        of.setdefault(one.candidate.source, set()).add(str(one.label.payload))
    plain = set().union(*(of.get(source, set()) for source in PLAIN))
    return [labels | plain for source, labels in of.items() if source not in PLAIN]


def _stand_together(verification: Verification) -> None:
    """A proof that assumes the function's own contract for its calls needs all of the contract."""
    failures = verification.failures
    if not failures and not verification.found.unsupported:
        return
    verification.shaken = True
    condition = failures[0].condition if failures else verification.found.conditions[0]
    open_part = Failure(condition, None, SHAKEN)
    for shown in verification.results.values():
        if not shown.failures:
            shown.failures.append(open_part)


def _reach_of_the_model(verification: Verification) -> None:
    """What comes after a value that the model may not give is not shown either."""
    for failure in verification.failures:
        if failure.condition.reach:
            span = failure.condition.span
            verification.unmodelled = (
                f"unsupported: not shown that {failure.condition.label} "
                f"at {span.line}:{span.column}"
            )


def _termination(
    verification: Verification, loops: Invariants, houdini: Houdini, active: set[str]
) -> set[str]:
    """Look for variants of all loops and recursive calls; the candidates that they rest on."""
    found = verification.found
    variants: list[Variant | None] = [
        loop_variant(visit, houdini, active) for visit in loops.visits if not is_fixed(visit)
    ]
    if found.recursive:
        function = verification.program.functions[verification.program.entry]
        variants.append(call_variant(function, found.calls, houdini, active))
    verification.variants = [v for v in variants if v is not None]
    verification.terminates = None not in variants and not found.mutual
    conditions = [c for v in verification.variants for c in v.conditions]
    return {label for c in conditions for label in houdini.uses[c]}


def _certify_variants(
    verification: Verification,
    houdini: Houdini,
    preparer: Preparer,
    portfolio: Portfolio,
    limit: Limit,
) -> None:
    shown = verification.variants_shown
    for variant in verification.variants:
        for condition in variant.conditions:
            reduced = under(condition, houdini.uses[condition])
            discharge(reduced, shown, preparer, portfolio, limit)
    if shown.failures:
        verification.terminates = False


def _certify(
    verification: Verification,
    houdini: Houdini,
    used: set[str],
    preparer: Preparer,
    portfolio: Portfolio,
    limit: Limit,
) -> None:
    """Prove what was used of the candidates as everything else is proved, by both solvers."""
    conditions: Sequence[Condition] = verification.found.conditions
    used |= houdini.needed(used, conditions)
    for condition in conditions:
        if condition.key.kind == KEPT and condition.key.text in used:
            reduced = under(condition, houdini.uses[condition])
            discharge(reduced, verification.kept, preparer, portfolio, limit)
    for failure in verification.kept.failures:
        # A proof that can't be repeated alone is none, and what rests on it is open.
        for shown in verification.results.values():
            shown.failures.append(failure)


def is_vacuous(found: Found, preparer: Preparer, portfolio: Portfolio, limit: Limit) -> bool:
    """Whether no input meets the preconditions, in any partition of the parameters."""
    for entry in found.entries:
        function = entry.function
        if not function.requires and not entry.state.objects:
            return False
        queries = preparer.queries_of("requires", entry.state.assumptions, t.FALSE)
        for query in queries:
            if not portfolio.prove(query, limit.budget, limit.seed).valid:
                return False
    return True


def discharge(
    condition: Condition,
    shown: Shown,
    preparer: Preparer,
    portfolio: Portfolio,
    limit: Limit,
) -> None:
    """Prove a condition's queries, and put what came on record."""
    if is_hopeless(condition.assumptions, condition.goal):
        shown.failures.append(Failure(condition, None, "incomplete"))
        return
    for query in preparer.queries(condition):
        if limit.expired():
            shown.failures.append(Failure(condition, None, TIMEOUT))
            return
        outcomes = prove_with_tactics(query, portfolio, limit.budget, limit.seed)
        failed = [o for o in outcomes if not o.valid]
        if not failed:
            shown.proved += outcomes
        shown.failures += [Failure(condition, o, _reason(o)) for o in failed]


def _reason(outcome: Outcome) -> str:
    causes = [a.cause.value for a in outcome.answers if a.cause is not None]
    if outcome.conclusion is Conclusion.INVALID:
        return "not proved: a solver found a model"
    return causes[0] if causes else outcome.reason


def _contradictions(results: Mapping[Key, Shown]) -> str:
    for shown in results.values():
        for failure in shown.failures:
            outcome = failure.outcome
            if outcome is not None and outcome.conclusion is Conclusion.CONTRADICTION:
                return outcome.reason
    return ""


def unsupported_for(found: Found, key: Key) -> Unsupported | None:
    """What keeps an obligation from being looked at."""
    if found.failed is not None:
        return found.failed
    known = found.unsupported.get(key)
    return known or (found.unsupported.get(ANY_DEFINED) if key.kind == "defined" else None)
