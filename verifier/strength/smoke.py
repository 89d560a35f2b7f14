"""Smoke checks: conditions that say nothing about the call, and code that can't be reached."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from verify_agent.contracts.expressions import free_names
from verify_agent.contracts.functions import functions_of
from verify_agent.contracts.old import immutable
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.frontend.load import subject as load_subject
from verify_agent.verifier.subject import ASSERT, Subject, find, obligations_of

SECONDS = 2.0
#: Of one function: blocks are left out once this is spent.
FUNCTION_SECONDS = 6.0
_TRACED = re.compile(r"coverage lines (\d+)/(\d+), branches (\d+)/(\d+)")


def silent(subject: Subject) -> tuple[str, ...]:
    """Notes on conditions that mention nothing: no parameter, or no result and nothing changed."""
    contract, signature = subject.contract, subject.signature
    kept = {p.name for p in signature.parameters if p.annotation and immutable(p.annotation)}
    live = {"result", "OLD", *(set(signature.names) - kept), *_module_state(subject.source)}
    lines = [
        f"the precondition `{c.display}` mentions no parameter"
        for c in contract.requires
        if not free_names(c.text) & set(signature.names)
    ]
    lines += [
        f"the postcondition `{c.display}` mentions neither the result nor what the call may change"
        for c in contract.ensures
        if not free_names(c.text) & live
    ]
    return tuple(lines)


@lru_cache(maxsize=64)
def _module_state(source: str) -> frozenset[str]:
    """The names that the module binds by assignment: a call may change what they hold."""
    return frozenset(
        n.id
        for statement in ast.parse(source).body
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for n in ast.walk(statement)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    )


def half_seen(attempts: tuple[Attempt, ...]) -> bool:
    """Whether the property tests left some line or branch of the function out."""
    for detail in (d for a in attempts for d in a.details):
        match = _TRACED.search(detail)
        if match:
            lines, all_lines, branches, all_branches = map(int, match.groups())
            return lines < all_lines or branches < all_branches
    return False


def unreachable(subject: Subject, seconds: float = SECONDS) -> tuple[str, ...]:
    """Notes on blocks that the prover shows no allowed call to reach.

    An `assert False` is put in front of each block; where it is proved nothing comes there. A
    block that says so itself (it raises AssertionError) is left out, and so is what stands within
    an unreachable one.
    """
    from verify_agent.verifier.engines.deductive import Deductive

    node = next(f.node for f in functions_of(subject.source) if f.qualname == subject.qualname)
    dead: list[range] = []
    lines = []
    stop = time.monotonic() + FUNCTION_SECONDS
    for block in _blocks(node.body):
        first = block[0]
        if any(first.lineno in other for other in dead) or _says_so(first):
            continue
        tried = _guarded(subject, first)
        if tried is None or time.monotonic() > stop:
            continue
        wanted = find(obligations_of(tried), ASSERT, "False").id
        limits = Limits(seconds=seconds, per_query_ms=1_000)
        answer = Deductive().check(tried, limits, 0).attempts.get(wanted)
        if answer is not None and answer.outcome is Verdict.PROVED:
            dead.append(range(first.lineno, (block[-1].end_lineno or first.lineno) + 1))
            shown = ast.unparse(first).split("\n")[0]
            lines.append(f"no allowed call reaches line {first.lineno}: `{shown}`")
    return tuple(lines)


def _blocks(body: list[ast.stmt]) -> list[list[ast.stmt]]:
    """The statement lists within a body that may be passed by, outer ones first."""
    found: list[list[ast.stmt]] = []
    for number, statement in enumerate(body):
        inner = list(_inner(statement))
        for block in inner:
            found += [block, *_blocks(block)]
        rest = body[number + 1 :]
        if inner and rest:
            found.append(rest)
    return found


def _inner(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    match statement:
        case ast.If() | ast.While() | ast.For():
            yield statement.body
            if statement.orelse:
                yield statement.orelse
        case ast.Try():
            yield from (handler.body for handler in statement.handlers)
        case ast.Match():
            yield from (case.body for case in statement.cases)


def _says_so(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name)):
            return name in ("AssertionError", "NotImplementedError")
        case ast.Assert(test=ast.Constant(value=False)):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
        case _:
            return False


def _guarded(subject: Subject, before: ast.stmt) -> Subject | None:
    """The subject with `assert False` in front of a statement; None where that is no Python."""
    lines = subject.source.split("\n")
    line = lines[before.lineno - 1].encode()
    head, rest = line[: before.col_offset].decode(), line[before.col_offset :].decode()
    own_line = not head.strip()
    put = [f"{head}assert False", f"{head}{rest}"] if own_line else [f"{head}assert False; {rest}"]
    text = "\n".join([*lines[: before.lineno - 1], *put, *lines[before.lineno :]])
    try:
        made = load_subject(text, subject.qualname, path=subject.path, module=subject.module)
    except ValueError:
        return None
    return replace(made, contract=subject.contract, roots=subject.roots)
