"""icontract decorators in source text -> Contract. The text is read, never imported.

icontract applies decorators from the lowest to the highest and evaluates them in that order
(preconditions, then snapshots, then postconditions; a class's invariants likewise), so the
values here stand in that order too. What can't be read exactly is recorded as `Unread`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from verify_agent.contracts.expressions import argument_names, free_reads
from verify_agent.contracts.model import Condition, Contract, Snapshot, Unread
from verify_agent.contracts.spelling import (
    ENSURE,
    INVARIANT,
    PACKAGE,
    REQUIRE,
    SNAPSHOT,
    Spelling,
    own_level,
    spelling_of,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef

#: icontract's own names beside the parameters, per kind of decorator.
_EXTRA = {REQUIRE: (), SNAPSHOT: (), ENSURE: ("result", "OLD"), INVARIANT: ()}
_UNMODELLED = frozenset({"_ARGS", "_KWARGS"})
_KEYWORDS = {
    REQUIRE: ("condition", "description", "a_repr", "enabled", "error"),
    ENSURE: ("condition", "description", "a_repr", "enabled", "error"),
    INVARIANT: ("condition", "description", "a_repr", "enabled", "error", "check_on"),
    SNAPSHOT: ("capture", "name", "enabled"),
}


class _Problem(Exception):
    """Internal: a decorator that can't be read exactly."""

    def __init__(self, construct: str, node: ast.AST) -> None:
        super().__init__(construct)
        line = getattr(node, "lineno", 0)
        self.unread = Unread(construct, line, getattr(node, "col_offset", 0))


@dataclass(frozen=True)
class Reading:
    """What was read: the contract, and the parts of it that could not be read exactly."""

    contract: Contract
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True)
class Scope:
    """What a decorator's condition may refer to: the module's text, imports and functions.

    `callables` maps each module-level function (or lambda with a name) that is bound exactly
    once and not decorated to its arguments. `made` are the names of whole decorators
    (`positive = require(lambda x: x > 0)`), which are seen but not read.
    """

    source: str
    spelling: Spelling
    callables: Mapping[str, ast.arguments]
    made: frozenset[str] = frozenset()


def scope_of(source: str, module: ast.Module) -> Scope:
    """The scope of a parsed module."""
    bound: dict[str, list[ast.arguments | None]] = {}
    spelling = spelling_of(module)
    made: set[str] = set()
    for statement in own_level(module.body):
        match statement:
            case ast.FunctionDef(name=name, decorator_list=decorators):
                bound.setdefault(name, []).append(None if decorators else statement.args)
            case ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.setdefault(name, []).append(None)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(args=arguments)):
                bound.setdefault(name, []).append(arguments)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.For():
                value = getattr(statement, "value", None)
                kept = isinstance(value, ast.Call) and is_contract_decorator(value, spelling)
                for node in ast.walk(statement):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        made |= {node.id} if kept else set()
                        bound.setdefault(node.id, []).append(None)
            case _:
                pass
    once = {name: found[0] for name, found in bound.items() if len(found) == 1}
    callables = {name: found for name, found in once.items() if found is not None}
    return Scope(source, spelling, callables, frozenset(made))


def read_function(function: Function, scope: Scope) -> Reading:
    """The contract that a function's own decorators state (its class's invariants apart)."""
    found: dict[str, list[Condition]] = {REQUIRE: [], ENSURE: []}
    snapshots: list[Snapshot] = []
    unread: list[Unread] = []
    names = argument_names(function.args)
    for decorator in reversed(function.decorator_list):
        try:
            match _kind(decorator, scope):
                case "require" | "ensure" as kind:
                    found[kind].extend(_condition(decorator, kind, names, scope))
                case "snapshot":
                    snapshots.extend(_snapshot(decorator, names, scope))
                case "invariant":
                    raise _Problem("an invariant on a function", decorator)
                case _:
                    pass
        except _Problem as problem:
            unread.append(problem.unread)
    contract = Contract(tuple(found[REQUIRE]), tuple(found[ENSURE]), tuple(snapshots))
    return Reading(contract, (*unread, *_snapshot_problems(function, contract)))


