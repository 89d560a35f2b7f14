"""A certificate as a file that holds the whole model and the claim; `recheck.py` reads it alone."""

from __future__ import annotations

import json
from typing import Any

from verify_agent.mdp.certify import Certificate
from verify_agent.mdp.model import Model

FORMAT = "verify-agent certificate of an optimal policy, 1"


def claim_of(model: Model, certificate: Certificate) -> dict[str, Any]:
    """The content of the file: states and actions by position, numbers as exact fractions.

    Raises `ValueError` where the certificate is one of another model.
    """
    if certificate.model != model.digest:
        raise ValueError("this certificate is one of another model")
    state = {s: i for i, s in enumerate(model.states)}
    action = {a: i for i, a in enumerate(model.actions)}
    choices = [
        [
            [action[a], str(c.reward), [[state[t], str(p)] for t, p in c.successors]]
            for a, c in model.choices.get(s, {}).items()
        ]
        for s in model.states
    ]
    policy = certificate.policy
    return {
        "format": FORMAT,
        "model": model.digest,
        "method": certificate.method,
        "discount": str(model.discount),
        "error": str(certificate.error),
        "states": list(model.states),
        "actions": list(model.actions),
        "policy": [action[policy[s]] if s in policy else None for s in model.states],
        "values": [str(certificate.values[s]) for s in model.states],
        "choices": choices,
    }


def render_certificate(model: Model, certificate: Certificate) -> str:
    """The file's text: JSON, one state a line in `choices`, so that a person can read it."""
    claim = claim_of(model, certificate)
    rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in claim.pop("choices"))
    head = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in claim.items())
    return f'{{{head},\n"choices": [\n{rows}\n]}}\n'
