"""Whether two functions are the same, as a fact: a proof of equality, or an input that differs."""

from __future__ import annotations

import ast
import builtins
import copy
from dataclasses import dataclass, replace

from verify_agent.agent.memory.rename import moved
from verify_agent.agent.similar.gather import Function
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.evidence import Verdict

PROVED, DIFFERENT, OPEN = "proved equal", "different", "not shown"


@dataclass(frozen=True)
class Word:
    """What is known of a pair: `word` is one of the three above, `detail` says by what, or why."""

    word: str
    detail: str = ""


def judged(query: Function, other: Function, seconds: float) -> Word:
    """Whether the prover shows that two functions are equal on every input that `query` allows."""
    from verify_agent.verifier.engines.base import Limits
    from verify_agent.verifier.engines.deductive import Deductive
    from verify_agent.verifier.frontend.load import subject
    from verify_agent.verifier.subject import REFERENCE, find, obligations_of

    reason = _apart(query, other)
    if reason:
        return Word(OPEN, reason)
    try:
        found = subject(query.source, query.qualname, path=str(query.path))
    except (BadSource, Unsupported) as problem:
        return Word(OPEN, str(problem))
    if found.unread:
        return Word(OPEN, f"its contract has {found.unread[0].construct}")
    original = _under_the_names(other, query)
    if original is None:
        return Word(OPEN, "its names can't be changed exactly")
    contract = replace(
        found.contract,
        ensures=(),
        reference=f"source::{query.qualname}",
        reference_source=original,
    )
    asked = replace(found, contract=contract, asserts=())
    said = Deductive().check(asked, Limits(seconds=seconds), 0).attempts
    attempt = said.get(find(obligations_of(asked), REFERENCE).id)
    if attempt is not None and attempt.outcome is Verdict.PROVED:
        return Word(PROVED, f"{attempt.engine} {attempt.version}".strip())
    return Word(OPEN, attempt.reason if attempt else "the prover has no word on it")


def differing(query: Function, told: tuple[str, ...], others: tuple[str, ...]) -> str:
    """The first shared input on which both ended, and differently; empty where there is none."""
    from verify_agent.agent.similar.inputs import shared_inputs

    inputs = shared_inputs(query.types or ())
    for text, one, other in zip(inputs, told, others, strict=False):
        if one and other and one != other:
            return f"{query.qualname}{text.replace(',)', ')')}: {_said(one)}, {_said(other)}"
    return ""


def _said(outcome: str) -> str:
    return outcome[1:] if outcome.startswith("=") else f"raises {outcome[1:]}"


def _apart(query: Function, other: Function) -> str:
    """Why the two can't stand side by side in one module with their meanings kept; or nothing.

    Names that are not a function's own must mean the same in both modules: of another module's
    function only builtins may be read, which neither module binds.
    """
    if "." in query.qualname or "." in other.qualname:
        return "equality of methods"
    if len(query.node.args.args) != len(other.node.args.args):
        return "another number of parameters"
    if query.types is None or query.types != other.types:
        return "parameters of other types"
    if query.source == other.source:
        return ""
    free = _read(other.node) - {other.node.name}
    strange = sorted(free - set(dir(builtins)))
    if strange:
        return f"it reads `{strange[0]}` of its own module"
    hidden = sorted(free & (_bound_at_top(query.source) | _bound_at_top(other.source)))
    return f"`{hidden[0]}` means something else in one of the modules" if hidden else ""


def _read(node: ast.FunctionDef) -> set[str]:
    """The names that a function reads and does not bind, those of its annotations too."""
    plain = copy.deepcopy(node)
    plain.decorator_list = []
    names = [n for n in ast.walk(plain) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in ast.walk(plain) if isinstance(n, ast.arg)}
    bound |= {n.name for n in ast.walk(plain) if isinstance(n, ast.FunctionDef) and n is not plain}
    imported = [
        a for n in ast.walk(plain) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names
    ]
    return {n.id for n in names} - bound | {a.name for a in imported}


def _bound_at_top(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=asname):
                found.add(asname or name.partition(".")[0])
            case ast.Name(name, ast.Store()):
                found.add(name)
    return found


def _under_the_names(other: Function, query: Function) -> str | None:
    """The other's module with its function once more at the end, under the query's names.

    None where it can't be renamed exactly.
    """
    plain = copy.deepcopy(other.node)
    plain.decorator_list = []
    own, wanted = ([a.arg for a in f.node.args.args] for f in (other, query))
    names = {**dict(zip(own, wanted, strict=True)), other.node.name: query.node.name}
    made = moved(ast.unparse(plain), other.node.name, names, range(len(own)))
    return f"{other.source}\n\n\n{ast.unparse(made)}\n" if made is not None else None
