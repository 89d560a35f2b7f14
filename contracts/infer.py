"""Candidate contracts for a function, from its types and the constants of its body.

Templates in the manner of Daikon (Ernst et al., Dynamically Discovering Likely Program
Invariants, 2001). A candidate is a guess: what is true of runs, and proved, is for others to say.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from verify_agent.contracts.model import Signature

MOST_GUARDS = 12
MOST_VALUES = 10
MOST = 400


def postconditions(node: ast.FunctionDef, signature: Signature) -> tuple[str, ...]:
    """Expressions over the parameters and `result`, the plain ones first, without repetition.

    >>> from verify_agent.contracts.model import Parameter
    >>> node = ast.parse("def f(x: int) -> int:\\n    return abs(x)").body[0]
    >>> "result >= x" in postconditions(node, Signature("f", (Parameter("x", "int"),), "int"))
    True
    """
    found = itertools.chain(_plain(node, signature), _guarded(node, signature))
    return tuple(itertools.islice(dict.fromkeys(found), MOST))


def preconditions(signature: Signature) -> tuple[str, ...]:
    """Expressions over the parameters that often are what a function needs, the weakest first."""
    ints, lists = _of(signature, "int"), _sized(signature)
    found = [f"{p} != 0" for p in ints]
    found += [f"len({p}) > 0" for p in lists]
    found += [f"{p} >= 0" for p in ints] + [f"{p} > 0" for p in ints]
    found += [f"-len({s}) <= {p} < len({s})" for s in lists for p in ints]
    found += [f"0 <= {p} < len({s})" for s in lists for p in ints]
    found += [f"{a} {op} {b}" for a, b in itertools.permutations(ints, 2) for op in ("<=", "<")]
    return tuple(found)


def _plain(node: ast.FunctionDef, signature: Signature) -> Iterator[str]:
    values = _values(node, signature)
    match signature.returns:
        case "int" | "float" | "str":
            yield from (f"result == {v}" for v in values)
            yield from _order(signature, values)
            yield from _of_numbers(signature)
        case "bool":
            for atom in _atoms(node, signature):
                yield f"result == ({atom})"
                yield f"not result or {atom}"
                yield f"result or not ({atom})"
        case returns if returns.startswith(("list[", "str")):
            yield from _of_lists(signature)


def _order(signature: Signature, values: list[str]) -> Iterator[str]:
    for value in values:
        for op in (">=", "<=", ">", "<"):
            yield f"result {op} {value}"
    same = _of(signature, signature.returns)
    for count in (2, 3):
        for some in itertools.combinations(same, count):
            yield f"result in ({', '.join(some)})"
    if signature.returns == "int":
        yield from (f"result == abs({p})" for p in same)
        for a, b in itertools.permutations(same, 2):
            yield from (f"result == {a} {op} {b}" for op in ("+", "-", "*"))
        for a, b in itertools.combinations(same, 2):
            yield from (f"result == {name}({a}, {b})" for name in ("min", "max"))


def _of_numbers(signature: Signature) -> Iterator[str]:
    """What a number may say about lists and texts."""
    for p in _sized(signature):
        yield f"result == len({p})"
        yield f"result <= len({p})"
    for p in _of(signature, f"list[{signature.returns}]"):
        yield f"result in {p}"
        if signature.returns == "int":
            yield f"result == sum({p})"
        yield f"all(x <= result for x in {p})"
        yield f"all(x >= result for x in {p})"
        yield from (f"result == {p}.count({k})" for k in _of(signature, "int"))


def _of_lists(signature: Signature) -> Iterator[str]:
    item = signature.returns
    for p in _of(signature, item):
        yield f"result == {p}"
        yield f"len(result) == len({p})"
        yield f"len(result) <= len({p})"
        if item.startswith("list["):
            yield f"result == {p}[::-1]"
            yield f"sorted(result) == sorted({p})"
            yield f"all(x in {p} for x in result)"
    if item in ("list[int]", "list[str]"):
        yield "all(result[i] <= result[i + 1] for i in range(len(result) - 1))"
    if item == "list[int]":
        yield from (f"all(x {op} 0 for x in result)" for op in (">=", ">", "<=", "!="))
        yield from (f"all(x % 2 == {n} for x in result)" for n in (0, 1))


def _guarded(node: ast.FunctionDef, signature: Signature) -> Iterator[str]:
    """A plain statement where a comparison of the arguments holds."""
    if signature.returns not in ("int", "str", "float"):
        return
    values = _values(node, signature)
    single = _atoms(node, signature)[:MOST_GUARDS]
    for guard, value in itertools.product(single, values):
        yield f"not ({guard}) or result == {value}"
        yield f"{guard} or result == {value}"
    ints = _of(signature, signature.returns)
    for a, b in itertools.permutations(ints, 2):
        yield f"{a} > {b} or {a} <= result <= {b}"
    for guard, other in itertools.combinations(single, 2):
        yield from (f"{guard} or {other} or result == {v}" for v in values)


def _atoms(node: ast.FunctionDef, signature: Signature) -> list[str]:
    """Comparisons of parameters, those of the body first."""
    names = set(signature.names)
    found = [
        ast.unparse(n)
        for n in ast.walk(node)
        if isinstance(n, ast.Compare) and len(n.ops) == 1 and _over(n, names)
    ]
    numbers = _of(signature, "int")
    found += [f"{a} < {b}" for a, b in itertools.permutations(numbers, 2)]
    found += [f"{p} {op} 0" for p in numbers for op in ("<", ">", "==")]
    found += _of(signature, "bool")
    found += [f"{a} and {b}" for a, b in itertools.combinations(_of(signature, "bool"), 2)]
    found += [f"{a} or {b}" for a, b in itertools.combinations(_of(signature, "bool"), 2)]
    for p in _sized(signature):
        found += [f"len({p}) == 0"]
    for given in signature.parameters:
        found += [f"{k} in {given.name}" for k in _of(signature, _item(given.annotation))]
    return list(dict.fromkeys(found))


def _over(node: ast.expr, names: set[str]) -> bool:
    read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    calls = any(isinstance(n, ast.Call) for n in ast.walk(node))
    return bool(read) and read <= names and not calls


def _values(node: ast.FunctionDef, signature: Signature) -> list[str]:
    """What a result may be compared with: parameters of its type, constants, what is returned."""
    kinds = {"int": int, "str": str, "float": float}
    wanted = kinds.get(signature.returns)
    found = _of(signature, signature.returns)
    names = set(signature.names)
    for part in ast.walk(node):
        if isinstance(part, ast.Return) and part.value is not None and _over(part.value, names):
            found.append(ast.unparse(part.value))
        if isinstance(part, ast.Constant) and type(part.value) is wanted:
            found.append(repr(part.value))
    if signature.returns == "int":
        found += ["0", "1", "-1"]
    return list(dict.fromkeys(found))[:MOST_VALUES]


def _of(signature: Signature, annotation: str) -> list[str]:
    return [p.name for p in signature.parameters if annotation and p.annotation == annotation]


def _sized(signature: Signature) -> list[str]:
    return [p.name for p in signature.parameters if p.annotation.startswith(("list", "str"))]


def _item(annotation: str) -> str:
    return annotation[5:-1] if annotation.startswith("list[") else ""
