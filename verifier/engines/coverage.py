"""Line and branch coverage of one function, by tracing some of its calls. Runs in the sandbox."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

Arc = tuple[int, int]


@dataclass
class Coverage:
    """What was seen of a function's code; `source` is the module's text.

    A branch is one way out of an `if`, `while` or `for` whose body stands on lines of its own;
    others are not counted.
    """

    code: CodeType
    source: str
    traced: int = 0
    lines: set[int] = field(default_factory=set)
    arcs: set[Arc] = field(default_factory=set)

    @contextmanager
    def tracing(self) -> Iterator[None]:
        """Watch the calls within; a tracer that was there is put back."""
        before = sys.gettrace()
        own = set(_codes(self.code))
        sys.settrace(lambda frame, event, arg: self._local() if frame.f_code in own else None)
        self.traced += 1
        try:
            yield
        finally:
            sys.settrace(before)

    def __str__(self) -> str:
        every = {n for code in _codes(self.code) for _, _, n in code.co_lines() if n}
        body = every - {code.co_firstlineno for code in _codes(self.code)}
        lines = len(body & self.lines)
        taken, branches = self._branches()
        seen = f"lines {lines}/{len(body)}, branches {taken}/{branches}"
        return f"coverage {seen} (of {self.traced} calls that were traced)"

    def _local(self) -> Callable[..., Any]:
        last = 0

        def step(frame: FrameType, event: str, arg: object) -> Any:
            nonlocal last
            if event == "line":
                self.lines.add(frame.f_lineno)
                self.arcs.add((last, frame.f_lineno))
                last = frame.f_lineno
            elif event == "return":
                self.arcs.add((last, 0))
            return step

        return step

    def _branches(self) -> tuple[int, int]:
        taken = total = 0
        for test, body in _forks(self.source, self.code.co_firstlineno):
            ways = [arc for arc in self.arcs if arc[0] in test]
            total += 2
            taken += any(arc[1] == body for arc in ways)
            taken += any(arc[1] != body and arc[1] not in test for arc in ways)
        return taken, total


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _forks(source: str, first: int) -> Iterator[tuple[range, int]]:
    """For each fork of the function at that line: the lines of its test, its body's first line."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        if first not in (start, node.lineno):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.If | ast.While):
                test: ast.expr = inner.test
            elif isinstance(inner, ast.For):
                test = inner.iter
            else:
                continue
            end = test.end_lineno or test.lineno
            if inner.body[0].lineno > end:
                yield range(inner.lineno, end + 1), inner.body[0].lineno
