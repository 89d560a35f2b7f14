"""Lowers comprehensions, lambdas given as keys, and what is iterated over."""

from __future__ import annotations

import ast

from verify_agent.verifier.frontend.lower_base import Base
from verify_agent.verifier.frontend.lower_infer import NEVER, item_type, members, show
from verify_agent.verifier.frontend.lower_methods import view_type
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    STR,
    DictType,
    ListType,
    SetType,
    TupleType,
    Type,
    VariadicTupleType,
)

Comprehended = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Comprehensions(Base):
    """Comprehensions, with their variables renamed apart."""

    def comprehension(self, node: Comprehended, expected: Type | None = None) -> ir.Expr:
        """Any comprehension; a generator's type is that of a tuple of unknown length."""
        depth = len(self.scopes)
        generators = tuple(map(self.generator, node.generators))
        element = self.element(node, expected)
        del self.scopes[depth:]
        kind, type_ = self.kind(node, element.type, expected)
        return ir.Comprehension(type_, self.span(node), kind, element, generators)

    def element(self, node: Comprehended, expected: Type | None) -> ir.Expr:
        """What is collected; for a dict the pair of key and value."""
        match node:
            case ast.DictComp(key, value):
                items = (self.expression(key), self.expression(value))
                type_ = TupleType((items[0].type, items[1].type))
                return ir.TupleExpr(type_, self.span(key), items)
            case _:
                hint = expected.item if isinstance(expected, ListType | SetType) else None
                return self.expression(node.elt, hint)

    def kind(self, node: Comprehended, item: Type, expected: Type | None) -> tuple[str, Type]:
        """The comprehension's kind and type."""
        match node:
            case ast.ListComp():
                known = isinstance(expected, ListType) and item == NEVER
                return "list", expected if known and expected else ListType(item)
            case ast.SetComp():
                return "set", SetType(item)
            case ast.DictComp():
                if not isinstance(item, TupleType):
                    raise TypeError(item)
                return "dict", DictType(*item.items)
            case ast.GeneratorExp():
                return "generator", VariadicTupleType(item)

    def generator(self, node: ast.comprehension) -> ir.Generator:
        """`for target in iterable if conditions`; the target's names hold for what follows."""
        iterable = self.iterable(node.iter)
        item = self.item_of(iterable, node.iter)
        scope: dict[str, ir.Var] = {}
        target = self.scoped_target(node.target, item, scope)
        self.scopes.append(scope)
        return ir.Generator(target, iterable, tuple(map(self.expression, node.ifs)))

    def scoped_target(self, node: ast.expr, type_: Type, scope: dict[str, ir.Var]) -> ir.Target:
        """A comprehension's target; its variables are entered into the scope."""
        match node:
            case ast.Name(name):
                known = scope.get(name)
                unique = known.name if known else self.names.fresh(name)
                scope[name] = ir.Var(type_, self.span(node), unique)
                return ir.NameTarget(unique, type_)
            case ast.Tuple(elts) | ast.List(elts):
                types = self.unpacked(type_, elts, node)
                return ir.TupleTarget(
                    tuple(self.scoped_target(e, t, scope) for e, t in zip(elts, types, strict=True))
                )
            case _:
                raise self.refuse(f"comprehension over {type(node).__name__}", node)

    def unpacked(self, type_: Type, targets: list[ast.expr], node: ast.expr) -> list[Type]:
        """The types of the parts of a value that is unpacked."""
        stars = [n for n, t in enumerate(targets) if isinstance(t, ast.Starred)]
        found: list[Type] = [NEVER] * len(targets)
        if type_ == NEVER:
            return found
        if isinstance(type_, TupleType) and not stars:
            if len(type_.items) != len(targets):
                raise self.refuse(f"unpacking {show(type_)} into {len(targets)} targets", node)
            return list(type_.items)
        item = item_type(type_)
        if item is None:
            raise self.refuse(f"unpacking {show(type_)}", node)
        return [ListType(item) if n in stars else item for n in range(len(targets))]

    def item_of(self, iterable: ir.Expr, node: ast.expr) -> Type:
        """The type of what iteration gives."""
        item = item_type(iterable.type)
        if item is None:
            if iterable.type == NEVER:
                return NEVER
            raise self.refuse(f"iteration over {show(iterable.type)}", node)
        return item

    # -- iterables ------------------------------------------------------------------------------

    def iterable(self, node: ast.expr) -> ir.Expr:
        """What is consumed at once: a value, an iterator made on the spot, or a dict's view."""
        match node:
            case ast.Call(ast.Name(name), args) if self.is_builtin(name):
                if name in ("enumerate", "zip", "reversed"):
                    return self.iterator_call(node, name)
                if name in ("map", "filter") and len(args) == 2 and not node.keywords:
                    return self.mapped(node, name, args[0], args[1])
            case ast.Call(ast.Attribute(value, ("items" | "keys" | "values") as view), [], []):
                base = self.expression(value)
                type_ = view_type(base.type, view)
                if type_ is not None:
                    return ir.Method(type_, self.span(node), base, view, ())
            case ast.GeneratorExp():
                raise self.refuse("generator expression that is not consumed at once", node)
            case _:
                pass
        return self.expression(node)

    def consumed(self, node: ast.expr) -> ir.Expr:
        """The argument of a builtin that consumes it at once; a generator may stand there."""
        if isinstance(node, ast.GeneratorExp):
            return self.comprehension(node)
        return self.iterable(node)

    def ordered(self, iterable: ir.Expr, node: ast.expr) -> None:
        """Refuse what depends on the order of a set of texts, which changes from run to run."""
        for member in members(iterable.type):
            if isinstance(member, SetType) and not _ordered_item(member.item):
                raise self.refuse(f"order of a {show(member)}", node)

    def mapped(self, node: ast.Call, name: str, function: ast.expr, over: ast.expr) -> ir.Expr:
        """`map(f, xs)` and `filter(f, xs)` as generators."""
        iterable = self.iterable(over)
        item = self.item_of(iterable, over)
        key = self.key_function(function, (item,))
        target = ir.NameTarget(key.parameters[0].name, item)
        if name == "map":
            generator = ir.Generator(target, iterable, ())
            type_: Type = VariadicTupleType(key.body.type)
            return ir.Comprehension(type_, self.span(node), "generator", key.body, (generator,))
        generator = ir.Generator(target, iterable, (key.body,))
        return ir.Comprehension(
            VariadicTupleType(item), self.span(node), "generator", key.parameters[0], (generator,)
        )

    def lambda_key(self, node: ast.Lambda, types: tuple[Type, ...]) -> ir.Lambda:
        """A lambda that a builtin calls with arguments of the types."""
        arguments = node.args
        if len(arguments.args) != len(types) or _more_than_plain(arguments):
            raise self.refuse("lambda with other than plain parameters", node)
        scope: dict[str, ir.Var] = {}
        for argument, type_ in zip(arguments.args, types, strict=True):
            unique = self.names.fresh(argument.arg)
            scope[argument.arg] = ir.Var(type_, self.span(node), unique)
        self.scopes.append(scope)
        body = self.expression(node.body)
        self.scopes.pop()
        return ir.Lambda(body.type, self.span(node), tuple(scope.values()), body)

    def key_function(self, node: ast.expr, types: tuple[Type, ...]) -> ir.Lambda:
        """A function given as `key=` or to `map`: a lambda, or a name, made a lambda."""
        if isinstance(node, ast.Lambda):
            return self.lambda_key(node, types)
        parameters = tuple(ir.Var(t, self.span(node), self.names.fresh("item")) for t in types)
        body = self.apply(node, parameters)
        return ir.Lambda(body.type, self.span(node), parameters, body)

    def apply(self, node: ast.expr, args: tuple[ir.Expr, ...]) -> ir.Expr:
        """The call of a function named by the node with arguments that are lowered already."""
        raise NotImplementedError

    def iterator_call(self, node: ast.Call, name: str) -> ir.Expr:
        """`enumerate`, `zip` and `reversed` where they are consumed at once."""
        raise NotImplementedError

    def is_builtin(self, name: str) -> bool:
        """Whether the name stands for the builtin."""
        raise NotImplementedError


def _more_than_plain(arguments: ast.arguments) -> bool:
    return bool(
        arguments.posonlyargs
        or arguments.kwonlyargs
        or arguments.vararg
        or arguments.kwarg
        or arguments.defaults
    )


def _ordered_item(item: Type) -> bool:
    return item != STR and all(
        m != STR and not isinstance(m, TupleType | VariadicTupleType) for m in members(item)
    )
