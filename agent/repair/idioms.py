"""Forms that no person writes: a repair that makes one is passed over for another."""

from __future__ import annotations

import ast


def oddities(node: ast.AST) -> int:
    """How many parts of a tree do nothing by themselves.

    >>> oddities(ast.parse("x * 1 + 0"))
    2
    """
    return sum(map(_odd, ast.walk(node)))


def _odd(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Mult() | ast.FloorDiv() | ast.Pow(), right=ast.Constant(value=1)):
            return True
        case ast.BinOp(op=ast.Mult(), left=ast.Constant(value=0 | 1)):
            return True
        case ast.BinOp(op=ast.Mult() | ast.Add() | ast.Sub(), right=ast.Constant(value=0)):
            return True
        case ast.BinOp(op=ast.Mod(), right=ast.Constant(value=1)):
            return True
        case ast.BinOp(op=ast.Add(), left=ast.Constant(value=0)):
            return True
        case ast.BinOp(op=ast.Add() | ast.Sub(), right=ast.UnaryOp(op=ast.USub())):
            return True
        case ast.BinOp(left=ast.Constant(value=int()), right=ast.Constant(value=int())):
            return True
        case ast.AugAssign(op=ast.Add() | ast.Sub(), value=ast.Constant(value=0)):
            return True
        case ast.AugAssign(op=ast.Mult() | ast.FloorDiv(), value=ast.Constant(value=1)):
            return True
        case ast.UnaryOp(op=ast.Not(), operand=ast.UnaryOp(op=ast.Not()) | ast.Compare()):
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=0)):
            return True
        case ast.Subscript(slice=ast.Slice(upper=ast.Constant(value=0))):
            return True
        case ast.Compare(left=left, comparators=[right]):
            return ast.dump(left) == ast.dump(right)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=other)):
            return name == other
        case ast.Call(args=[one, two]):
            return ast.dump(one) == ast.dump(two)
        case ast.BoolOp(values=[one, two]):
            return ast.dump(one) == ast.dump(two)
        case _:
            return False
