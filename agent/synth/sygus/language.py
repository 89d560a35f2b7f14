"""Contract expressions over int and bool -> cvc5 terms, and its answer -> a Python expression.

Linear arithmetic only. Python's `//` and `%` floor; SMT-LIB's `div` and `mod` agree with them
for a positive divisor, so a constant divisor is made positive first.
"""

from __future__ import annotations

import ast
from typing import Any

from cvc5 import Kind

from verify_agent.verifier.errors import Unsupported

_COMPARE = {ast.Lt: Kind.LT, ast.LtE: Kind.LEQ, ast.Gt: Kind.GT, ast.GtE: Kind.GEQ}


class Compiler:
    """Compiles the conditions of one problem; `result` stands for the function's application."""

    def __init__(self, solver: Any, parameters: list[list[str]], returns: str) -> None:
        self.solver = solver
        self.integer = solver.getIntegerSort()
        self.boolean = solver.getBooleanSort()
        sorts = {"int": self.integer, "bool": self.boolean}
        bound = [solver.mkVar(sorts[type_], name) for name, type_ in parameters]
        self.function = solver.synthFun("f", bound, sorts[returns])
        self.names = {
            name: solver.declareSygusVar(name, sorts[type_]) for name, type_ in parameters
        }
        call = [self.function, *self.names.values()]
        applied = solver.mkTerm(Kind.APPLY_UF, *call) if parameters else self.function
        self.names["result"] = applied

    def implication(self, requires: list[Any], ensures: list[Any]) -> Any:
        """All preconditions imply all postconditions."""
        true = self.solver.mkTrue()
        premise = self.solver.mkTerm(Kind.AND, true, true, *requires)
        return self.solver.mkTerm(
            Kind.IMPLIES, premise, self.solver.mkTerm(Kind.AND, true, true, *ensures)
        )

    def condition(self, node: ast.expr) -> Any:
        """A term of sort Bool; raises `Unsupported` for what is not linear or not exact."""
        return self._bool(node)

    def _bool(self, node: ast.expr) -> Any:
        term = self._term(node)
        if term.getSort() != self.boolean:
            raise _unsupported("int as a condition", node)
        return term

    def _int(self, node: ast.expr) -> Any:
        term = self._term(node)
        if term.getSort() == self.boolean:
            mk = self.solver
            return mk.mkTerm(Kind.ITE, term, mk.mkInteger(1), mk.mkInteger(0))
        return term

    def _term(self, node: ast.expr) -> Any:
        mk = self.solver
        match node:
            case ast.Constant(value=bool() as value):
                return mk.mkBoolean(value)
            case ast.Constant(value=int() as value):
                return mk.mkInteger(value)
            case ast.Name(id=name) if name in self.names:
                return self.names[name]
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return mk.mkTerm(Kind.NOT, self._bool(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return mk.mkTerm(Kind.NEG, self._int(operand))
            case ast.BoolOp(op=op, values=values):
                kind = Kind.AND if isinstance(op, ast.And) else Kind.OR
                return mk.mkTerm(kind, *map(self._bool, values))
            case ast.Compare():
                return self._compare(node)
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(left, op, right)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                yes, no = self._term(body), self._term(orelse)
                if yes.getSort() != no.getSort():
                    yes, no = self._int(body), self._int(orelse)
                return mk.mkTerm(Kind.ITE, self._bool(test), yes, no)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args, node)
        raise _unsupported(type(node).__name__, node)

    def _compare(self, node: ast.Compare) -> Any:
        parts, left = [], node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self._comparison(left, op, right))
            left = right
        return parts[0] if len(parts) == 1 else self.solver.mkTerm(Kind.AND, *parts)

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Any:
        mk = self.solver
        match op, right:
            case ast.In(), ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                false = mk.mkFalse()
                same = [self._comparison(left, ast.Eq(), item) for item in items]
                return mk.mkTerm(Kind.OR, false, false, *same)
            case ast.NotIn(), _:
                return mk.mkTerm(Kind.NOT, self._comparison(left, ast.In(), right))
            case ((ast.Eq() | ast.NotEq()), _):
                first, second = self._term(left), self._term(right)
                if first.getSort() != second.getSort():
                    first, second = self._int(left), self._int(right)
                equal = mk.mkTerm(Kind.EQUAL, first, second)
                return equal if isinstance(op, ast.Eq) else mk.mkTerm(Kind.NOT, equal)
        if type(op) not in _COMPARE:
            raise _unsupported(type(op).__name__, left)
        return mk.mkTerm(_COMPARE[type(op)], self._int(left), self._int(right))

    def _binary(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Any:
        mk = self.solver
        match op:
            case ast.Add():
                return mk.mkTerm(Kind.ADD, self._int(left), self._int(right))
            case ast.Sub():
                return mk.mkTerm(Kind.SUB, self._int(left), self._int(right))
            case ast.Mult():
                for scalar, other in ((left, right), (right, left)):
                    value = _literal(scalar)
                    if value is not None:
                        return mk.mkTerm(Kind.MULT, mk.mkInteger(value), self._int(other))
            case ast.FloorDiv() | ast.Mod():
                return self._divided(left, _literal(right), isinstance(op, ast.Mod), right)
        raise _unsupported(f"nonlinear {type(op).__name__}", left)

    def _divided(self, left: ast.expr, by: int | None, modulo: bool, node: ast.expr) -> Any:
        mk = self.solver
        if not by:
            raise _unsupported("division by something else than a constant", node)
        kind = Kind.INTS_MODULUS if modulo else Kind.INTS_DIVISION
        if by > 0:
            return mk.mkTerm(kind, self._int(left), mk.mkInteger(by))
        opposite = mk.mkTerm(Kind.NEG, self._int(left))
        term = mk.mkTerm(kind, opposite, mk.mkInteger(-by))
        return mk.mkTerm(Kind.NEG, term) if modulo else term

    def _call(self, name: str, args: list[ast.expr], node: ast.expr) -> Any:
        mk = self.solver
        match name, args:
            case "abs", [arg]:
                value = self._int(arg)
                negative = mk.mkTerm(Kind.LT, value, mk.mkInteger(0))
                return mk.mkTerm(Kind.ITE, negative, mk.mkTerm(Kind.NEG, value), value)
            case (("max" | "min"), [first, *rest]) if rest:
                best = self._int(first)
                kind = Kind.GEQ if name == "max" else Kind.LEQ
                for arg in rest:
                    other = self._int(arg)
                    best = mk.mkTerm(Kind.ITE, mk.mkTerm(kind, best, other), best, other)
                return best
        raise _unsupported(f"call of {name}", node)


def _literal(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int() as value) if type(value) is int:
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _literal(operand)
            return None if inner is None else -inner
    return None


def _unsupported(construct: str, node: ast.expr) -> Unsupported:
    return Unsupported(construct, node.lineno, node.col_offset)


def answer_text(solution: Any) -> str:
    """The body of a lambda of cvc5 as a Python expression."""
    body = solution[1] if solution.getKind() == Kind.LAMBDA else solution
    return ast.unparse(ast.fix_missing_locations(_python(body)))


_BACK: dict[Kind, type[ast.cmpop]] = {
    Kind.LT: ast.Lt,
    Kind.LEQ: ast.LtE,
    Kind.GT: ast.Gt,
    Kind.GEQ: ast.GtE,
    Kind.EQUAL: ast.Eq,
    Kind.DISTINCT: ast.NotEq,
}


def _python(term: Any) -> ast.expr:
    kind = term.getKind()
    match kind:
        case Kind.CONST_INTEGER:
            return ast.Constant(value=term.getIntegerValue())
        case Kind.CONST_BOOLEAN:
            return ast.Constant(value=term.getBooleanValue())
        case Kind.VARIABLE:
            return ast.Name(id=term.getSymbol(), ctx=ast.Load())
    parts = [_python(child) for child in term]
    match kind:
        case Kind.ITE:
            return ast.IfExp(*parts)
        case Kind.NOT:
            return ast.UnaryOp(ast.Not(), parts[0])
        case Kind.AND | Kind.OR:
            return ast.BoolOp(ast.And() if kind == Kind.AND else ast.Or(), parts)
        case Kind.XOR:
            return ast.Compare(parts[0], [ast.NotEq()], [parts[1]])
        case Kind.NEG:
            return ast.UnaryOp(ast.USub(), parts[0])
        case Kind.ADD:
            return _left_to_right(parts, ast.Add())
        case Kind.SUB:
            return _left_to_right(parts, ast.Sub())
        case Kind.MULT:
            return _left_to_right(parts, ast.Mult())
    if kind in _BACK and len(parts) == 2:
        return ast.Compare(parts[0], [_BACK[kind]()], [parts[1]])
    total = {Kind.INTS_DIVISION_TOTAL, Kind.INTS_DIVISION}
    modulo = {Kind.INTS_MODULUS_TOTAL, Kind.INTS_MODULUS}
    if kind in total | modulo and (_literal(parts[1]) or 0) > 0:
        return ast.BinOp(parts[0], ast.FloorDiv() if kind in total else ast.Mod(), parts[1])
    raise Unsupported(f"{kind} in an answer of cvc5")


def _left_to_right(parts: list[ast.expr], op: ast.operator) -> ast.expr:
    result = parts[0]
    for part in parts[1:]:
        result = ast.BinOp(result, op, part)
    return result
