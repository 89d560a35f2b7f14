"""A report as an editor shows it: a diagnostic per contract, what is known of it on hover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types as lsp

SOURCE = "verify-agent"
_SEVERITIES = {
    "refuted": lsp.DiagnosticSeverity.Error,
    "vacuous": lsp.DiagnosticSeverity.Error,
    "error": lsp.DiagnosticSeverity.Warning,
    "candidate": lsp.DiagnosticSeverity.Warning,
    "unknown": lsp.DiagnosticSeverity.Warning,
}
#: What stands for itself where it is kept: one line a contract is enough.
_IMPLIED = ("types", "no-exception", "defined", "frame")
POSITIVE = ("proved", "confirmed", "tested")


@dataclass(frozen=True)
class Finding:
    """One obligation of a function; lines count from 0, `last` is included."""

    function: str
    first: int
    last: int
    obligation: Mapping[str, Any]

    @property
    def verdict(self) -> str:
        """Its verdict."""
        return str(self.obligation["verdict"])

    @property
    def qualname(self) -> str:
        """The function's name in its module."""
        return self.function.partition(":")[2]


def findings(report: Mapping[str, Any], path: str) -> tuple[Finding, ...]:
    """The obligations of the functions in the file of that path."""
    return tuple(
        _finding(f, o) for f in report["functions"] if f["path"] == path for o in f["obligations"]
    )


def _finding(function: Mapping[str, Any], obligation: Mapping[str, Any]) -> Finding:
    place = obligation["range"]
    first = int(place["line"] if place else function["line"]) - 1
    last = int((place["end_line"] if place else None) or first + 1) - 1
    return Finding(function["id"], max(0, first), max(0, first, last), obligation)


def diagnostics(found: Sequence[Finding], lines: Sequence[str]) -> list[lsp.Diagnostic]:
    """One a contract; of what every function must do besides only what is not kept."""
    return [
        lsp.Diagnostic(
            range=_range(one, lines),
            message=_message(one),
            severity=_SEVERITIES.get(one.verdict, lsp.DiagnosticSeverity.Hint),
            source=SOURCE,
            code=one.verdict,
            data={"function": one.qualname, "verdict": one.verdict},
        )
        for one in found
        if one.verdict not in POSITIVE or one.obligation["kind"] not in _IMPLIED
    ]


def hover(found: Sequence[Finding], line: int) -> str:
    """What is known of the contracts on a line, as Markdown; empty where there are none."""
    told = ["\n".join(_told(one)) for one in found if one.first <= line <= one.last]
    return "\n\n---\n\n".join(told)


def _told(one: Finding) -> Iterator[str]:
    yield f"**{one.verdict}** ({one.obligation['kind']}): `{one.obligation['text']}`"
    shown = one.obligation["counterexample"]
    if shown and shown["replayed"]:
        steps = [*shown["setup"], f"{shown['call']}  # {shown['outcome']}"]
        yield "\n```python\n" + "\n".join(steps) + "\n```"
        if shown["expected"]:
            yield f"\nexpected: {shown['expected']}"
    if one.obligation["reason"]:
        yield f"\n{one.obligation['reason']}"
    engines = dict.fromkeys(
        a["engine"] for a in one.obligation["attempts"] if a["outcome"] == one.verdict
    )
    if engines:
        yield f"\nby {', '.join(engines)}"


def _message(one: Finding) -> str:
    text = f"{one.verdict}: {one.obligation['text']}"
    shown = one.obligation["counterexample"]
    if shown and shown["replayed"]:
        return f"{text}\n{shown['call']}: {shown['outcome']}"
    reason = one.obligation["reason"]
    return f"{text}\n{reason}" if reason and one.verdict not in POSITIVE else text


def _range(one: Finding, lines: Sequence[str]) -> lsp.Range:
    """The finding's whole lines, in UTF-16 units as the protocol counts."""
    last = min(one.last, max(0, len(lines) - 1))
    first = min(one.first, last)
    head = lines[first] if lines else ""
    tail = lines[last].rstrip("\r\n") if lines else ""
    indent = len(head) - len(head.lstrip())
    end = len(tail.encode("utf-16-le")) // 2
    return lsp.Range(lsp.Position(first, indent), lsp.Position(last, end))
