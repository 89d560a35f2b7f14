"""Report -> SARIF 2.1.0, whole or as GitHub's code scanning wants it.

Only `fail` results have a level; all others need `level: none` (SARIF 2.1.0, section 3.27.10).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from verify_agent.verifier.context import Skipped
from verify_agent.verifier.evidence import FunctionReport, Obligation, Report, Verdict
from verify_agent.verifier.report.compare import global_id
from verify_agent.verifier.report.waivers import standing
from verify_agent.verifier.report.words import message, plain

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "verifyAgentObligation/v1"
_RULES = {
    "types": "mypy accepts the module",
    "ensure": "A postcondition holds",
    "invariant": "A class invariant is kept",
    "raises": "An exception is raised exactly when it is declared",
    "no-exception": "No undeclared exception escapes",
    "frame": "No argument is changed that may not be",
    "defined": "Every contract expression is defined",
    "assert": "An assertion holds",
    "example": "An example holds",
    "property": "A property of several calls holds",
    "reference": "The result equals the reference's",
    "reading": "The contract can be read",
}
_HELP = "https://icontract.readthedocs.io/"


def render_sarif(report: Report, *, code_scanning: bool = False) -> str:
    """The report as SARIF text that ends with a newline.

    `code_scanning` leaves out what holds or stands open without a fault: GitHub shows every
    result as an alert.
    """
    results = [
        _result(report, f, o)
        for f in report.functions
        for o in f.obligations
        if not code_scanning or _to_be_looked_at(o)
    ]
    if code_scanning:
        results = [r for r in results if "suppressions" not in r]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, results)]}
    return json.dumps(log, indent=2, ensure_ascii=True) + "\n"


def kind_and_level(verdict: Verdict) -> tuple[str, str]:
    """SARIF's `kind` and `level` of a verdict."""
    match verdict:
        case Verdict.REFUTED | Verdict.ERROR:
            return "fail", "error"
        case Verdict.VACUOUS | Verdict.CANDIDATE:
            return "fail", "warning"
        case Verdict.UNKNOWN:
            return "open", "none"
        case Verdict.TESTED | Verdict.CONFIRMED:
            return "informational", "none"
        case Verdict.PROVED:
            return "pass", "none"


def _to_be_looked_at(obligation: Obligation) -> bool:
    return kind_and_level(obligation.verdict)[0] == "fail"


def _run(report: Report, results: list[dict[str, Any]]) -> dict[str, Any]:
    tools = report.run.tools
    kinds = sorted({o.kind for f in report.functions for o in f.obligations})
    driver = {
        "name": "verify-agent",
        "version": tools.get("verify-agent", "unknown"),
        "informationUri": "https://pypi.org/project/verify-agent/",
        "rules": [_rule(kind) for kind in kinds],
    }
    parts = [{"name": n, "version": v} for n, v in sorted(tools.items()) if n != "verify-agent"]
    invocation = {
        "executionSuccessful": report.verdict is not Verdict.ERROR,
        "startTimeUtc": report.run.started.replace("+00:00", "Z"),
        "toolExecutionNotifications": [
            {"level": "note", "message": {"text": plain(note)}}
            for note in (*report.notes, *map(_left_out, report.skipped))
        ],
    }
    artifacts = [
        {"location": _location(path), "hashes": {"sha-256": digest}}
        for path, digest in report.subjects.items()
    ]
    return {
        "tool": {"driver": driver, "extensions": parts},
        "automationDetails": {"id": f"verify-agent/{report.run.id}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "artifacts": artifacts,
        "results": results,
    }


def _left_out(skipped: Skipped) -> str:
    return f"not checked: {skipped.id} ({skipped.path}:{skipped.line}): {skipped.reason}"


def _rule(kind: str) -> dict[str, Any]:
    told = _RULES.get(kind, plain(kind) or "An obligation holds")
    return {
        "id": kind,
        "shortDescription": {"text": told},
        "fullDescription": {"text": f"{told}, for every input that the preconditions allow."},
        "helpUri": _HELP,
        "defaultConfiguration": {"level": "error"},
    }


def _result(report: Report, function: FunctionReport, obligation: Obligation) -> dict[str, Any]:
    kind, level = kind_and_level(obligation.verdict)
    name = global_id(function, obligation)
    made: dict[str, Any] = {
        "ruleId": obligation.kind,
        "kind": kind,
        "level": level,
        "message": {"text": message(obligation)},
        "locations": [_place(function, obligation)],
        "partialFingerprints": {FINGERPRINT: name},
        "properties": {
            "verdict": obligation.verdict.value,
            "engines": list(dict.fromkeys(a.engine for a in obligation.attempts)),
            "assumptions": list(obligation.assumptions),
        },
    }
    if name in standing(report.waived):
        why = next(w for w in report.waived if w.obligation == name)
        made["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": f"{why.who}: {why.why}"}
        ]
    if report.changes is not None:
        made["baselineState"] = _baseline_state(report, name)
    return made


def _baseline_state(report: Report, name: str) -> str:
    change = next((c for c in report.changes or () if c.obligation == name), None)
    if change is None:
        return "unchanged"
    return "updated" if change.before else "new"


def _place(function: FunctionReport, obligation: Obligation) -> dict[str, Any]:
    span = obligation.span
    region: dict[str, Any] = {"startLine": max(span.line if span else function.line, 1)}
    if span is not None and span.column:
        region["startColumn"] = span.column + 1
    return {
        "physicalLocation": {"artifactLocation": _location(function.path), "region": region},
        "logicalLocations": [{"fullyQualifiedName": function.id, "kind": "function"}],
    }


def _location(path: str) -> dict[str, Any]:
    """The file's address, relative to the folder of the run where it lies below it."""
    from urllib.parse import quote

    relative = os.path.relpath(path) if os.path.isabs(path) else path
    if not relative.startswith(".."):
        return {"uri": quote(PurePath(relative).as_posix() or "unknown"), "uriBaseId": "%SRCROOT%"}
    return {"uri": PurePath(os.path.abspath(path)).as_uri()}


def failures(report: Report) -> Iterator[tuple[FunctionReport, Obligation]]:
    """What a person must look at, in source order; what is waived is left out."""
    excused = standing(report.waived)
    for function in report.functions:
        for obligation in function.obligations:
            if _to_be_looked_at(obligation) and global_id(function, obligation) not in excused:
                yield function, obligation
