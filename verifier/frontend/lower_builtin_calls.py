"""Lowers calls of builtins, library functions and methods of builtin types."""

from __future__ import annotations

import ast

from verify_agent.verifier.frontend.lower_builtins import (
    CONSUMERS,
    FUNCTIONS,
    ITERATORS,
    KEYWORDS,
    function_type,
)
from verify_agent.verifier.frontend.lower_comprehensions import Comprehensions
from verify_agent.verifier.frontend.lower_infer import (
    NEVER,
    item_type,
    join,
    members,
    mixes,
    show,
)
from verify_agent.verifier.frontend.lower_methods import added_item, method_type, view_type
from verify_agent.verifier.frontend.lower_scope import BuiltinName, ClassName
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    BOOL,
    INT,
    STR,
    DictType,
    FrozenType,
    ListType,
    OpaqueType,
    SetType,
    TupleType,
    Type,
)

Keywords = tuple[tuple[str, ir.Expr], ...]

#: Types that `isinstance` may ask for.
_TESTED = frozenset({"int", "bool", "float", "str", "list", "dict", "set", "frozenset", "tuple"})
_ORDER_MATTERS = frozenset({"list", "tuple", "enumerate", "zip", "min", "max", "sum"})
_TEXT_OF_INT = frozenset({"str", "repr"})


