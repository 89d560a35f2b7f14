"""The policy in use with its exact certificate, as a file that needs nothing of ours to check."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify_agent.mdp.certify import Certificate, Failure, certify
from verify_agent.mdp.model import Choice, Model


@dataclass(frozen=True)
class PolicyInUse:
    """The process, the policy that runs follow, its claimed values, and what certifying said."""

    model: Model
    policy: Mapping[str, str]
    judged: Certificate | Failure


def policy_in_use() -> PolicyInUse:
    """The shipped policy as runs read it, its values computed afresh, certified.

    Nothing leads from one class of tasks to another, so each was solved by itself; the
    certificate is one, on the whole process, built from the shipped counts.
    """
    from verify_agent.agent.policy import model_of, solved_policy
    from verify_agent.mdp.solve import evaluate

    model, policy = model_of(), solved_policy().solution.policy
    return PolicyInUse(model, policy, certify(model, policy, evaluate(model, policy).values))


def to_text(used: PolicyInUse) -> str:
    """The record: process, policy and values in exact rationals; one state a line.

    Raises `ValueError` where the policy has no certificate.
    """
    if isinstance(used.judged, Failure):
        raise ValueError(f"no certificate: {used.judged.state}: {used.judged.reason}")
    certificate, model = used.judged, used.model
    head = {
        "discount": str(model.discount),
        "digest": model.digest,
        "method": certificate.method,
        "error": str(certificate.error),
        "gap": None if certificate.gap is None else str(certificate.gap),
        "actions": list(model.actions),
    }
    lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
    states = [f"{json.dumps(s)}: {json.dumps(_state(used, certificate, s))}" for s in model.states]
    return "{\n" + ",\n".join([*lines, '"states": {\n' + ",\n".join(states) + "\n}"]) + "\n}\n"


def _state(used: PolicyInUse, certificate: Certificate, state: str) -> dict[str, Any]:
    choices = {
        action: {"reward": str(c.reward), "successors": [[t, str(p)] for t, p in c.successors]}
        for action, c in used.model.choices.get(state, {}).items()
    }
    chosen = used.policy.get(state)
    return {"value": str(certificate.values[state]), "chosen": chosen, "choices": choices}


def read(text: str) -> tuple[dict[str, Any], Model, dict[str, str], dict[str, Fraction]]:
    """The head, the process, the policy and the values of a record; `ValueError` if broken."""
    try:
        raw = json.loads(text)
        states = raw["states"]
        choices = {s: _choices(record["choices"]) for s, record in states.items()}
        model = Model(tuple(states), tuple(raw["actions"]), choices, Fraction(raw["discount"]))
        policy = {s: r["chosen"] for s, r in states.items() if r["chosen"] is not None}
        values = {s: Fraction(r["value"]) for s, r in states.items()}
    except (KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise ValueError(f"not a record of a policy: {type(error).__name__}: {error}") from error
    return {k: v for k, v in raw.items() if k != "states"}, model, policy, values


def _choices(raw: Mapping[str, Any]) -> dict[str, Choice]:
    return {
        action: Choice(
            Fraction(choice["reward"]), tuple((t, Fraction(p)) for t, p in choice["successors"])
        )
        for action, choice in raw.items()
    }


@functools.cache
def recheck(text: str) -> tuple[str, ...]:
    """What is wrong with a record, by its own numbers alone; empty where the policy is optimal."""
    try:
        head, model, policy, values = read(text)
    except ValueError as error:
        return (str(error),)
    problems = []
    if head["digest"] != model.digest:
        problems.append(f"the digest {head['digest'][:12]} is not the process's")
    stated = Fraction(head["error"])
    judged = certify(model, policy, _floats(values), max(stated, Fraction(1, 10**6)))
    if isinstance(judged, Failure):
        problems.append(f"no certificate: {judged.state}: {judged.reason}")
        return tuple(problems)
    problems += [
        f"the value of `{s}` is off: {float(values[s])} is recorded, {float(v)} is right"
        for s, v in judged.values.items()
        if abs(values[s] - v) > judged.error + stated
    ]
    if head["gap"] is None or abs(Fraction(head["gap"]) - (judged.gap or 0)) > Fraction(1, 10**6):
        problems.append(f"the gap {head['gap']} is not the least gap")
    if stated < judged.error / 2:
        problems.append(f"the error {head['error']} is claimed too small")
    return tuple(problems)


def differences(text: str, wanted: str) -> tuple[str, ...]:
    """How a record differs from another in what it says; not in the last bits of values, which
    depend on the machine that solved it. Raises `ValueError` where one can't be read."""
    _, model, policy, values = read(text)
    _, here, chosen, best = read(wanted)
    if model.digest != here.digest:
        return ("its process is not the one in use here",)
    found = [
        f"in `{s}` it does {policy.get(s)}, the policy in use here {chosen[s]}"
        for s in chosen
        if policy.get(s) != chosen[s]
    ]
    far = (s for s in best if abs(values[s] - best[s]) > Fraction(1, 10**6))
    return (*found, *(f"the value of `{s}` is another here" for s in far))


def _floats(values: Mapping[str, Fraction]) -> dict[str, float]:
    return {state: float(value) for state, value in values.items()}
