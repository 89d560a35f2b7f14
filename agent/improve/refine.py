"""Whether a skill's new contract refines its old one, shown by both solvers.

Each part of C8's relation is put as a function without a body of its own, whose precondition is
what may be assumed and whose postconditions are what must follow; the prover shows it over all
inputs, and all results where a result occurs. Contracts are read in the module that they stand in,
so a helper that means something else in the new text means just that. Skills change no argument:
that is an obligation of each skill, so the arguments after a call are those before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from verify_agent.agent.improve.merge import Side, fresh, joined, side
from verify_agent.agent.improve.model import Skill
from verify_agent.contracts.model import Condition, Contract, Parameter, Signature
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.frontend.load import subject as load_subject
from verify_agent.verifier.smt.query import Budget
from verify_agent.verifier.subject import Subject
from verify_agent.verifier.vc.verify import Verification
from verify_agent.verifier.vc.verify_limits import Limit

ANSWERS_MS, SECONDS = 4_000, 40.0


@dataclass(frozen=True)
class Refines:
    """The new contract refines the old; `shown` are the parts, with the hash of their queries."""

    shown: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NotRefined:
    """A part that does not hold, or is not shown (`known` says which), and why."""

    part: str
    reason: str
    known: bool = False


Refinement = Refines | NotRefined


def skill_subject(skill: Skill) -> Subject:
    """What is proved of a skill: its contract, and that it changes no argument."""
    found = load_subject(skill.source, skill.name)
    contract = replace(skill.contract, modifies=())
    return replace(found, contract=contract, asserts=found.asserts)


def refines(
    new: Skill,
    old: Skill,
    seed: int = 0,
    clock: Callable[[], float] = time.monotonic,
    seconds: float = SECONDS,
) -> Refinement:
    """Whether `new` may stand in for `old` wherever `old` was right.

    The parts are: the same signature; pre_old implies pre_new; under pre_old each declared
    exception is due for the new exactly when for the old; under pre_old, where none is due,
    post_new implies post_old; nothing more is modified; and each allowed input of the new contract
    on which no exception is due has a result, for which the new text is the witness: it is proved
    to meet its contract and to end. Every query is shown by both solvers; `unknown` is no.
    """
    try:
        run = _Run(_Both.of(new, old), seed, clock, clock() + seconds)
        return run.answer()
    except (Unsupported, BadSource) as error:
        return NotRefined("reading", str(error))
    except RecursionError:
        return NotRefined("reading", "it is nested too deeply")


@dataclass(frozen=True)
class _Both:
    """Both skills and their modules side by side."""

    new: Skill
    old: Skill
    after: Side
    before: Side
    signature: Signature

    @classmethod
    def of(cls, new: Skill, old: Skill) -> _Both:
        after, before = side(new.source, "new_"), side(old.source, "old_")
        signature = load_subject(new.source, new.name).signature
        return cls(new, old, after, before, signature)

    def statement(
        self, name: str, requires: list[str], ensures: list[str], result: str = ""
    ) -> Subject:
        """A function that says: under `requires`, all of `ensures`."""
        parameters = tuple(replace(p, default="") for p in self.signature.parameters)
        if result:
            parameters = (*parameters, Parameter(result, self.signature.returns))
        given = ", ".join(f"{p.name}: {p.annotation}" for p in parameters)
        name = fresh(name, self.after, self.before)
        text = f"def {name}({given}) -> bool:\n    return True"
        contract = Contract(
            requires=tuple(map(Condition, requires)), ensures=tuple(map(Condition, ensures))
        )
        found = load_subject(joined(self.before, self.after, text), name)
        return replace(found, contract=contract, asserts=())


@dataclass
class _Run:
    both: _Both
    seed: int
    clock: Callable[[], float]
    until: float
    shown: list[tuple[str, str]] = field(default_factory=list)

    def answer(self) -> Refinement:
        both = self.both
        wrong = _shapes(both)
        if wrong is not None:
            return wrong
        old, new = both.old.contract, both.new.contract
        allowed = [both.before.renamed(c.text) for c in old.requires]
        due = [(r.exception, both.before.renamed(r.condition.text)) for r in old.raises]
        due_new = [(r.exception, both.after.renamed(r.condition.text)) for r in new.raises]
        quiet = [f"not ({text})" for _, text in due]
        result = fresh("answer", both.after, both.before)
        while result in both.signature.names:
            result += "_"
        parts: list[tuple[str, list[str], list[str], str]] = [
            ("precondition", allowed, [both.after.renamed(c.text) for c in new.requires], ""),
            ("exceptions", allowed, _exactly(due, due_new), ""),
            (
                "postcondition",
                [
                    *allowed,
                    *quiet,
                    *(both.after.renamed(c.text, result=result) for c in new.ensures),
                ],
                [both.before.renamed(c.text, result=result) for c in old.ensures],
                result,
            ),
        ]
        for name, requires, ensures, more in parts:
            statement = both.statement(f"refined_{name}", requires, ensures, more)
            wrong = self._prove(name, statement)
            if wrong is not None:
                return wrong
        wrong = self._prove("realisable", skill_subject(both.new), ends=True)
        return wrong if wrong is not None else Refines(tuple(self.shown))

    def _prove(self, part: str, statement: Subject, *, ends: bool = False) -> NotRefined | None:
        """Show a statement by both solvers; None where that is done."""
        from verify_agent.verifier.engines.deductive import digest
        from verify_agent.verifier.frontend.lower import lower
        from verify_agent.verifier.invariants.sources import default_sources
        from verify_agent.verifier.smt.portfolio import default_portfolio
        from verify_agent.verifier.vc.loops import Invariants
        from verify_agent.verifier.vc.verify import verify

        loops = Invariants(default_sources(self.seed))
        loops.execute_calls = True
        limit = Limit(Budget(ANSWERS_MS), self.seed, lambda: self.clock() > self.until)
        done = verify(lower(statement), loops, default_portfolio(), limit)
        if done.vacuous:
            return NotRefined(part, "what it rests on can't be met by any input", known=True)
        why = _open(done, ends)
        if why:
            return NotRefined(part, why, known=_has_model(done))
        outcomes = [
            o for s in (*done.results.values(), done.kept, done.variants_shown) for o in s.proved
        ]
        if any(len(o.agreed) < 2 for o in outcomes):
            return NotRefined(part, "only one of the solvers shows it")
        self.shown.append((part, digest((o.certified or o.query).text for o in outcomes)))
        return None


def _shapes(both: _Both) -> NotRefined | None:
    """What is compared by its text: signature, annotations, snapshots, what is modified."""
    before = load_subject(both.old.source, both.old.name).signature
    if both.new.name != both.old.name or before != both.signature:
        return NotRefined(
            "signature", f"it is {_shown(both.signature)}, not {_shown(before)}", True
        )
    from verify_agent.contracts.expressions import free_names

    for text in (*(p.annotation for p in before.parameters), before.returns):
        if not text:
            raise Unsupported("a signature without all annotations")
        own = free_names(text) & (both.after.names.keys() | both.before.names.keys())
        if own:
            raise Unsupported(f"an annotation by the module's own `{min(own)}`")
    for contract in (both.old.contract, both.new.contract):
        if contract.snapshots or contract.invariants or contract.properties:
            raise Unsupported("a contract with snapshots, invariants or properties")
        if contract.reference or contract.definitions:
            raise Unsupported("a contract with a reference or definitions")
    old, new = (set(c.modifies or ()) for c in (both.old.contract, both.new.contract))
    if not new <= old:
        return NotRefined("frame", f"it may change {', '.join(sorted(new - old))}", True)
    return None


def _shown(signature: Signature) -> str:
    given = ", ".join(
        f"{p.name}: {p.annotation}" + (f" = {p.default}" if p.default else "")
        for p in signature.parameters
    )
    return f"`{signature.name}({given}) -> {signature.returns}`"


def _exactly(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> list[str]:
    """For each exception: due for the one exactly when for the other."""
    made = []
    for exception in dict.fromkeys(name for name, _ in (*old, *new)):
        sides = [
            " or ".join(f"({text})" for name, text in clauses if name == exception) or "False"
            for clauses in (old, new)
        ]
        made.append(f"bool({sides[0]}) == bool({sides[1]})")
    return made


def _open(done: Verification, ends: bool) -> str:
    """Why a verification shows nothing; empty where it shows its statement."""
    if done.found.failed is not None:
        return str(done.found.failed)
    blocked = [str(error) for error in done.found.unsupported.values()]
    if blocked:
        return blocked[0]
    if done.failures:
        return "; ".join(dict.fromkeys(f"{f.condition.label}: {f.reason}" for f in done.failures))
    if done.kept.failures or done.shaken or done.unmodelled or done.contradiction:
        return done.unmodelled or done.contradiction or "a part of the proof is open"
    if ends and not done.terminates:
        return "it is not shown that it ends"
    return "" if done.proved else "it is not proved"


def _has_model(done: Verification) -> bool:
    from verify_agent.verifier.smt.portfolio import Conclusion

    return any(
        f.outcome is not None and f.outcome.conclusion is Conclusion.INVALID for f in done.failures
    )
