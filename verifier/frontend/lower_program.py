"""What one function reaches: functions, classes and constants, each lowered once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from verify_agent.contracts.functions import ContractedFunction, functions_of
from verify_agent.contracts.inheritance import inherited_invariants
from verify_agent.contracts.model import Contract, Unread
from verify_agent.contracts.parse import scope_of
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_references import (
    enum_type,
    field_type,
    is_protocol,
    no_field,
)
from verify_agent.verifier.frontend.lower_scope import (
    BuiltinName,
    ClassName,
    ConstantName,
    FunctionName,
    Imported,
    ModuleScope,
    assigned_names,
)
from verify_agent.verifier.frontend.lower_state import state_argument
from verify_agent.verifier.frontend.types import annotation_type
from verify_agent.verifier.ir.nodes import Class, Expr, Function
from verify_agent.verifier.ir.types import ClassType, FrozenType, Type

#: What the reader of contracts can't follow in a signature, and this can.
_UNDERSTOOD = frozenset({"keyword-only parameters"})


@dataclass(frozen=True)
class Parameter:
    """A parameter: `default` is its expression, `keyword` whether only a keyword reaches it,
    `fresh` whether the default is evaluated anew in each call (a `default_factory`), `hidden`
    whether it stands for the module's variables."""

    name: str
    type: Type
    default: ast.expr | None
    keyword: bool
    fresh: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Source:
    """A function's syntax and where it stands. `types` are given for an inner function's
    parameters without annotation, `captured` are outer variables that it reads.
    `contract_module` is where the contract's names are looked up, the module by default;
    `defined` is the class in whose text a method stands, which may be a base of `owner`; of a
    `trusted` one only the contract is read."""

    key: str
    node: ast.FunctionDef | ast.Lambda
    module: ModuleScope
    contract: Contract = field(default_factory=Contract)
    unread: tuple[Unread, ...] = ()
    contracted: bool = False
    owner: str | None = None
    static: bool = False
    types: tuple[Type, ...] | None = None
    captured: tuple[tuple[str, Type], ...] = ()
    contract_module: ModuleScope | None = None
    defined: ast.ClassDef | None = None
    trusted: bool = False

    @property
    def is_property(self) -> bool:
        """Whether it is read as an attribute."""
        return isinstance(self.node, ast.FunctionDef) and any(
            isinstance(d, ast.Name) and d.id == "property" for d in self.node.decorator_list
        )


