"""Lowers statements, round after round until the types of the variables stand still."""

from __future__ import annotations

import ast

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_base import LocalFunction
from verify_agent.verifier.frontend.lower_expressions import BINARY
from verify_agent.verifier.frontend.lower_infer import NEVER, item_type, join, show
from verify_agent.verifier.frontend.lower_scan import first_refused, position
from verify_agent.verifier.frontend.lower_scope import BuiltinName, StateName, assigned_names
from verify_agent.verifier.frontend.lower_state import read
from verify_agent.verifier.frontend.lower_targets import Targets
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    FLOAT,
    INT,
    NONE,
    DictType,
    ListType,
    Type,
)

MAX_ROUNDS = 12


class Statements(Targets):
    """The statement forms."""

    def body(self, statements: list[ast.stmt]) -> ir.Block:
        """A function's body; its docstring is dropped."""
        refused = first_refused(statements)
        start, taken, known = set(self.types), set(self.names.taken), dict(self.functions)
        for _ in range(MAX_ROUNDS):
            self.begin_round(start, taken, known)
            lowered = self.block(statements, top=True)
            if self.changed:
                continue
            problems = [*self.problems, *filter(None, [refused, self.unfollowed])]
            if problems:
                raise min(reversed(problems), key=position)
            return lowered
        raise self.refuse("types of the variables, which do not settle,", statements[0])

    def begin_round(
        self, start: set[str], taken: set[str], known: dict[str, LocalFunction]
    ) -> None:
        """Forget all but the types that were found."""
        self.changed = False
        self.problems.clear()
        self.labels = self.lambdas = 0
        self.returned = NEVER
        self.functions = dict(known)
        self.names.taken = set(taken)
        self.definite = set(start)
        if self.outermost:
            self.local_keys.clear()
            self.results.clear()

    def block(self, statements: list[ast.stmt], *, top: bool = False) -> ir.Block:
        """Statements in order; local functions are known until the end of their block."""
        outside = set(self.functions)
        result: list[ir.Stmt] = []
        for statement in statements:
            try:
                result.extend(self.statement(statement))
            except Unsupported as problem:
                # Types are not known in the first rounds; what is still there in the last counts.
                self.problems.append(problem)
            if top:
                self.definite |= _surely_assigned(statement)
        if not top:
            self.functions = {k: v for k, v in self.functions.items() if k in outside}
        return tuple(result)

    def head(self, node: ast.expr) -> ir.Expr:
        """The test of a compound statement, whose blocks are looked at in any case."""
        try:
            return self.expression(node)
        except Unsupported as problem:
            self.problems.append(problem)
            return ir.Const(NEVER, self.span(node), None)

    def statement(self, node: ast.stmt) -> list[ir.Stmt]:
        """One statement, which may become several or none."""
        match node:
            case ast.Assign(targets, value):
                return self.assign(node, targets, value)
            case ast.AnnAssign():
                return self.annotated(node)
            case ast.AugAssign():
                return [self.augmented(node)]
            case ast.Expr(ast.Constant()) | ast.Pass() | ast.Import() | ast.ImportFrom():
                return []
            case ast.Expr(value):
                return [ir.Evaluate(self.expression(value), self.span(node))]
            case ast.If(test, then, orelse):
                condition = self.head(test)
                blocks = (self.block(then), self.block(orelse))
                return [ir.If(condition, *blocks, self.span(node))]
            case ast.While():
                return [self.while_loop(node)]
            case ast.For():
                return [self.for_loop(node)]
            case ast.Break():
                return [ir.Break(self.span(node))]
            case ast.Continue():
                return [ir.Continue(self.span(node))]
            case ast.Return(value):
                return [self.return_(node, value)]
            case ast.Assert(test, message):
                return [self.assertion(node, test, message)]
            case ast.Raise():
                return [self.raise_(node)]
            case ast.Try():
                return [self.try_(node)]
            case ast.Delete(targets):
                return [self.delete(node, target) for target in targets]
            case ast.FunctionDef(name=name):
                self.local_function(node, name)
                return []
            case ast.Global(names):
                return self.global_names(node, names)
            case _:
                raise self.refuse(type(node).__name__, node)

    def global_names(self, node: ast.Global, names: list[str]) -> list[ir.Stmt]:
        """`global`, of variables that the module's functions take as a further argument."""
        for name in names:
            bound = self.module.resolve(name)
            place = ast.copy_location(ast.Name(name, ast.Load()), node)
            if not isinstance(bound, StateName):
                raise self.refuse("global statement", node)
            read(self, place, bound)
        return []

    # -- assignments ----------------------------------------------------------------------------

    def assign(self, node: ast.Assign, targets: list[ast.expr], value: ast.expr) -> list[ir.Stmt]:
        """`a = b = value`; a lambda with a name becomes a local function."""
        if isinstance(value, ast.Lambda) and len(targets) == 1:
            only = targets[0]
            if isinstance(only, ast.Name):
                self.local_function(value, only.id)
                return []
        lowered = self.expression(value, self.expected(targets[0]))
        if len(targets) == 1:
            return [ir.Assign(self.target(targets[0], lowered), lowered, self.span(node))]
        name = self.names.fresh("value")
        temporary = ir.Var(lowered.type, self.span(value), name)
        first = ir.Assign(ir.NameTarget(name, lowered.type), lowered, self.span(node))
        rest = [ir.Assign(self.target(t, temporary), temporary, self.span(node)) for t in targets]
        return [first, *rest]

    def local_function(self, function: ast.FunctionDef | ast.Lambda, name: str) -> None:
        """A name that a local function bears, and nothing else."""
        if self.bindings.count(name) > 1 or name in self.parameters:
            raise self.refuse(f"local function {name}, which is bound more than once,", function)
        self.functions[name] = function

    def annotated(self, node: ast.AnnAssign) -> list[ir.Stmt]:
        """`name: type = value`; without a value only the type is kept."""
        type_ = self.builder.type_of(node.annotation, self.module)
        if isinstance(node.target, ast.Name):
            name = node.target.id
            if self.declared.get(name, type_) != type_:
                raise self.refuse(f"another annotation of {name}", node)
            if name not in self.declared:
                self.declared[name] = type_
                self.types[name] = join(self.types.get(name, NEVER), type_)
                self.changed = True
        if node.value is None:
            return []
        value = self.expression(node.value, type_)
        self.check_float(value, type_, node)
        return [ir.Assign(self.target(node.target, value), value, self.span(node))]

    def check_float(self, value: ir.Expr, type_: Type, node: ast.stmt) -> None:
        if not (type_ == FLOAT and value.type == INT):
            self.check(value, type_, "a value", node)

    def augmented(self, node: ast.AugAssign) -> ir.Stmt:
        """`target op= value`."""
        op = BINARY[type(node.op)]
        read = _loaded(node.target)
        old = self.expression(read)
        hint = old.type if isinstance(old.type, ListType) else None
        if isinstance(old.type, ListType) and op == "+":
            value = self.iterable(node.value) if hint is None else self.list_addition(node, hint)
            item = item_type(value.type)
            if item is None:
                raise self.refuse(f"+= of {show(value.type)} on a list", node)
            self.ordered(value, node.value)
            new: ir.Expr = ir.Binary(
                ListType(join(old.type.item, item)), self.span(node), op, old, value
            )
            if new.type != old.type:
                self.grown(node.target, old, new.type)
        else:
            value = self.expression(node.value)
            new = self.binary(node, op, old, value)
        target: ir.Target
        match node.target:
            case ast.Name(name) if name in self.written:
                target = self.target(node.target, new)
            case ast.Name(name):
                if self.find_scoped(name) is not None:
                    raise self.refuse(f"augmented assignment to {name}", node)
                self.assign_variable(name, new, node)
                target = ir.NameTarget(name, self.types.get(name, new.type))
            case ast.Subscript() as subscript:
                target = self.item_target(subscript, new.type)
                if isinstance(target, ir.SliceTarget):
                    raise self.refuse("augmented assignment to a slice", node)
            case ast.Attribute(base, name) as attribute:
                field = self.field_target(attribute, base, name)
                self.check(new, field.type, f"field {name}", node)
                target = ir.AttributeTarget(field.base, name)
        return ir.AugAssign(target, op, value, self.span(node))

    def list_addition(self, node: ast.AugAssign, hint: Type) -> ir.Expr:
        """What `+=` puts at the end of a list."""
        if isinstance(node.value, ast.List | ast.ListComp):
            return self.expression(node.value, hint)
        return self.iterable(node.value)

    def delete(self, node: ast.Delete, target: ast.expr) -> ir.Stmt:
        """`del base[...]`."""
        if not isinstance(target, ast.Subscript):
            raise self.refuse("del of a name or attribute", target)
        base = self.expression(target.value)
        if not isinstance(base.type, ListType | DictType):
            raise self.refuse(f"del of an item of {show(base.type)}", target)
        if isinstance(target.slice, ast.Slice):
            if not isinstance(base.type, ListType):
                raise self.refuse("del of a slice of a dict", target)
            return ir.Delete(ir.SliceTarget(base, *self.bounds(target.slice)), self.span(node))
        index = self.expression(target.slice)
        self.index_fits(target, base, index)
        return ir.Delete(ir.ItemTarget(base, index), self.span(node))

    # -- loops ----------------------------------------------------------------------------------

    def while_loop(self, node: ast.While) -> ir.Stmt:
        """`while`, with its label."""
        self.labels += 1
        label = f"L{self.labels}"
        test = self.head(node.test)
        return ir.While(
            label, test, self.block(node.body), self.block(node.orelse), self.span(node)
        )

    def for_loop(self, node: ast.For) -> ir.Stmt:
        """`for`, with its label and hidden counter."""
        self.labels += 1
        label = f"L{self.labels}"
        index = self.names.fresh(f"k{self.labels}")
        iterable = self.iterable(node.iter)
        self.ordered(iterable, node.iter)
        item = self.item_of(iterable, node.iter)
        stand_in = ir.Const(item, self.span(node.target), None)
        target = self.target(node.target, stand_in)
        body = self.block(node.body)
        orelse = self.block(node.orelse)
        return ir.For(label, index, target, iterable, body, orelse, self.span(node))

    # -- leaving --------------------------------------------------------------------------------

    def return_(self, node: ast.Return, value: ast.expr | None) -> ir.Stmt:
        """`return value`."""
        if value is None:
            lowered: ir.Expr = ir.Const(NONE, self.span(node), None)
        else:
            lowered = self.expression(value, self.returns)
        if self.returns is not None and not (self.returns == FLOAT and lowered.type == INT):
            self.check(lowered, self.returns, "the result", node)
        self.returned = join(self.returned, lowered.type)
        return ir.Return(lowered, self.span(node))

    def assertion(self, node: ast.Assert, test: ast.expr, message: ast.expr | None) -> ir.Stmt:
        """`assert`; its message must be unable to raise."""
        if message is not None and not _harmless_message(message):
            raise self.refuse("message of an assert that is computed", message)
        return ir.Assert(self.expression(test), ast.unparse(test), self.span(node))

    def raise_(self, node: ast.Raise) -> ir.Stmt:
        """`raise` of a builtin exception."""
        if node.cause is not None and not (
            isinstance(node.cause, ast.Constant) and node.cause.value is None
        ):
            raise self.refuse("raise ... from", node)
        match node.exc:
            case None:
                return ir.Raise(None, (), self.span(node))
            case ast.Name():
                return ir.Raise(self.exception(node.exc), (), self.span(node))
            case ast.Call(func, args, []):
                name = self.exception(func)
                return ir.Raise(name, tuple(map(self.expression, args)), self.span(node))
            case _:
                raise self.refuse("raise of a value", node)

    def exception(self, node: ast.expr) -> str:
        """The name of a builtin exception."""
        if isinstance(node, ast.Name) and self.is_free(node.id):
            match self.module.resolve(node.id):
                case BuiltinName(name) if is_exception(name):
                    return name
                case _:
                    pass
        raise self.refuse(f"exception {ast.unparse(node)}", node)

    def try_(self, node: ast.Try) -> ir.Stmt:
        """`try` with all its parts."""
        body = self.block(node.body)
        handlers = tuple(map(self.handler, node.handlers))
        orelse, final = self.block(node.orelse), self.block(node.finalbody)
        return ir.Try(body, handlers, orelse, final, self.span(node))

    def handler(self, node: ast.ExceptHandler) -> ir.Handler:
        """`except (names):`."""
        if node.name is not None:
            raise Unsupported(f"except ... as {node.name}", node.lineno, node.col_offset)
        kinds: list[ast.expr] = []
        if isinstance(node.type, ast.Tuple):
            kinds = node.type.elts
        elif node.type is not None:
            kinds = [node.type]
        return ir.Handler(tuple(map(self.exception, kinds)), self.block(node.body))


def is_exception(name: str) -> bool:
    """Whether the builtin is an exception that a function may raise and catch."""
    import builtins

    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, Exception)


def _loaded(node: ast.expr) -> ast.expr:
    """The target of an augmented assignment as an expression that is read."""
    text = ast.parse(ast.unparse(node), mode="eval").body
    for inner in ast.walk(text):
        if isinstance(inner, ast.expr):
            ast.copy_location(inner, node)
    return text


def _harmless_message(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.JoinedStr(values):
            return all(
                isinstance(v, ast.Constant)
                or (
                    isinstance(v, ast.FormattedValue)
                    and isinstance(v.value, ast.Name | ast.Constant)
                    and v.format_spec is None
                )
                for v in values
            )
        case _:
            return False


def _surely_assigned(node: ast.stmt) -> set[str]:
    match node:
        case ast.Assign() | ast.AnnAssign(value=ast.expr()) | ast.AugAssign():
            return assigned_names([node])
        case _:
            return set()
