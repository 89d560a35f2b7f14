"""Where an unsupported construct stands is told as the task's author knows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.run_places import located
from verify_agent.agent.run_problem import delivered_subject
from verify_agent.agent.task import parse_task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Verdict
from verify_agent.verifier.subject import ENSURE, find, obligations_of

TASK = parse_task(
    """name: shout
signature: "shout(s: str) -> str"
ensures:
  - len(result) >= 0
  - result == s.upper()
""",
    Path("shout.yaml"),
)
SUBJECT = delivered_subject(TASK, "def shout(s: str) -> str:\n    return s.upper()\n")


def line_of(text: str) -> int:
    return next(n for n, x in enumerate(SUBJECT.source.splitlines(), 1) if text in x)


def told(reason: str) -> Said:
    wanted = find(obligations_of(SUBJECT), ENSURE, "result == s.upper()")
    return located(TASK, SUBJECT, Said(((wanted.id, Attempt(DEDUCTIVE, Verdict.UNKNOWN, reason)),)))


@pytest.mark.parametrize(
    ("construct", "line", "reason", "fault"),
    [
        (
            "str.upper",
            "result == s.upper",
            "str.upper at shout.yaml:5 ensures: result == s.upper()",
            1,
        ),
        ("str.upper", "return s.upper", "str.upper at shout.py:{line}:4", 0),
        (
            "not known that it ends",
            "result == s.upper",
            "not known that it ends at shout.yaml:5",
            0,
        ),
    ],
)
def test_each_place_is_told(construct: str, line: str, reason: str, fault: int) -> None:
    number = line_of(line)
    said = told(f"unsupported: {construct} at {number}:4")
    ((_, attempt),) = said.attempts
    assert attempt.reason.startswith(f"unsupported: {reason.format(line=number)}")
    assert said.unsupported == (attempt.reason if fault else "")


def test_no_place_is_invented() -> None:
    ((_, attempt),) = told("unsupported: generators at 0:0; incomplete").attempts
    assert attempt.reason == "unsupported: generators; incomplete"
