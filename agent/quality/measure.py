"""Measurements that only read code: complexity, maintainability, style."""

from __future__ import annotations

import ast
import json
import subprocess
import textwrap
from dataclasses import dataclass

from verify_agent.agent.artifacts import ruff
from verify_agent.agent.task_origin import find_node
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.quality import ONE, share

#: pycodestyle's errors and warnings, and pep8-naming.
RULES = "E,W,N"
LINE_LENGTH = 100
_SECONDS = 20.0


@dataclass(frozen=True)
class Read:
    """What reading shows; `maintainability` and `style` in millionths."""

    complexity: int
    maintainability: int
    style: int


def read(text: str, qualname: str) -> Read:
    """The measurements of one function of a module's text.

    Its decorators count for style alone: what a contract says is no complexity of the body.
    `ToolMissing` where ruff does not answer.
    """
    function = _undecorated(text, qualname)
    return Read(complexity(function), maintainability(function), style(text, qualname))


def complexity(function: str) -> int:
    """The cyclomatic complexity of a function's text, closures included (radon)."""
    from radon.complexity import cc_visit

    blocks = cc_visit(function)
    return max(1, max((b.complexity for b in blocks), default=1))


def maintainability(function: str) -> int:
    """The maintainability index over 100, in millionths (Coleman 1994, as radon computes it).

    Docstrings count as comments and not as code, and the share of comments is one of all lines,
    as the index has it: radon's own parameters divide by the lines of code alone.
    """
    from radon.metrics import mi_compute, mi_parameters
    from radon.raw import analyze

    volume, branches, statements, _ = mi_parameters(function, True)
    raw = analyze(function)
    told = raw.comments + raw.multi
    node = ast.parse(function).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    statements -= ast.get_docstring(node) is not None
    index = mi_compute(volume, branches, statements, 100 * told / max(1, told + raw.sloc))
    return share(round(max(0.0, min(100.0, index)) * 10_000), ONE)


def style(text: str, qualname: str) -> int:
    """The share of the function's lines without a complaint of ruff's PEP 8 rules."""
    node = find_node(text, qualname)
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    lines = set(range(first, (node.end_lineno or node.lineno) + 1))
    return share(len(lines - _complaints(text)), len(lines))


def _complaints(text: str) -> set[int]:
    command = [*ruff(), "check", "--isolated", "--no-cache", "--exit-zero"]
    command += ["--select", RULES, "--line-length", str(LINE_LENGTH)]
    command += ["--output-format", "json", "--stdin-filename", "module.py", "-"]
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=_SECONDS)
        found = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError) as problem:
        raise ToolMissing(f"ruff did not judge the style: {problem}") from problem
    return {
        number
        for one in found
        for number in range(one["location"]["row"], one["end_location"]["row"] + 1)
    }


def _undecorated(text: str, qualname: str) -> str:
    node = find_node(text, qualname)
    lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines)) + "\n"
