"""What all parts of the lowering of one function share: names, types found so far, refusals."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import Span
from verify_agent.verifier.frontend.lower_infer import NEVER, fits, join, mixes, show
from verify_agent.verifier.frontend.lower_program import ProgramBuilder
from verify_agent.verifier.frontend.lower_scope import ModuleScope
from verify_agent.verifier.ir.nodes import Expr, Index, Method, Var
from verify_agent.verifier.ir.types import ClassType, DictType, ListType, SetType, Type

LocalFunction = ast.FunctionDef | ast.Lambda
#: A local function's name, the types of its arguments, and the outer variables it reads.
LocalKey = tuple[str, tuple[Type, ...] | None, tuple[tuple[str, Type], ...]]


@dataclass
class Names:
    """Names of one function, its contract included, each used once."""

    taken: set[str]
    reserved: frozenset[str]

    def fresh(self, base: str) -> str:
        """The name itself where it is free, else with a number."""
        if base not in self.taken:
            self.taken.add(base)
            return base
        number = 1
        while f"{base}_{number}" in self.taken | self.reserved:
            number += 1
        self.taken.add(f"{base}_{number}")
        return f"{base}_{number}"


@dataclass
class Base:
    """Lowers expressions and statements of one scope.

    `types` grows from round to round until nothing changes; `declared` are the variables whose
    type an annotation fixes. `scopes` are the variables of comprehensions and lambdas around
    the current place, by their name in the source; `definite` are the variables that surely
    have a value; `local_keys` and `results` belong to local functions. `unfollowed` is the first
    import of the function itself that can't be followed, `written` are the names that the function
    declares `global`; `contract` says that it is a contract's expression that is lowered.
    """

    builder: ProgramBuilder
    module: ModuleScope
    key: str
    names: Names
    locals: frozenset[str] = frozenset()
    types: dict[str, Type] = field(default_factory=dict)
    declared: dict[str, Type] = field(default_factory=dict)
    returns: Type | None = None
    returned: Type = NEVER
    changed: bool = False
    problems: list[Unsupported] = field(default_factory=list)
    scopes: list[dict[str, Var]] = field(default_factory=list)
    functions: dict[str, LocalFunction] = field(default_factory=dict)
    old: dict[str, Type] | None = None
    labels: int = 0
    lambdas: int = 0
    definite: set[str] = field(default_factory=set)
    local_keys: dict[str, LocalKey] = field(default_factory=dict)
    results: dict[str, Type] = field(default_factory=dict)
    outermost: bool = True
    bindings: tuple[str, ...] = ()
    parameters: frozenset[str] = frozenset()
    unfollowed: Unsupported | None = None
    written: frozenset[str] = frozenset()
    contract: bool = False

    # -- to be given by the parts ---------------------------------------------------------------

    def expression(self, node: ast.expr, expected: Type | None = None) -> Expr:
        """An expression whose value is wanted, of the expected type where that is known."""
        raise NotImplementedError

    def iterable(self, node: ast.expr) -> Expr:
        """An expression that is iterated over at once."""
        raise NotImplementedError

    # -- places and refusals --------------------------------------------------------------------

    def span(self, node: ast.stmt | ast.expr) -> Span:
        """Where the node stands."""
        return Span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)

    def refuse(self, construct: str, node: ast.stmt | ast.expr | ast.arg) -> Unsupported:
        """The `Unsupported` to raise for the node."""
        return Unsupported(construct, node.lineno, node.col_offset)

    # -- types of variables ---------------------------------------------------------------------

    def join_variable(self, name: str, type_: Type) -> None:
        """The variable may hold a value of the type too."""
        before = self.types.get(name, NEVER)
        after = join(before, type_)
        if mixes(type_, after):
            self.builder.mixed = True
        if after != before:
            self.types[name] = after
            self.changed = True

    def check(self, value: Expr, wanted: Type, what: str, node: ast.stmt | ast.expr) -> None:
        """The value must be of a type that may stand where `wanted` is declared."""
        if not fits(value.type, wanted):
            raise self.refuse(f"{show(value.type)} as {what}, which is {show(wanted)},", node)
        if mixes(value.type, wanted):
            self.builder.mixed = True
        self.widen(value, wanted)

    def widen(self, place: Expr, type_: Type) -> None:
        """The object that the expression gives is one of the type: what holds it learns that."""
        if not isinstance(type_, ListType | DictType | SetType):
            return
        match place:
            case Var(_, _, name) if name in self.types and name not in self.declared:
                if not isinstance(self.types[name], ClassType):
                    self.join_variable(name, type_)
            case Index(_, _, base, _) if isinstance(base.type, ListType):
                self.widen(base, ListType(join(base.type.item, type_)))
            case Index(_, _, base, _) if isinstance(base.type, DictType):
                self.widen(base, DictType(base.type.key, join(base.type.value, type_)))
            case Method(_, _, base, "setdefault") if isinstance(base.type, DictType):
                self.widen(base, DictType(base.type.key, join(base.type.value, type_)))
            case _:
                pass

    def can_grow(self, place: Expr) -> bool:
        """Whether the object stands in a variable whose type is not fixed."""
        while isinstance(place, Index) or (
            isinstance(place, Method) and place.name == "setdefault"
        ):
            place = place.base
        return (
            isinstance(place, Var) and place.name in self.types and place.name not in self.declared
        )

    def find_scoped(self, name: str) -> Var | None:
        """The variable of the innermost comprehension or lambda that binds the name."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None
