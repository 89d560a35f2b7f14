"""Equality with a reference: the reference as a definition, or shown to have the same value."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from dataclasses import replace

from verify_agent.contracts.model import Condition, Contract, Parameter, Signature
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.reference import Reference, load_reference
from verify_agent.verifier.subject import ENSURE, Subject
from verify_agent.verifier.vc.verify import Verification

Verify = Callable[[Subject], Verification]
MUTATES = "a reference to a function that changes its arguments"


def compared(subject: Subject, verify: Verify) -> Verification | Unsupported:
    """The first verification that shows that the function returns what the reference returns.

    Two ways are tried. The reference's own value as a postcondition of the function; and, where
    the function is one expression of its parameters, that expression as a postcondition of the
    reference, which must not change its arguments either. Where neither is proved: the last
    failure.
    """
    if subject.contract.modifies:
        return Unsupported(MUTATES)
    try:
        reference = load_reference(subject.contract, subject.roots)
    except Unsupported as error:
        return error
    last: Verification | Unsupported = Unsupported("equality with the reference")
    for statement in _statements(subject, reference):
        try:
            last = verify(statement)
        except (Unsupported, BadSource) as error:
            last = error if isinstance(error, Unsupported) else Unsupported(str(error))
            continue
        if _is_shown(last):
            return last
    if isinstance(last, Verification) and last.proved:
        return Unsupported("equality with the reference of a function that never returns")
    return last


def _is_shown(found: Verification) -> bool:
    clean = not (found.shaken or found.unmodelled or found.contradiction)
    return clean and found.proved and any(key.kind == ENSURE for key in found.results)


def _statements(subject: Subject, reference: Reference) -> Iterator[Subject]:
    value = _returned(subject)
    if value is not None and reference.parameters == subject.signature.names:
        yield _of_reference(subject, reference, value)
    call = f"{reference.name}({', '.join(subject.signature.names)})"
    yield replace(
        subject,
        contract=replace(
            subject.contract,
            ensures=(*subject.contract.ensures, Condition(f"result == {call}")),
            definitions=f"{subject.contract.definitions}\n\n{reference.source}",
            reference="",
            examples=(),
            properties=(),
        ),
        asserts=(),
    )


def _returned(subject: Subject) -> str | None:
    """The text of E where the function is `return E` over its parameters and builtins alone."""
    for node in ast.parse(subject.source).body:
        if isinstance(node, ast.FunctionDef) and node.name == subject.qualname:
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            match body:
                case [ast.Return(value=ast.expr() as value)] if _closed(value, subject):
                    return ast.unparse(value)
    return None


def _closed(value: ast.expr, subject: Subject) -> bool:
    """Whether an expression says the same in another module."""
    names = [n for n in ast.walk(value) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)} | set(subject.signature.names)
    free = {n.id for n in names} - bound
    odd = any(isinstance(n, ast.Lambda | ast.NamedExpr) for n in ast.walk(value))
    plain = free <= set(dir(builtins)) - _bound_names(ast.parse(subject.source))
    return plain and not odd and not {"result", "OLD"} & bound


def _bound_names(module: ast.Module) -> set[str]:
    """Every name that a module binds anywhere."""
    found: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                found.add(name)
            case ast.alias(name=name, asname=asname):
                found.add(asname or name.partition(".")[0])
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
    return found


def _of_reference(subject: Subject, reference: Reference, value: str) -> Subject:
    """The reference under the contract that its result is the function's expression."""
    contract = subject.contract
    excluded = tuple(Condition(f"not ({r.condition.text})") for r in contract.raises)
    pairs = zip(reference.parameters, subject.signature.parameters, strict=True)
    parameters = tuple(Parameter(name, given.annotation) for name, given in pairs)
    return replace(
        subject,
        source=reference.source,
        qualname=reference.name,
        signature=Signature(reference.name, parameters, subject.signature.returns),
        contract=Contract(
            requires=(*contract.requires, *excluded),
            ensures=(Condition(f"result == ({value})"),),
            modifies=(),
            definitions=contract.definitions,
        ),
        asserts=(),
    )
