"""The verifier's engines on a skill against its *new* contract, each a step of the gate.

mypy must accept the text and the prover must prove every obligation, that no argument is changed
and that it ends among them: it is asked early, as it is the quicker one and executes nothing.
CrossHair and Hypothesis are there to find an input that breaks the contract all the same: either
may end without a word (which is on record), but not with one against it, and what they run runs in
the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from verify_agent.agent.improve.model import Skill, StepOutcome, StepVerdict
from verify_agent.agent.improve.refine import skill_subject
from verify_agent.verifier.engines.base import Engine, Findings, Limits
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.replay import Runner
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation

TYPING, SYMBOLIC, PROPERTIES, PROOF = "typing", "symbolic", "properties", "proof"
_AGAINST = frozenset({Verdict.REFUTED, Verdict.ERROR, Verdict.VACUOUS, Verdict.CANDIDATE})


@dataclass(frozen=True)
class Engines:
    """The engines with what they may spend; `sandbox` runs what executes a proposal's code."""

    sandbox: Runner
    seed: int = 0
    limits: Limits = field(default_factory=lambda: Limits(seconds=8.0, examples=60))
    symbolic_seconds: float = 4.0
    proof_seconds: float = 60.0

    def reads(self, skill: Skill) -> list[tuple[str, Callable[[], StepOutcome]]]:
        """The steps that only read the text."""
        return [(TYPING, lambda: self.typing(skill)), (PROOF, lambda: self.proof(skill))]

    def runs(self, skill: Skill) -> list[tuple[str, Callable[[], StepOutcome]]]:
        """The steps that execute it, in the sandbox."""
        return [
            (SYMBOLIC, lambda: self.symbolic(skill)),
            (PROPERTIES, lambda: self.properties(skill)),
        ]

    def typing(self, skill: Skill) -> StepOutcome:
        """mypy, as strict as it can be, accepts the text and was told to ignore no line of it."""
        from verify_agent.verifier.engines.typing import TypingEngine

        subject = skill_subject(skill)
        found = TypingEngine().check(subject, self.limits, self.seed)
        attempt = found.attempts[types_obligation(subject).id]
        evidence = {"version": attempt.version}
        if attempt.outcome is Verdict.PROVED and len(attempt.assumptions) == 1:
            return StepOutcome(TYPING, StepVerdict.PASSED, "", evidence)
        reason = attempt.reason or attempt.assumptions[-1]
        return StepOutcome(TYPING, StepVerdict.REFUSED, reason, evidence)

    def symbolic(self, skill: Skill) -> StepOutcome:
        """CrossHair finds no input that breaks the contract."""
        from verify_agent.verifier.engines.symbolic import SymbolicEngine

        limits = replace(self.limits, seconds=self.symbolic_seconds)
        return self._searched(SYMBOLIC, SymbolicEngine(self.sandbox), skill, limits)

    def properties(self, skill: Skill) -> StepOutcome:
        """Hypothesis finds none either."""
        from verify_agent.verifier.engines.properties import PropertiesEngine

        return self._searched(PROPERTIES, PropertiesEngine(self.sandbox), skill, self.limits)

    def proof(self, skill: Skill) -> StepOutcome:
        """The prover proves every obligation, by both solvers, and that every call ends."""
        from verify_agent.verifier.engines.deductive import ONE_SOLVER, TERMINATES, Deductive

        subject = skill_subject(skill)
        limits = replace(self.limits, seconds=self.proof_seconds)
        found = Deductive().check(subject, limits, self.seed)
        told = _told(subject, found)
        for obligation in obligations_of(subject):
            attempt = found.attempts.get(obligation.id)
            word = f"{obligation.kind}: {obligation.text}"
            if attempt is None or attempt.outcome is not Verdict.PROVED:
                reason = f"{word}: {attempt.reason if attempt else 'not looked at'}"
                against = attempt is not None and attempt.outcome in _AGAINST
                verdict = StepVerdict.REFUSED if against else StepVerdict.UNKNOWN
                return StepOutcome(PROOF, verdict, reason, told)
            for gap in (ONE_SOLVER, TERMINATES):
                if gap in attempt.assumptions:
                    reason = f"{word}: it rests on the assumption `{gap}`"
                    return StepOutcome(PROOF, StepVerdict.UNKNOWN, reason, told)
        return StepOutcome(PROOF, StepVerdict.PASSED, "", told)

    def _searched(self, step: str, engine: Engine, skill: Skill, limits: Limits) -> StepOutcome:
        subject = skill_subject(skill)
        found = engine.check(subject, limits, self.seed)
        told = _told(subject, found)
        for obligation in obligations_of(subject):
            attempt = found.attempts.get(obligation.id)
            word = f"{obligation.kind}: {obligation.text}"
            if attempt is not None and attempt.outcome in _AGAINST:
                shown = attempt.counterexample
                reason = f"{word}: {shown.call if shown else attempt.reason}"
                return StepOutcome(step, StepVerdict.REFUSED, reason, told)
        return StepOutcome(step, StepVerdict.PASSED, "", told)


def _told(subject: Subject, found: Findings) -> dict[str, object]:
    """What an engine said on each obligation, without times."""
    words = {
        f"{o.kind}: {o.text}": str(found.attempts[o.id].outcome.value)
        for o in obligations_of(subject)
        if o.id in found.attempts
    }
    return {"verdicts": words, "versions": sorted({a.version for a in found.attempts.values()})}
