"""Report -> JSON, the record of which every other rendering is a view."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from verify_agent.verifier.evidence import (
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Report,
    RunRecord,
    Span,
)
from verify_agent.verifier.report.quality import quality_record
from verify_agent.verifier.report.summary import assumption_counts, rests, summarize

SCHEMA_VERSION = "1"


def render_json(report: Report) -> str:
    """The record as JSON text that ends with a newline."""
    return json.dumps(to_record(report), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def to_record(report: Report) -> dict[str, Any]:
    """The record as plain values; it satisfies `schema.json_schema()`."""
    summary = summarize(report)
    return {
        "schema_version": SCHEMA_VERSION,
        "run": _run(report.run),
        "verdict": report.verdict.value,
        "complete": report.complete,
        "subjects": dict(report.subjects),
        "functions": [_function(f) for f in report.functions],
        "assumptions": [{"text": t, "obligations": n} for t, n in assumption_counts(report)],
        "summary": {
            "functions": {v.value: n for v, n in summary.functions},
            "obligations": {v.value: n for v, n in summary.obligations},
            "proved_under_assumptions": summary.resting,
        },
        "quality": [quality_record(q) for q in report.quality],
        "notes": list(report.notes),
        "skipped": [asdict(s) for s in report.skipped],
        "waived": [asdict(w) for w in report.waived],
        "changes": None if report.changes is None else [asdict(c) for c in report.changes],
    }


def _run(run: RunRecord) -> dict[str, Any]:
    return {
        "id": run.id,
        "started": run.started,
        "argv": list(run.argv),
        "options_digest": run.options_digest,
        "seed": run.seed,
        "python": run.python,
        "platform": run.platform,
        "tools": dict(run.tools),
        "sandbox": list(run.sandbox),
    }


def _function(function: FunctionReport) -> dict[str, Any]:
    return {
        "id": function.id,
        "path": function.path,
        "line": function.line,
        "verdict": function.verdict.value,
        "under_assumptions": rests(function),
        "obligations": [_obligation(o) for o in function.obligations],
        "assumptions": list(function.assumptions),
        "notes": list(function.notes),
    }


def _obligation(obligation: Obligation) -> dict[str, Any]:
    found = obligation.counterexample
    digest = next((a.vc_sha256 for a in obligation.attempts if a.vc_sha256), "")
    return {
        "id": obligation.id,
        "kind": obligation.kind,
        "text": obligation.text,
        "range": _span(obligation.span) if obligation.span else None,
        "verdict": obligation.verdict.value,
        "reason": obligation.reason,
        "attempts": [_attempt(a) for a in obligation.attempts],
        "counterexample": _counterexample(found) if found else None,
        "assumptions": list(obligation.assumptions),
        "depends_on": list(obligation.depends_on),
        "vc_sha256": digest,
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "engine": attempt.engine,
        "version": attempt.version,
        "outcome": attempt.outcome.value,
        "reason": attempt.reason,
        "seconds": round(attempt.seconds, 6),
        "limits": dict(attempt.limits),
        "seed": attempt.seed,
        "cache": attempt.cache,
        "details": list(attempt.details),
        "assumptions": list(attempt.assumptions),
        "vc_sha256": attempt.vc_sha256,
    }


def _counterexample(found: Counterexample) -> dict[str, Any]:
    return {
        "setup": list(found.setup),
        "call": found.call,
        "outcome": found.outcome,
        "expected": found.expected,
        "replayed": found.replayed,
    }
