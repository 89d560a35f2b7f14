"""Functions that call themselves: which they are."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.aliasing import nodes_in
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State


def callees(function: n.Function) -> frozenset[str]:
    """The functions that a body calls."""
    return frozenset(x.function for x in nodes_in(function.body) if isinstance(x, n.Call))


def is_recursive(program: n.Program, name: str) -> bool:
    """Whether a function may come to call itself."""
    seen: set[str] = set()
    stack = [name]
    while stack:
        function = program.functions.get(stack.pop())
        for callee in callees(function) if function else ():
            if callee == name:
                return True
            if callee not in seen:
                seen.add(callee)
                stack.append(callee)
    return False


def is_definition(program: n.Program, function: n.Function) -> bool:
    """Whether a recursive function may be read as a definition."""
    return False


def apply_definition(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """The value of a recursive specification function."""
    raise unsupported(f"the recursive function {function.name}", node)
