"""Binary operators, by the types of the operands."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import floats, ints
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import common_type, retyped
from verify_agent.verifier.theory.values import Seq, Value
from verify_agent.verifier.vc.known import known_nonnegative
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State

ZERO = t.integer(0)
WORD = 2**63
REPEATABLE = "a sequence is repeated by a number that fits a machine word"


def binary(m: Machine, state: State, op: str, left: Value, right: Value, node: n.Node) -> Value:
    """`left op right`."""
    from verify_agent.verifier.vc import tables
    from verify_agent.verifier.vc.expressions import unwrapped

    if not (floats.is_number(left) and floats.is_number(right)):
        left = unwrapped(m, state, left, node)
        right = unwrapped(m, state, right, node)
    if floats.is_number(left) and floats.is_number(right):
        if op == "/" or floats.may_be_float(left) or floats.may_be_float(right):
            return _doubles(m, state, op, left, right, node)
        left, right = unwrapped(m, state, left, node), unwrapped(m, state, right, node)
    if isinstance(left, v.IntV | v.BoolV) and isinstance(right, v.IntV | v.BoolV):
        return _numbers(m, state, op, left, right, node)
    one, other = state.table(left), state.table(right)
    if one is not None and other is not None:
        return tables.binary(m, state, op, one, other, node)
    if op == "+":
        return _plus(m, state, left, right, node)
    if op == "*":
        if isinstance(left, v.IntV | v.BoolV):
            left, right = right, left
        return _repeat(m, state, left, right, node)
    raise unsupported(_described(op, left, right), node)


def _described(op: str, left: Value, right: Value) -> str:
    names = (v.show_type(v.type_of(left)), v.show_type(v.type_of(right)))
    return f"{names[0]} {op} {names[1]}"


def _numbers(m: Machine, state: State, op: str, left: Value, right: Value, node: n.Node) -> Value:
    from verify_agent.verifier.vc.expressions import integer

    if op in ("&", "|", "^") and isinstance(left, v.BoolV) and isinstance(right, v.BoolV):
        return v.BoolV(_bits_of_bools(op, left.term, right.term))
    a, b = integer(m, state, left, node), integer(m, state, right, node)
    match op:
        case "+":
            return v.IntV(t.add(a, b))
        case "-":
            return v.IntV(t.sub(a, b))
        case "*":
            return v.IntV(t.mul(a, b))
        case "//" | "%":
            _demand_nonzero(m, state, b, node)
            return v.IntV(ints.floor_div(a, b) if op == "//" else ints.floor_mod(a, b))
        case "**":
            return v.IntV(_power(m, state, a, b, node))
        case "<<" | ">>":
            ok = t.le(ZERO, b)
            m.demand(state, ok, "ValueError", node.span, "the shift count is not negative")
            scale = ints.power(t.integer(2), b)
            return v.IntV(t.mul(a, scale) if op == "<<" else ints.floor_div(a, scale))
        case "&":
            return v.IntV(_mask(a, b, node))
        case _:
            raise unsupported(_described(op, left, right), node)


def _doubles(m: Machine, state: State, op: str, left: Value, right: Value, node: n.Node) -> Value:
    """Arithmetic that makes a float; an int among the operands is exactly a double."""
    mixed = not (isinstance(left, v.FloatV) or isinstance(right, v.FloatV))
    if op not in _ON_DOUBLES or (mixed and op != "/"):
        raise unsupported(_described(op, left, right), node)
    a, b = floats.exactly(left), floats.exactly(right)
    if op == "/":
        ok = floats.truth(b)
        m.demand(state, ok, "ZeroDivisionError", node.span, "the divisor is not zero")
    return v.FloatV(_ON_DOUBLES[op](a, b))


_ON_DOUBLES = {"+": floats.add, "-": floats.sub, "*": floats.mul, "/": floats.div}


def _demand_nonzero(m: Machine, state: State, b: Term, node: n.Node) -> None:
    ok = t.ne(b, ZERO)
    m.demand(state, ok, "ZeroDivisionError", node.span, "the divisor is not zero")


def _power(m: Machine, state: State, base: Term, exponent: Term, node: n.Node) -> Term:
    """A negative exponent makes a float, so it must be excluded for the result to be an int."""
    if node.type != ir.INT and not isinstance(node, n.Const):
        raise unsupported("a power that may be a float", node)
    fixed = ints.value(exponent)
    if fixed is not None and fixed < 0:
        raise unsupported("a negative power, which is a float", node)
    number = ints.value(base)
    if number is not None and number.bit_length() * _folded(fixed) > MOST_BITS:
        raise unsupported("a constant of so many digits", node)
    if fixed is None and not known_nonnegative(exponent, (term for term, _ in state.path)):
        m.within_reach(state, t.le(ZERO, exponent), INT_POWER, node.span)
    return ints.power(base, exponent)


def _folded(exponent: int | None) -> int:
    return exponent if exponent is not None and exponent <= ints.LITERAL_POWER else 0


#: What constants may come to by powers: one of a power of a power fills any memory.
MOST_BITS = 1 << 18
INT_POWER = "the exponent is not negative (else the result is a float)"


def _bits_of_bools(op: str, a: Term, b: Term) -> Term:
    match op:
        case "&":
            return t.conj(a, b)
        case "|":
            return t.disj(a, b)
        case _:
            return t.ne(a, b)


def _mask(a: Term, b: Term, node: n.Node) -> Term:
    """`a & (2**k - 1)` is `a % 2**k`, for negative a too."""
    for one, other in ((a, b), (b, a)):
        mask = ints.value(other)
        if mask is not None and mask >= 0 and mask & (mask + 1) == 0:
            return t.mod(one, t.integer(mask + 1))
    raise unsupported("bit operations on unbounded ints", node)


def _is_tuple(value: Value) -> bool:
    return isinstance(v.type_of(value), ir.TupleType | ir.VariadicTupleType)


def _of_open_length(m: Machine, state: State, value: Value, type_: ir.VariadicTupleType) -> v.Seq:
    from verify_agent.verifier.vc.targets import lengthened

    if isinstance(value, v.TupleV):
        return lengthened(m, value, type_).seq
    return widened(m, state.contents(value), type_.item)


def _plus(m: Machine, state: State, left: Value, right: Value, node: n.Node) -> Value:
    if isinstance(left, v.TupleV) and isinstance(right, v.TupleV):
        return v.TupleV(left.items + right.items)
    if isinstance(left, v.StrV) and isinstance(right, v.StrV):
        return v.StrV(seqs.concatenate(m.theory, left.seq, right.seq))
    if _is_tuple(left) and _is_tuple(right) and isinstance(node.type, ir.VariadicTupleType):
        whole = node.type
        a, b = (_of_open_length(m, state, x, whole) for x in (left, right))
        return v.ListV(seqs.concatenate(m.theory, a, b), whole)
    if isinstance(left, v.Ref | v.ListV) and isinstance(right, v.Ref | v.ListV):
        item = item_type(left, right)
        a = widened(m, state.contents(left), item)
        b = widened(m, state.contents(right), item)
        return m.new_object(state, seqs.concatenate(m.theory, a, b), ir.ListType(item))
    raise unsupported(_described("+", left, right), node)


def item_type(left: Value, right: Value) -> ir.Type:
    """The item type of two lists taken together; a bare `[]` takes the other's."""
    types = [x.type.item for x in (left, right) if isinstance(x.type, ir.ListType)]  # type: ignore[union-attr]
    known = [x for x in types if x is not None]
    return known[0] if len(known) == 1 else common_type(known[0], known[1])


