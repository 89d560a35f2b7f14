"""Hypothesis strategies as source text, for the test module that is delivered."""

from __future__ import annotations

import ast
from collections.abc import Sequence

_PLAIN = {
    "int": "integers()",
    "bool": "st.booleans()",
    "str": 'st.one_of(st.text("ab C1.,", max_size=8), st.text(max_size=12))',
    "float": "st.floats()",
    "bytes": "st.binary(max_size=8)",
    "complex": "st.complex_numbers()",
    "None": "st.none()",
}
_LISTS = frozenset({"list", "List", "Sequence", "Iterable", "Collection", "MutableSequence"})
_SETS = {"set": "sets", "Set": "sets", "frozenset": "frozensets", "FrozenSet": "frozensets"}
_DICTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
_MUTABLE = frozenset({"list", "List", "set", "Set", "dict", "Dict"})


#: Large magnitudes are left to the prover: a loop over `range(n)` would not end in a test.
INTEGERS = """\
def integers(min_value=None, max_value=None):
    if min_value is None:
        min_value = -300 if max_value is None else min(-300, max_value - 300)
    if max_value is None:
        max_value = max(300, min_value + 300)
    near = st.integers(min_value, min(max_value, min_value + 12))
    small = st.integers(max(min_value, -12), min(max_value, 30))
    every = st.integers(min_value, max_value)
    return st.one_of(small, every, near) if min_value <= 30 and max_value >= -12 else every | near
"""
OBJECTS = """\
@st.composite
def objects(draw, kind):
    try:
        return draw(st.from_type(kind))
    except icontract.ViolationError:
        reject()
"""


def strategy_text(annotation: str) -> str:
    """The strategy for an annotation, as an expression over `st` and the annotation's names.

    >>> strategy_text("list[bool]")
    'st.lists(st.booleans(), max_size=8)'
    """
    return _of(ast.parse(annotation, mode="eval").body)


def mutable(annotation: str) -> bool:
    """Whether the annotation is one of the builtin mutable containers."""
    node = ast.parse(annotation, mode="eval").body
    outer = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(outer, ast.Name) and outer.id in _MUTABLE


def _of(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=None):
            return _PLAIN["None"]
        case ast.Constant(value=str(text)):
            return strategy_text(text)
        case ast.Name(id=name) if name in _PLAIN:
            return _PLAIN[name]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"st.one_of({_of(left)}, {_of(right)})"
        case ast.Subscript(value=ast.Name(id=name), slice=inner):
            return _generic(name, inner, node)
        case _:
            return f"objects({ast.unparse(node)})"


def _generic(name: str, inner: ast.expr, node: ast.expr) -> str:
    items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    match name, items:
        case "tuple" | "Tuple", [one, ast.Constant(value=last)] if last is ...:
            return f"st.lists({_of(one)}, max_size=8).map(tuple)"
        case "tuple" | "Tuple", _:
            return f"st.tuples({', '.join(map(_of, items))})"
        case "Optional", [one]:
            return f"st.one_of(st.none(), {_of(one)})"
        case "Union", _:
            return f"st.one_of({', '.join(map(_of, items))})"
        case "Literal", _:
            return f"st.sampled_from([{', '.join(map(ast.unparse, items))}])"
        case _, [one] if name in _LISTS:
            return f"st.lists({_of(one)}, max_size=8)"
        case _, [one] if name in _SETS:
            return f"st.{_SETS[name]}({_of(one)}, max_size=6)"
        case _, [key, value] if name in _DICTS:
            return f"st.dictionaries({_of(key)}, {_of(value)}, max_size=5)"
        case _:
            return f"st.from_type({ast.unparse(node)})"


def drawn(parameters: Sequence[tuple[str, str]], conditions: Sequence[str]) -> list[str]:
    """Statements that draw each parameter so that simple bounds of the conditions are met.

    The conditions are still checked by the caller: bounds only keep from drawing in vain.
    """
    from verify_agent.verifier.engines.strategies_bounds import plans

    names = [name for name, _ in parameters]
    made = plans(names, conditions)
    plan = made[0] if len(made) == 1 else None
    lines: list[str] = []
    for name in plan.order if plan else names:
        annotation = dict(parameters)[name]
        bounds = plan.bounds.get(name, ()) if plan else ()
        lines += _drawing(name, annotation, [(b.measure.value, b.op, b.expression) for b in bounds])
    return lines


def _drawing(name: str, annotation: str, bounds: Sequence[tuple[str, str, str]]) -> list[str]:
    strategy = strategy_text(annotation)
    if annotation == "int":
        least, most = _limits([(op, text) for kind, op, text in bounds if kind == "value"])
        strategy = f"integers({', '.join(p for p in (least, most) if p)})"
        return [*_possible(least, most), f"{name} = draw({strategy})"]
    if strategy.startswith("st.lists(") and strategy.endswith(", max_size=8)"):
        lengths = [(op, text) for kind, op, text in bounds if kind == "length"]
        least, most = (p.replace("_value", "_size") for p in _limits(lengths))
        most = most or (f"{least.replace('min_size', 'max_size')} + 6" if least else "max_size=8")
        inner = strategy.removesuffix(", max_size=8)")
        limited = f"{inner}, {', '.join(p for p in (least, most) if p)})"
        return [*_possible(least, most), f"{name} = draw({limited})"]
    return [f"{name} = draw({strategy})"]


def _limits(bounds: Sequence[tuple[str, str]]) -> tuple[str, str]:
    least: list[str] = []
    most: list[str] = []
    for op, text in bounds:
        match op:
            case ">=":
                least.append(text)
            case ">":
                least.append(f"{text} + 1")
            case "<=":
                most.append(text)
            case "<":
                most.append(f"{text} - 1")
            case "==":
                least.append(text)
                most.append(text)
            case _:
                pass
    return _limit("min_value", "max", least), _limit("max_value", "min", most)


def _limit(keyword: str, chooser: str, texts: Sequence[str]) -> str:
    unique = list(dict.fromkeys(texts))
    if not unique:
        return ""
    if len(unique) == 1:
        return f"{keyword}={unique[0]}"
    return f"{keyword}={chooser}({', '.join(unique)})"


def _possible(least: str, most: str) -> list[str]:
    """Hypothesis refuses an empty range; such a draw is simply in vain."""
    if not (least and most):
        return []
    low, high = (p.partition("=")[2] for p in (least, most))
    return [f"assume({low} <= {high})"] if low != high else []
