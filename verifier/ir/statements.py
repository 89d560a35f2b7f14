"""Statements of the intermediate representation."""

from __future__ import annotations

from dataclasses import dataclass, field

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.ir.expressions import Expr, ItemTarget, SliceTarget, Target


@dataclass(frozen=True)
class Assign:
    """`target = value`; several targets are several statements on one temporary."""

    target: Target
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True)
class AugAssign:
    """`target op= value`: the target's parts are evaluated once; in place on lists and sets."""

    target: Target
    op: str
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Delete:
    """`del base[index]` on a list or dict (a slice: `SliceTarget`)."""

    target: ItemTarget | SliceTarget
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Evaluate:
    """An expression for its effect; a docstring or `...` is dropped by `lower`."""

    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True)
class If:
    """`if test: then else: orelse`; truthiness is the type's."""

    test: Expr
    then: Block
    orelse: Block
    span: Span = field(compare=False)


@dataclass(frozen=True)
class While:
    """`while`; `label` is unique in the function. Leading asserts of the body are kept there."""

    label: str
    test: Expr
    body: Block
    orelse: Block
    span: Span = field(compare=False)


@dataclass(frozen=True)
class For:
    """`for target in iterable`; the iterable is evaluated once.

    `index` is the name of a hidden local that counts the elements already taken: it is 0 before
    the first element and stays after the loop. A list is read live: its length is looked at
    before each element. `iterable` is a str, list, tuple, range, set or dict, or a `Builtin` of
    `range`, `enumerate`, `zip`, `reversed`, or a `Method` of `items`, `keys`, `values`. Where it
    is a dict, a set or a view, a further hidden local, `order_name(index)`, is the list of keys.
    """

    label: str
    index: str
    target: Target
    iterable: Expr
    body: Block
    orelse: Block
    span: Span = field(compare=False)


def order_name(index: str) -> str:
    """The hidden local with the keys of what a loop over a dict or set goes over, in order.

    No variable of a program can have the name, as it is no identifier.

    >>> order_name("index")
    'order(index)'
    """
    return f"order({index})"


@dataclass(frozen=True)
class Break:
    """Leave the innermost loop, without its `else`."""

    span: Span = field(compare=False)


@dataclass(frozen=True)
class Continue:
    """To the next round of the innermost loop."""

    span: Span = field(compare=False)


@dataclass(frozen=True)
class Return:
    """`return value`; a missing value, and falling off the end, is `None`."""

    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Assert:
    """`assert test`; AssertionError where it fails. `text` is its source."""

    test: Expr
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Raise:
    """`raise Name(...)`; None re-raises what is being handled. Arguments are evaluated first."""

    exception: str | None
    args: tuple[Expr, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Handler:
    """`except (names):`; an empty tuple catches everything. `as` names are refused."""

    exceptions: tuple[str, ...]
    body: Block


@dataclass(frozen=True)
class Try:
    """`try`, handlers in order, `else`, `finally`."""

    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block
    span: Span = field(compare=False)


Stmt = (
    Assign | AugAssign | Delete | Evaluate | If | While | For | Break | Continue | Return
    | Assert | Raise | Try
)  # fmt: skip
Block = tuple[Stmt, ...]
