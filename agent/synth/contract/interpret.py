"""A safe evaluator of a subset of Python: text of a task file and candidates, never `eval`.

The syntax tree becomes closures once and runs many times. Only the builtins, operators and
methods of `primitives` are reachable; there is no attribute access but method calls on values
of builtin types. Loops, calls and consumed items are counted.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from typing import Any

from verify_agent.agent.synth.contract import primitives
from verify_agent.agent.synth.contract.primitives import Budget, OutOfBudget
from verify_agent.agent.synth.meter import Meter
from verify_agent.verifier.errors import Unsupported

Env = dict[str, Any]
Code = Callable[[Env], Any]
MAX_DEPTH = 60
CALL = 4
"""Units of work of a call, apart from the step that it is."""


class Machine:
    """Compiles expressions and functions to closures that share one budget of steps.

    >>> machine = Machine()
    >>> machine.define("def twice(n: int) -> int:\\n    return n + n\\n")
    >>> machine.expression("twice(x) == max(8, x)")({"x": 4})
    True
    """

    def __init__(self, steps: int = 20_000, meter: Meter | None = None) -> None:
        self.budget = Budget(steps, meter)
        self.functions: dict[str, Callable[..., Any]] = {}

    def define(self, source: str) -> None:
        """Add the functions of a module's text; raises `Unsupported` for anything else."""
        for node in ast.parse(source).body:
            if not isinstance(node, ast.FunctionDef):
                raise Unsupported(type(node).__name__, node.lineno, node.col_offset)
            self.functions[node.name] = self._remembered(self.function(node))

    def _remembered(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A pure function that computes a result from scalars once."""
        known: dict[tuple[Any, ...], Any] = {}
        budget = self.budget

        def call(*args: Any) -> Any:
            key = tuple((type(arg), arg) for arg in args if isinstance(arg, (int, str)))
            if len(key) < len(args):
                return function(*args)
            if key in known:
                budget.spend()
                return known[key]
            result = function(*args)
            if isinstance(result, (int, str)):
                known[key] = result
            return result

        return call

    def expression(self, source: str | ast.expr) -> Code:
        """The closure of an expression; raises `Unsupported` for what is outside the subset."""
        node = ast.parse(source.strip(), mode="eval").body if isinstance(source, str) else source
        return self._expr(node)

    def function(self, node: ast.FunctionDef) -> Callable[..., Any]:
        """The callable of a function definition; its calls are counted and nested at most
        `MAX_DEPTH` deep."""
        from verify_agent.agent.synth.contract.statements import compile_block

        names = [a.arg for a in node.args.args]
        defaults = [self._expr(d)({}) for d in node.args.defaults]
        if node.args.vararg or node.args.kwarg or node.args.kwonlyargs or node.args.posonlyargs:
            raise Unsupported("kind of parameter", node.lineno, node.col_offset)
        run = compile_block(self, node.body)
        budget = self.budget

        def call(*args: Any) -> Any:
            budget.spend()
            budget.meter.spend(CALL)
            if budget.depth >= MAX_DEPTH:
                raise OutOfBudget
            missing = len(names) - len(args)
            if missing < 0 or missing > len(defaults):
                raise TypeError("wrong number of arguments")
            filled = args + tuple(defaults[len(defaults) - missing :])
            budget.depth += 1
            try:
                signal = run(dict(zip(names, filled, strict=True)))
            finally:
                budget.depth -= 1
            return None if signal is None else signal.value

        return call

    def _expr(self, node: ast.expr) -> Code:
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            raise Unsupported(type(node).__name__, node.lineno, node.col_offset)
        code: Code = handler(node)
        return code

    def _constant(self, node: ast.Constant) -> Code:
        value = node.value
        if value is not None and not isinstance(value, (int, str, float)):
            raise Unsupported("constant", node.lineno, node.col_offset)
        return lambda env: value

    def _name(self, node: ast.Name) -> Code:
        name = node.id

        def load(env: Env) -> Any:
            try:
                return env[name]
            except KeyError:
                raise NameError(name) from None

        return load

    def _joinedstr(self, node: ast.JoinedStr) -> Code:
        codes = [self._expr(value) for value in node.values]
        return lambda env: "".join(str(code(env)) for code in codes)

    def _formattedvalue(self, node: ast.FormattedValue) -> Code:
        if node.conversion != -1 or node.format_spec is not None:
            raise Unsupported("format", node.lineno, node.col_offset)
        return self._expr(node.value)

    def _attribute(self, node: ast.Attribute) -> Code:
        if isinstance(node.value, ast.Name) and node.value.id == "OLD":
            return self._name(ast.Name(id=f"OLD.{node.attr}"))
        raise Unsupported("attribute", node.lineno, node.col_offset)

    def _unaryop(self, node: ast.UnaryOp) -> Code:
        operand = self._expr(node.operand)
        apply = primitives.UNARY[type(node.op)]
        return lambda env: apply(operand(env))

    def _binop(self, node: ast.BinOp) -> Code:
        apply = primitives.BINARY.get(type(node.op))
        if apply is None:
            raise Unsupported(type(node.op).__name__, node.lineno, node.col_offset)
        left, right = self._expr(node.left), self._expr(node.right)
        return lambda env: apply(left(env), right(env))

    def _boolop(self, node: ast.BoolOp) -> Code:
        codes = [self._expr(value) for value in node.values]
        stop = isinstance(node.op, ast.Or)

        def run(env: Env) -> Any:
            value = None
            for code in codes:
                value = code(env)
                if bool(value) is stop:
                    return value
            return value

        return run

    def _compare(self, node: ast.Compare) -> Code:
        first = self._expr(node.left)
        rest = [
            (primitives.COMPARE[type(op)], self._expr(right))
            for op, right in zip(node.ops, node.comparators, strict=True)
        ]

        def run(env: Env) -> Any:
            left = first(env)
            outcome: Any = True
            for apply, code in rest:
                right = code(env)
                outcome = apply(left, right)
                if not outcome:
                    return outcome
                left = right
            return outcome

        return run

    def _ifexp(self, node: ast.IfExp) -> Code:
        test, yes, no = self._expr(node.test), self._expr(node.body), self._expr(node.orelse)
        return lambda env: yes(env) if test(env) else no(env)

    def _display(self, node: ast.Tuple | ast.List | ast.Set, make: Callable[..., Any]) -> Code:
        codes = [self._expr(item) for item in node.elts]
        return lambda env: make(code(env) for code in codes)

    def _tuple(self, node: ast.Tuple) -> Code:
        return self._display(node, tuple)

    def _list(self, node: ast.List) -> Code:
        return self._display(node, list)

    def _set(self, node: ast.Set) -> Code:
        return self._display(node, set)

    def _dict(self, node: ast.Dict) -> Code:
        if any(key is None for key in node.keys):
            raise Unsupported("** in a dict", node.lineno, node.col_offset)
        pairs = [
            (self._expr(k), self._expr(v))
            for k, v in zip(node.keys, node.values, strict=True)
            if k is not None
        ]
        return lambda env: {key(env): value(env) for key, value in pairs}

    def _subscript(self, node: ast.Subscript) -> Code:
        value = self._expr(node.value)
        index = self._expr(node.slice)
        return lambda env: value(env)[index(env)]

    def _slice(self, node: ast.Slice) -> Code:
        bounds = (node.lower, node.upper, node.step)
        parts = [None if b is None else self._expr(b) for b in bounds]
        return lambda env: slice(*(None if p is None else p(env) for p in parts))

    def _generators(
        self, generators: list[ast.comprehension], emit: Callable[[Env], Any]
    ) -> Callable[[Env], Any]:
        """A generator function over the nested loops of a comprehension."""
        from verify_agent.agent.synth.contract.statements import binder

        head, *rest = generators
        source = self._expr(head.iter)
        bind = binder(head.target)
        tests = [self._expr(test) for test in head.ifs]
        inner = self._generators(rest, emit) if rest else None
        budget = self.budget

        def run(env: Env) -> Any:
            scope = dict(env)
            for item in source(env):
                budget.spend()
                bind(scope, item)
                if all(test(scope) for test in tests):
                    if inner is None:
                        yield emit(scope)
                    else:
                        yield from inner(scope)

        return run

    def _generatorexp(self, node: ast.GeneratorExp) -> Code:
        return self._generators(node.generators, self._expr(node.elt))

    def _listcomp(self, node: ast.ListComp) -> Code:
        run = self._generators(node.generators, self._expr(node.elt))
        return lambda env: list(run(env))

    def _setcomp(self, node: ast.SetComp) -> Code:
        run = self._generators(node.generators, self._expr(node.elt))
        return lambda env: set(run(env))

    def _dictcomp(self, node: ast.DictComp) -> Code:
        key, value = self._expr(node.key), self._expr(node.value)
        run = self._generators(node.generators, lambda env: (key(env), value(env)))
        return lambda env: dict(run(env))

    def _call(self, node: ast.Call) -> Code:
        if any(isinstance(arg, ast.Starred) for arg in node.args):
            raise Unsupported("starred argument", node.lineno, node.col_offset)
        codes = [self._expr(arg) for arg in node.args]
        keywords = {k.arg: self._expr(k.value) for k in node.keywords}
        match node.func:
            case ast.Name(id=name):
                return self._named_call(name, codes, keywords, node)
            case ast.Attribute(value=owner, attr=attr) if not keywords:
                target = self._expr(owner)
                return lambda env: primitives.call_method(
                    self.budget, target(env), attr, [c(env) for c in codes]
                )
        raise Unsupported("call", node.lineno, node.col_offset)

    def _named_call(
        self, name: str, codes: list[Code], keywords: dict[str | None, Code], node: ast.Call
    ) -> Code:
        def values(env: Env) -> list[Any]:
            return [code(env) for code in codes]

        functions, counted = self.functions, self.budget.counted
        options = {key: code for key, code in keywords.items() if key in ("default", "reverse")}
        if len(options) != len(keywords):
            raise Unsupported("keyword argument", node.lineno, node.col_offset)
        if not hasattr(builtins, name) and not keywords:
            return lambda env: functions[name](*values(env))
        if name in ("max", "min") or name in primitives.CONSUMING_BUILTINS:
            function = getattr(builtins, name)
            single = len(codes) == 1 or name == "sum"

            def consume(env: Env) -> Any:
                args = values(env)
                if single:
                    args[0] = counted(args[0])
                named = {str(key): code(env) for key, code in options.items()}
                return function(*args, **named)

            return consume
        if name in primitives.PLAIN_BUILTINS and not keywords:
            plain = primitives.PLAIN_BUILTINS[name]
            return lambda env: plain(*values(env))
        raise Unsupported(f"call of {name}", node.lineno, node.col_offset)
