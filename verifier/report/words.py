"""Short texts about an obligation that several renderings share."""

from __future__ import annotations

from verify_agent.verifier.evidence import Counterexample, Obligation


def plain(text: str) -> str:
    """The text on one line without control characters, so that it can't fake a report.

    >>> plain("a\\n b\\x1b")
    'a b\\\\x1b'
    """
    flat = " ".join(text.split())
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in flat)


def calls(found: Counterexample) -> list[str]:
    """The counterexample as lines that can be pasted."""
    return [plain(step) for step in (*found.setup, found.call)]


def message(obligation: Obligation) -> str:
    """One line: the verdict, what was to show, and what came instead."""
    head = f"{obligation.verdict.value}: {obligation.kind}: {plain(obligation.text)}"
    found = obligation.counterexample
    if found is not None:
        return f"{head}; {'; '.join(calls(found))} gives {plain(found.outcome)}"
    return f"{head}; {plain(obligation.reason)}" if obligation.reason else head


def details(obligation: Obligation) -> list[str]:
    """Several lines: as `message`, with what was expected and what each engine said."""
    lines = [message(obligation)]
    found = obligation.counterexample
    if found is not None:
        lines += [f">>> {line}" for line in calls(found)]
        lines.append(f"came:     {plain(found.outcome)}")
        if found.expected:
            lines.append(f"expected: {plain(found.expected)}")
    for attempt in obligation.attempts:
        reason = f" ({plain(attempt.reason)})" if attempt.reason else ""
        lines.append(f"{attempt.engine}: {attempt.outcome.value}{reason}")
    return lines
