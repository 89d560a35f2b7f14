"""The record of an audit: plain data that every report is rendered from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from verify_agent.agent.audit.policy_record import PolicyInUse
from verify_agent.agent.audit.trusted_base import measured
from verify_agent.mdp.certify import Certificate
from verify_agent.proofs.axioms import AXIOMS
from verify_agent.proofs.model import Finding
from verify_agent.proofs.run import Result, Shown
from verify_agent.proofs.solve import Checked

if TYPE_CHECKING:
    from verify_agent.agent.audit.derive import Life, StoredProofs

SCHEMA = 1
#: What differs between two audits of the same things.
VOLATILE = frozenset(
    {"made", "platform", "seconds", "tools", "measured", "tests", "version", "error"}
)
#: Data that a clock or the platform's `exp` made: checked for their form, and measured again, but
#: not the same everywhere.
MEASURED = frozenset({"C14.floats.json", "C15.sweep.json", "C15.policy-iteration.json"})
_MOST_ROWS = 15


def sha256(text: str) -> str:
    """Of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def data_text(finding: Finding) -> str:
    """A finding as JSON: the numbers behind a sentence, a table and a figure."""
    return json.dumps(asdict(finding), indent=1) + "\n"


def record(
    results: Sequence[Result],
    used: PolicyInUse,
    life: Life,
    stored: Sequence[StoredProofs],
    now: datetime,
    platform: str,
) -> dict[str, Any]:
    """Everything that an audit found, with the file that each number comes from."""
    return {
        "schema": SCHEMA,
        "made": now.isoformat(timespec="seconds"),
        "platform": platform,
        "tools": _tools(),
        "claims": [_claim(r) for r in results],
        "axioms": [asdict(a) for a in AXIOMS],
        "policy": _policy(used),
        "ledger": {
            "present": life.present,
            "says": life.says,
            "entries": life.entries,
            "problems": list(life.problems),
            "findings": {
                name: {"says": f.says or f.missing, "data": f"data/ledger.{name}.json"}
                for name, f in life.findings.items()
            },
        },
        "stored_proofs": [_stored(s) for s in stored],
        "trusted_base": [
            {
                "name": m.part.name,
                "believed": m.part.believed,
                "lines": m.lines,
                "tests": m.tests,
                "version": m.version,
                "sources": list(m.part.sources),
            }
            for m in measured()
        ],
    }


def _tools() -> Mapping[str, str]:
    from verify_agent.verifier.session.record import tools

    return dict(tools(("deductive",)))


def _claim(result: Result) -> dict[str, Any]:
    claim = result.claim
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source,
        "words": claim.words,
        "formal": claim.formal,
        "assumptions": list(claim.assumptions),
        "axioms": list(claim.axioms),
        "outcome": claim.outcome.value,
        "verdict": result.verdict,
        "established": result.established,
        "finding": claim.finding,
        "correction": claim.correction,
        "obligations": [_obligation(c) for c in result.checked],
        "shown": [_shown(claim.id, s) for s in result.shown],
        "problems": list(result.problems),
        "missing": list(result.missing),
    }


def _obligation(checked: Checked) -> dict[str, Any]:
    made = checked.statement
    return {
        "id": made.id,
        "says": made.says,
        "file": f"obligations/{made.path}",
        "sha256": made.sha256,
        "expected": made.expected.value,
        "answers": dict(checked.answers),
        "seconds": {name: round(s, 4) for name, s in checked.seconds.items()},
        "problems": list(checked.problems),
    }


def _shown(claim: str, shown: Shown) -> dict[str, Any]:
    name, finding = f"{claim}.{shown.id}", shown.finding
    small = finding.table is not None and len(finding.table.rows) <= _MOST_ROWS
    told = {
        "says": finding.says,
        "table": asdict(finding.table) if finding.table is not None and small else None,
    }
    # What was measured is kept under a name of its own: it differs from run to run.
    measured = f"{name}.json" in MEASURED
    return {
        "id": shown.id,
        "about": shown.evidence.says,
        "holds": finding.holds,
        "missing": finding.missing,
        **({"measured": told} if measured else told),
        "data": f"data/{name}.json",
        "figure": f"figures/{name}.svg" if finding.plot else None,
        "seconds": round(shown.seconds, 3),
    }


def told(shown: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an entry says and its table, measured or not."""
    measured: Mapping[str, Any] = shown.get("measured", shown)
    return measured


def _policy(used: PolicyInUse) -> dict[str, Any]:
    judged = used.judged
    if not isinstance(judged, Certificate):
        return {"certified": False, "state": judged.state, "reason": judged.reason}
    return {
        "certified": True,
        "file": "policy.json",
        "digest": used.model.digest,
        "states": len(used.model.states),
        "method": judged.method,
        "gap": None if judged.gap is None else round(float(judged.gap), 6),
        "error": float(judged.error),
    }


def _stored(stored: StoredProofs) -> dict[str, Any]:
    return {
        "folder": f"proofs/{stored.folder}",
        "total": stored.total,
        "replayed": len(stored.replayed),
        "hold": sum(r.holds for r in stored.replayed),
        "fail": [f"{r.file}: {r.reason}" for r in stored.replayed if not r.holds],
    }
