"""A contract as a value: frozen, made of Python expressions in text.

Conditions may use the parameters, `result`, and `OLD.<name>` for the snapshot of that name.
`old(expr)` of a task file becomes a snapshot with `deep=True`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """One precondition, postcondition or invariant.

    `text` is a Python expression; `shown` is the text as the person wrote it where the two
    differ (`old(xs)` against `OLD.old_xs`). `error` is the source of icontract's `error=`.
    """

    text: str
    line: int = 0
    column: int = 0
    description: str = ""
    error: str = ""
    shown: str = ""

    @property
    def display(self) -> str:
        """The text to show to people."""
        return self.shown or self.text


@dataclass(frozen=True)
class Snapshot:
    """A value taken on entry; `deep` makes it a deep copy, else it is the object itself."""

    name: str
    text: str
    deep: bool = False


@dataclass(frozen=True)
class Raises:
    """`exception` is raised exactly when `condition` holds on entry."""

    exception: str
    condition: Condition


@dataclass(frozen=True)
class Property:
    """A statement about several calls: for all `given` with `when`, `then` holds.

    `given` is a tuple of (name, annotation text).
    """

    given: tuple[tuple[str, str], ...]
    when: str
    then: str


@dataclass(frozen=True)
class Unread:
    """A part of a contract or signature that could not be read exactly, and where.

    Nothing may be concluded about a function with such a part, good or bad.
    """

    construct: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Parameter:
    """A parameter as declared; annotation and default are source text, empty where absent."""

    name: str
    annotation: str = ""
    default: str = ""


@dataclass(frozen=True)
class Signature:
    """A function's name, parameters (`self` included for methods) and result annotation."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names in order."""
        return tuple(p.name for p in self.parameters)


@dataclass(frozen=True)
class Contract:
    """What a function promises.

    `requires` and `ensures` stand in the order of their evaluation: a later one need only be
    defined where the earlier ones hold (icontract evaluates the lowest decorator first).
    `modifies` is `None` where the source can't say (any argument may change) and a tuple, maybe
    empty, where only the named parameters may. `invariants` are the enclosing class's.
    `definitions` is Python source of specification functions. `reference_source` is the text of
    the reference's module where it stands in no file.
    """

    requires: tuple[Condition, ...] = ()
    ensures: tuple[Condition, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    invariants: tuple[Condition, ...] = ()
    raises: tuple[Raises, ...] = ()
    modifies: tuple[str, ...] | None = None
    examples: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    reference: str = ""
    reference_source: str = ""
    definitions: str = ""

    @property
    def empty(self) -> bool:
        """Whether it demands nothing beyond not raising."""
        return not (
            self.ensures
            or self.invariants
            or self.raises
            or self.examples
            or self.properties
            or self.reference
        )