@dataclass
class ProgramBuilder:
    """Collects what the entry function reaches.

    `mixed` says that a bool may stand where a type says int, `texts` are the places where that
    would be seen; `shared` that values stand in several places that are made once, `identities` are
    the places where that would be; `writers` are the functions that write module variables.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    constants: dict[str, Expr] = field(default_factory=dict)
    unsupported: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    class_sources: dict[str, ClassName] = field(default_factory=dict)
    opaque_classes: dict[str, ClassName] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    pure: dict[str, bool] = field(default_factory=dict)
    mixed: bool = False
    texts: set[tuple[int, int]] = field(default_factory=set)
    shared: bool = False
    identities: set[tuple[int, int]] = field(default_factory=set)
    writers: list[str] = field(default_factory=list)
    _contracts: dict[str, Mapping[str, ContractedFunction]] = field(default_factory=dict)

    def check_seen(self) -> None:
        """Refuse the program where it looks at what is not modelled exactly in all of it."""
        if self.mixed and self.texts:
            raise Unsupported("text of an int that may be a bool", *min(self.texts))
        if self.shared and self.identities:
            raise Unsupported("identity of a value that is made once", *min(self.identities))

    def contract_of(self, module: ModuleScope, qualname: str) -> ContractedFunction | None:
        """The contract that the module's text gives the function."""
        if module.name not in self._contracts:
            found = functions_of(module.source)
            self._contracts[module.name] = {f.qualname: f for f in found}
        return self._contracts[module.name].get(qualname)

    def function_key(self, bound: FunctionName) -> str:
        """The key of a module's function, which is put on the list of those to lower."""
        name = bound.node.name
        for key, source in self.sources.items():
            if source.module is bound.module and source.node is bound.node:
                return key
        key = name if name not in self.sources else f"{bound.module.name}.{name}"
        self.add(self._source(key, bound.node, bound.module, name))
        return key

    def method_source(self, klass: str, name: str) -> Source | None:
        """The method's source; None where the class has no such function."""
        key = f"{klass}.{name}"
        if key in self.sources:
            return self.sources[key]
        own, *above = self.ancestors(klass)
        found = self._method(klass, own, name, key)
        for ancestor in above if found is None else ():
            inherited = self._method(klass, ancestor, name, key)
            if inherited is not None:
                found = self._inherited(own, inherited)
                break
        if found is not None:
            self.add(found)
        return found

    def super_source(self, source: Source, name: str) -> Source | None:
        """The method that `super()` leads to in the function; it is executed, never trusted."""
        if source.owner is None or source.defined is None:
            return None
        line = self.ancestors(source.owner)
        above = line[[a.node for a in line].index(source.defined) + 1 :]
        for ancestor in above:
            key = f"{source.owner}<{ancestor.node.name}>.{name}"
            if key in self.sources:
                return self.sources[key]
            found = self._method(source.owner, ancestor, name, key)
            if found is not None:
                made = replace(found, contracted=False)
                self.add(made)
                return made
        return None

    def ancestors(self, klass: str) -> list[ClassName]:
        """The class and what it derives from, nearest first."""
        found = [self.class_sources[klass]]
        bases = self.classes[klass].bases
        return [*found, *self.ancestors(bases[0])] if bases else found

    def _method(self, klass: str, bound: ClassName, name: str, key: str) -> Source | None:
        found = [s for s in bound.node.body if isinstance(s, ast.FunctionDef) and s.name == name]
        if not found:
            return None
        qualname = f"{bound.node.name}.{name}"
        made = self._source(key, found[-1], bound.module, qualname, klass)
        return replace(made, defined=bound.node)

    def _inherited(self, own: ClassName, source: Source) -> Source:
        """A method that is not overridden, under the invariants of the class that has it.

        It was shown for instances of the other class, so it is executed, not trusted.
        """
        scope = scope_of(own.module.source, own.module.tree)
        family = tuple(a.node for a in self.ancestors(source.owner or "")[1:])
        checked = bool(source.contract.invariants)
        reading = inherited_invariants(own.node, family, scope)
        invariants = reading.contract.invariants if checked else ()
        contract = replace(source.contract, invariants=invariants)
        return replace(source, contract=contract, contracted=False)

    def _source(
        self,
        key: str,
        node: ast.FunctionDef,
        module: ModuleScope,
        qualname: str,
        owner: str | None = None,
    ) -> Source:
        known = self.contract_of(module, qualname)
        static = any(
            isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list
        )
        if known is None:
            return Source(key, node, module, owner=owner, static=static)
        unread = tuple(u for u in known.unread if u.construct not in _UNDERSTOOD)
        return Source(key, node, module, known.contract, unread, known.contracted, owner, static)

    def dataclass_parameters(self, key: str) -> tuple[Parameter, ...]:
        """The parameters of the `__init__` that `dataclass` makes."""
        types = dict(self.classes[key].fields)
        defaults: dict[str, ast.expr | None] = {}
        for bound in reversed(self.ancestors(key)):
            for s in bound.node.body:
                if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name):
                    if no_field(bound.module, s.annotation):
                        continue
                    if s.value is not None:
                        check_default(bound.node, s.value)
                    defaults[s.target.id] = s.value
        module = self.class_sources[key].module
        return tuple(
            Parameter(name, types[name], *_field_default(module, value))
            for name, value in defaults.items()
        )

    def add(self, source: Source) -> None:
        """Put a function on the list of those to lower."""
        self.sources[source.key] = source
        self.pending.append(source.key)

    def class_key(self, bound: ClassName) -> str:
        """The key of a class, which is lowered when it is met first."""
        from verify_agent.verifier.frontend.lower_values import lowered

        for key, source in self.class_sources.items():
            if source == bound:
                return key
        name = bound.node.name
        key = name if name not in self.class_sources else f"{bound.module.name}.{name}"
        self.class_sources[key] = bound
        try:
            self.classes[key] = lowered(self, key, bound)
        except Unsupported:
            del self.class_sources[key]
            raise
        return key

    def type_of(self, node: ast.expr, module: ModuleScope) -> Type:
        """The type that an annotation of the module means."""

        def resolve(name: str) -> str | ast.expr | Type | None:
            match module.resolve(name):
                case BuiltinName(builtin):
                    return f"builtins.{builtin}"
                case Imported(origin):
                    return origin.replace("typing_extensions.", "typing.")
                case ClassName() as bound:
                    return enum_type(bound) or self.instance_type(self.class_key(bound))
                case ConstantName(value, _):
                    return value
                case _:
                    return None

        return annotation_type(node, resolve)

    def instance_type(self, key: str) -> Type:
        """The type of a class's instances."""
        if key in self.references:
            return FrozenType(key)
        klass = self.classes.get(key)
        return ClassType(key) if klass is None else klass.instance_type

    def parameters(self, source: Source) -> tuple[Parameter, ...]:
        """The parameters with their types; `Unsupported` where one has no annotation."""
        arguments = source.node.args
        star = arguments.vararg or arguments.kwarg
        if star:
            raise Unsupported("star parameter", star.lineno, star.col_offset)
        positional = [*arguments.posonlyargs, *arguments.args]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        found = [
            (a, d, False) for a, d in zip(positional, [*missing, *arguments.defaults], strict=True)
        ]
        keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        found += [(a, d, True) for a, d in keywords]
        given = tuple(
            Parameter(a.arg, self._parameter_type(source, a, n), d, k)
            for n, (a, d, k) in enumerate(found)
        )
        state = state_argument(self, source)
        return (*given, Parameter(*state, None, keyword=True, hidden=True)) if state else given

    def _parameter_type(self, source: Source, argument: ast.arg, position: int) -> Type:
        if position == 0 and source.owner and not source.static:
            return self.instance_type(source.owner)
        if is_other(source, argument) and source.owner:
            return self.instance_type(source.owner)
        if argument.annotation is not None:
            if source.trusted or _is_protocol(source.module, argument.annotation):
                return field_type(self, argument.annotation, source.module)
            return self.type_of(argument.annotation, source.module)
        if source.types is not None:
            return source.types[position]
        raise Unsupported(
            f"parameter {argument.arg} without annotation", argument.lineno, argument.col_offset
        )

    def returns(self, source: Source) -> Type | None:
        """The declared type of the result; None where there is none."""
        if isinstance(source.node, ast.Lambda) or source.node.returns is None:
            return None
        if source.trusted:
            return field_type(self, source.node.returns, source.module)
        return self.type_of(source.node.returns, source.module)


