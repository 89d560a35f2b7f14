"""Certify the policy in use, class by class, and check the automaton that it makes of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.policy import in_use, model_of, solve_class
from verify_agent.agent.policy_actions import DELIVER
from verify_agent.agent.policy_file import class_name
from verify_agent.agent.policy_model import CLASSES, RunClass, all_states, start_of
from verify_agent.mdp import recheck
from verify_agent.mdp.certificate import render_certificate
from verify_agent.mdp.certify import Certificate, Failure, certify
from verify_agent.mdp.check import (
    AutomatonReport,
    Forecast,
    check_automaton,
    dead_ends,
    forecasts,
)
from verify_agent.mdp.model import Model
from verify_agent.mdp.solve import evaluate

ENDINGS = ("delivered", "given up")


@dataclass(frozen=True)
class Judged:
    """What was found for one class: certificate or the state at fault, and the automaton."""

    run_class: RunClass
    model: Model
    certificate: Certificate | Failure
    automaton: AutomatonReport
    dead: tuple[str, ...]
    forecast: Forecast | None

    @property
    def right(self) -> bool:
        """Whether everything holds."""
        return isinstance(self.certificate, Certificate) and self.kept

    @property
    def kept(self) -> bool:
        """Whether the agent's protocol is kept: nothing is delivered without the evidence, and
        an ending is reached with probability exactly 1."""
        ends = self.forecast is not None and self.forecast.sure
        return self.automaton.sound and not self.dead and ends


def judge_class(run_class: RunClass, model: Model, policy: Mapping[str, str]) -> Judged:
    """Certify a policy of a class's model, its values recomputed, and check its automaton."""
    start = start_of(run_class).name
    deliverable = {s.name for s in all_states((run_class,)) if s.deliverable}
    automaton = check_automaton(
        model, policy, [start], lambda s, a: a != DELIVER or s in deliverable
    )
    forecast = None if automaton.stuck else forecasts(model, policy, [start])[0]
    found = certify(model, policy, evaluate(model, policy).values)
    return Judged(run_class, model, found, automaton, dead_ends(model, ENDINGS), forecast)


def judged(folder: Path | None) -> Iterator[Judged]:
    """The policy in use, one class after the other."""
    solutions, _ = in_use(folder)
    for run_class in CLASSES:
        solution = solutions.get(run_class) or solve_class(run_class, folder)
        yield judge_class(run_class, model_of((run_class,), folder), solution.policy)


def certify_all(folder: Path | None, output: Path | None, tell: Callable[[str], None]) -> int:
    """Tell what was found for each class and write the certificates to a folder if one is given;
    1 where one fails. Raises `BadInput` where the folder can't be written."""
    wrong = 0
    for one in judged(folder):
        name = class_name(one.run_class)
        tell(f"{name}: {_in_words(one)}")
        wrong += not one.right
        if output and isinstance(one.certificate, Certificate):
            file = output / f"policy-{name.replace(' | ', '-')}.json"
            _write(file, render_certificate(one.model, one.certificate))
            tell(f"  wrote {file}")
    if output:
        tell(f"check one again, with nothing but Python: python -I {recheck.__file__} FILE")
    return 1 if wrong else 0


def _in_words(one: Judged) -> str:
    match one.certificate:
        case Failure(state, reason):
            return f"NOT CERTIFIED: {state}: {reason}"
        case Certificate(method=method, error=error):
            size = f"optimal in {len(one.model.states)} states (by {method}, values within "
            head = f"{size}{float(error):.0e})"
    if not one.kept:
        at_fault = [*one.automaton.stuck, *one.automaton.unsafe, *one.dead]
        return f"{head}; PROTOCOL BROKEN: {at_fault}"
    return f"{head}; protocol kept: no delivery without its evidence, ends with probability 1"


def _write(path: Path, text: str) -> None:
    from verify_agent.verifier.errors import BadInput

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise BadInput(
            f"it can't be written: {problem.strerror}", where=str(path), advice="name a folder"
        ) from problem
