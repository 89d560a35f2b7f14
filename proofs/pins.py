"""Pins: the hashes of what the claims state, for whoever checks a folder without our code.

`python -m verify_agent.proofs.pins > proofs/pins.json` writes them anew; a test holds the file
against the claims. Changing a claim changes its pin, so a reviewer sees it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from verify_agent.proofs.figures import svg
from verify_agent.proofs.model import Claim, Exhibit
from verify_agent.proofs.run import all_claims, statements

#: Their numbers come out of the platform's `exp`: they are not the same everywhere.
_UNPINNED = frozenset({"C14.floats"})


def pins(claims: Sequence[Claim]) -> dict[str, Any]:
    """Hashes of obligations and exact exhibits by path, and the outcomes by claim."""
    exhibits: dict[str, str] = {}
    for claim in claims:
        for evidence in claim.evidence:
            name = f"{claim.id}.{evidence.id}"
            if isinstance(evidence, Exhibit) and name not in _UNPINNED:
                found = evidence.compute()
                exhibits[f"data/{name}.json"] = _sha256(json.dumps(asdict(found), indent=1) + "\n")
                if found.plot is not None:
                    exhibits[f"figures/{name}.svg"] = _sha256(svg(found.plot))
    return {
        "obligations": {f"obligations/{s.path}": s.sha256 for s in statements(claims)},
        "exhibits": exhibits,
        "outcomes": {claim.id: claim.outcome.value for claim in claims},
    }


def text() -> str:
    """The file."""
    return json.dumps(pins(all_claims()), indent=1) + "\n"


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


if __name__ == "__main__":
    print(text(), end="")