def widened(m: Machine, seq: Seq, item: ir.Type) -> Seq:
    """The sequence as one of a wider item type."""
    if seq.item == item:
        return seq
    if isinstance(seq, v.ItemsSeq):
        return v.ItemsSeq(item, tuple(retyped(m.theory, x, item) for x in seq.items))
    j = m.theory.eigen()
    from verify_agent.verifier.theory.convert import leaves_of

    leaves = leaves_of(m.theory, seqs.at(m.theory, seq, j), item)
    cells = tuple(seqs.tabulate(m.theory, leaf, j) for leaf in leaves)
    return v.ArraySeq(item, seq.length, cells)


def _fits_a_word(times: Term, path: Sequence[Term]) -> bool:
    """Whether a number of repetitions is plainly none of those at which CPython gives up.

    It raises `OverflowError` below; above, as it does where memory ends, which is presumed.
    """
    fixed = ints.value(times)
    if fixed is not None:
        return -WORD <= fixed < WORD
    if times.op == "ite":
        condition, one, other = times.args
        first, second = (*path, condition), (*path, t.negate(condition))
        return _fits_a_word(one, first) and _fits_a_word(other, second)
    return known_nonnegative(t.add(times, t.integer(WORD)), path)


def _repeat(m: Machine, state: State, left: Value, right: Value, node: n.Node) -> Value:
    from verify_agent.verifier.vc.expressions import integer

    times = integer(m, state, right, node)
    if not _fits_a_word(times, state.assumptions):
        if ints.value(times) is not None:
            raise unsupported("repetition by a number that fits no machine word", node)
        m.assumptions[REPEATABLE] = None
    match left:
        case v.StrV(seq):
            return v.StrV(seqs.repeat(m.theory, seq, times))
        case v.Ref() | v.ListV():
            return m.new_object(
                state, seqs.repeat(m.theory, state.contents(left), times), node.type
            )
        case v.TupleV(items) if ints.value(times) is not None:
            return v.TupleV(items * max(ints.value(times) or 0, 0))
        case _:
            raise unsupported(_described("*", left, right), node)