class BuiltinCalls(Comprehensions):
    """Calls whose meaning is CPython's own."""

    def is_free(self, name: str) -> bool:
        """Whether no variable or function of this scope bears the name."""
        return (
            self.find_scoped(name) is None
            and name not in self.locals
            and name not in self.types
            and name not in self.functions
        )

    def is_builtin(self, name: str) -> bool:
        return self.is_free(name) and self.module.resolve(name) == BuiltinName(name)

    def length(self, node: ast.expr, base: ir.Expr) -> ir.Expr | None:
        """`len(instance)`; None where the class does not say what that is."""
        raise NotImplementedError

    def of_class(self, node: ast.expr, value: ir.Expr, klass: str) -> ir.Expr | None:
        """`isinstance(value, Class)`; None where the value's type does not tell."""
        raise NotImplementedError

    # -- functions ------------------------------------------------------------------------------

    def builtin(self, node: ast.Call, name: str, expected: Type | None) -> ir.Expr:
        """A call of a builtin or library function by its name."""
        if name == "isinstance":
            return self.isinstance_call(node)
        if name in ITERATORS or name in ("map", "filter"):
            raise self.refuse(f"{name} object that is not consumed at once", node)
        if name not in FUNCTIONS:
            raise self.refuse(f"call of {name}", node)
        args = self.arguments(node, name)
        keywords = self.keywords(node, name, args)
        if name == "len" and len(args) == 1:
            called = self.length(node, args[0])
            if called is not None:
                return called
        if not args and expected is not None and not node.args:
            empty = self.empty_container(node, name, expected)
            if empty is not None:
                return empty
        return self.builtin_call(node, name, args, keywords)

    def empty_container(self, node: ast.Call, name: str, expected: Type) -> ir.Expr | None:
        """`list()`, `dict()`, `set()` where a type is expected."""
        wanted = {"list": ListType, "dict": DictType, "set": SetType}.get(name)
        if wanted is None or not isinstance(expected, wanted):
            return None
        return ir.Builtin(expected, self.span(node), name, ())

    def arguments(self, node: ast.Call, name: str) -> tuple[ir.Expr, ...]:
        """The positional arguments; the first may be a generator where it is consumed."""
        if name in CONSUMERS and len(node.args) >= 1:
            first = self.consumed(node.args[0]) if name != "zip" else self.iterable(node.args[0])
            rest = self.iterable if name in ("zip", "enumerate") else self.expression
            return (first, *map(rest, node.args[1:]))
        return tuple(map(self.expression, node.args))

    def keywords(self, node: ast.Call, name: str, args: tuple[ir.Expr, ...]) -> Keywords:
        """The keyword arguments that the builtin's model has."""
        allowed = KEYWORDS.get(name, frozenset())
        found: list[tuple[str, ir.Expr]] = []
        for keyword in node.keywords:
            if keyword.arg not in allowed or keyword.arg is None:
                raise self.refuse(f"{name} with {keyword.arg}=", keyword.value)
            if keyword.arg == "key":
                if isinstance(keyword.value, ast.Constant) and keyword.value.value is None:
                    continue
                items = [item_type(args[0].type)] if len(args) == 1 else [a.type for a in args]
                item: Type = NEVER
                for type_ in items:
                    item = join(item, type_ if type_ is not None else NEVER)
                found.append(("key", self.key_function(keyword.value, (item,))))
            else:
                found.append((keyword.arg, self.expression(keyword.value)))
        return tuple(found)

    def iterator_call(self, node: ast.Call, name: str) -> ir.Expr:
        args = self.arguments(node, name)
        return self.builtin_call(node, name, args, self.keywords(node, name, args))

    def builtin_call(
        self,
        node: ast.expr,
        name: str,
        args: tuple[ir.Expr, ...],
        keywords: Keywords = (),
    ) -> ir.Expr:
        """A builtin on arguments that are lowered already."""
        types = [a.type for a in args]
        given = dict(keywords)
        if name in _ORDER_MATTERS and types and name not in ("min", "max", "sum"):
            for arg in args:
                self.ordered(arg, node)
        if name in _TEXT_OF_INT and types and INT in members(types[0]):
            self.text_of_int(node)
        self.meet([*types, *(v.type for v in given.values())])
        type_ = self.extended_type(name, types, given)
        if type_ is None and NEVER in types:
            type_ = NEVER
        if type_ is None:
            shown = ", ".join(map(show, types))
            raise self.refuse(f"{name}({shown})", node)
        return ir.Builtin(type_, self.span(node), name, args, keywords)

    def extended_type(self, name: str, types: list[Type], given: dict[str, ir.Expr]) -> Type | None:
        """The result's type, keywords looked at."""
        if name in ("min", "max") and "key" in given:
            key = given["key"]
            type_ = item_type(types[0]) if len(types) == 1 else None
            if len(types) > 1:
                type_ = NEVER
                for other in types:
                    type_ = join(type_, other)
            if key.type != NEVER and function_type("max", [ListType(key.type)]) is None:
                return None
        elif name == "sum" and "start" in given:
            type_ = function_type(name, [*types, given["start"].type])
        elif name == "sorted":
            type_ = function_type(name, types)
        else:
            type_ = function_type(name, types)
        if type_ is not None and "default" in given:
            type_ = join(type_, given["default"].type)
        return type_

    def text_of_int(self, node: ast.expr) -> None:
        """The text of an int is `True` or `False` where a bool stands in its place."""
        self.builder.texts.add((node.lineno, node.col_offset))

    def meet(self, types: list[Type]) -> None:
        """Values of these types may come to stand in one place."""
        self.builder.mixed |= mixes(TupleType(tuple(types)), TupleType(tuple(types)))

    def isinstance_call(self, node: ast.Call) -> ir.Expr:
        """`isinstance(x, int)`: the second argument becomes a text such as `int|str`."""
        if len(node.args) != 2 or node.keywords:
            raise self.refuse("isinstance with other than two arguments", node)
        value = self.expression(node.args[0])
        if any(isinstance(m, OpaqueType | FrozenType) for m in members(value.type)):
            raise self.refuse(f"isinstance of a {show(value.type)}", node)
        asked = node.args[1]
        if isinstance(asked, ast.Name) and self.is_free(asked.id):
            bound = self.module.resolve(asked.id)
            if isinstance(bound, ClassName):
                told = self.of_class(node, value, self.builder.class_key(bound))
                if told is not None:
                    return told
        kinds = asked.elts if isinstance(asked, ast.Tuple) else [asked]
        names = []
        for kind in kinds:
            if not (isinstance(kind, ast.Name) and kind.id in _TESTED and self.is_builtin(kind.id)):
                raise self.refuse(f"isinstance of {ast.unparse(kind)}", node)
            names.append(kind.id)
        if "bool" in names and INT in members(value.type):
            self.text_of_int(node)
        text = ir.Const(STR, self.span(asked), "|".join(names))
        return ir.Builtin(BOOL, self.span(node), "isinstance", (value, text))

    # -- methods --------------------------------------------------------------------------------

    def builtin_method(self, node: ast.Call, base: ir.Expr, name: str) -> ir.Expr:
        """A method of a builtin type."""
        args = self.method_arguments(node, base, name)
        keywords = self.method_keywords(node, base, name)
        types = [a.type for a in args]
        self.meet([base.type, *types])
        type_ = method_type(base.type, name, types)
        if type_ is None and view_type(base.type, name) is not None:
            raise self.refuse(f"{name} view that is not consumed at once", node)
        if type_ is None and (base.type == NEVER or NEVER in types):
            type_ = NEVER
        if type_ is None:
            shown = ", ".join(map(show, types))
            raise self.refuse(f"method {name}({shown}) of {show(base.type)}", node)
        self.put_in(node, base, name, types, args)
        return ir.Method(type_, self.span(node), base, name, args, keywords)

    def method_arguments(self, node: ast.Call, base: ir.Expr, name: str) -> tuple[ir.Expr, ...]:
        """The arguments; what `join` and `extend` are given is consumed at once."""
        if name == "join" and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            # `join` collects its argument before it looks at it, as a list display would.
            generator = node.args[0]
            collected = ast.ListComp(generator.elt, generator.generators)
            return (self.expression(ast.copy_location(collected, generator)),)
        if name in ("extend", "update", "join", "union") and len(node.args) == 1:
            arg = self.iterable(node.args[0])
            if name in ("extend", "join"):
                self.ordered(arg, node.args[0])
            return (arg,)
        hint: Type | None = None
        if name in ("append", "add", "insert") and isinstance(base.type, ListType | SetType):
            hint = base.type.item if base.type.item != NEVER else None
        elif name in ("get", "setdefault", "pop") and isinstance(base.type, DictType):
            hint = base.type.value if base.type.value != NEVER else None
        last = len(node.args) - 1
        return tuple(
            self.expression(a, hint if n == last else None) for n, a in enumerate(node.args)
        )

    def method_keywords(self, node: ast.Call, base: ir.Expr, name: str) -> Keywords:
        """`list.sort` takes `key` and `reverse`."""
        if name != "sort" or not isinstance(base.type, ListType):
            for keyword in node.keywords:
                raise self.refuse(f"method {name} with {keyword.arg}=", keyword.value)
            return ()
        return self.keywords(node, "sorted", (base,))

    def put_in(
        self,
        node: ast.Call,
        base: ir.Expr,
        name: str,
        types: list[Type],
        args: tuple[ir.Expr, ...],
    ) -> None:
        """What a method puts into a container must be of its type, or shows what it is."""
        for member in members(base.type):
            after = added_item(member, name, types) if types else None
            if after is None:
                continue
            if after != member:
                self.grow(node, base, member, after)
            elif name in ("append", "insert", "add"):
                self.builder.mixed |= mixes(types[-1], _item(member))
                self.widen(args[-1], _item(member))

    def grow(self, node: ast.Call, base: ir.Expr, before: Type, after: Type) -> None:
        """The container gets items of a type that was not known of."""
        self.widen(base, after)
        if self.can_grow(base):
            return
        raise self.refuse(f"{show(after)} where {show(before)} is declared", node)


def _item(container: Type) -> Type:
    return container.item if isinstance(container, ListType | SetType) else NEVER
