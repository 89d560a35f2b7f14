"""The gate: every step that a proposal must pass, in order, each with its evidence on record.

Cheapest first, and nothing of a proposal is executed before the prover has shown that it keeps its
contract and ends. Any `unknown` is a refusal. Before the first admission of a cycle, proposals that
are known to be bad are put to the same steps; one that passes opens the breaker, and so does a file
of the stable core that changed meanwhile.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random

from verify_agent.agent.audit.ledger import PROPOSERS
from verify_agent.agent.improve.approval import APPROVAL, Ask, Mode, approval
from verify_agent.agent.improve.canaries import canaries
from verify_agent.agent.improve.gate_critic import CRITIC, critic
from verify_agent.agent.improve.gate_engines import PROOF, TYPING, Engines
from verify_agent.agent.improve.gate_refine import REFINEMENT, refinement
from verify_agent.agent.improve.gate_scope import DUPLICATE, SCOPE, duplicate, scope
from verify_agent.agent.improve.gate_trials import (
    FRESH,
    QUALITY,
    REPLAY,
    Rules,
    Trials,
    fresh,
    gain,
    replay,
)
from verify_agent.agent.improve.life import Life
from verify_agent.agent.improve.limits import Stopped
from verify_agent.agent.improve.model import (
    Decision,
    Generation,
    Proposal,
    Skill,
    StepOutcome,
    StepVerdict,
    digest,
)

BREAKER, CANARIES, CORE = "breaker", "canaries", "core"
Step = tuple[str, Callable[[], StepOutcome]]
#: The order of all steps.
ORDER = (
    BREAKER,
    SCOPE,
    DUPLICATE,
    CRITIC,
    TYPING,
    PROOF,
    REFINEMENT,
    "symbolic",
    "properties",
    REPLAY,
    QUALITY,
    CANARIES,
    FRESH,
    CORE,
    APPROVAL,
)


@dataclass
class Gate:
    """One cycle's gate. `failed` says why a question failed before (by `gate_scope.question`).

    `shipped` is the generation against which costs are counted, `begin` is called with each step's
    name, `seed` draws the canaries, `rehearsals` are the trials of a change of the proposer itself
    (which moves no task), and `sound` says that they were refused in this cycle already.
    """

    life: Life
    engines: Engines
    trials: Trials
    shipped: Generation
    rules: Rules = field(default_factory=Rules)
    mode: Mode = Mode.ASK
    ask: Ask | None = None
    failed: Callable[[str], str | None] = lambda question: None
    begin: Callable[[str], None] = lambda step: None
    seed: int = 0
    salt: Callable[[], str] = lambda: secrets.token_hex(16)
    clock: Callable[[], float] = time.monotonic
    core: str = ""
    rehearsals: Trials | None = None
    sound: bool = False

    def __post_init__(self) -> None:
        if (self.rules.delta, self.rules.alpha) != (self.life.delta, self.life.alpha):
            raise ValueError("the rules' delta and alpha are not those of the life")
        self.core = self.core or self.life.core()

    def decide(self, proposal: Proposal, current: Generation) -> Decision:
        """The word on a proposal; the commitment and a trip are put on record, nothing else."""
        done: list[StepOutcome] = []
        for step, run in self._steps(proposal, current, done):
            done.append(self._timed(step, run))
            if done[-1].verdict is not StepVerdict.PASSED:
                return Decision(proposal.hash, False, tuple(done))
        return Decision(proposal.hash, True, tuple(done))

    def examine(self, proposal: Proposal, current: Generation) -> tuple[StepOutcome, ...]:
        """The steps that look at the text alone, up to the first that does not pass."""
        done: list[StepOutcome] = []
        for step, run in self._static(proposal, current):
            done.append(self._timed(step, run))
            if done[-1].verdict is not StepVerdict.PASSED:
                break
        return tuple(done)

    def _steps(
        self, proposal: Proposal, current: Generation, done: list[StepOutcome]
    ) -> Iterator[Step]:
        yield BREAKER, self._breaker
        static = self._static(proposal, current)
        yield from static
        new, old = Skill.read(proposal.skill, proposal.source), current.skill(proposal.skill)
        yield from self.engines.runs(new)
        after = {**current.sources, new.name: new.source}
        trials = self._trials(proposal)
        yield (
            REPLAY,
            lambda: replay(
                trials.solved_before(current.sources),
                trials.solved_before(after),
                self.rules,
            ),
        )
        yield (
            QUALITY,
            lambda: gain(
                trials.suite(current.sources),
                trials.suite(after),
                trials.suite(self.shipped.sources),
                self.rules,
            ),
        )
        yield CANARIES, lambda: self._canaries(current)
        yield FRESH, lambda: self._fresh(proposal, current, after)
        yield CORE, self._core
        yield (
            APPROVAL,
            lambda: approval(self.mode, old, new, tuple(done), self.life.entries, self.ask),
        )

    def _static(self, proposal: Proposal, current: Generation) -> Iterator[Step]:
        yield SCOPE, lambda: scope(proposal, current)
        yield DUPLICATE, lambda: duplicate(proposal, self.failed)
        yield CRITIC, lambda: critic(proposal)
        new, old = Skill.read(proposal.skill, proposal.source), current.skill(proposal.skill)
        yield from self.engines.reads(new)
        yield REFINEMENT, lambda: refinement(new, old, self.engines.seed)

    def _trials(self, proposal: Proposal) -> Trials:
        if proposal.skill in PROPOSERS and self.rehearsals is not None:
            return self.rehearsals
        return self.trials

    def _timed(self, step: str, run: Callable[[], StepOutcome]) -> StepOutcome:
        """A step with its seconds; one that breaks is unknown, with the cause."""
        self.begin(step)
        started = self.clock()
        try:
            outcome = run()
        except Stopped:
            raise
        except Exception as error:  # the edge of a step: what breaks in it is no word
            reason = f"it broke: {type(error).__name__}: {error}"
            outcome = StepOutcome(step, StepVerdict.UNKNOWN, reason)
        return replace(outcome, seconds=self.clock() - started)

    def _breaker(self) -> StepOutcome:
        why = self.life.tripped
        if why:
            reason = f"improvement is stopped until a person resets it: {why}"
            return StepOutcome(BREAKER, StepVerdict.REFUSED, reason)
        return StepOutcome(BREAKER, StepVerdict.PASSED)

    def _canaries(self, current: Generation) -> StepOutcome:
        """Each known-bad proposal is refused where it should be, once a cycle."""
        if self.sound:
            return StepOutcome(CANARIES, StepVerdict.PASSED, "", {"already": "in this cycle"})
        told: dict[str, str] = {}
        for canary in canaries(current, Random(self.seed)):
            last = self.examine(canary.proposal, current)[-1]
            told[canary.kind] = f"{last.step}: {last.verdict}: {last.reason}"[:200]
            if last.verdict is StepVerdict.PASSED or last.step not in canary.refused_at:
                reason = f"the known-bad proposal `{canary.kind}` was not refused: {last.step}"
                self.life.trip(reason)
                return StepOutcome(CANARIES, StepVerdict.REFUSED, reason, told)
        self.sound = True
        return StepOutcome(CANARIES, StepVerdict.PASSED, "", told)

    def _fresh(self, proposal: Proposal, current: Generation, after: dict[str, str]) -> StepOutcome:
        level = self.life.commit(proposal, current)
        # Salt that is drawn after the commitment: nobody can choose a proposal by its tasks.
        committed, salt = self.life.committed, self.salt()
        pairs = self._trials(proposal).fresh(digest([committed, salt]), current.sources, after)
        found = fresh(pairs, level, self.rules)
        return replace(found, evidence={**found.evidence, "committed": committed, "salt": salt})

    def _core(self) -> StepOutcome:
        now = self.life.core()
        if now != self.core:
            reason = "files of the stable core changed while the proposal was judged"
            self.life.trip(reason)
            return StepOutcome(CORE, StepVerdict.REFUSED, reason, {"core": now})
        return StepOutcome(CORE, StepVerdict.PASSED, "", {"core": now})


def quality_after(decision: Decision) -> Fraction:
    """The quality that the gate measured for a proposal; `KeyError` where it did not come to it."""
    for step in decision.steps:
        if step.step == QUALITY:
            return Fraction(step.evidence["after"])
    raise KeyError(QUALITY)
