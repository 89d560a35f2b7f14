"""The sandbox's side of the properties engine: one job, from a packed subject to findings."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from verify_agent.contracts.model import Property
from verify_agent.verifier import subject as kinds
from verify_agent.verifier.engines.coverage import Coverage
from verify_agent.verifier.engines.properties_campaign import Campaign, Tally
from verify_agent.verifier.engines.properties_inputs import Inputs, built
from verify_agent.verifier.engines.state import module_state
from verify_agent.verifier.engines.strategies import LARGE, MEDIUM, SMALL, Scale, Untypable
from verify_agent.verifier.engines.strategies_recipe import Recipe
from verify_agent.verifier.evidence import Counterexample, Obligation
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import CallResult, NotAllowed, Passed, Violation
from verify_agent.verifier.harness.script import check_examples, check_property, check_script
from verify_agent.verifier.harness.values import raised
from verify_agent.verifier.harness.wire import unpack

_ENOUGH = 10
_SEQUENCES_SHARE = 0.5
_CALL_SECONDS = {"near": 1.0, "far": 0.2}
_SCALES: Mapping[str, tuple[tuple[Scale, float], ...]] = {
    "near": ((SMALL, 0.5), (MEDIUM, 0.25)),
    "far": ((LARGE, 0.25),),
}


def job(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Findings as JSON carries them: by obligation id, and notes; see `Found`.

    `payload` has `subject` (packed), `examples`, `seed`, `seconds` and `reach`: `near` for small
    inputs and examples, `far` for large inputs only.
    """
    subject = unpack(payload["subject"])
    try:
        harness = Harness(subject)
    except BaseException as error:
        # The edge: a module may raise anything when it is imported.
        reason = f"the module can't be imported: {raised(error)}"
        made = kinds.obligations_of(subject)
        return {"found": {o.id: asdict(Found("unknown", reason)) for o in made}, "notes": []}
    return _Job(harness, payload).run()


@dataclass
class Found:
    """One obligation's word: `tested`, `broken` or `unknown`."""

    word: str
    reason: str = ""
    details: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    examples: int = 0


