"""Methods of str that make texts of texts: `join`, `strip` and its kin."""

from __future__ import annotations

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import joins, strips
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.iteration import no_change
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State


def join(m: Machine, state: State, node: n.Method, base: Value) -> Value:
    """`base.join(texts)`: of a list, a comprehension, or anything else that yields texts."""
    from verify_agent.verifier.vc.builtin_calls import collected

    if len(node.args) != 1 or node.keywords or not isinstance(base, v.StrV):
        raise unsupported("str.join with these arguments", node)
    before = dict(state.heap)
    (argument,) = node.args
    made = collected(m, state, n.Builtin(ir.ListType(ir.STR), node.span, "list", (argument,)))
    no_change(before, state, node)
    if isinstance(made, v.ItemsSeq) and not made.items:
        return v.StrV(seqs.empty(ir.INT))
    if made.item != ir.STR:
        raise unsupported("str.join of what is no text", node)
    return v.StrV(joins.join(m.theory, base.seq, made))


def strip(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    """`strip`, `lstrip`, `rstrip`; of characters that are known one by one, or whitespace."""
    assert isinstance(base, v.StrV)
    chars: list[Term] | None = None
    match args:
        case [] | [v.NoneV()]:
            pass
        case [v.StrV(seq=v.ItemsSeq(items=items))]:
            chars = [x.term for x in items if isinstance(x, v.IntV)]
        case _:
            raise unsupported(f"str.{node.name} of characters that are not known", node)
    left, right = node.name != "rstrip", node.name != "lstrip"
    return v.StrV(strips.stripped(m.theory, base.seq, chars, left=left, right=right))
