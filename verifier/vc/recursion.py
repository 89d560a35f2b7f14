"""Functions that call themselves, and recursive specification functions as definitions.

`f(n) == f(n) + 1` proves everything, so a recursive function becomes an axiom only after it was
shown to return for all arguments: no exception may escape from its body, and a measure that is
bounded below decreases at every call of itself. The symbol unfolds twice, into symbols below it.
"""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Function, Term
from verify_agent.verifier.smt.walk import substitute
from verify_agent.verifier.subject import DEFINED
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import leaves_of
from verify_agent.verifier.theory.registry import Definition, Theory
from verify_agent.verifier.theory.rewrite import free_variables, subterms
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.aliasing import nodes_in
from verify_agent.verifier.vc.conditions import Key
from verify_agent.verifier.vc.machine import Machine, Mode, unsupported
from verify_agent.verifier.vc.state import State, Step, join

LEVELS = ("", "~1", "~2")
SCALARS = (ir.INT, ir.BOOL)


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
    """Whether a recursive function has the form of a definition: scalars in, a scalar out."""
    scalar = all(p.type in SCALARS for p in function.parameters) and function.returns in SCALARS
    loops = any(isinstance(x, n.While | n.For | n.Try | n.Raise) for x in nodes_in(function.body))
    return scalar and not loops and not function.contracted and bool(function.parameters)


def symbol_of(function: n.Function, level: int = 0) -> Function:
    """The symbol of a definition at a level of fuel."""
    sorts = tuple(v.sorts_of(p.type)[0] for p in function.parameters)
    return Function(f"spec.{function.name}{LEVELS[level]}", sorts, v.sorts_of(function.returns)[0])


def apply_definition(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """The value of a recursive specification function, which becomes an axiom when first met."""
    key = node.function
    if key == m.program.entry:
        raise unsupported(f"the recursive function {function.name} without a contract", node)
    leaves = _leaves(m.theory, function, args)
    if m.defining == key:
        values = dict(zip((p.name for p in function.parameters), args, strict=True))
        assert m.entry is not None
        m.recursive_calls.append(Step(m.entry, state.copy(), values))
        return v.from_leaves(function.returns, [t.apply(symbol_of(function, 1), *leaves)])
    if m.defining:
        raise unsupported(f"functions that define each other, {function.name}", node)
    symbol = symbol_of(function)
    if symbol not in m.theory.definitions:
        m.theory.definitions[symbol] = _definition(m, key, function, node)
    return v.from_leaves(function.returns, [t.apply(symbol, *leaves)])


def _leaves(th: Theory, function: n.Function, args: Sequence[Value]) -> list[Term]:
    pairs = zip(function.parameters, args, strict=True)
    return [leaf for p, a in pairs for leaf in leaves_of(th, a, p.type)]


def _definition(m: Machine, key: str, function: n.Function, node: n.Call) -> Definition:
    """The axioms of a definition; `Unsupported` unless it returns for all arguments."""
    from verify_agent.verifier.vc.exec import run

    inner = Machine(m.program, m.theory, Mode(Key(DEFINED, "")), m.loops)
    inner.calls, inner.defining = (key,), key
    names = [
        t.var(f"{p.name}!{k}", v.sorts_of(p.type)[0]) for k, p in enumerate(function.parameters)
    ]
    entry = State()
    for parameter, name in zip(function.parameters, names, strict=True):
        entry.locals[parameter.name] = v.from_leaves(parameter.type, [name])
    inner.entry = entry
    flow = run(inner, function.body, [entry.copy()])
    if flow.normal or not flow.returns:
        raise unsupported(f"the definition {function.name}, which may return None", node)
    for state, value in flow.returns:
        state.locals, state.bound_when = {"value!": value}, {}
    joined = join(m.theory, [state for state, _ in flow.returns])
    body = leaves_of(m.theory, joined.locals["value!"], function.returns)[0]
    if not free_variables(body) <= set(names):
        raise unsupported(
            f"the definition {function.name}, whose value is not told by its text", node
        )
    if not _returns(inner, function):
        raise unsupported(f"the definition {function.name}, not shown to end everywhere", node)
    return Definition(t.var(f"spec.{key}", t.BOOL), (), tuple(_axioms(function, names, body)))


def _returns(inner: Machine, function: n.Function) -> bool:
    """Whether no exception escapes from the body, and a measure decreases at each call."""
    from verify_agent.verifier.vc.houdini import Houdini
    from verify_agent.verifier.vc.prepare import Preparer
    from verify_agent.verifier.vc.termination import call_variant
    from verify_agent.verifier.vc.verify_limits import Limit

    houdini = Houdini(Preparer.over(inner.theory), Limit())
    if any(houdini.prove(c, set()) is None for c in inner.conditions):
        return False
    return call_variant(function, inner.recursive_calls, houdini, set()) is not None


def _axioms(function: n.Function, names: Sequence[Term], body: Term) -> list[Term]:
    """Two levels unfold, each into the one below, and all levels are one function."""
    made = []
    for level in (0, 1):
        here, below = (t.apply(symbol_of(function, level + k), *names) for k in (0, 1))
        lowered = body if level == 0 else _lowered(function, body)
        made.append(t.forall(names, t.eq(here, lowered), [[here]]))
        made.append(t.forall(names, t.eq(here, below), [[here]]))
    return made


def _lowered(function: n.Function, body: Term) -> Term:
    """The body with its own symbol one level further down."""
    low, lower = symbol_of(function, 1), symbol_of(function, 2)
    calls = [s for s in subterms([body]) if s.op == "app" and s.payload == low]
    stand_ins = {c: t.var(f"call!{k}", c.sort) for k, c in enumerate(calls)}
    if any(c in subterms(other.args) for c in calls for other in calls if c is not other):
        # Nested calls of itself are left as they are: one level of unfolding is sound too.
        return body
    from verify_agent.verifier.vc.triggers import _replaced

    plain = _replaced(body, stand_ins)
    return substitute(plain, {x: t.apply(lower, *c.args) for c, x in stand_ins.items()})
