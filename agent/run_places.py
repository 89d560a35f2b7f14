"""Where an unsupported construct stands, in the words of the person who wrote the task.

The prover speaks of the composed module. A line of the contract is a line of the task file; a
line of the body is one of the module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import body_without_docstring, find_node
from verify_agent.agent.tools.bench import Said
from verify_agent.contracts.model import Condition
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Verdict
from verify_agent.verifier.subject import (
    EXAMPLE,
    INVARIANT,
    PROPERTY,
    REFERENCE,
    Subject,
    obligations_of,
)

_UNSUPPORTED = re.compile(r"unsupported: (?P<what>[^;]*?) at (?P<line>\d+):(?P<column>\d+)")
#: Nothing without a model, but what was not shown of this candidate's values.
_CONDITIONAL = ("not known", "not shown")
#: Kinds of obligation about which the prover never says anything, whatever the body is.
_NEVER = (REFERENCE, INVARIANT)


def located(task: Task, subject: Subject, said: Said) -> Said:
    """What the prover said, each place told as the task's author knows it."""
    kinds = {o.id: (o.kind, o.text) for o in obligations_of(subject)}
    attempts: list[tuple[str, Attempt]] = []
    faults: list[str] = []
    for obligation, attempt in said.attempts:
        kind, text = kinds.get(obligation, ("", ""))
        where = _Places(task, subject, kind, text)
        attempts.append((obligation, replace(attempt, reason=where.told(attempt.reason))))
        faults += where.faults(attempt)
    return replace(said, attempts=tuple(attempts), unsupported=next(iter(faults), ""))


def contract_fault(task: Task, subject: Subject, problem: Unsupported) -> str:
    """What in the contract has no model, whatever the body of the subject is; else empty."""
    attempt = Attempt(DEDUCTIVE, Verdict.UNKNOWN, str(problem))
    return next(_Places(task, subject, "", "").faults(attempt), "")


class _Places:
    """The places of one obligation's attempt."""

    def __init__(self, task: Task, subject: Subject, kind: str, text: str) -> None:
        self.task = task
        self.subject = subject
        self.kind = kind
        self.text = text

    def told(self, reason: str) -> str:
        """A reason with each of its places translated."""
        return _UNSUPPORTED.sub(self._told, reason)

    def faults(self, attempt: Attempt) -> Iterator[str]:
        """What in the contract the prover has no model of, by an attempt of it."""
        if attempt.outcome is not Verdict.UNKNOWN:
            return
        has_source = self.kind == REFERENCE and self.subject.contract.reference_source
        if self.kind in _NEVER and not has_source:
            yield f"{attempt.reason} ({self._entry(self.kind) or self.text})"
        for match in _UNSUPPORTED.finditer(attempt.reason):
            if not match["what"].startswith(_CONDITIONAL) and self._of_contract(int(match["line"])):
                yield self._told(match)

    def _told(self, match: re.Match[str]) -> str:
        line, column = int(match["line"]), int(match["column"])
        place = self._of_contract(line) or self._of_module(line, column)
        return f"unsupported: {match['what']}" + (f" at {place}" if place else "")

    def _of_module(self, line: int, column: int) -> str:
        return f"{self.subject.path}:{line}:{column}" if line else ""

    def _of_contract(self, line: int) -> str:
        """The place in the task file, or in the codebase; empty where it is the body's."""
        if self.kind in (EXAMPLE, PROPERTY) and line > len(self.subject.source.splitlines()):
            return self._entry("examples" if self.kind == EXAMPLE else "properties")
        node = find_node(self.subject.source, self.subject.qualname)
        for decorator in node.decorator_list:
            if decorator.lineno <= line <= (decorator.end_lineno or decorator.lineno):
                return self._of_decorator(decorator, line)
        if line in _lines_of(body_without_docstring(node)) or not line:
            return ""
        return self._of_definition(line)

    def _of_decorator(self, decorator: ast.expr, line: int) -> str:
        if self.task.in_codebase:
            return f"{self.subject.path}:{line}"
        last = decorator.end_lineno or decorator.lineno
        for key in ("requires", "ensures"):
            found: tuple[Condition, ...] = getattr(self.subject.contract, key)
            for i, condition in enumerate(found):
                if decorator.lineno <= condition.line <= last:
                    return self._entry(f"{key}[{i}]", condition.display)
        return self._entry("ensures")

    def _of_definition(self, line: int) -> str:
        names = {
            s.name
            for s in ast.parse(self.subject.contract.definitions).body
            if isinstance(s, ast.FunctionDef)
        }
        for statement in ast.parse(self.subject.source).body:
            if isinstance(statement, ast.FunctionDef) and line in _lines_of([statement]):
                return self._entry("definitions", statement.name) if statement.name in names else ""
        return ""

    def _entry(self, key: str, shown: str = "") -> str:
        line = self.task.lines.get(key) or self.task.lines.get(key.partition("[")[0])
        head = f"{self.task.path}:{line} {key.partition('[')[0]}" if line else ""
        return f"{head}: {shown}" if head and shown else head


def _lines_of(statements: list[ast.stmt]) -> range:
    if not statements:
        return range(0)
    return range(statements[0].lineno, (statements[-1].end_lineno or statements[-1].lineno) + 1)
