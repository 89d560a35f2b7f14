"""Every function and method of a module's text with its contract, the class's share included."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from verify_agent.contracts.inheritance import (
    inherited_contract,
    inherited_invariants,
    lineage,
)
from verify_agent.contracts.model import Contract, Parameter, Signature, Unread
from verify_agent.contracts.parse import (
    Function,
    Reading,
    Scope,
    is_contract_decorator,
    scope_of,
    states_contract,
)
from verify_agent.contracts.spelling import own_level

#: Decorators that leave what a call does as the body says it.
_HARMLESS = frozenset(
    {
        "staticmethod",
        "classmethod",
        "property",
        "typing.overload",
        "typing.override",
        "typing.final",
        "typing_extensions.overload",
        "typing_extensions.override",
        "typing_extensions.final",
        "abc.abstractmethod",
    }
)
_PLAIN_BASES = frozenset(
    {
        "abc.ABC",
        "icontract.DBC",
        "typing.Generic",
        "typing.Protocol",
        "typing.NamedTuple",
        "typing.TypedDict",
        "enum.Enum",
        "enum.IntEnum",
    }
)
_HARMLESS_ON_CLASSES = frozenset(
    {
        "dataclasses.dataclass",
        "enum.unique",
        "functools.total_ordering",
        "typing.final",
        "typing.runtime_checkable",
        "typing_extensions.final",
    }
)
_PLAIN_METACLASSES = frozenset({"abc.ABCMeta", "icontract.DBCMeta"})
_INHERITED = "invariants inherited from"
#: icontract leaves these alone when it puts invariants on a class.
_WITHOUT_INVARIANTS = frozenset({"__new__", "__repr__", "__getattribute__", "__setattr__"})


@dataclass(frozen=True)
class ContractedFunction:
    """A function of a module: its node, its contract, and what could not be read exactly.

    `contracted` says whether the person put any decorator of icontract's on it or its class,
    `conditional` whether the definition stands under an `if`, `try` or loop.
    """

    qualname: str
    node: Function
    signature: Signature
    contract: Contract
    unread: tuple[Unread, ...]
    contracted: bool
    conditional: bool = False


@dataclass(frozen=True)
class _Place:
    """Where a function stands: the path of names, its class's invariants, and obstacles."""

    prefix: str = ""
    invariants: Reading = field(default_factory=lambda: Reading(Contract()))
    obstacles: tuple[Unread, ...] = ()
    overrides: frozenset[str] = frozenset()
    in_class: bool = False
    ancestors: tuple[ast.ClassDef, ...] = ()


def functions_of(source: str) -> tuple[ContractedFunction, ...]:
    """All functions and methods of the text in source order; `SyntaxError` if it has none.

    Of several definitions of one name the last is kept, as at run time, and overloads are left
    out.

    >>> [f.qualname for f in functions_of("class A:\\n    def f(self): ...\\ndef g(): ...")]
    ['A.f', 'g']
    """
    module = ast.parse(source)
    scope = scope_of(source, module)
    bases = {s.name: s for s in own_level(module.body) if isinstance(s, ast.ClassDef)}
    found: dict[str, ContractedFunction] = {}
    for function in _walk(module.body, _Place(), scope, bases):
        found[function.qualname] = (
            _one_of_several(function) if function.qualname in found else function
        )
    rebound = _bound_after_definition(module)
    marked = (_rebound(f) if f.qualname in rebound else f for f in found.values())
    return tuple(sorted(marked, key=lambda f: f.node.lineno))


def signature_of(node: Function) -> Signature:
    """The function's signature as text."""
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    pairs = [*zip(plain, [*defaults, *arguments.defaults], strict=True)]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    parameters = tuple(Parameter(a.arg, _text(a.annotation), _text(d)) for a, d in pairs)
    return Signature(node.name, parameters, _text(node.returns))


def _text(node: ast.expr | None) -> str:
    return ast.unparse(node) if node is not None else ""


def _one_of_several(function: ContractedFunction) -> ContractedFunction:
    """The last of several definitions is the one that counts, unless a condition decides."""
    if not function.conditional:
        return function
    problem = _unread("a function with several definitions", function.node)
    return replace(function, unread=(*function.unread, problem))


def _rebound(function: ContractedFunction) -> ContractedFunction:
    problem = _unread("a function whose name is bound again", function.node)
    return replace(function, unread=(*function.unread, problem))


