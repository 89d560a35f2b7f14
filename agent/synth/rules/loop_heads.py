"""The head of a loop that counts, without the counting where nothing needs it.

`for i, x in enumerate(xs)` with a test of `i` against a constant is a loop over a part of `xs`.
"""

from __future__ import annotations

import ast
import copy

Head = tuple[ast.expr, ast.expr, ast.stmt, ast.expr | None]
"""What is bound, what is walked along, a step and its condition."""
ITEMS = ("item", "value", "element")


def plain_head(target: ast.expr, items: ast.expr, step: ast.stmt, test: ast.expr | None) -> Head:
    """The head with the index left out where only a bound of the test or `xs[i]` reads it.

    >>> loop = ast.parse("for i, x in enumerate(xs):\\n    if i >= 2:\\n        n += x").body[0]
    >>> found = plain_head(loop.target, loop.iter, loop.body[0].body[0], loop.body[0].test)
    >>> ast.unparse(found[0]), ast.unparse(found[1]), found[3]
    ('x', 'xs[2:]', None)
    """
    match target, items:
        case (
            ast.Tuple(elts=[ast.Name(id=index), ast.Name() as item]),
            ast.Call(func=ast.Name(id="enumerate"), args=[ast.Name() as whole], keywords=[]),
        ) if not reads(step, index):
            if test is None or not reads(test, index):
                return item, whole, step, test
            part = _part(test, index)
            if part is not None:
                return item, ast.Subscript(whole, part, ast.Load()), step, None
        case ast.Name(id=index), ast.Call(func=ast.Name(id="range"), args=args, keywords=[]):
            walked = _items(args)
            if walked is not None:
                return _by_items(walked, index, step, test) or (target, items, step, test)
    return target, items, step, test


def _items(args: list[ast.expr]) -> ast.expr | None:
    """The part of a sequence whose places `range(first, len(xs))` counts."""
    match args:
        case [ast.Call(func=ast.Name(id="len"), args=[ast.Name() as whole], keywords=[])]:
            return whole
        case [
            ast.Constant(value=int() as first),
            ast.Call(func=ast.Name(id="len"), args=[ast.Name() as whole], keywords=[]),
        ]:
            return ast.Subscript(whole, ast.Slice(lower=ast.Constant(value=first)), ast.Load())
    return None


def _by_items(walked: ast.expr, index: str, step: ast.stmt, test: ast.expr | None) -> Head | None:
    """The loop over the items themselves, where the index is read for nothing else."""
    whole = next(n.id for n in ast.walk(walked) if isinstance(n, ast.Name))
    parts = [step] if test is None else [step, test]
    taken = {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}
    item = next((name for name in ITEMS if name not in taken | {whole}), None)
    if item is None:
        return None
    put = _Put(f"{whole}[{index}]", item)
    new_step = put.visit(copy.deepcopy(step))
    new_test = None if test is None else put.visit(copy.deepcopy(test))
    if reads(new_step, index) or (new_test is not None and reads(new_test, index)):
        return None
    return ast.Name(item, ast.Store()), walked, new_step, new_test


class _Put(ast.NodeTransformer):
    """Puts an item's name for its place in the sequence."""

    def __init__(self, place: str, item: str) -> None:
        self.place = place
        self.item = item

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and ast.unparse(node) == self.place:
            return ast.Name(self.item, ast.Load())
        return self.generic_visit(node)


def _part(test: ast.expr, index: str) -> ast.Slice | None:
    """The slice of the places where a test of an index that counts from 0 holds."""
    match test:
        case ast.Compare(
            left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=int() as bound)]
        ) if name == index and type(bound) is int:
            match op:
                case ast.GtE():
                    return ast.Slice(lower=ast.Constant(value=bound))
                case ast.Gt():
                    return ast.Slice(lower=ast.Constant(value=bound + 1))
                case ast.Lt():
                    return ast.Slice(upper=ast.Constant(value=bound))
                case ast.LtE():
                    return ast.Slice(upper=ast.Constant(value=bound + 1))
                case ast.NotEq() if bound == 0:
                    return ast.Slice(lower=ast.Constant(value=1))
    return None


def reads(node: ast.AST, name: str) -> bool:
    """Whether a name stands in a part of a program."""
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))
