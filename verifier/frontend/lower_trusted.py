"""Functions of which the contract is all that is read, as their bodies have no model.

Such a call gives any value of the declared type that the postconditions allow. It can change
nothing that is looked at, as its parameters are values that nothing changes, or have no model.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from verify_agent.contracts.expressions import NotAnExpression
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_base import Names
from verify_agent.verifier.frontend.lower_functions import Contracts
from verify_agent.verifier.frontend.lower_program import ProgramBuilder, Source
from verify_agent.verifier.frontend.lower_scope import ClassName
from verify_agent.verifier.frontend.purity import is_pure
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    NONE,
    EnumType,
    FrozenType,
    ListType,
    OpaqueType,
    TupleType,
    Type,
    UnionType,
    VariadicTupleType,
    is_immutable,
)


def trusted_source(
    builder: ProgramBuilder, type_: OpaqueType, bound: ClassName, name: str
) -> Source | None:
    """The method of a class without a model, by its contract; None where it has no such one."""
    key = f"{type_.name}.{name}"
    if key in builder.sources:
        return builder.sources[key]
    found = [s for s in bound.node.body if isinstance(s, ast.FunctionDef) and s.name == name]
    if len(found) != 1:
        return None
    known = builder.contract_of(bound.module, f"{bound.node.name}.{name}")
    if known is None or known.unread or _is_no_method(found[0]):
        return None
    types: tuple[Type, ...] = (type_, *(NONE for _ in found[0].args.args[1:]))
    source = Source(
        key,
        found[0],
        bound.module,
        known.contract,
        contracted=known.contracted,
        types=types,
        trusted=True,
    )
    builder.sources[key] = source
    try:
        builder.functions[key] = by_contract_alone(builder, source)
    except (Unsupported, NotAnExpression) as problem:
        builder.unsupported[key] = str(problem)
    return source


def _is_no_method(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(d, ast.Name) and d.id in ("property", "staticmethod", "classmethod")
        for d in node.decorator_list
    )


def stands_by_contract(builder: ProgramBuilder, source: Source) -> ir.Function | None:
    """A contracted function without a model of its body, where it can change nothing."""
    contract = source.contract
    if source.owner or not source.contracted or not contract.ensures or contract.raises:
        return None
    if not _on_references(builder, source):
        return None
    try:
        function = by_contract_alone(builder, source)
    except (Unsupported, NotAnExpression):
        return None
    plain = all(is_immutable(p.type) for p in function.parameters) and is_immutable(
        function.returns
    )
    return function if plain and not source.unread else None


def by_contract_alone(builder: ProgramBuilder, source: Source) -> ir.Function:
    """The function without a body; `Unsupported` where its contract has no model."""
    parameters = [(p.name, p.type) for p in builder.parameters(source)]
    returns = builder.returns(source)
    names = Names(set(), source.module.identifiers)
    contract = Contracts(builder, replace(source, owner=None), names, parameters).lower()
    contracts = Contracts(builder, source, names, parameters)
    variables = tuple(ir.Var(type_, contracts.place, name) for name, type_ in parameters)
    return ir.Function(
        source.key,
        variables,
        NONE if returns is None else returns,
        (),
        contracts.place,
        contract.requires,
        contract.ensures,
        contract.snapshots,
        modifies=(),
        contracted=source.contracted,
        trusted=True,
    )


def pure(builder: ProgramBuilder, source: Source) -> bool:
    """Whether the text shows that equal arguments give equal results, and nothing else happens."""
    if source.contracted or not isinstance(source.node, ast.FunctionDef):
        return False
    owner = builder.class_sources.get(source.owner) if source.owner else None
    if source.key not in builder.pure:
        found = _on_references(builder, source) and is_pure(source.node, source.module, owner)
        builder.pure[source.key] = found
    return builder.pure[source.key]


def without_body(builder: ProgramBuilder, source: Source) -> ir.Function | None:
    """A function without a contract whose body has no model: it may give any value, or raise.

    A pure one gives the same for the same arguments.
    """
    if source.unread or source.contracted or not _on_references(builder, source):
        return None
    parameters = builder.parameters(source)
    try:
        returns = builder.returns(source)
    except Unsupported:
        return None
    if returns is None or not all(
        is_immutable(t) for t in (returns, *(p.type for p in parameters))
    ):
        return None
    place = Contracts(builder, source, Names(set(), frozenset()), []).place
    variables = tuple(ir.Var(p.type, place, p.name) for p in parameters)
    return ir.Function(
        source.key, variables, returns, (), place, trusted=True, pure=pure(builder, source)
    )


def _on_references(builder: ProgramBuilder, source: Source) -> bool:
    """Whether it takes what is known by its identity: elsewhere no model is a reason to stop."""
    try:
        parameters = builder.parameters(source)
    except Unsupported:
        return False
    return any(
        isinstance(part, EnumType | FrozenType | OpaqueType)
        for p in parameters
        for part in _parts(p.type)
    )


def _parts(type_: Type) -> Iterator[Type]:
    yield type_
    match type_:
        case TupleType(items) | UnionType(items):
            for item in items:
                yield from _parts(item)
        case VariadicTupleType(item) | ListType(item):
            yield from _parts(item)
        case _:
            return