def _is_protocol(module: ModuleScope, annotation: ast.expr) -> bool:
    bound = module.resolve(annotation.id) if isinstance(annotation, ast.Name) else None
    return isinstance(bound, ClassName) and is_protocol(bound)


def _field_default(
    module: ModuleScope, value: ast.expr | None
) -> tuple[ast.expr | None, bool, bool]:
    """A dataclass field's default, that it is no keyword, and whether it is made anew."""
    match value:
        case ast.Call(ast.Name(name), [], keywords) if module.resolve(name) == Imported(
            "dataclasses.field"
        ):
            given = {k.arg: k.value for k in keywords}
        case _:
            return value, False, False
    match given:
        case {"default": default} if len(given) == 1:
            return default, False, False
        case {"default_factory": ast.Name("list" | "dict" | "set" as kind) as factory} if len(
            given
        ) == 1 and module.resolve(kind) == BuiltinName(kind):
            return ast.copy_location(ast.Call(factory, [], []), value), False, True
        case _:
            raise Unsupported("dataclass field of this kind", value.lineno, value.col_offset)


def check_default(node: ast.ClassDef, default: ast.expr) -> None:
    """Refuse a default that names what the class's own text binds: it stands for that there."""
    bound = assigned_names(node.body)
    for part in ast.walk(default):
        if isinstance(part, ast.Name) and part.id in bound:
            construct = f"a default that names {part.id} of its class"
            raise Unsupported(construct, part.lineno, part.col_offset)


def is_other(source: Source, argument: ast.arg) -> bool:
    """Whether it is the `other: object` of an `__eq__`, which is only called on one class here."""
    match source.node, argument.annotation:
        case ast.FunctionDef(name="__eq__"), ast.Name("object"):
            return source.module.resolve("object") == BuiltinName("object")
        case _:
            return False
