"""Notes of `verify-agent check` on the contracts themselves: smoke checks and `--mutants`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from verify_agent.verifier.errors import VerifyAgentError
from verify_agent.verifier.evidence import FunctionReport, Report, Verdict
from verify_agent.verifier.frontend.load import Module
from verify_agent.verifier.replay import Runner
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.agent.progress import Screen

INPUTS = 100
SECONDS = 15.0
PROOF_SECONDS = 5.0


def with_notes(
    report: Report,
    modules: Sequence[Module],
    *,
    mutants: bool,
    seed: int,
    screen: Screen | None = None,
) -> Report:
    """The report with notes on each function's contract; no verdict is another.

    For every function that has a verdict of its own the conditions that mention nothing are
    named. With `mutants` what takes the prover's time is looked at too: code that no allowed call
    reaches (where the property tests missed some), and each contract's strength.
    """
    subjects = {s.id: s for module in modules for s in module.functions}
    functions = []
    with _Sandbox(mutants) as sandbox:
        for function in report.functions:
            subject = subjects.get(function.id)
            if subject is None or subject.unread or function.verdict in _SETTLED:
                functions.append(function)
                continue
            if screen is not None and mutants:
                screen.running(f"strength of {subject.qualname}'s contract")
            notes = (*_smoke(subject, function, mutants), *sandbox.strength(subject, seed))
            functions.append(replace(function, notes=(*function.notes, *notes)))
    if screen is not None:
        screen.close()
    return replace(report, functions=tuple(functions))


_SETTLED = (Verdict.ERROR, Verdict.VACUOUS)


def _smoke(subject: Subject, function: FunctionReport, reach: bool) -> tuple[str, ...]:
    from verify_agent.verifier.strength.smoke import half_seen, silent, unreachable

    attempts = tuple(a for o in function.obligations for a in o.attempts)
    missed = reach and half_seen(attempts)
    return (*silent(subject), *(unreachable(subject) if missed else ()))


class _Sandbox:
    """Where mutants run; nothing is started where nobody asks for them."""

    def __init__(self, wanted: bool) -> None:
        self.wanted = wanted
        self._runner: Runner | None = None
        self._close: Callable[[], None] = lambda: None

    def __enter__(self) -> _Sandbox:
        if self.wanted:
            from verify_agent.verifier.sandbox.runner import Zygote

            preload = ("hypothesis.strategies", "verify_agent.verifier.strength.sift_job")
            zygote = Zygote(preload=preload).start()
            self._runner, self._close = zygote, zygote.close
        return self

    def __exit__(self, *raised: object) -> None:
        self._close()

    def strength(self, subject: Subject, seed: int) -> tuple[str, ...]:
        """Every other program that the contract allows or is not known to refuse."""
        if self._runner is None:
            return ()
        from verify_agent.verifier.strength.programs import changed, trivial
        from verify_agent.verifier.strength.sift import sift
        from verify_agent.verifier.strength.weakness import meets, notes, strength

        programs = (*trivial(subject), *changed(subject))
        try:
            sifted = sift(
                subject, programs, self._runner, inputs=INPUTS, seed=seed, seconds=SECONDS
            )
        except VerifyAgentError as problem:
            return (f"the contract's strength was not measured: {problem}",)
        return notes(strength(sifted, lambda p: meets(subject, p, PROOF_SECONDS)), every=True)
