"""Which candidates are inductive: all are assumed, those that fail are dropped, and again.

Flanagan and Leino, "Houdini, an annotation assistant for ESC/Java" (FME 2001). A goal is asked
again only when a candidate falls that its proof used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.query import Budget, Cause, Status
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.smt.walk import substitute
from verify_agent.verifier.theory.rewrite import free_variables
from verify_agent.verifier.vc.conditions import Condition
from verify_agent.verifier.vc.loops import KEPT, LABEL
from verify_agent.verifier.vc.prepare import Preparer, hints
from verify_agent.verifier.vc.verify_limits import Limit

#: Units decide, so that a busy machine keeps the same candidates; about 0.4 s of Z3 when idle.
QUICK = Budget(timeout_ms=4_000, rlimit=800_000)


#: How many failures under one family alone are put up with in one function.
MOST_TRIES = 12


def labels_of(term: Term) -> frozenset[str]:
    """The labels that a fact stands behind."""
    return frozenset(
        str(x.payload) for x in free_variables(term) if str(x.payload).startswith(LABEL)
    )


def under(condition: Condition, active: Iterable[str]) -> Condition:
    """The condition with the active candidates assumed and the others gone."""
    chosen = set(active)
    kept = []
    for fact in condition.assumptions:
        labels = labels_of(fact)
        if labels <= chosen:
            held = {t.var(label, t.BOOL): t.TRUE for label in labels}
            kept.append(substitute(fact, held) if labels else fact)
    return replace(condition, assumptions=tuple(kept))


def among(condition: Condition, labels: Set[str]) -> Condition:
    """The condition with only these candidates: what the others define is not told either."""
    kept = [fact for fact in condition.assumptions if labels_of(fact) <= labels]
    return replace(condition, assumptions=tuple(kept))


@dataclass
class _Group:
    """A solver session for the conditions that share their assumptions."""

    preparer: Preparer
    assumptions: tuple[Term, ...]
    seed: int
    budget: Budget
    switches: list[tuple[frozenset[str], int]] = field(default_factory=list)
    dear: bool = False

    def __post_init__(self) -> None:
        from verify_agent.verifier.smt.z3_ import Session

        always, labelled = [], []
        for fact in self.assumptions:
            labels = labels_of(fact)
            if labels:
                held = {t.var(label, t.BOOL): t.TRUE for label in labels}
                labelled.append((labels, substitute(fact, held)))
            else:
                always.append(fact)
        # In order: what a solver finds depends on the order in which it is told.
        known = self.preparer.facts([*always, *(f for _, f in labelled)], t.TRUE)
        self._facts = dict.fromkeys(known)
        own: list[tuple[frozenset[str], tuple[Term, ...]]] = [
            (labels, self.preparer.normal.assumption(fact)) for labels, fact in labelled
        ]
        switched = {formula for _, formulas in own for formula in formulas}
        plain = {f for fact in always for f in self.preparer.normal.assumption(fact)}
        base = [f for f in self._facts if f not in switched or f in plain]
        self._session = Session(base, self.budget, self.seed)
        for labels, formulas in own:
            number = self._session.switch(t.conj(*formulas))
            self.switches.append((labels, number))

    def prove(self, goal: Term, active: set[str]) -> frozenset[str] | None:
        """The labels that a proof of the goal uses; None where there is no proof."""
        allowed = {number: labels for labels, number in self.switches if labels <= active}
        used: set[str] = set()
        self.dear = False
        for given, part in self.preparer.normal.goals(goal):
            if part is t.TRUE or t.FALSE in given:
                continue
            facts = self.preparer.facts((*given,), part)
            extra = [f for f in facts if f not in self._facts]
            extra += hints([*self._facts, *extra, part])
            answer = self._session.prove(part, allowed, extra, want_model=False)
            self.dear |= answer.units > (self.budget.rlimit or 0) // 4
            if answer.status is not Status.UNSAT:
                self.dear |= answer.cause in (Cause.TIMEOUT, Cause.RESOURCES)
                return None
            core = allowed if answer.core is None else answer.core
            used |= {label for number in core for label in allowed.get(number, frozenset())}
        return frozenset(used)


@dataclass
class Houdini:
    """The search over the conditions of one function."""

    preparer: Preparer
    limit: Limit
    budget: Budget = QUICK
    _groups: dict[tuple[Term, ...], _Group] = field(default_factory=dict)
    uses: dict[Condition, frozenset[str]] = field(default_factory=dict)
    _tries: int = MOST_TRIES

    def inductive(
        self, conditions: Sequence[Condition], families: Sequence[set[str]] = ()
    ) -> set[str]:
        """The labels of the largest set of candidates that is inductive, as far as is proved.

        What takes long under all of them is tried under its own family alone.
        """
        about = [c for c in conditions if c.key.kind == KEPT]
        active = {c.key.text for c in about}
        active |= {label for c in conditions for a in c.assumptions for label in labels_of(a)}
        pending = list(about)
        alone: set[str] = set()
        while pending:
            fallen: set[str] = set()
            for condition in pending:
                label = condition.key.text
                if label not in active:
                    continue
                used = None if self.limit.expired() else self.prove(condition, active)
                if label not in alone and self._was_dear(condition):
                    own = [f for f in families if label in f]
                    simpler = self.prove_by_some(condition, active, own)
                    if simpler is None:
                        alone.add(label)
                    else:
                        used = simpler
                if used is None:
                    active.discard(label)
                    fallen.add(label)
                else:
                    self.uses[condition] = used
            pending = [
                c for c in about if c.key.text in active and self.uses.get(c, frozenset()) & fallen
            ]
        return active

    def prove(self, condition: Condition, active: set[str]) -> frozenset[str] | None:
        """The labels used in a proof of a condition under the active candidates."""
        group = self._groups.get(condition.assumptions)
        if group is None:
            group = _Group(self.preparer, condition.assumptions, self.limit.seed, self.budget)
            self._groups[condition.assumptions] = group
        return group.prove(condition.goal, active)

    def prove_by_some(
        self, condition: Condition, active: set[str], families: Sequence[set[str]]
    ) -> frozenset[str] | None:
        """The labels used in a proof under the active candidates of one family alone."""
        for family in families:
            some = family & active
            if not some or some == active or self.limit.expired() or not self._tries:
                continue
            self._tries -= 1
            used = self.prove(among(condition, some), some)
            if used is not None:
                self._tries += 1
                return used
        return None

    def _was_dear(self, condition: Condition) -> bool:
        """Whether the last attempt at a condition took long: such a proof may not be repeated."""
        group = self._groups.get(condition.assumptions)
        return group is not None and group.dear

    def needed(self, start: Iterable[str], conditions: Sequence[Condition]) -> set[str]:
        """The candidates that the proofs of some candidates rest on, themselves among them."""
        found: set[str] = set()
        stack = list(start)
        while stack:
            label = stack.pop()
            if label in found:
                continue
            found.add(label)
            for condition in conditions:
                if condition.key.kind == KEPT and condition.key.text == label:
                    stack.extend(self.uses.get(condition, frozenset()))
        return found
