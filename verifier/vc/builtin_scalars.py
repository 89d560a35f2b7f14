"""Builtins that convert or copy a value: `int`, `str`, `ord`, `pow`, `copy.deepcopy`, ..."""

from __future__ import annotations

import sys

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.theory import ints, numerals
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import choose
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import objects
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State

ZERO, ONE = t.integer(0), t.integer(1)


def to_int(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    if not args:
        return v.IntV(ZERO)
    if len(args) == 1 and isinstance(args[0], v.IntV):
        return args[0]
    if len(args) == 1 and isinstance(args[0], v.BoolV):
        return v.IntV(t.ite(args[0].term, ONE, ZERO))
    if len(args) == 1 and isinstance(args[0], v.StrV):
        number = numerals.number_in(m.theory, args[0])
        if number is not None:
            _show_writable(m, state, number, node)
            return v.IntV(number)
    raise unsupported(f"int of a {v.show_type(v.type_of(args[0]))}", node)


def _show_writable(m: Machine, state: State, number: t.Term, node: n.Node) -> None:
    ok = numerals.writable(number)
    m.within_reach(state, ok, f"the number has at most {numerals.MOST_DIGITS} digits", node.span)


def to_bool(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.expressions import truth

    return v.BoolV(truth(m, state, args[0]) if args else t.FALSE)


def to_str(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    match args:
        case []:
            return v.text("")
        case [v.StrV() as same]:
            return same
        case [v.BoolV(term)]:
            return choose(m.theory, term, v.text("True"), v.text("False"))
        case [v.IntV(term)] if ints.value(term) is not None:
            return v.text(str(ints.value(term)))
        case [v.IntV(term)]:
            _show_writable(m, state, term, node)
            return numerals.text_of(m.theory, term)
        case _:
            raise unsupported(f"str of a {v.show_type(v.type_of(args[0]))}", node)


def divmod_(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.arithmetic import binary

    quotient = binary(m, state, "//", args[0], args[1], node)
    return v.TupleV((quotient, binary(m, state, "%", args[0], args[1], node)))


def power(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.arithmetic import binary

    if len(args) == 2:
        return binary(m, state, "**", args[0], args[1], node)
    raise unsupported("pow with a modulus", node)


def code_of(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    if not isinstance(args[0], v.StrV):
        raise unsupported("ord of something that is no str", node)
    seq = args[0].seq
    m.demand(state, t.eq(seq.length, ONE), "TypeError", node.span, "ord is given one character")
    return seqs.at(m.theory, seq, ZERO) if seqs.constant(seq.length) != 0 else v.IntV(ZERO)


def common_divisor(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    """`math.gcd` of any number of ints."""
    from verify_agent.verifier.vc.expressions import integer

    found = ZERO
    for number, arg in enumerate(args):
        term = integer(m, state, arg, node)
        found = ints.common_divisor(found, term) if number else ints.absolute(term)
    if len(args) == 2:
        found = ints.common_divisor(*(integer(m, state, arg, node) for arg in args))
    return v.IntV(found)


def integer_root(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    """`math.isqrt`."""
    from verify_agent.verifier.vc.expressions import integer

    term = integer(m, state, args[0], node)
    m.demand(state, t.le(ZERO, term), "ValueError", node.span, "isqrt is given no negative number")
    return v.IntV(ints.integer_root(term))


def length_of(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    """What `len` makes of the int that a `__len__` returned."""
    from verify_agent.verifier.vc.expressions import integer

    size = integer(m, state, args[0], node)
    m.demand(state, t.le(ZERO, size), "ValueError", node.span, "__len__ is not negative")
    for held in state.heap.values():
        if not isinstance(held, v.SetV | v.DictV):
            # No list of CPython is longer.
            state.assume(t.le(held.length, t.integer(sys.maxsize)))
    most = t.le(size, t.integer(sys.maxsize))
    m.demand(state, most, "OverflowError", node.span, "__len__ fits a machine word")
    return v.IntV(size)


def letter_of(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.expressions import integer

    code = integer(m, state, args[0], node)
    ok = t.conj(t.le(ZERO, code), t.le(code, t.integer(v.MAX_CODE_POINT)))
    m.demand(state, ok, "ValueError", node.span, "chr is given a code point")
    return v.StrV(v.ItemsSeq(ir.INT, (v.IntV(code),)))


def deepcopy(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    if isinstance(args[0], v.Ref):
        return m.new_object(state, state.heap[args[0].id], args[0].type)
    return state.snapshot(args[0])


def copy(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    """A shallow copy: what it shares with the original must not be able to change."""
    shared = (
        [v.type_of(x) for x in objects.fields_of(state, args[0]).values()]
        if isinstance(args[0], v.Obj | v.Record)
        else [ir.NONE if isinstance(args[0], v.Ref) else v.type_of(args[0])]
    )
    if not all(map(ir.is_immutable, shared)):
        raise unsupported("a shallow copy of what holds objects", node)
    return deepcopy(m, state, node, args)
