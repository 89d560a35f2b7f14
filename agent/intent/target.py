"""What a query's target looks like: read from its text, never run."""

from __future__ import annotations

import ast
from pathlib import Path

from verify_agent.agent.task_origin import (
    Function,
    find_node,
    is_hole,
    read_exactly,
    split_target,
    target_origin,
)
from verify_agent.contracts.functions import functions_of
from verify_agent.verifier.errors import BadSource


def marks_of(target: str, folder: Path) -> frozenset[str]:
    """The marks (see `encode.MARKS`) of `path.py::function`; `BadSource` where it is not there."""
    origin = target_origin(target, folder)
    node = find_node(origin.text, origin.subject.qualname)
    found = {"hole" if is_hole(node) else "body"}
    if not origin.subject.contract.empty:
        found.add("contract")
    if ast.get_docstring(node) is not None:
        found.add("docstring")
    if any(isinstance(n, ast.For | ast.While | ast.comprehension) for n in ast.walk(node)):
        found.add("loop")
    if _typed(node):
        found.add("typed")
    return frozenset(found)


def _typed(node: Function) -> bool:
    given = [a for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in ("self", "cls")]
    return node.returns is not None and all(a.annotation is not None for a in given)


def one_function(target: str) -> str:
    """`path.py::function` for a target that may leave out the function where there is only one."""
    if "::" in target:
        split_target(target)
        return target
    split_target(f"{target}::f")  # it must be a Python file
    try:
        names = [f.qualname for f in functions_of(read_exactly(Path(target))[0])]
    except SyntaxError as problem:
        raise BadSource(f"it does not parse: {problem.msg}", where=target) from problem
    if len(names) == 1:
        return f"{target}::{names[0]}"
    known = ", ".join(f"`{name}`" for name in names[:12]) or "none"
    raise BadSource(
        f"`{target}` has {len(names)} functions ({known})", expected=f"`{target}::function`"
    )
