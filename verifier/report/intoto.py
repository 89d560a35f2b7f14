"""Report -> in-toto statements as JSON Lines, one predicate each, over the files' digests.

Predicates: test-result v0.1 and simple verification result v0.1 (in-toto attestation framework).
Nothing here is signed: these are statements, and whoever signs them makes attestations of them.
"""

from __future__ import annotations

import json
from typing import Any

from verify_agent.verifier.evidence import Report, Verdict
from verify_agent.verifier.report.compare import global_id
from verify_agent.verifier.report.summary import assumption_counts

STATEMENT = "https://in-toto.io/Statement/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
VERIFICATION = "https://in-toto.io/attestation/svr/v0.1"
UNSIGNED = "unsigned: a statement, not an attestation"


def render_intoto(report: Report) -> str:
    """Two lines of JSON; empty where the report is about no file, which in-toto has no word for."""
    if not report.subjects:
        return ""
    predicates = ((TEST_RESULT, _test_result(report)), (VERIFICATION, _verification(report)))
    return "".join(f"{json.dumps(_statement(report, *p), sort_keys=True)}\n" for p in predicates)


def _statement(report: Report, kind: str, predicate: dict[str, Any]) -> dict[str, Any]:
    return {
        "_type": STATEMENT,
        "subject": [
            {"name": path, "digest": {"sha256": digest}}
            for path, digest in sorted(report.subjects.items())
        ],
        "predicateType": kind,
        "predicate": predicate,
    }


def _test_result(report: Report) -> dict[str, Any]:
    passed, warned, failed = (_named(report, words) for words in (_PASSED, _WARNED, _FAILED))
    result = "FAILED" if failed else "WARNED" if warned or not report.complete else "PASSED"
    options = {
        "name": "verify-agent check",
        "annotations": {
            "options": report.run.options_digest,
            "seed": report.run.seed,
            "tools": dict(report.run.tools),
            "signature": UNSIGNED,
        },
    }
    return {
        "result": result if passed or warned or failed else "WARNED",
        "configuration": [options],
        "passedTests": passed,
        "warnedTests": warned,
        "failedTests": failed,
    }


def _verification(report: Report) -> dict[str, Any]:
    return {
        "verifier": {"id": f"https://pypi.org/project/verify-agent/{_own_version(report)}"},
        "timeCreated": report.run.started.replace("+00:00", "Z"),
        "properties": _properties(report),
        "annotations": {
            "assumptions": dict(assumption_counts(report)),
            "complete": report.complete,
            "notChecked": {f"{s.id}:{s.line}": s.reason for s in report.skipped},
            "functions": {f.id: f.verdict.value for f in report.functions},
            "signature": UNSIGNED,
        },
    }


_PASSED = (Verdict.PROVED, Verdict.CONFIRMED, Verdict.TESTED)
_WARNED = (Verdict.UNKNOWN, Verdict.CANDIDATE)
_FAILED = (Verdict.REFUTED, Verdict.VACUOUS, Verdict.ERROR)


def _named(report: Report, words: tuple[Verdict, ...]) -> list[str]:
    return [global_id(f, o) for f in report.functions for o in f.obligations if o.verdict in words]


def _properties(report: Report) -> list[str]:
    """What holds of every function that was checked: consumers read each name as passed.

    None of a report that is not complete, nor where a function has less than `tested`.
    """
    if not report.complete or not report.functions:
        return []
    levels = tuple(reversed(_PASSED))
    least = min(
        (levels.index(f.verdict) + 1 if f.verdict in levels else 0) for f in report.functions
    )
    return [f"VERIFY_AGENT_{level.value.upper()}" for level in levels[:least]]


def _own_version(report: Report) -> str:
    version = dict(report.run.tools).get("verify-agent", "")
    return f"{version}/" if version else ""
