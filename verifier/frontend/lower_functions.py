"""Lowers a whole function: parameters, body, contract."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from verify_agent.contracts.expressions import NotAnExpression, parse_expression
from verify_agent.contracts.model import Condition
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import Span
from verify_agent.verifier.frontend.lower_base import Names
from verify_agent.verifier.frontend.lower_imports import local_imports
from verify_agent.verifier.frontend.lower_infer import join
from verify_agent.verifier.frontend.lower_program import ProgramBuilder, Source
from verify_agent.verifier.frontend.lower_scope import assigned_names
from verify_agent.verifier.frontend.lower_state import declared_global
from verify_agent.verifier.frontend.lower_statements import Statements, is_exception
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import FLOAT, NONE, Type


class Functions(Statements):
    """A function with its contract."""

    def function(self, source: Source, parameters: list[tuple[str, Type]]) -> ir.Function:
        """The function that the source gives; `parameters` with those that are captured."""
        self.enter(source, parameters)
        body = self.function_body(source)
        returns = self.returns
        if returns is None:
            returns = join(self.returned, NONE) if _may_fall_off(source.node) else self.returned
        elif returns == FLOAT:
            returns = join(FLOAT, self.returned)
        variables = tuple(
            ir.Var(self.types[name], _span(source.node), name) for name, _ in parameters
        )
        return ir.Function(
            source.key,
            variables,
            returns,
            body,
            _span(source.node),
            owner=source.owner,
            contracted=source.contracted,
            attribute=source.is_property,
        )

    def enter(self, source: Source, parameters: list[tuple[str, Type]]) -> None:
        """Bind the parameters and find out what is local."""
        node = source.node
        self.types = dict(parameters)
        self.parameters = frozenset(self.types)
        annotated = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg) and a.annotation}
        if source.owner and not source.static:
            annotated.add(parameters[0][0])
        self.declared = {n: t for n, t in parameters if n in annotated}
        if isinstance(node, ast.FunctionDef):
            self.written = declared_global(node)
            imports, self.unfollowed = local_imports(node, self.module)
            self.module = self.module.inside(imports)
            own = assigned_names(node.body) - self.written - imports.keys()
            self.locals = self.parameters | own
            self.bindings = tuple(_bindings(node.body))
            self.functions = {k: v for k, v in self.functions.items() if k not in imports}
        else:
            self.locals = self.parameters
        self.functions = {k: v for k, v in self.functions.items() if k not in self.locals}
        self.names.taken |= self.locals
        self.returns = self.builder.returns(source)

    def function_body(self, source: Source) -> ir.Block:
        """The statements; a lambda's expression is its result."""
        node = source.node
        if isinstance(node, ast.FunctionDef):
            return self.body(node.body)
        self.definite = set(self.parameters)
        value = self.expression(node.body)
        self.returned = value.type
        return (ir.Return(value, _span(node)),)

    def lower_local(self, source: Source) -> ir.Function:
        inner = Functions(
            self.builder, source.module, source.key, Names(set(), self.names.reserved)
        )
        inner.local_keys, inner.results = self.local_keys, self.results
        inner.outermost = False
        inner.functions = dict(self.functions)
        parameters = [(p.name, p.type) for p in self.builder.parameters(source)]
        return inner.function(source, [*parameters, *source.captured])


def lower_source(builder: ProgramBuilder, source: Source) -> ir.Function:
    """A function or method of a module, contract included; the first `Unsupported` by position."""
    problems: list[Unsupported] = []
    for unread in source.unread:
        problems.append(Unsupported(unread.construct, unread.line, unread.column))
    try:
        _check_decorators(source)
        parameters = [(p.name, p.type) for p in builder.parameters(source)]
    except Unsupported as problem:
        raise _first([*problems, problem]) from problem
    names = Names(set(), source.module.identifiers)
    lowerer = Functions(builder, source.module, source.key, names)
    function: ir.Function | None = None
    contract: Lowered | None = None
    try:
        function = lowerer.function(source, parameters)
    except Unsupported as problem:
        problems.append(problem)
    try:
        contract = Contracts(builder, source, names, parameters).lower()
    except Unsupported as problem:
        problems.append(problem)
    if problems or function is None or contract is None:
        raise _first(problems)
    return replace(
        function,
        requires=contract.requires,
        ensures=contract.ensures,
        snapshots=contract.snapshots,
        invariants=contract.invariants,
        raises=contract.raises,
        modifies=source.contract.modifies,
    )


def _first(problems: list[Unsupported]) -> Unsupported:
    return min(problems, key=lambda p: (p.line, p.column))