def read_invariants(klass: ast.ClassDef, scope: Scope) -> Reading:
    """The invariants that stand on a class, as a contract with nothing else in it."""
    invariants: list[Condition] = []
    unread: list[Unread] = []
    for decorator in reversed(klass.decorator_list):
        try:
            match _kind(decorator, scope):
                case "invariant":
                    known = frozenset({"self"})
                    invariants.extend(_condition(decorator, INVARIANT, known, scope))
                case "require" | "ensure" | "snapshot" as kind:
                    raise _Problem(f"`{kind}` on a class", decorator)
                case _:
                    pass
        except _Problem as problem:
            unread.append(problem.unread)
    return Reading(Contract(invariants=tuple(invariants)), tuple(unread))


def parse_contract(source: str, qualname: str) -> Contract:
    """The contract of one function of a module's text, its class's invariants included.

    `KeyError` where no such function is, `SyntaxError` where the text does not parse, and
    `ValueError` where a part of the contract can't be read exactly.

    >>> text = "from icontract import require\\n@require(lambda x: x > 0)\\ndef f(x): ..."
    >>> parse_contract(text, "f").requires[0].text
    'x > 0'
    """
    from verify_agent.contracts.functions import functions_of

    for function in functions_of(source):
        if function.qualname == qualname:
            if function.unread:
                first = function.unread[0]
                raise ValueError(f"{first.construct} at {first.line}:{first.column}")
            return function.contract
    raise KeyError(qualname)


def is_contract_decorator(decorator: ast.expr, spelling: Spelling) -> bool:
    """Whether the decorator is one of icontract's."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return bool(spelling.kind_of(target))


def states_contract(decorators: Iterable[ast.expr], scope: Scope) -> bool:
    """Whether one of the decorators is icontract's, or a name that the module gave to one."""
    return any(
        is_contract_decorator(d, scope.spelling) or (isinstance(d, ast.Name) and d.id in scope.made)
        for d in decorators
    )


def _kind(decorator: ast.expr, scope: Scope) -> str:
    if isinstance(decorator, ast.Name) and decorator.id in scope.made:
        raise _Problem(f"the decorator `@{decorator.id}`", decorator)
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    kind = scope.spelling.kind_of(target)
    if kind and not isinstance(decorator, ast.Call):
        raise _Problem(f"`@{kind}` without a condition", decorator)
    if not kind and scope.spelling.dotted(target).startswith(f"{PACKAGE}."):
        raise _Problem(f"`@{ast.unparse(target)}`", decorator)
    return kind


def _arguments(decorator: ast.expr, kind: str) -> dict[str, ast.expr]:
    """The decorator's arguments by icontract's names of them."""
    assert isinstance(decorator, ast.Call)
    names = _KEYWORDS[kind]
    given: dict[str, ast.expr] = {}
    if len(decorator.args) > len(names) or any(isinstance(a, ast.Starred) for a in decorator.args):
        raise _Problem(f"the arguments of `@{kind}`", decorator)
    given.update(zip(names, decorator.args, strict=False))
    for keyword in decorator.keywords:
        if keyword.arg is None or keyword.arg not in names or keyword.arg in given:
            raise _Problem(f"the arguments of `@{kind}`", decorator)
        given[keyword.arg] = keyword.value
    if names[0] not in given:
        raise _Problem(f"`@{kind}` without a condition", decorator)
    return given


def _enabled(given: Mapping[str, ast.expr], scope: Scope) -> bool:
    match given.get("enabled"):
        case None:
            return True
        case ast.Constant(value=bool(value)):
            return value
        case ast.Name(id="__debug__"):
            return True
        case other if scope.spelling.dotted(other) == f"{PACKAGE}.SLOW":
            # Costly to check at run time is still promised.
            return True
        case other:
            raise _Problem(f"`enabled={ast.unparse(other)}`, known only when it runs", other)


def _condition(
    decorator: ast.expr, kind: str, names: frozenset[str], scope: Scope
) -> tuple[Condition, ...]:
    given = _arguments(decorator, kind)
    if not _enabled(given, scope):
        return ()
    if "check_on" in given and not scope.spelling.dotted(given["check_on"]).endswith("Event.CALL"):
        raise _Problem("an invariant that is checked when an attribute is set", decorator)
    taken = next((n for n in _EXTRA[kind] if n in names), None)
    if taken:
        raise _Problem(f"a parameter named `{taken}` under `@ensure`", decorator)
    place = given["condition"]
    text = _inlined(place, names | set(_EXTRA[kind]), names | {"result", "OLD"}, scope)
    shown_at = place.body if isinstance(place, ast.Lambda) else place
    return (
        Condition(
            text,
            shown_at.lineno,
            shown_at.col_offset,
            _literal_text(given.get("description")),
            _text(given["error"], scope) if "error" in given else "",
        ),
    )


