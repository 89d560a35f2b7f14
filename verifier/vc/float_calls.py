"""Builtin and library functions on floats with an exact model."""

from __future__ import annotations

from collections.abc import Callable

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import floats
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State


def double(m: Machine, state: State, value: Value, node: n.Node) -> Term:
    """An argument as a double; `TypeError` for None, unsupported for an int that may not be one."""
    from verify_agent.verifier.vc.expressions import unwrapped

    number = value if floats.is_number(value) else unwrapped(m, state, value, node)
    return floats.exactly(number)


def to_float(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    """`float(x)` of a number, or of a literal text."""
    given = node.args[0] if node.args else None
    if given is None:
        return v.FloatV(floats.ZERO)
    if isinstance(given, n.Const) and isinstance(given.value, str):
        try:
            return v.FloatV(t.double(float(given.value)))
        except ValueError:
            m.fail(state, "ValueError", node.span, "the text is that of a float")
            return v.FloatV(floats.ZERO)
    return v.FloatV(double(m, state, args[0], node))


def absolute(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    """`abs(x)` of a float, `math.fabs(x)` of any number."""
    from verify_agent.verifier.vc.expressions import unwrapped

    if node.name == "abs":
        args = [unwrapped(m, state, args[0], node)]
    return v.FloatV(floats.absolute(double(m, state, args[0], node)))


def root(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    """`math.sqrt(x)`: correctly rounded, as IEEE asks for; of NaN it is NaN, of -0.0 it is -0.0."""
    number = double(m, state, args[0], node)
    ok = t.negate(floats.lt(number, floats.ZERO))
    m.demand(state, ok, "ValueError", node.span, "the number is not below zero")
    return v.FloatV(floats.sqrt(number))


def _test(of: Callable[[Term], Term], of_int: bool) -> Handler:
    """A classification. An int is none of NaN and infinity, where it fits a double at all."""

    def handle(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
        match args[0]:
            case v.BoolV():
                return v.BoolV(t.boolean(of_int))
            case v.IntV():
                raise unsupported(f"{node.name} of an int", node)
            case _:
                return v.BoolV(of(double(m, state, args[0], node)))

    return handle


Handler = Callable[[Machine, State, n.Builtin, list[Value]], Value]
CALLS: dict[str, Handler] = {
    "float": to_float,
    "math.fabs": absolute,
    "math.sqrt": root,
    "math.isnan": _test(floats.is_nan, False),
    "math.isinf": _test(floats.is_infinite, False),
    "math.isfinite": _test(floats.is_finite, True),
}
