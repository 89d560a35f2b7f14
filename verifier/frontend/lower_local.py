"""Lowers local functions and lambdas that are called directly.

Such a call reads the outer variables when it is made, so they are passed to it as further
arguments: what the call would find in its cells. A function that is used as a value could be
called later, when they have changed, and is refused.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_base import LocalFunction
from verify_agent.verifier.frontend.lower_builtin_calls import BuiltinCalls
from verify_agent.verifier.frontend.lower_infer import NEVER, join
from verify_agent.verifier.frontend.lower_program import Source
from verify_agent.verifier.frontend.lower_scope import assigned_names
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import Type


class LocalFunctions(BuiltinCalls):
    """Functions inside functions."""

    def local_call(
        self, node: ast.expr, name: str, function: LocalFunction, args: tuple[ir.Expr, ...]
    ) -> ir.Expr:
        """A direct call of a local function with positional arguments."""
        _check_plain(function, len(args))
        captured = tuple(self.captured(n, node) for n in self.free_names(function))
        source = Source(
            self.key,
            function,
            self.module,
            types=tuple(a.type for a in args),
            captured=tuple((n, v.type) for n, v in captured),
        )
        key = self.local_key(name, source)
        type_ = self.returns_of(replace(source, key=key))
        self.learn(key, (*args, *(v for _, v in captured)))
        values = tuple(v for _, v in captured)
        return ir.Call(type_, self.span(node), key, (*args, *values))

    def learn(self, key: str, args: tuple[ir.Expr, ...]) -> None:
        """A container that the local function fills is of the type that it filled it with."""
        function = self.builder.functions.get(key)
        if function is not None:
            for parameter, arg in zip(function.parameters, args, strict=True):
                if parameter.type != arg.type:
                    self.widen(arg, parameter.type)

    def captured(self, name: str, node: ast.expr) -> tuple[str, ir.Expr]:
        """An outer variable at the time of the call, which must have a value by then."""
        read = ast.copy_location(ast.Name(name, ast.Load()), node)
        value = self.expression(read)
        if self.find_scoped(name) is None and name not in self.definite:
            raise self.refuse(f"{name}, read by a local function, may have no value yet", node)
        return name, value

    def free_names(self, function: LocalFunction) -> list[str]:
        """The variables of this scope that the local function reads, sorted."""
        return sorted(n for n in self.reads(function, set()) if self.is_variable(n))

    def is_variable(self, name: str) -> bool:
        """Whether the name is a variable here."""
        return self.find_scoped(name) is not None or (
            name in self.locals and name not in self.functions
        )

    def reads(self, function: LocalFunction, seen: set[str]) -> set[str]:
        """The names that a local function takes from outside, by the functions it calls too."""
        own = {a.arg for a in function.args.args}
        if isinstance(function, ast.Lambda):
            body: list[ast.AST] = [function.body]
        else:
            own |= assigned_names(function.body)
            body = [*function.body]
        found = {
            n.id for b in body for n in ast.walk(b) if isinstance(n, ast.Name) and n.id not in own
        }
        for name in found & set(self.functions) - seen:
            seen.add(name)
            found |= self.reads(self.functions[name], seen)
        return found

    def local_key(self, name: str, source: Source) -> str:
        """One function for each list of types with which a local function is called."""
        wanted = (name, source.types, source.captured)
        for key, known in self.local_keys.items():
            if known == wanted:
                return key
        base = f"{self.key}.{name}"
        number = sum(1 for known in self.local_keys.values() if known[0] == name)
        key = f"{base}_{number + 1}" if number else base
        self.local_keys[key] = wanted
        return key

    def returns_of(self, source: Source) -> Type:
        """The type of the result; the function is lowered where that was not done yet."""
        if source.key in self.results:
            return self.results[source.key]
        declared = self.builder.returns(source)
        self.results[source.key] = NEVER if declared is None else declared
        while True:
            before = self.results[source.key]
            function = self.lower_local(source)
            self.builder.functions[source.key] = function
            after = before if declared is not None else join(before, function.returns)
            if after == before:
                return after
            self.results[source.key] = after

    def lower_local(self, source: Source) -> ir.Function:
        """Lower a local function; outer variables are further parameters."""
        raise NotImplementedError


def _check_plain(function: LocalFunction, given: int) -> None:
    arguments = function.args
    decorators = [] if isinstance(function, ast.Lambda) else function.decorator_list
    if decorators:
        place = decorators[0]
        raise Unsupported("decorator on a local function", place.lineno, place.col_offset)
    more = (
        arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs
    ) or arguments.defaults
    if more or len(arguments.args) != given:
        raise Unsupported(
            "local function with other than plain parameters",
            function.lineno,
            function.col_offset,
        )
