"""Nodes of the intermediate representation.

It is Python, typed and with its surprises made explicit: names are resolved, every expression
carries its type and position, chained comparisons, comprehensions, unpacking and `for` have one
form each. Evaluation order, short circuits, values of `and`/`or` and exceptions are Python's:
whatever a node does not say is as CPython does it. What has no exact meaning here is refused by
`lower` with `Unsupported`.

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
    Const | Var | Old | Unary | Binary | Compare | Chain | Logic | IfExp | TupleExpr | ListExpr
    | SetExpr | DictExpr | Index | Slice | Attribute | Builtin | Method | Call | Construct
    | Lambda | Walrus | FormatString | Comprehension
)  # fmt: skip

# -- statements --------------------------------------------------------------------------------


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
    `range`, `enumerate`, `zip`, `reversed`, or a `Method` of `items`, `keys`, `values`.
    """

    label: str
    index: str
    target: Target
    iterable: Expr
    body: Block
    orelse: Block
    span: Span = field(compare=False)


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

# -- functions ---------------------------------------------------------------------------------


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
    helper that only contracts use. `modifies` as in `contracts.model.Contract`.
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


@dataclass(frozen=True)
class Class:
    """A user-defined class: fields with their types, methods by qualified name, invariants."""

    name: str
    fields: tuple[tuple[str, Type], ...]
    methods: tuple[str, ...]
    invariants: tuple[Clause, ...]
    bases: tuple[str, ...] = ()
    dataclass: bool = False
    frozen: bool = False


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
