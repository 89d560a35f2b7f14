"""Lowers calls: which function a name stands for, and its arguments in the order of parameters."""

from __future__ import annotations

import ast

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_dunders import Dunders
from verify_agent.verifier.frontend.lower_infer import NEVER, members, show
from verify_agent.verifier.frontend.lower_program import Parameter, Source, check_default
from verify_agent.verifier.frontend.lower_replace import replaced
from verify_agent.verifier.frontend.lower_scan import REFUSED_NAMES
from verify_agent.verifier.frontend.lower_scope import (
    Binding,
    BuiltinName,
    ClassName,
    FunctionName,
    Imported,
    Refused,
)
from verify_agent.verifier.frontend.lower_state import passed_on
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    NONE,
    ClassType,
    FrozenType,
    OpaqueType,
    Type,
    UnionType,
    is_immutable,
    is_value,
)
from verify_agent.verifier.ir.walk import walk

#: The builtin that gives an instance back and raises AttributeError for None.
INSTANCE = "__instance__"


class Calls(Dunders):
    """Calls of functions of the program, and the way from a name to what it calls."""

    def call(self, node: ast.Call, expected: Type | None) -> ir.Expr:
        """Any call."""
        match node.func:
            case ast.Name(name):
                return self.named_call(node, name, expected)
            case ast.Attribute(value, name):
                return self.attribute_call(node, value, name, expected)
            case ast.Lambda() as function:
                self.plain_arguments(node)
                args = tuple(map(self.expression, node.args))
                self.lambdas += 1
                return self.local_call(node, f"lambda{self.lambdas}", function, args)
            case _:
                raise self.refuse("call of a value", node)

    def named_call(self, node: ast.Call, name: str, expected: Type | None) -> ir.Expr:
        """A call of what the name stands for here."""
        if name in self.functions and self.find_scoped(name) is None:
            self.plain_arguments(node)
            function = self.functions[name]
            args = self.local_arguments(node, function)
            return self.local_call(node, name, function, args)
        if not self.is_free(name):
            raise self.refuse(f"call of the variable {name}", node)
        return self.call_of(node, name, self.module.resolve(name), expected)

    def call_of(
        self, node: ast.Call, name: str, bound: Binding | None, expected: Type | None
    ) -> ir.Expr:
        """A call of what a module's name is bound to."""
        match bound:
            case FunctionName():
                source = self.builder.sources[self.builder.function_key(bound)]
                return self.function_call(node, source, ())
            case ClassName():
                return self.construct(node, bound)
            case BuiltinName(builtin):
                if builtin in REFUSED_NAMES:
                    raise self.refuse(f"call of {builtin}", node)
                return self.builtin(node, builtin, expected)
            case Imported("dataclasses.replace"):
                return replaced(self, node)
            case Imported(origin):
                return self.builtin(node, origin, expected)
            case Refused(why):
                raise self.refuse(why, node)
            case _:
                raise self.refuse(f"call of {name}", node)

    def local_arguments(
        self, node: ast.Call, function: ast.FunctionDef | ast.Lambda
    ) -> tuple[ir.Expr, ...]:
        """Arguments of a local function, by its annotations where it has any."""
        wanted: list[Type | None] = [
            self.builder.type_of(a.annotation, self.module) if a.annotation else None
            for a in function.args.args
        ]
        wanted += [None] * max(0, len(node.args) - len(wanted))
        args = tuple(map(self.expression, node.args, wanted))
        for arg, type_, place in zip(args, wanted, node.args, strict=False):
            if type_ is not None:
                self.check(arg, type_, "an argument", place)
        return args

    def plain_arguments(self, node: ast.Call) -> None:
        """Refuse keywords where only positions are known."""
        for keyword in node.keywords:
            raise self.refuse("keyword argument of a local function", keyword.value)

    def attribute_call(
        self, node: ast.Call, value: ast.expr, name: str, expected: Type | None
    ) -> ir.Expr:
        """A call of a module's function, a static method, or a method."""
        if isinstance(value, ast.Name) and self.is_free(value.id):
            match self.module.resolve(value.id):
                case Imported(origin):
                    member = self.module.member(origin, name)
                    known = member or Imported(f"{origin}.{name}")
                    return self.call_of(node, f"{origin}.{name}", known, expected)
                case ClassName() as bound:
                    return self.class_call(node, bound, name)
                case BuiltinName(builtin):
                    raise self.refuse(f"call of {builtin}.{name}", node)
                case _:
                    pass
        above = self.super_method(node, name)
        if above is not None:
            return self.function_call(node, above[0], (above[1],))
        base = self.expression(value)
        if isinstance(base.type, OpaqueType):
            return self.function_call(node, self.trusted_method(node, base.type, name), (base,))
        classes = [m for m in members(base.type) if isinstance(m, ClassType | FrozenType)]
        if not classes:
            return self.builtin_method(node, base, name)
        if len(classes) > 1:
            raise self.refuse(f"method {name} of {show(base.type)}", node)
        source = self.method(node, classes[0].name, name)
        if source.static and len(members(base.type)) > 1:
            raise self.refuse(f"method {name} of {show(base.type)}", node)
        given = () if source.static else (self.instance(node, name, base),)
        return self.function_call(node, source, given)

    def instance(self, node: ast.expr, name: str, base: ir.Expr) -> ir.Expr:
        """What a method or property is asked of; where it may be None, that must not be."""
        several = members(base.type)
        if len(several) == 1:
            return base
        held = [m for m in several if m != NONE]
        if len(held) > 1 or hasattr(None, name):
            raise self.refuse(f"{name} of {show(base.type)}", node)
        return ir.Builtin(held[0], self.span(node), INSTANCE, (base,))

    def trusted_method(self, node: ast.expr, type_: OpaqueType, name: str) -> Source:
        """A method of which its class says what it gives, on an instance without a model."""
        from verify_agent.verifier.frontend.lower_trusted import trusted_source

        bound = self.builder.opaque_classes.get(type_.name)
        source = None if bound is None else trusted_source(self.builder, type_, bound, name)
        if source is None:
            raise self.refuse(f"method {name} of {show(type_)}", node)
        return source

    def class_call(self, node: ast.Call, bound: ClassName, name: str) -> ir.Expr:
        """`Class.method(...)`: static, or with the receiver as the first argument."""
        source = self.method(node, self.builder.class_key(bound), name)
        if not source.static:
            raise self.refuse(f"call of {bound.node.name}.{name} by its class", node)
        return self.function_call(node, source, ())

    def method(self, node: ast.expr, klass: str, name: str) -> Source:
        """The method of a class."""
        source = self.builder.method_source(klass, name)
        if source is None:
            raise self.refuse(f"method {name} of {klass}", node)
        return source

    def property_call(self, node: ast.Attribute, base: ir.Expr, klass: str) -> ir.Expr:
        """`base.name` where the class has a property of that name."""
        source = self.builder.method_source(klass, node.attr)
        if source is None or not source.is_property:
            raise self.refuse(f"attribute {node.attr} of {show(base.type)}", node)
        given = self.instance(node, node.attr, base)
        return ir.Call(self.result(node, source), self.span(node), source.key, (given,))

    def function_call(self, node: ast.Call, source: Source, first: tuple[ir.Expr, ...]) -> ir.Expr:
        """A call of a function of the program."""
        if source.is_property:
            raise self.refuse(f"call of the property {source.key}", node)
        parameters = self.builder.parameters(source)
        args = self.bind(node, parameters, first, source)
        return ir.Call(self.result(node, source), self.span(node), source.key, args)

    def result(self, node: ast.expr, source: Source) -> Type:
        """The type of a call's result."""
        type_ = self.builder.returns(source)
        if type_ is None:
            raise self.refuse(f"call of {source.key}, which does not declare its result", node)
        return type_

    def construct(self, node: ast.Call, bound: ClassName) -> ir.Expr:
        """`Class(...)`."""
        key = self.builder.class_key(bound)
        klass = self.builder.classes[key]
        source = self.builder.method_source(key, "__init__")
        type_ = self.builder.instance_type(key)
        if f"{key}.__post_init__" in klass.methods:
            raise self.refuse(f"a new {key}, which has a __post_init__,", node)
        if source is not None:
            me = ir.Var(type_, self.span(node), "self")
            args = self.bind(node, self.builder.parameters(source), (me,), source)[1:]
        elif klass.dataclass:
            args = self.bind(node, self.builder.dataclass_parameters(key), (), None)
        elif node.args or node.keywords:
            raise self.refuse(f"arguments of {key}, which has no __init__,", node)
        else:
            args = ()
        return ir.Construct(type_, self.span(node), key, args)

    # -- arguments ------------------------------------------------------------------------------

    def bind(
        self,
        node: ast.Call,
        parameters: tuple[Parameter, ...],
        first: tuple[ir.Expr, ...],
        source: Source | None,
    ) -> tuple[ir.Expr, ...]:
        """The arguments in the order of the parameters, defaults filled in."""
        positional = [p for p in parameters if not p.keyword]
        if len(first) + len(node.args) > len(positional):
            raise self.refuse("too many arguments", node)
        given: dict[str, ir.Expr] = {}
        for parameter, value in zip(positional, first, strict=False):
            given[parameter.name] = value
        for parameter, arg in zip(positional[len(first) :], node.args, strict=False):
            given[parameter.name] = self.argument(arg, parameter)
        by_name = {p.name: p for p in parameters}
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg not in by_name or keyword.arg in given:
                raise self.refuse(f"argument {keyword.arg}=", keyword.value)
            given[keyword.arg] = self.argument(keyword.value, by_name[keyword.arg])
        self.order_kept(node, list(given.items()), [p.name for p in parameters])
        return tuple(
            given[p.name] if p.name in given else self.left_out(node, p, source) for p in parameters
        )

    def left_out(self, node: ast.Call, parameter: Parameter, source: Source | None) -> ir.Expr:
        """What a call does not give: a default, or the module's variables."""
        if parameter.hidden and source is not None:
            return passed_on(self, node, source)
        return self.default(node, parameter, source)

    def order_kept(
        self, node: ast.Call, given: list[tuple[str, ir.Expr]], order: list[str]
    ) -> None:
        """Keyword arguments out of order must not be able to notice it."""
        names = [name for name, _ in given]
        sorted_names = sorted(names, key=order.index)
        if names != sorted_names and not all(_is_simple(value) for _, value in given):
            raise self.refuse("keyword arguments in another order than the parameters", node)

    def argument(self, node: ast.expr, parameter: Parameter) -> ir.Expr:
        """An argument for a parameter."""
        value = self.expression(node, parameter.type)
        self.check(value, parameter.type, f"argument {parameter.name}", node)
        return value

    def default(self, node: ast.Call, parameter: Parameter, source: Source | None) -> ir.Expr:
        """The default of a parameter, which must be an immutable literal or a value of such."""
        if parameter.default is None:
            raise self.refuse(f"missing argument {parameter.name}", node)
        if source is not None and source.defined is not None:
            check_default(source.defined, parameter.default)
        module = source.module if source else self.module
        outer = type(self)(self.builder, module, parameter.name, self.names)
        value = outer.expression(parameter.default, parameter.type)
        self.builder.shared |= is_made(value)
        if parameter.fresh:
            self.check(value, parameter.type, f"the default of {parameter.name}", node)
            return value
        if not is_immutable(value.type) or not _is_made_once(value):
            raise Unsupported(
                f"default of {parameter.name}, which is no immutable literal,",
                parameter.default.lineno,
                parameter.default.col_offset,
            )
        self.check(value, parameter.type, f"the default of {parameter.name}", node)
        return value

    def apply(self, node: ast.expr, args: tuple[ir.Expr, ...]) -> ir.Expr:
        """A function given by its name, on arguments that are lowered already."""
        match node:
            case ast.Name(name) if name in self.functions and self.find_scoped(name) is None:
                return self.local_call(node, name, self.functions[name], args)
            case ast.Name(name) if self.is_free(name):
                match self.module.resolve(name):
                    case FunctionName() as bound:
                        return self.applied(node, bound, args)
                    case BuiltinName(builtin) if builtin not in REFUSED_NAMES:
                        return self.applied_builtin(node, builtin, args)
                    case _:
                        raise self.refuse(f"function {name} as an argument", node)
            case _:
                raise self.refuse("function as an argument", node)

    def applied(self, node: ast.expr, bound: FunctionName, args: tuple[ir.Expr, ...]) -> ir.Expr:
        source = self.builder.sources[self.builder.function_key(bound)]
        parameters = self.builder.parameters(source)
        if len(parameters) != len(args):
            raise self.refuse(f"function {bound.node.name} as an argument", node)
        for parameter, arg in zip(parameters, args, strict=True):
            self.check(arg, parameter.type, f"argument {parameter.name}", node)
        return ir.Call(self.result(node, source), self.span(node), source.key, args)

    def applied_builtin(self, node: ast.expr, name: str, args: tuple[ir.Expr, ...]) -> ir.Expr:
        if name not in ("abs", "len", "int", "str", "float", "bool", "ord", "chr", "sum"):
            raise self.refuse(f"builtin {name} as an argument", node)
        if NEVER in [a.type for a in args]:
            return ir.Builtin(NEVER, self.span(node), name, args)
        return self.builtin_call(node, name, args)


def is_made(value: ir.Expr) -> bool:
    """Whether evaluating it makes an instance."""
    return any(isinstance(part, ir.Construct) for part in walk(value))


def _is_made_once(value: ir.Expr) -> bool:
    """Whether nobody can tell, identity left aside, that it is made once and not in each call."""
    if isinstance(value, ir.Construct):
        return is_value(value.type) and all(map(_is_made_once, value.args))
    return isinstance(value, ir.Const | ir.EnumMember | ir.Unary | ir.TupleExpr)


def _is_simple(value: ir.Expr) -> bool:
    if isinstance(value, ir.Attribute):
        held = isinstance(value.base.type, FrozenType) or is_value(value.base.type)
        return held and _is_simple(value.base) and not isinstance(value.base.type, UnionType)
    return isinstance(value, ir.Const | ir.EnumMember | ir.Var)
