"""Types for functions without annotations, from the calls that their tests make.

A parameter's type joins those of the literals that stand in its place in `candidate(...)`, the
result's those that such a call is compared with. An annotation that is there is left alone, except
one that does not say what is in it (`list`); what no literal tells stays as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

#: What nothing is known of: the items of an empty list.
UNKNOWN = ""


def typed(source: str, entry: str, test: str) -> str:
    """The source with annotations for the entry's parameters and result put in.

    >>> print(typed("def f(n):\\n    return n", "f", "assert candidate(1) == True"))
    def f(n: int) -> bool:
        return n
    """
    tree = ast.parse(source)
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == entry)
    calls, results = observed(ast.parse(test))
    for position, parameter in enumerate(function.args.args):
        values = [args[position] for args in calls if position < len(args)]
        if is_open(parameter.annotation) and (text := joined(map(type_of, values))):
            parameter.annotation = ast.parse(text, mode="eval").body
    if is_open(function.returns) and (text := joined(map(type_of, results))):
        function.returns = ast.parse(text, mode="eval").body
    return ast.unparse(tree)


def is_open(annotation: ast.expr | None) -> bool:
    """Whether the annotation is missing, or a container's without the type of its items."""
    match annotation:
        case None:
            return True
        case ast.Name(name):
            return name in ("list", "dict", "set", "tuple")
        case _:
            return False


def observed(test: ast.Module) -> tuple[list[list[object]], list[object]]:
    """The literal arguments of each call of `candidate`, and what calls are compared with."""
    calls = [
        values
        for node in ast.walk(test)
        if isinstance(node, ast.Call) and _is_candidate(node)
        if len(values := literals(node.args)) == len(node.args)
    ]
    results: list[object] = []
    for node in ast.walk(test):
        match node:
            case ast.Compare(ast.Call() as call, [ast.Eq() | ast.Is()], [other]) if _is_candidate(
                call
            ):
                results += literals([other])
    return calls, results


def _is_candidate(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "candidate"


def literals(nodes: Sequence[ast.expr]) -> list[object]:
    """The values of those that are literals."""
    found: list[object] = []
    for node in nodes:
        try:
            found.append(ast.literal_eval(node))
        except ValueError:
            continue
    return found


def type_of(value: object) -> str:
    """The annotation of a literal's value; `UNKNOWN` in the place of what is not told.

    >>> type_of([1, 2.5]), type_of({"a": (1, None)})
    ('list[float]', 'dict[str, tuple[int, None]]')
    """
    match value:
        case list() | set():
            return f"{type(value).__name__}[{joined(map(type_of, value))}]"
        case dict():
            keys, values = joined(map(type_of, value)), joined(map(type_of, value.values()))
            return f"dict[{keys}, {values}]"
        case tuple():
            return f"tuple[{', '.join(map(type_of, value)) or '()'}]"
        case None:
            return "None"
        case _:
            return type(value).__name__


def joined(types: Iterable[str]) -> str:
    """One annotation for values of all these types; an empty text where nothing is told.

    >>> joined(["int", "float"]), joined(["list[]", "list[str]"]), joined(["int", "str"])
    ('float', 'list[str]', 'int | str')
    """
    found = dict.fromkeys(t for t in types if t)
    for empty in [t for t in found if "[]" in t or "[, ]" in t]:
        head = empty.partition("[")[0]
        if any(t != empty and t.startswith(f"{head}[") for t in found) or "[[]" in empty:
            del found[empty]
    if "float" in found:
        found.pop("int", None)
    if any("[]" in t or "[, ]" in t for t in found):
        return UNKNOWN
    return " | ".join(_numbers(list(found)))


def _numbers(types: list[str]) -> list[str]:
    """Containers of ints are containers of floats where there are both."""
    return [t for t in types if "int" not in t or t.replace("int", "float") not in types]
