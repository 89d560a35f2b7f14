"""Work that is done twice: common subexpressions, and those that a loop computes anew each time."""

from __future__ import annotations

import ast
import copy
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from verify_agent.agent.optimize.model import Known, Rewrite, name_of

LEAST_NODES = 3


def rewrites(known: Known) -> Iterator[Rewrite]:
    """Each expression of parameters alone that is met twice or in a loop, computed once before."""
    stored = {
        n.id
        for n in ast.walk(known.node)
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    }
    fixed = set(known.signature.names) - stored
    for key in _worth(known.body, fixed):
        for position in _places(known.body, key):
            for guarded in (False, True):
                made = _hoisted(known, key, position, guarded)
                if made is not None:
                    yield made


def _worth(body: Sequence[ast.stmt], fixed: set[str]) -> list[str]:
    """The expressions to compute once, the largest first."""
    counts: Counter[str] = Counter()
    sizes: dict[str, int] = {}
    for node in (n for s in body for n in ast.walk(s)):
        if not isinstance(node, ast.BinOp | ast.Call | ast.Compare | ast.Subscript):
            continue
        if not _pure(node, fixed):
            continue
        key = ast.dump(node)
        counts[key] += 1
        sizes[key] = sum(1 for _ in ast.walk(node))
    for loop in (n for s in body for n in ast.walk(s) if isinstance(n, ast.For | ast.While)):
        for node in (n for s in loop.body for n in ast.walk(s)):
            counts[ast.dump(node)] += ast.dump(node) in counts
    wanted = [k for k, n in counts.items() if n > 1 and sizes.get(k, 0) > LEAST_NODES]
    return sorted(wanted, key=lambda k: -sizes[k])[:6]


def _pure(node: ast.expr, fixed: set[str]) -> bool:
    """Whether it reads nothing but parameters that are never stored to, through builtins."""
    functions = {"len", "sum", "min", "max", "abs", "sorted", "divmod", "set"}
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name):
                if name not in fixed and name not in functions:
                    return False
            case ast.Call(func=function):
                if name_of(function) not in functions:
                    return False
            case ast.Lambda() | ast.NamedExpr() | ast.Attribute() | ast.comprehension():
                return False
    return any(isinstance(p, ast.Name) and p.id in fixed for p in ast.walk(node))


def _places(body: Sequence[ast.stmt], key: str) -> list[int]:
    """Where it may be computed: at the start, and before the first statement that has it."""
    first = next(i for i, s in enumerate(body) if any(ast.dump(n) == key for n in ast.walk(s)))
    return list(dict.fromkeys([first, 0]))


def _hoisted(known: Known, key: str, position: int, guarded: bool) -> Rewrite | None:
    """Computed before `position`; `guarded` where an extreme of nothing must not raise there."""
    found: list[ast.expr] = []
    name = next(n for n in _names(key) if n not in known.names)

    class Put(ast.NodeTransformer):
        def generic_visit(self, node: ast.AST) -> ast.AST:
            if isinstance(node, ast.expr) and ast.dump(node) == key:
                found.append(node)
                return ast.Name(name, ast.Load())
            return super().generic_visit(node)

        visit_Name = generic_visit

    body = [Put().visit(copy.deepcopy(s)) for s in known.body]
    if not found:
        return None
    first = found[0]
    extreme = isinstance(first, ast.Call) and name_of(first.func) in ("max", "min")
    if guarded:
        if not (extreme and isinstance(first, ast.Call) and len(first.args) == 1):
            return None
        first = copy.deepcopy(first)
        first.keywords = [ast.keyword("default", ast.Constant(0))]
    kept = ast.Assign([ast.Name(name, ast.Store())], first, lineno=0)
    return Rewrite((*body[:position], kept, *body[position:]), "computed once")


def _names(key: str) -> Iterator[str]:
    for function, name in (("'len'", "size"), ("'sum'", "total"), ("'sorted'", "ordered")):
        if f"func=Name(id={function}" in key.split(", args=")[0]:
            yield name
    yield from (f"value{i or ''}" for i in itertools.count())
