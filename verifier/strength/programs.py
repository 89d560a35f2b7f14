"""Programs that nobody wants: bodies that ignore the task, and mutants of the function."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from verify_agent.contracts.functions import functions_of
from verify_agent.contracts.model import Signature
from verify_agent.verifier.frontend.load import subject as load_subject
from verify_agent.verifier.mutation import mutants
from verify_agent.verifier.subject import Subject

_CONSTANTS = {
    "int": ("0", "1", "-1"),
    "bool": ("False", "True"),
    "str": ("''",),
    "float": ("0.0",),
    "bytes": ("b''",),
    "list": ("[]",),
    "List": ("[]",),
    "dict": ("{}",),
    "Dict": ("{}",),
    "set": ("set()",),
    "Set": ("set()",),
}


@dataclass(frozen=True)
class Program:
    """Another module's text in which the function is another; `label` says which in words."""

    label: str
    source: str


def trivial(subject: Subject) -> tuple[Program, ...]:
    """Bodies of one statement: constants of the result's type, a parameter of it, nothing at all.

    >>> text = "def f(x: int, y: str) -> int:\\n    return x + len(y)\\n"
    >>> [p.label for p in trivial(load_subject(text, "f"))]
    ['`return 0`', '`return 1`', '`return -1`', '`return x`']
    """
    made = (
        Program(f"`{body}`", with_body(subject.source, subject.qualname, body))
        for body in _bodies(subject.signature)
    )
    return tuple(made)


def changed(subject: Subject) -> tuple[Program, ...]:
    """The function's mutants."""
    return tuple(Program(str(m), m.source) for m in mutants(subject.source, subject.qualname))


def variant(subject: Subject, program: Program) -> Subject:
    """The program under the subject's contract."""
    found = load_subject(
        program.source,
        subject.qualname,
        path=subject.path,
        module=subject.module,
        roots=subject.roots,
    )
    return replace(found, contract=subject.contract, signature=subject.signature)


def with_body(source: str, qualname: str, body: str) -> str:
    """The module's text with one statement in the place of the function's body."""
    node = next(f.node for f in functions_of(source) if f.qualname == qualname)
    lines = source.split("\n")
    first, last = node.body[0], node.body[-1]
    start = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    end = last.end_lineno or last.lineno
    head = lines[start - 1].encode()[: first.col_offset].decode()
    tail = lines[end - 1].encode()[last.end_col_offset or 0 :].decode()
    return "\n".join([*lines[: start - 1], f"{head}{body}{tail}", *lines[end:]])


def _bodies(signature: Signature) -> list[str]:
    returns = signature.returns
    if returns in ("", "None"):
        return ["pass"]
    outer = ast.parse(returns, mode="eval").body
    kinds = _members(outer)
    found = [f"return {text}" for kind in kinds for text in _values(kind)]
    accepted = {returns, *map(ast.unparse, kinds)}
    found += [f"return {p.name}" for p in signature.parameters if p.annotation in accepted]
    return list(dict.fromkeys(found))


def _members(kind: ast.expr) -> list[ast.expr]:
    """The types of a union, in its order."""
    match kind:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_members(left), *_members(right)]
        case _:
            return [kind]


def _values(kind: ast.expr) -> tuple[str, ...]:
    match kind:
        case ast.Constant(value=None):
            return ("None",)
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            return _CONSTANTS.get(name, ())
        case _:
            return ()