def _snapshot(decorator: ast.expr, names: frozenset[str], scope: Scope) -> tuple[Snapshot, ...]:
    given = _arguments(decorator, SNAPSHOT)
    if not _enabled(given, scope):
        return ()
    capture = given["capture"]
    text = _inlined(capture, names, names | {"result", "OLD"}, scope)
    match given.get("name"):
        case ast.Constant(value=str(name)) if name:
            pass
        case None:
            name = _default_name(capture, scope)
        case other:
            raise _Problem("a snapshot whose name is no literal", other)
    copied = _deep_copied(text, scope)
    return (Snapshot(name, copied or text, bool(copied)),)


def _default_name(capture: ast.expr, scope: Scope) -> str:
    arguments = _callee_arguments(capture, scope)
    every = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    if len(every) != 1:
        raise _Problem("a snapshot of several arguments without a name", capture)
    return every[0]


def _deep_copied(text: str, scope: Scope) -> str:
    """`e` of `copy.deepcopy(e)`; empty for anything else."""
    match ast.parse(text, mode="eval").body:
        case ast.Call(func=function, args=[only], keywords=[]) if (
            not isinstance(only, ast.Starred) and scope.spelling.dotted(function) == "copy.deepcopy"
        ):
            return _one_line(text, only)
        case _:
            return ""


def _snapshot_problems(function: Function, contract: Contract) -> tuple[Unread, ...]:
    names = [s.name for s in contract.snapshots]
    if len(set(names)) < len(names):
        return (Unread("two snapshots of one name", function.lineno, function.col_offset),)
    return ()


def _callee_arguments(callee: ast.expr, scope: Scope) -> ast.arguments:
    match callee:
        case ast.Lambda(args=arguments):
            return arguments
        case ast.Name(id=name) if name in scope.callables:
            return scope.callables[name]
        case _:
            raise _Problem(f"the condition `{ast.unparse(callee)}`, no lambda here", callee)


def _inlined(
    callee: ast.expr, allowed: frozenset[str] | set[str], hidden: frozenset[str], scope: Scope
) -> str:
    """The condition as an expression over `allowed`.

    `hidden` are names that mean something else outside of the lambda than inside of the
    contract: a lambda that reads such a name without taking it means the module's.
    """
    arguments = _callee_arguments(callee, scope)
    if arguments.vararg or arguments.kwarg:
        raise _Problem("a condition with `*` arguments", callee)
    taken = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for argument in taken:
        if argument.arg in _UNMODELLED or argument.arg not in allowed:
            raise _Problem(f"a condition over `{argument.arg}`, no parameter", callee)
    if isinstance(callee, ast.Name):
        if callee.id in hidden:
            raise _Problem(f"the condition `{callee.id}` has a parameter's name", callee)
        positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        named = [f"{a.arg}={a.arg}" for a in arguments.kwonlyargs]
        return f"{callee.id}({', '.join([*positional, *named])})"
    assert isinstance(callee, ast.Lambda)
    own = {a.arg for a in taken}
    for read in free_reads(callee.body):
        if read.name in hidden - own:
            raise _Problem(f"a condition that reads a module's `{read.name}`", read.node)
    return _text(callee.body, scope)


def _text(node: ast.expr, scope: Scope) -> str:
    return _one_line(scope.source, node)


def _one_line(source: str, node: ast.expr) -> str:
    """The text as written if it stands on one line, else what `ast` makes of it."""
    if node.lineno != node.end_lineno:
        return ast.unparse(node)
    line = _lines(source)[node.lineno - 1].encode()
    return line[node.col_offset : node.end_col_offset].decode() or ast.unparse(node)


@lru_cache(maxsize=8)
def _lines(source: str) -> list[str]:
    """The lines as `ast` counts them; a text is asked for many of its conditions."""
    return re.split(r"\r\n|\r|\n", source)


def _literal_text(node: ast.expr | None) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case _:
            return ""
