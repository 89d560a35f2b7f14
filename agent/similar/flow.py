"""A function as a labelled graph of control and data flow, all names of its own removed.

Nodes are the parts of the syntax tree that compute or steer. Edges run from a node to its operands,
from a statement to the next one, from a loop's end to its head, and from where a variable was
last bound in the text to where it is read.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

_METHODS = frozenset(
    name
    for kind in (list, dict, set, str, tuple, bytes, int, float, frozenset)
    for name in dir(kind)
    if not name.startswith("_")
)
_KNOWN = _METHODS | {"heappush", "heappop", "heapify", "bisect_left", "bisect_right", "popleft"}
_BUILTINS = frozenset(name for name in dir(builtins) if name.islower() and name[0] != "_")
_SKIPPED = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
#: What a person writes beside the code: fields of a node that say nothing of what it does.
_BESIDE = frozenset({"annotation", "returns", "decorator_list", "type_comment"})
_LOOPS = (ast.For, ast.While, ast.AsyncFor)
#: Constants that say something about what is computed; others count by their type.
_TELLING = frozenset({-1, 0, 1, 2, 10})


@dataclass
class Flow:
    """`labels[i]` is what node `i` does; `edges` are (from, to, kind of edge)."""

    labels: list[str] = field(default_factory=list)
    edges: list[tuple[int, int, str]] = field(default_factory=list)


def flow_of(node: ast.AST) -> Flow:
    """The graph of a function, or of any piece of code.

    >>> flow_of(ast.parse("x + 1")).labels
    ['Module', 'Expr', 'Add', 'v', '1']
    """
    builder = _Builder(names=_names(node))
    builder.visit(node)
    return builder.flow


def label(node: ast.AST, names: frozenset[str] = frozenset()) -> str:
    """What a node does, without the names that its author chose (`names`)."""
    match node:
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.UnaryOp(op=op):
            return type(op).__name__
        case ast.AugAssign(op=op):
            return f"{type(op).__name__}="
        case ast.Compare(ops=ops):
            return " ".join(_compared(op) for op in ops)
        case ast.Constant(value):
            return _constant(value)
        case ast.Name(name):
            return name if name not in names and name in _BUILTINS else "v"
        case ast.Attribute(attr=name):
            return f".{name}" if name in _KNOWN else ".a"
    return type(node).__name__


def parts(node: ast.AST) -> list[ast.AST]:
    """What a node is made of, without annotations, decorators and docstrings."""
    found: list[ast.AST] = []
    for name, value in ast.iter_fields(node):
        if name not in _BESIDE:
            found.extend(value if isinstance(value, list) else [value])
    nodes = (part for part in found if isinstance(part, ast.AST))
    return [part for part in nodes if not (isinstance(part, _SKIPPED) or _is_text(part))]


def _constant(value: object) -> str:
    if isinstance(value, bool | None) or (isinstance(value, int) and value in _TELLING):
        return repr(value)
    return type(value).__name__


def _compared(op: ast.cmpop) -> str:
    """`a < b` and `b > a` read alike."""
    return {ast.Gt: "Lt", ast.GtE: "LtE"}.get(type(op), type(op).__name__)


def _names(node: ast.AST) -> frozenset[str]:
    """The names that the code binds itself."""
    found = set()
    for n in ast.walk(node):
        match n:
            case ast.Name(name, ast.Store()):
                found.add(name)
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
    return frozenset(found)


@dataclass
class _Builder:
    names: frozenset[str]
    flow: Flow = field(default_factory=Flow)
    last: dict[str, int] = field(default_factory=dict)

    def visit(self, node: ast.AST) -> int:
        """Add a node and all below it; its number."""
        number = len(self.flow.labels)
        self.flow.labels.append(label(node, self.names))
        self._variables(node, number)
        for name, value in ast.iter_fields(node):
            if name in _BESIDE:
                continue
            if isinstance(value, ast.AST):
                self._below(number, name, value)
            elif isinstance(value, list):
                self._several(node, number, name, [v for v in value if isinstance(v, ast.AST)])
        return number

    def _below(self, number: int, name: str, value: ast.AST) -> int | None:
        if isinstance(value, _SKIPPED):
            return None
        if isinstance(value, ast.arguments):
            for argument in value.args:
                self.last[argument.arg] = number
            return None
        child = self.visit(value)
        self.flow.edges.append((number, child, name))
        return child

    def _several(self, node: ast.AST, number: int, name: str, values: list[ast.AST]) -> None:
        before: int | None = None
        for value in values:
            if _is_text(value):
                continue
            child = self._below(number, name, value)
            if child is None or not isinstance(value, ast.stmt):
                continue
            if before is not None:
                self.flow.edges.append((before, child, "next"))
            before = child
        if isinstance(node, _LOOPS) and name == "body" and before is not None:
            self.flow.edges.append((before, number, "again"))

    def _variables(self, node: ast.AST, number: int) -> None:
        if isinstance(node, ast.Name) and node.id in self.names | self.last.keys():
            if node.id in self.last:
                self.flow.edges.append((self.last[node.id], number, "data"))
            if not isinstance(node.ctx, ast.Load):
                self.last[node.id] = number


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
