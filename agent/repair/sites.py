"""Where a function may be edited: the nodes of its concrete syntax tree and their places.

libcst keeps comments and layout in the tree, so that a node's place in the text is exact and
what is put there can be rendered as the person would have written it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst import metadata

from verify_agent.agent.repair.edits import Edit, EditClass, Splice
from verify_agent.verifier.errors import BadSource

#: How tightly the text of an expression binds; what binds less needs parentheses.
ATOM, UNARY, TIMES, PLUS, BITS, COMPARED, NOT, AND, OR, LOOSE = range(9, -1, -1)


@dataclass(frozen=True)
class Source:
    """A module's tree with one function in it; spans are offsets in `data`, its UTF-8 text."""

    data: bytes
    module: cst.Module
    function: cst.FunctionDef
    spans: Mapping[cst.CSTNode, metadata.CodeSpan]
    parents: Mapping[cst.CSTNode, cst.CSTNode]
    starts: tuple[int, ...]

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node without comments around it."""
        span = self.spans.get(node)
        if span is None:
            return self.module.code_for_node(node).strip()
        return self.data[span.start : span.start + span.length].decode()

    def operand(self, node: cst.CSTNode, level: int = ATOM) -> str:
        """The text of an expression, in parentheses where it binds less than that level."""
        text = self.code(node)
        return text if binding(text) >= level else f"({text})"

    def line(self, node: cst.CSTNode) -> int:
        """The line on which a node starts, from 1."""
        return self.line_of(self.spans[node].start)

    def line_of(self, offset: int) -> int:
        """The line of an offset, from 1."""
        import bisect

        return bisect.bisect_right(self.starts, offset)

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.starts[self.line_of(offset) - 1]

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, its line break included."""
        line = self.line_of(offset)
        return self.starts[line] if line < len(self.starts) else len(self.data)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end of a node, parentheses around it left out."""
        found = self.spans[node]
        return found.start, found.start + found.length

    def replaced(self, kind: EditClass, node: cst.CSTNode, text: str, extra: float = 0.0) -> Edit:
        """The edit that puts a text, an expression, in an expression's place."""
        start, end = self.span(node)
        put = text if binding(text) >= self.needed(node) else f"({text})"
        return Edit(kind, (Splice(start, end, put),), self.line(node), extra)

    def token(self, kind: EditClass, node: cst.CSTNode, text: str, extra: float = 0.0) -> Edit:
        """The edit that puts a text in a node's place as it is."""
        return Edit(kind, (Splice(*self.span(node), text),), self.line(node), extra)

    def needed(self, node: cst.CSTNode) -> int:
        """How tightly what stands in an expression's place must bind."""
        if getattr(node, "lpar", ()):
            return LOOSE
        parent = self.parents.get(node)
        match parent:
            case cst.BinaryOperation():
                level = level_of(parent)
                return level + (parent.right is node or level == ATOM)
            case cst.UnaryOperation(operator=cst.Not()):
                return NOT
            case cst.UnaryOperation():
                return UNARY
            case cst.Comparison() | cst.ComparisonTarget():
                return BITS
            case cst.BooleanOperation(operator=cst.And()):
                return NOT
            case cst.BooleanOperation():
                return AND
            case cst.Attribute() | cst.Subscript() | cst.Call() | cst.Await():
                return ATOM
            case cst.IfExp():
                return OR
            case _:
                return LOOSE

    def body(self) -> Iterator[cst.CSTNode]:
        """Every node of the function's body, parents first, docstring and annotations left out."""
        for statement in self.statements():
            yield from nodes(statement)

    def statements(self) -> tuple[cst.CSTNode, ...]:
        """The statements of the function after its docstring."""
        found = tuple(self.function.body.body)
        if self.function.get_docstring() is not None and found:
            return found[1:]
        return found


def nodes(root: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all below it but annotations, parents first."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += [c for c in reversed(node.children) if not isinstance(c, cst.Annotation)]


def level_of(node: cst.BinaryOperation) -> int:
    """How tightly a binary operation binds."""
    match node.operator:
        case cst.Power():
            return ATOM
        case cst.Multiply() | cst.Divide() | cst.FloorDivide() | cst.Modulo():
            return TIMES
        case cst.Add() | cst.Subtract():
            return PLUS
        case _:
            return BITS


def binding(text: str) -> int:
    """How tightly the text of an expression binds.

    >>> binding("x + 1") < binding("x * 2") < binding("f(x)")
    True
    """
    node = cst.parse_expression(text)
    if getattr(node, "lpar", ()):
        return ATOM
    match node:
        case cst.BinaryOperation(operator=cst.Power()):
            return UNARY
        case cst.BinaryOperation():
            return level_of(node)
        case cst.UnaryOperation(operator=cst.Not()):
            return NOT
        case cst.UnaryOperation():
            return UNARY
        case cst.Comparison():
            return COMPARED
        case cst.BooleanOperation(operator=cst.And()):
            return AND
        case cst.BooleanOperation():
            return OR
        case cst.IfExp() | cst.Lambda() | cst.GeneratorExp() | cst.NamedExpr() | cst.Yield():
            return LOOSE
        case _:
            return ATOM


def source_of(text: str, qualname: str) -> Source:
    """The tree of a module's text with the function of that name in it.

    `BadSource` where libcst can't read the text or finds no such function.
    """
    data = text.encode()
    try:
        module = cst.parse_module(data)
    except cst.ParserSyntaxError as problem:
        raise BadSource(f"this is not Python: {problem.message}") from problem
    wrapper = metadata.MetadataWrapper(module, unsafe_skip_copy=True)
    function = _function(module, qualname.split("."))
    if function is None:
        raise BadSource(f"there is no function `{qualname}` to edit")
    breaks = [i + 1 for i, byte in enumerate(data) if byte == 0x0A]
    spans: Any = wrapper.resolve(metadata.ByteSpanPositionProvider)
    parents: Any = wrapper.resolve(metadata.ParentNodeProvider)
    return Source(data, module, function, spans, parents, (0, *breaks))


def _function(node: cst.CSTNode, path: list[str]) -> cst.FunctionDef | None:
    """The last definition of the path's name, as at run time."""
    found: cst.CSTNode | None = None
    pending = list(reversed(node.children))
    while pending:
        child = pending.pop()
        match child:
            case (
                cst.FunctionDef(name=cst.Name(value=name)) | cst.ClassDef(name=cst.Name(value=name))
            ):
                if name == path[0]:
                    found = child
            case _:
                pending += reversed(child.children)
    if found is None:
        return None
    if len(path) > 1:
        return _function(found, path[1:])
    return found if isinstance(found, cst.FunctionDef) else None
