"""A function under contract, from its source text to the intermediate representation."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

from verify_agent.contracts.expressions import NotAnExpression
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.frontend.lower_functions import lower_source
from verify_agent.verifier.frontend.lower_module import module_scope
from verify_agent.verifier.frontend.lower_program import ProgramBuilder, Source, is_other
from verify_agent.verifier.frontend.lower_scope import (
    ClassName,
    FunctionName,
    ModuleScope,
)
from verify_agent.verifier.frontend.lower_state import check_writers
from verify_agent.verifier.frontend.lower_trusted import pure, stands_by_contract, without_body
from verify_agent.verifier.ir.nodes import Call, Class, Program
from verify_agent.verifier.ir.walk import walk
from verify_agent.verifier.subject import Subject


def lower(subject: Subject) -> Program:
    """Everything that the function and its contract reach, in the intermediate representation.

    `Unsupported` names the first construct, in source order, of the function or its contract
    that has no exact meaning here. A function that it calls and that can't be lowered is in
    `Program.unsupported`. `BadSource` where the text does not parse or has no such function.
    """
    return lower_with(subject)[2]


def lower_with(subject: Subject) -> tuple[ProgramBuilder, Source, Program]:
    """As `lower`, with what was collected on the way and the function's own source."""
    if subject.unread:
        first = min(subject.unread, key=lambda u: (u.line, u.column))
        raise Unsupported(first.construct, first.line, first.column)
    try:
        return _lower(subject)
    except RecursionError as error:
        raise Unsupported("code nested this deeply", subject.line) from error


def _lower(subject: Subject) -> tuple[ProgramBuilder, Source, Program]:
    package = Path(subject.path).name == "__init__.py"
    module = module_scope(subject.source, subject.module, subject.roots, package=package)
    if module.problem is not None:
        raise module.problem
    builder = ProgramBuilder()
    entry = _entry(builder, subject, module)
    builder.sources[entry.key] = entry
    if entry.key in builder.pending:
        builder.pending.remove(entry.key)
    builder.functions[entry.key] = lower_source(builder, entry)
    _lower_pending(builder)
    check_writers(builder, subject.line)
    builder.check_seen()
    return builder, entry, _program(builder, entry.key)


def _lower_pending(builder: ProgramBuilder) -> None:
    while builder.pending:
        key = builder.pending.pop(0)
        mixed, texts = builder.mixed, set(builder.texts)
        try:
            builder.functions[key] = lower_source(builder, builder.sources[key])
            if pure(builder, builder.sources[key]):
                builder.functions[key] = replace(builder.functions[key], pure=True)
        except (Unsupported, NotAnExpression) as problem:
            builder.mixed, builder.texts = mixed, texts
            source = builder.sources[key]
            function = stands_by_contract(builder, source) or without_body(builder, source)
            if function is None:
                builder.unsupported[key] = str(problem)
            else:
                builder.functions[key] = function


def _entry(builder: ProgramBuilder, subject: Subject, module: ModuleScope) -> Source:
    """The function that is asked for, under the contract that is asked for."""
    scope = _contract_scope(subject, module)
    head, _, rest = subject.qualname.partition(".")
    match module.resolve(head):
        case FunctionName() as bound if not rest:
            source = builder.sources[builder.function_key(bound)]
        case ClassName() as owner if rest:
            key = builder.class_key(owner)
            found = builder.method_source(key, rest)
            if found is None:
                raise _missing(subject)
            source = found
        case None:
            raise _missing(subject)
        case other:
            why = getattr(other, "why", f"{subject.qualname}")
            raise Unsupported(why, subject.line)
    for argument in source.node.args.args:
        if is_other(source, argument):
            construct = "__eq__ on anything but instances of its class"
            raise Unsupported(construct, argument.lineno, argument.col_offset)
    return replace(
        source, contract=subject.contract, unread=(), contracted=True, contract_module=scope
    )


def _missing(subject: Subject) -> BadSource:
    return BadSource(f"there is no function {subject.qualname}", where=subject.path)


def _contract_scope(subject: Subject, module: ModuleScope) -> ModuleScope:
    """The names that the contract may use: the definitions of a task, then the module's.

    A definition that the module repeats word for word (it is exposed) is the module's.
    """
    text = subject.contract.definitions
    if not text.strip():
        return module
    scope = module_scope(text, "definitions", subject.roots)
    if scope.problem is not None:
        raise scope.problem
    scope.parent = module
    for name, bound in list(scope.bindings.items()):
        known = module.bindings.get(name)
        if (
            isinstance(bound, FunctionName)
            and isinstance(known, FunctionName)
            and ast.dump(bound.node) == ast.dump(known.node)
        ):
            del scope.bindings[name]
    return scope


def _program(builder: ProgramBuilder, entry: str) -> Program:
    """The finished program: only what is reached, helpers of contracts marked."""
    classes = dict(builder.classes)
    from_bodies = _reached(builder, entry, bodies_only=True)
    reached = _reached(builder, entry, bodies_only=False)
    functions = {
        key: replace(builder.functions[key], specification=key not in from_bodies)
        for key in reached
        if key in builder.functions
    }
    unsupported = {k: v for k, v in builder.unsupported.items() if k in reached}
    return Program(entry, functions, classes, dict(builder.constants), unsupported)


def _reached(builder: ProgramBuilder, entry: str, *, bodies_only: bool) -> list[str]:
    """The functions reached from the entry's body (and contract), in order.

    Methods of a class that is met count as reached from a body: whoever makes an object may
    call them. So do the functions that write module variables, which anyone may call.
    """
    found = {entry: None}
    methods = [m for c in builder.classes.values() for m in c.methods] + builder.writers
    found.update(dict.fromkeys(methods))
    pending = list(found)
    while pending:
        function = builder.functions.get(pending.pop(0))
        if function is None:
            continue
        root: object = function.body if bodies_only else function
        new = [n.function for n in walk(root) if isinstance(n, Call) and n.function not in found]
        if not bodies_only:
            new += [m for c in builder.classes.values() for m in _called(c) if m not in found]
        found.update(dict.fromkeys(new))
        pending.extend(dict.fromkeys(new))
    return list(found)


def _called(klass: Class) -> list[str]:
    return [n.function for n in walk(klass.invariants) if isinstance(n, Call)]
