"""Functions, classes and programs of the intermediate representation, contracts included."""

from __future__ import annotations

from dataclasses import dataclass, field

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.ir.expressions import Const, Expr, Var
from verify_agent.verifier.ir.statements import Block
from verify_agent.verifier.ir.types import ClassType, Type, is_value


@dataclass(frozen=True)
class Clause:
    """A condition of a contract, lowered; `text` is what is shown to people."""

    text: str
    expr: Expr
    span: Span = field(compare=False)
    error: str = ""


@dataclass(frozen=True)
class SnapshotClause:
    """A value taken on entry under a name; `deep` copies it."""

    name: str
    expr: Expr
    deep: bool


@dataclass(frozen=True)
class RaisesClause:
    """The exception is raised exactly when the condition holds on entry."""

    exception: str
    condition: Clause


@dataclass(frozen=True)
class Function:
    """A function or method, with its contract lowered.

    `requires`, `ensures` and `invariants` in order of evaluation. `specification` marks a
    helper that only contracts use, `trusted` a function of which only the contract is read,
    and `pure` one whose text shows that equal arguments give equal results and nothing else.
    `modifies` as in `contracts.model.Contract`.
    `attribute` says that it is a property: it is read, not called.
    """

    name: str
    parameters: tuple[Var, ...]
    returns: Type
    body: Block
    span: Span = field(compare=False)
    requires: tuple[Clause, ...] = ()
    ensures: tuple[Clause, ...] = ()
    snapshots: tuple[SnapshotClause, ...] = ()
    invariants: tuple[Clause, ...] = ()
    raises: tuple[RaisesClause, ...] = ()
    modifies: tuple[str, ...] | None = None
    owner: str | None = None
    specification: bool = False
    contracted: bool = False
    trusted: bool = False
    pure: bool = False
    attribute: bool = False


@dataclass(frozen=True)
class Class:
    """A user-defined class: fields with their types, methods by qualified name, invariants.

    What it derives from is put in: inherited fields, methods and invariants are its own.
    `extended` says that other classes derive from it. The variables of a `module` that functions
    write are the fields of one such object, which start with the values `first`; no text names it.
    """

    name: str
    fields: tuple[tuple[str, Type], ...]
    methods: tuple[str, ...]
    invariants: tuple[Clause, ...]
    bases: tuple[str, ...] = ()
    dataclass: bool = False
    frozen: bool = False
    extended: bool = False
    module: str = ""
    first: tuple[Const, ...] = ()

    @property
    def instance_type(self) -> ClassType:
        """The type of its instances, with the fields where that is of use (see `ClassType`)."""
        alone = not (self.bases or self.extended or self.module)
        plain = bool(self.fields) and all(is_value(type_) for _, type_ in self.fields)
        if not (self.dataclass and alone and plain) or (self.invariants and not self.frozen):
            return ClassType(self.name)
        return ClassType(self.name, self.fields, self.frozen)


@dataclass(frozen=True)
class Program:
    """All that one function needs: itself, the functions and classes it reaches, constants.

    `unsupported` says for reachable functions that could not be lowered why: a call of one is
    `Unsupported` when an engine meets it.
    """

    entry: str
    functions: dict[str, Function]
    classes: dict[str, Class]
    constants: dict[str, Expr]
    unsupported: dict[str, str] = field(default_factory=dict)
