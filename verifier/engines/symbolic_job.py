"""The sandbox's side of the symbolic engine: CrossHair on one subject, verdicts by states."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from verify_agent.verifier import subject as kinds
from verify_agent.verifier.engines.strategies import Untypable
from verify_agent.verifier.engines.symbolic_check import OUT_OF_RESOURCES, Check, PropertyCheck
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.values import raised
from verify_agent.verifier.harness.wire import unpack

_LEAST_SECONDS = 0.3
_AFTER_A_FAILURE = 2.0


@dataclass
class Found:
    """One obligation's word: `confirmed`, `claimed` (with a call) or `unknown`."""

    word: str
    reason: str = ""
    setup: tuple[str, ...] = ()
    call: str = ""


@dataclass
class Exploration:
    """What one run of CrossHair came to; `broken` is what `run` returned on `values`."""

    state: str
    message: str
    values: Mapping[str, Any] | None = None
    broken: str = ""


def job(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Findings by obligation id; `payload` has `subject` (packed) and `seconds`."""
    subject = unpack(payload["subject"])
    try:
        harness = Harness(subject)
    except BaseException as error:
        # The edge: a module may raise anything when it is imported.
        reason = f"the module can't be imported: {raised(error)}"
        made = kinds.obligations_of(subject)
        return {"found": {o.id: asdict(Found("unknown", reason)) for o in made}}
    found = _Job(harness, time.monotonic() + payload["seconds"]).run()
    return {"found": {i: asdict(f) for i, f in found.items()}}


@dataclass
class _Job:
    harness: Harness
    deadline: float
    found: dict[str, Found] = field(default_factory=dict)

    def run(self) -> dict[str, Found]:
        obligations = self.harness.obligations
        of_calls = [o.id for o in obligations if o.kind not in (kinds.EXAMPLE, kinds.PROPERTY)]
        properties = self.harness.subject.contract.properties
        share = 1 / (1 + len(properties))
        try:
            self._explore_all(Check(self.harness), of_calls, share)
        except Untypable as untypable:
            self._unknown(of_calls, str(untypable))
        for stated in properties:
            given = ", ".join(f"{name}: {annotation}" for name, annotation in stated.given)
            text = f"{stated.then} for all {given} with {stated.when or 'True'}"
            made = kinds.find(obligations, kinds.PROPERTY, text)
            self._explore_all(PropertyCheck(self.harness, stated, made.id), [made.id], share)
        return self.found

    def _explore_all(
        self, check: Check | PropertyCheck, obligations: list[str], share: float
    ) -> None:
        """Explore; leave out what is broken; explore again, until nothing new breaks."""
        until = time.monotonic() + (self.deadline - time.monotonic()) * share
        left = list(obligations)
        while left:
            seconds = until - time.monotonic()
            if seconds < _LEAST_SECONDS:
                return self._unknown(left, "timeout")
            outcome = _explore(check, seconds)
            if outcome.state == "confirmed" and check.partial:
                return self._unknown(left, check.partial)
            if outcome.state == "confirmed":
                self.found.update({i: Found("confirmed") for i in left})
                return None
            if outcome.values is None or outcome.broken == OUT_OF_RESOURCES:
                return self._unknown(left, _reason(outcome))
            broken = outcome.broken or self._escaped(left)
            if broken not in left:
                return self._unknown(left, _reason(outcome))
            try:
                setup, call = check.written(outcome.values)
            except TypeError as unwritable:
                return self._unknown(left, f"a counterexample that can't be written: {unwritable}")
            self.found[broken] = Found("claimed", outcome.message, setup, call)
            until = min(until, time.monotonic() + _AFTER_A_FAILURE)
            left.remove(broken)
            check.skipped.add(broken)
        return None

    def _escaped(self, left: list[str]) -> str:
        """The obligation that an exception breaks when nothing declares it."""
        own = kinds.find(self.harness.obligations, kinds.NO_EXCEPTION).id
        return own if own in left else left[0]

    def _unknown(self, obligations: list[str], reason: str) -> None:
        self.found.update({i: Found("unknown", reason) for i in obligations})


def _reason(outcome: Exploration) -> str:
    if outcome.broken == OUT_OF_RESOURCES:
        return "ran out of stack or memory on a path"
    match outcome.state:
        case "cannot_confirm":
            return "incomplete: not all paths were explored"
        case "pre_unsat":
            return "no path that was explored meets the precondition"
        case other:
            return f"CrossHair: {other}: {outcome.message}"[:300]


def _explore(check: Check | PropertyCheck, seconds: float) -> Exploration:
    """One run of CrossHair; its verdict is the state of its messages, nothing else."""
    import verify_agent.verifier.engines.symbolic_preload  # noqa: F401, I001 - before CrossHair
    from crosshair.condition_parser import ConditionExpr, ConditionExprType, Conditions
    from crosshair.core import ConditionCheckable
    from crosshair.fnutil import FunctionInfo
    from crosshair.options import DEFAULT_OPTIONS

    seen: list[tuple[Mapping[str, Any], object]] = []

    def describe(given: inspect.BoundArguments, returned: object, _: Any) -> tuple[str, str]:
        seen.append((dict(given.arguments), returned))
        return "", "None"

    def condition(kind: Any, evaluate: Any, text: str) -> Any:
        return ConditionExpr(kind, evaluate, __file__, 1, text)

    def run(**given: Any) -> str:
        return check.run(**given)

    conditions = Conditions(
        fn=run,
        src_fn=run,
        pre=[condition(ConditionExprType.PRECONDITION, check.allowed, "allowed")],
        post=[
            condition(ConditionExprType.POSTCONDITION, lambda v: v["__return__"] == "", "contract")
        ],
        raises=frozenset(),
        sig=check.signature(),
        mutable_args=None,
        fn_syntax_messages=[],
        counterexample_description_maker=describe,
    )
    options = DEFAULT_OPTIONS.overlay(
        analysis_kind=[],
        report_all=True,
        per_condition_timeout=seconds,
        per_path_timeout=max(1.0, seconds / 4),
    )
    checkable = ConditionCheckable(FunctionInfo.from_fn(run), options, conditions)
    messages = sorted(checkable.analyze(), key=lambda m: m.state)
    if not messages:
        return Exploration("nothing", "CrossHair said nothing")
    worst = messages[-1]
    if worst.state.value in ("post_fail", "exec_err", "post_err") and seen:
        values, returned = seen[-1]
        broken = returned if isinstance(returned, str) else ""
        return Exploration(worst.state.value, worst.message, values, broken)
    return Exploration(worst.state.value, worst.message)