def _check_decorators(source: Source) -> None:
    node = source.node
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Name) and decorator.id == "classmethod":
                raise Unsupported("class method", decorator.lineno, decorator.col_offset)


@dataclass(frozen=True)
class Lowered:
    """A contract's clauses, as in `Function`."""

    requires: tuple[ir.Clause, ...]
    ensures: tuple[ir.Clause, ...]
    snapshots: tuple[ir.SnapshotClause, ...]
    invariants: tuple[ir.Clause, ...]
    raises: tuple[ir.RaisesClause, ...]


class Contracts:
    """Lowers a function's contract in the scope of its parameters."""

    def __init__(
        self,
        builder: ProgramBuilder,
        source: Source,
        names: Names,
        parameters: list[tuple[str, Type]],
    ) -> None:
        self.builder = builder
        self.source = source
        self.names = names
        self.parameters = parameters

    def lower(self) -> Lowered:
        """The contract, clause by clause."""
        contract = self.source.contract
        scope = self.scope()
        requires = tuple(self.clause(scope, c) for c in contract.requires)
        invariants = self.invariants(contract.invariants)
        snapshots = tuple(
            ir.SnapshotClause(s.name, self.expression(scope, s.text, self.place), s.deep)
            for s in contract.snapshots
        )
        raises = tuple(
            ir.RaisesClause(self.exception(r.exception), self.clause(scope, r.condition))
            for r in contract.raises
        )
        after = self.scope()
        after.old = {s.name: s.expr.type for s in snapshots}
        if "result" not in after.types:
            returns = self.builder.returns(self.source)
            after.types["result"] = NONE if returns is None else returns
        ensures = tuple(self.clause(after, c) for c in contract.ensures)
        return Lowered(requires, ensures, snapshots, invariants, raises)

    @property
    def place(self) -> Span:
        """Where the function stands."""
        return _span(self.source.node)

    def scope(self) -> Functions:
        """A scope with the parameters alone."""
        module = self.source.contract_module or self.source.module
        scope = Functions(self.builder, module, self.source.key, self.names)
        scope.types = dict(self.parameters)
        scope.declared = dict(self.parameters)
        scope.definite = set(scope.types)
        scope.locals = frozenset(scope.types)
        scope.contract = True
        return scope

    def invariants(self, conditions: tuple[Condition, ...]) -> tuple[ir.Clause, ...]:
        """The class's invariants, over the receiver, whatever its name is in this method."""
        if not conditions:
            return ()
        scope = self.scope()
        name, type_ = self.parameters[0]
        scope.types = {"self": type_}
        if name != "self":
            raise Unsupported(f"receiver called {name}", self.place.line, self.place.column)
        return tuple(self.clause(scope, c) for c in conditions)

    def clause(self, scope: Functions, condition: Condition) -> ir.Clause:
        """One condition; its truth value is what counts."""
        span = Span(condition.line or self.place.line, condition.column)
        expr = self.expression(scope, condition.text, span)
        return ir.Clause(condition.display, expr, span, condition.error)

    def expression(self, scope: Functions, text: str, place: Span) -> ir.Expr:
        """An expression of the contract, its positions put where the contract stands."""
        try:
            tree = parse_expression(text)
        except NotAnExpression as error:
            raise Unsupported(f"contract expression {text}", place.line, place.column) from error
        for node in ast.walk(tree):
            if isinstance(node, ast.expr | ast.arg | ast.keyword):
                node.lineno, node.col_offset = place.line, place.column
                node.end_lineno = node.end_col_offset = None
        return scope.expression(tree)

    def exception(self, name: str) -> str:
        """The name of a builtin exception."""
        if not is_exception(name):
            raise Unsupported(f"exception {name}", self.place.line, self.place.column)
        return name


def _span(node: ast.FunctionDef | ast.Lambda) -> Span:
    return Span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def _bindings(body: list[ast.stmt]) -> list[str]:
    """Every name that is bound, once for each place."""
    return [name for statement in body for node in ast.walk(statement) for name in _bound(node)]


def _bound(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(name, ast.Store()) | ast.FunctionDef(name=name):
            return [name]
        case _:
            return []


def _may_fall_off(node: ast.FunctionDef | ast.Lambda) -> bool:
    return isinstance(node, ast.FunctionDef) and _falls(node.body)


def _falls(body: list[ast.stmt]) -> bool:
    """Whether control may come to the end of the statements, as far as can be seen at once."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise():
            return False
        case ast.If(_, then, orelse):
            return _falls(then) or _falls(orelse)
        case _:
            return True
