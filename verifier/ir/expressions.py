"""Expressions and assignment targets of the intermediate representation.

Expressions may raise and, through method calls, mutate; they are evaluated left to right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.ir.types import Type

Constant = int | bool | float | str | None


@dataclass(frozen=True)
class Node:
    """Common to all: the type of the value and where it stands in the source."""

    type: Type
    span: Span = field(compare=False)


# -- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Const(Node):
    """A literal."""

    value: Constant


@dataclass(frozen=True)
class EnumMember(Node):
    """A member of an enumeration, by its name."""

    name: str


@dataclass(frozen=True)
class Var(Node):
    """A parameter, a local variable, a variable bound by a comprehension, or `result`.

    Reading a local before it is bound raises `UnboundLocalError`. Names are unique in a
    function: a comprehension's or inner function's own variables are renamed apart.
    """

    name: str


@dataclass(frozen=True)
class Old(Node):
    """The snapshot of that name, taken on entry (only in contracts)."""

    name: str


@dataclass(frozen=True)
class Unary(Node):
    """`-`, `+`, `~` or `not`."""

    op: str
    operand: Expr


@dataclass(frozen=True)
class Binary(Node):
    """`+ - * // % ** / << >> & | ^` on operands whose types say what it means.

    `**` of two ints has type `int`, though a negative exponent makes a float of it: whoever
    relies on the type has to show that the exponent is not negative.
    """

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Compare(Node):
    """One comparison: `== != < <= > >= is`, `is not`, `in`, `not in`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Chain(Node):
    """`a < b <= c`: operands evaluated once, left to right, stopping at the first false."""

    operands: tuple[Expr, ...]
    ops: tuple[str, ...]


@dataclass(frozen=True)
class Logic(Node):
    """`and` or `or`; the value is one of the operands, later ones only evaluated when needed."""

    op: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True)
class IfExp(Node):
    """`then if test else orelse`."""

    test: Expr
    then: Expr
    orelse: Expr


@dataclass(frozen=True)
class TupleExpr(Node):
    """A tuple display."""

    items: tuple[Expr, ...]


@dataclass(frozen=True)
class ListExpr(Node):
    """A list display: a new object at each evaluation."""

    items: tuple[Expr, ...]


@dataclass(frozen=True)
class SetExpr(Node):
    """A set display."""

    items: tuple[Expr, ...]


@dataclass(frozen=True)
class DictExpr(Node):
    """A dict display."""

    keys: tuple[Expr, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True)
class Index(Node):
    """`base[index]` on str, list, tuple, range or dict; `IndexError`, `KeyError`."""

    base: Expr
    index: Expr


@dataclass(frozen=True)
class Slice(Node):
    """`base[lower:upper:step]`; absent parts are None. A new object for lists."""

    base: Expr
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


@dataclass(frozen=True)
class Attribute(Node):
    """`base.name` on an instance of a user-defined class: a field (properties are `Call`)."""

    base: Expr
    name: str


@dataclass(frozen=True)
class Builtin(Node):
    """A builtin function, constructor or library function with an exact model.

    `name` is the builtin's (`len`, `abs`, `min`, `sorted`, `list`, `int`, `str`, `range`,
    `enumerate`, `zip`, `reversed`, `math.gcd`, `copy.deepcopy`, ...). `keywords` holds those
    that were given (`key`, `default`, `start`, `reverse`). The second argument of `isinstance`
    is a text of builtin types such as `int|str`.
    """

    name: str
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True)
class Method(Node):
    """A method of a builtin type: `base.name(args)`; may mutate `base` (`append`, `pop`, ...)."""

    base: Expr
    name: str
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True)
class Call(Node):
    """A call of a function of the program: `function` is a key of `Program.functions`.

    For methods the receiver is the first argument; defaults are filled in by `lower`, except
    mutable ones, which are refused. A local function gets the outer variables that it reads as
    its last arguments.
    """

    function: str
    args: tuple[Expr, ...]


@dataclass(frozen=True)
class Construct(Node):
    """`Class(args)`: a new instance, by `Program.classes[name]`."""

    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True)
class Lambda(Node):
    """A lambda given as `key=`; `type` is its result's type."""

    parameters: tuple[Var, ...]
    body: Expr


@dataclass(frozen=True)
class Walrus(Node):
    """`(name := value)`."""

    name: str
    value: Expr


@dataclass(frozen=True)
class FormatString(Node):
    """An f-string; parts are strings after conversion (`str(x)`, format specs are refused)."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Generator:
    """`for target in iterable if conditions`, of a comprehension."""

    target: Target
    iterable: Expr
    conditions: tuple[Expr, ...]


@dataclass(frozen=True)
class Comprehension(Node):
    """`kind` is `list`, `set`, `dict` or `generator`; for a dict, `element` is the (key, value).

    A generator occurs only as the sole argument of a builtin that consumes it at once (`all`,
    `any`, `sum`, `min`, `max`, `list`, `sorted`, `set`, `tuple`, `dict`, `len` of a list).
    """

    kind: str
    element: Expr
    generators: tuple[Generator, ...]


Expr = (
    Const | EnumMember | Var | Old | Unary | Binary | Compare | Chain | Logic | IfExp | TupleExpr
    | ListExpr | SetExpr | DictExpr | Index | Slice | Attribute | Builtin | Method | Call
    | Construct | Lambda | Walrus | FormatString | Comprehension
)  # fmt: skip


# -- targets -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class NameTarget:
    """Binds a local variable."""

    name: str
    type: Type


@dataclass(frozen=True)
class ItemTarget:
    """`base[index] = ...` on a list or dict."""

    base: Expr
    index: Expr


@dataclass(frozen=True)
class SliceTarget:
    """`base[lower:upper:step] = ...` on a list."""

    base: Expr
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


@dataclass(frozen=True)
class AttributeTarget:
    """`base.name = ...`."""

    base: Expr
    name: str


@dataclass(frozen=True)
class TupleTarget:
    """Unpacking; `star` is the position of a starred target, None where there is none."""

    items: tuple[Target, ...]
    star: int | None = None


Target = NameTarget | ItemTarget | SliceTarget | AttributeTarget | TupleTarget
