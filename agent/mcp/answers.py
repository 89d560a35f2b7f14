"""What a tool answers: the report cut down to what a reader acts on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REFUTED = "refuted"
#: What the exit codes mean.
MEANINGS = {
    0: "the evidence that was asked for is there",
    1: "refuted, vacuous, unsatisfiable, or nothing found",
    2: "bad input",
    3: "inconclusive: nothing refuted, but less evidence than was asked for",
    4: "a tool that is needed is missing or broke",
    130: "interrupted",
}


def functions(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of each function its verdict, and of each obligation what is known and why."""
    return [
        {
            "function": f["id"],
            "path": f["path"],
            "line": f["line"],
            "verdict": f["verdict"],
            "obligations": [_obligation(f["id"], o) for o in f["obligations"]],
            "notes": f["notes"],
        }
        for f in report["functions"]
    ]


def _obligation(function: str, obligation: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "id": f"{function.partition(':')[0]}:{obligation['id']}",
        "kind": obligation["kind"],
        "text": obligation["text"],
        "verdict": obligation["verdict"],
    }
    if obligation["reason"]:
        told["reason"] = obligation["reason"]
    shown = counterexample(obligation)
    return {**told, "counterexample": shown} if shown else told


def counterexample(obligation: Mapping[str, Any]) -> dict[str, Any] | None:
    """The counterexample, if there is one that was run."""
    found = obligation["counterexample"]
    return dict(found) if found and found["replayed"] else None


def counterexamples(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All obligations that a run refutes, with the call."""
    return [
        {**told, "function": f["function"]}
        for f in functions(report)
        for told in f["obligations"]
        if told["verdict"] == REFUTED
    ]