@dataclass
class _Job:
    harness: Harness
    payload: Mapping[str, Any]
    found: dict[str, Found] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reach: str = self.payload["reach"]
        self.deadline = time.monotonic() + self.payload["seconds"]
        self.call_seconds = _CALL_SECONDS[self.reach]
        self.inputs = Inputs(self.harness)
        self.stateful = bool(module_state(self.harness.subject))

    def run(self) -> dict[str, Any]:
        """All rounds of this reach."""
        if self.reach == "near":
            self._examples()
        for stated in self.harness.subject.contract.properties:
            self._property(stated)
        self._calls()
        return {"found": {i: asdict(f) for i, f in self.found.items()}, "notes": []}

    def _examples(self) -> None:
        texts = self.harness.subject.contract.examples
        for text, result in zip(
            texts, check_examples(self.harness, self.call_seconds), strict=True
        ):
            obligation = kinds.find(self.harness.obligations, kinds.EXAMPLE, text)
            match result:
                case Passed():
                    self.found[obligation.id] = Found("tested", examples=1)
                case Violation():
                    self._broken(result, text)
                case other:
                    self.found[obligation.id] = Found("unknown", _told(other))

    def _broken(self, violation: Violation, call: str, setup: tuple[str, ...] = ()) -> None:
        for one in (violation, *violation.also):
            seen = Counterexample(call, one.outcome, setup, one.expected)
            self.found[one.obligation_id] = Found("broken", counterexample=seen)

    def _property(self, stated: Property) -> None:
        given = ", ".join(f"{name}: {annotation}" for name, annotation in stated.given)
        text = f"{stated.then} for all {given} with {stated.when or 'True'}"
        obligation = kinds.find(self.harness.obligations, kinds.PROPERTY, text)

        def judge(made: Recipe) -> CallResult:
            try:
                values = built(self.harness.names.copy(), made)
            except Exception as error:
                # A constructor may raise anything.
                return NotAllowed(raised(error))
            return check_property(self.harness, stated, values, self.call_seconds)

        def write(made: Recipe) -> tuple[tuple[str, ...], str]:
            given = (f"{name} = {value}" for name, value in made.arguments.items())
            return (*made.setup, *given), stated.then

        campaign = Campaign(write, judge, self.deadline)
        self._rounds(campaign, lambda scale: self.inputs.of_property(stated, scale))
        self._conclude(campaign.tally, [obligation], ())

    def _calls(self) -> None:
        coverage = Coverage(self.harness.target.original.__code__, self.harness.subject.source)
        campaign = Campaign(self._written, self._judge, self.deadline, coverage)
        sequences = self.stateful and self.reach == "near"
        if sequences:
            # A fresh import a call is slow: several calls in a row must get their share.
            campaign.deadline -= (self.deadline - time.monotonic()) * _SEQUENCES_SHARE
        problem = self._rounds(campaign, self.inputs.of_call)
        if self.reach == "near" and not problem and len(campaign.tally.passed) < _ENOUGH:
            campaign.try_all(self.inputs.grid(), self.payload["examples"])
        if sequences:
            campaign.deadline = self.deadline
            self._sequences(campaign)
        own = {kinds.EXAMPLE, kinds.PROPERTY}
        rest = [o for o in self.harness.obligations if o.kind not in own]
        details = (str(coverage),) if self.reach == "near" else ()
        self._conclude(campaign.tally, rest, details, problem)

    def _written(self, made: Recipe) -> tuple[tuple[str, ...], str]:
        return made.setup, self.inputs.call(made)

    def _judge(self, made: Recipe) -> CallResult:
        if self.stateful:
            # What earlier examples left behind is nothing that a single call can show.
            self.harness.fresh()
        try:
            values = built(self.harness.names.copy(), made)
        except Exception as error:
            # A constructor or a method may raise anything: the state is not reached then.
            return NotAllowed(raised(error))
        return self.harness.check_call(values, self.call_seconds)

    def _rounds(self, campaign: Campaign, strategy_at: Any) -> str:
        """Run all scales; why no strategy could be made, if so."""
        try:
            for scale, share in _SCALES[self.reach]:
                count = max(10, round(self.payload["examples"] * share))
                campaign.run(strategy_at(scale), count, self.payload["seed"])
        except Untypable as untypable:
            return str(untypable)
        return ""

    def _sequences(self, campaign: Campaign) -> None:
        """Two and three calls in a row from a fresh import, for code with state."""
        calls: list[tuple[tuple[str, ...], str]] = []

        def collect(made: Recipe) -> CallResult:
            calls.append(self._written(made))
            return Passed("")

        collector = Campaign(self._written, collect, self.deadline)
        try:
            collector.run(self.inputs.of_call(SMALL), 30, self.payload["seed"])
        except Untypable:
            return
        for position, (setup, call) in enumerate(calls):
            if campaign.over:
                return
            before = calls[max(0, position - 2) : position]
            lines = tuple(line for s, c in before for line in (*s, c))
            result = check_script(self.harness, (*lines, *setup), call, self.call_seconds)
            if isinstance(result, Violation):
                for one in (result, *result.also):
                    seen = Counterexample(call, one.outcome, (*lines, *setup), one.expected)
                    campaign.tally.keep(one.obligation_id, seen)

    def _conclude(
        self, tally: Tally, about: list[Obligation], details: tuple[str, ...], problem: str = ""
    ) -> None:
        unjudged = dict(self.harness.unjudged)
        for obligation_id, seen in tally.broken.items():
            self.found[obligation_id] = Found("broken", counterexample=seen)
        for obligation in about:
            if obligation.id in tally.broken or obligation.id in self.found:
                continue
            reason = problem or unjudged.get(obligation.id) or _not_enough(tally, self.call_seconds)
            count = len(tally.passed)
            said = (f"{count} distinct inputs of {tally.generated} generated", *details)
            if tally.resources:
                said = (*said, f"{tally.resources} inputs ran out of memory or stack")
            word = "unknown" if reason else "tested"
            self.found[obligation.id] = Found(word, reason, said, None, count)


def _not_enough(tally: Tally, seconds: float) -> str:
    """Why these calls are not enough to say `tested`; empty if they are."""
    if tally.hung:
        return f"hangs on input {tally.hung[0]} (no end within {seconds:g} s)"
    passed = len(tally.passed)
    if passed >= _ENOUGH or (passed and 2 * tally.rejected <= tally.generated):
        return ""
    if tally.broken and passed + tally.rejected < tally.generated:
        return "another obligation breaks first on the inputs that were tried"
    if tally.unjudged:
        return tally.unjudged
    if tally.resources > passed:
        return f"{tally.resources} of {tally.generated} inputs ran out of memory or stack"
    if not tally.generated:
        return "no input could be made within the time"
    return f"precondition too narrow: {passed} of {tally.generated} inputs allowed" + (
        f" ({tally.refused})" if tally.refused else ""
    )


def _told(result: CallResult) -> str:
    match result:
        case NotAllowed(text=text):
            return text
        case other:
            return getattr(other, "reason", "") or f"ran out of {getattr(other, 'kind', 'time')}"