def _bound_after_definition(module: ast.Module) -> frozenset[str]:
    """Names of functions that something other than a definition binds later (`f = cache(f)`)."""
    defined: set[str] = set()
    rebound: set[str] = set()
    for statement in own_level(module.body):
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                defined.add(name)
                rebound.discard(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                rebound |= defined & {(a.asname or a.name).partition(".")[0] for a in names}
            case ast.ClassDef(name=name):
                rebound |= defined & {name}
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Delete() | ast.For():
                stored = {
                    n.id
                    for n in ast.walk(statement)
                    if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
                }
                rebound |= defined & stored
            case _:
                pass
    return frozenset(rebound)


def _walk(
    body: list[ast.stmt], place: _Place, scope: Scope, bases: Mapping[str, ast.ClassDef]
) -> Iterator[ContractedFunction]:
    direct = {id(statement) for statement in body}
    for statement in own_level(body):
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if not _is_overload(statement, scope):
                    function = _function(statement, place, scope)
                    yield replace(function, conditional=id(statement) not in direct)
                inner = Unread("a function inside a function", statement.lineno)
                prefix = f"{place.prefix}{statement.name}.<locals>."
                yield from _walk(statement.body, _Place(prefix, obstacles=(inner,)), scope, bases)
            case ast.ClassDef():
                yield from _walk(statement.body, _class(statement, place, scope, bases), scope, {})
            case _:
                pass


def _class(
    node: ast.ClassDef, place: _Place, scope: Scope, bases: Mapping[str, ast.ClassDef]
) -> _Place:
    obstacles, overrides = _inheritance(node, scope, bases)
    ancestors = lineage(node, scope, bases)
    shapes = tuple(u for c in (node, *(ancestors or ())) for u in _class_shape(c, scope))
    if ancestors is not None:
        obstacles = tuple(u for u in obstacles if not u.construct.startswith(_INHERITED))
        overrides = frozenset()
    return _Place(
        f"{place.prefix}{node.name}.",
        inherited_invariants(node, ancestors or (), scope),
        (*place.obstacles, *obstacles, *shapes),
        overrides,
        in_class=True,
        ancestors=ancestors or (),
    )


def _class_shape(node: ast.ClassDef, scope: Scope) -> Iterator[Unread]:
    """Decorators and metaclasses that may put something else in a method's place."""
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        known = scope.spelling.dotted(target) in _HARMLESS_ON_CLASSES
        if not known and not is_contract_decorator(decorator, scope.spelling):
            yield _unread(f"the decorator `@{ast.unparse(target)}` of a class", decorator)
    for keyword in node.keywords:
        plain = scope.spelling.dotted(keyword.value) in _PLAIN_METACLASSES
        if keyword.arg != "metaclass" or not plain:
            yield _unread(f"`{ast.unparse(keyword)}` of a class", keyword.value)


def _inheritance(
    node: ast.ClassDef, scope: Scope, bases: Mapping[str, ast.ClassDef]
) -> tuple[tuple[Unread, ...], frozenset[str]]:
    """Obstacles for every method, and the methods whose override would inherit a contract."""
    obstacles: list[Unread] = []
    contracted: set[str] = set()
    for base in node.bases:
        name = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(name, ast.Name) and name.id in bases and bases[name.id] is not node:
            parent = bases[name.id]
            above, more = _inheritance(
                parent, scope, {k: v for k, v in bases.items() if v is not node}
            )
            obstacles.extend(above)
            contracted |= more | _contracted_methods(parent, scope)
            if _invariants_on(parent, scope):
                obstacles.append(_unread(f"{_INHERITED} `{parent.name}`", base))
        elif not _plain_base(name, scope):
            obstacles.append(_unread(f"the base class `{ast.unparse(name)}`", base))
    return tuple(obstacles), frozenset(contracted)


def _plain_base(node: ast.expr, scope: Scope) -> bool:
    if isinstance(node, ast.Name) and not scope.spelling.meaning.get(node.id):
        return isinstance(getattr(builtins, node.id, None), type)
    return scope.spelling.dotted(node) in _PLAIN_BASES


def _contracted_methods(node: ast.ClassDef, scope: Scope) -> set[str]:
    return {
        s.name
        for s in own_level(node.body)
        if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)
        and states_contract(s.decorator_list, scope)
    }


def _invariants_on(node: ast.ClassDef, scope: Scope) -> bool:
    return states_contract(node.decorator_list, scope)


def _function(node: Function, place: _Place, scope: Scope) -> ContractedFunction:
    own = inherited_contract(node, place.ancestors, scope)
    under = place.in_class and _under_invariants(node, scope)
    invariants = place.invariants if under else Reading(Contract())
    marked = states_contract(node.decorator_list, scope)
    inherited = place.in_class and node.name in place.overrides
    marked = marked or bool(own.contract.requires or own.contract.ensures or own.unread)
    contracted = bool(marked or inherited or invariants.contract.invariants or invariants.unread)
    unread = [*own.unread, *invariants.unread, *place.obstacles, *_shape(node, scope)]
    if inherited:
        unread.append(_unread(f"`{node.name}` overrides a method under contract", node))
    return ContractedFunction(
        place.prefix + node.name,
        node,
        signature_of(node),
        replace(own.contract, invariants=invariants.contract.invariants),
        tuple(dict.fromkeys(unread)),
        contracted,
    )


def _under_invariants(node: Function, scope: Scope) -> bool:
    """Whether icontract checks the class's invariants around this method."""
    name = node.name
    private = name.startswith("_") and not (name.startswith("__") and name.endswith("__"))
    static = any(
        isinstance(d, ast.Name) and d.id in ("staticmethod", "classmethod")
        for d in node.decorator_list
    )
    return not (private or static or name in _WITHOUT_INVARIANTS)


def _shape(node: Function, scope: Scope) -> Iterator[Unread]:
    """What keeps a call from being simply the body on the arguments."""
    if isinstance(node, ast.AsyncFunctionDef):
        yield _unread("async function", node)
    arguments = node.args
    if arguments.vararg or arguments.kwarg:
        yield _unread("`*` parameters", node)
    if arguments.kwonlyargs:
        yield _unread("keyword-only parameters", node)
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        known = isinstance(target, ast.Name) and target.id in _HARMLESS
        if known or is_contract_decorator(decorator, scope.spelling):
            continue
        if scope.spelling.dotted(target) not in _HARMLESS:
            yield _unread(f"the decorator `@{ast.unparse(target)}`", decorator)


def _is_overload(node: Function, scope: Scope) -> bool:
    return any(scope.spelling.dotted(d).endswith(".overload") for d in node.decorator_list)


def _unread(construct: str, node: ast.stmt | ast.expr) -> Unread:
    return Unread(construct, node.lineno, node.col_offset)
