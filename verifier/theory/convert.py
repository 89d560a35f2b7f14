"""Between values and their leaves; choice between two values; well-formed inputs."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import bind
from verify_agent.verifier.theory.values import ArraySeq, ItemsSeq, Value


def leaves_of(th: Theory, value: Value, type_: ir.Type) -> list[Term]:
    """The leaves of a value taken as of that type; bool is an int where an int is wanted."""
    match type_, value:
        case ir.IntType(), v.IntV(term):
            return [term]
        case ir.IntType(), v.BoolV(term):
            return [t.ite(term, t.integer(1), t.integer(0))]
        case ir.BoolType(), v.BoolV(term):
            return [term]
        case ir.FloatType(), v.FloatV(term):
            return [term]
        case ir.NoneType(), v.NoneV():
            return []
        case ir.TupleType(types), v.TupleV(items) if len(types) == len(items):
            pairs = zip(items, types, strict=True)
            return [leaf for item, want in pairs for leaf in leaves_of(th, item, want)]
        case ir.StrType(), v.StrV(seq):
            return _sequence_leaves(th, seq)
        case ((ir.ListType() | ir.VariadicTupleType()), v.ListV(seq)):
            return _sequence_leaves(th, seq)
        case ir.RangeType(), v.RangeV(start, stop, step):
            return [start, stop, step]
        case ir.SetType(), v.SetV(domain, has) if _alike(has.item, type_.item):
            return [domain]
        case ir.DictType(), v.DictV() if _alike(value.type.key, type_.key):
            return _dict_leaves(value, type_)
        case (
            (ir.EnumType() | ir.FrozenType() | ir.OpaqueType()),
            (v.EnumV(term) | v.Reference(term)),
        ) if value.type == type_:
            return [term]
        case ir.ClassType(_, fields), v.Record() if fields and value.type == type_:
            held = dict(value.fields)
            return [leaf for name, want in fields for leaf in leaves_of(th, held[name], want)]
        case ir.UnionType(members), _:
            return _union_leaves(th, value, members)
        case _:
            raise Unsupported(f"a {v.show_type(v.type_of(value))} as {v.show_type(type_)}")


def _alike(has: ir.Type, wanted: ir.Type) -> bool:
    """Whether keys of one type can be taken as keys of another."""
    from verify_agent.verifier.theory.keys import kind

    return has in (wanted, ir.UnionType(())) or kind(has) == kind(wanted)


def _dict_leaves(value: v.DictV, type_: ir.DictType) -> list[Term]:
    if value.type.value == ir.UnionType(()):
        arrays = (t.array_sort(t.INT, s) for s in v.sorts_of(type_.value))
        return [value.domain, *map(v.default, arrays)]
    if value.type.value != type_.value:
        raise Unsupported(f"a {v.show_type(value.type)} as a {v.show_type(type_)}")
    return [value.domain, *value.cells]


def _sequence_leaves(th: Theory, seq: v.Seq) -> list[Term]:
    from verify_agent.verifier.theory.sequences import plain

    arrays = plain(th, seq)
    return [arrays.length, *arrays.cells]


def _union_leaves(th: Theory, value: Value, members: Sequence[ir.Type]) -> list[Term]:
    if isinstance(value, v.UnionV) and value.members == tuple(members):
        parts = zip(value.payloads, members, strict=True)
        return [value.tag, *(leaf for p, m in parts for leaf in leaves_of(th, p, m))]
    if isinstance(value, v.UnionV):
        raise Unsupported("a union taken as another union")
    position = member_of(v.type_of(value), members)
    leaves = [t.integer(position)]
    for n, member in enumerate(members):
        if n == position:
            leaves += leaves_of(th, value, member)
        else:
            leaves += map(v.default, v.sorts_of(member))
    return leaves


def member_of(type_: ir.Type, members: Sequence[ir.Type]) -> int:
    """The position of the member that values of a type belong to."""
    for n, member in enumerate(members):
        if member == type_:
            return n
    for n, member in enumerate(members):
        if type(member) is type(type_) and not isinstance(member, _NAMED):
            return n
    raise Unsupported(f"a {v.show_type(type_)} in a union without it")


_NAMED = ir.ClassType | ir.EnumType | ir.FrozenType | ir.OpaqueType


def retyped(th: Theory, value: Value, type_: ir.Type) -> Value:
    """The value as one of a wider type: in a union, or an int for a bool."""
    if v.type_of(value) == type_ or isinstance(value, v.Ref):
        return value
    return v.from_leaves(type_, leaves_of(th, value, type_))


def choose(th: Theory, condition: Term, then: Value, otherwise: Value) -> Value:
    """The value that is `then` where the condition holds and else `otherwise`."""
    if then == otherwise or condition is t.TRUE:
        return then
    if condition is t.FALSE:
        return otherwise
    if isinstance(then, v.Ref | v.Obj) or isinstance(otherwise, v.Ref | v.Obj):
        raise Unsupported("one name for two objects")
    known = _choose_items(th, condition, then, otherwise)
    if known is not None:
        return known
    type_ = common_type(v.type_of(then), v.type_of(otherwise))
    pairs = zip(leaves_of(th, then, type_), leaves_of(th, otherwise, type_), strict=True)
    return v.from_leaves(type_, [conditional(condition, a, b) for a, b in pairs])


def conditional(condition: Term, then: Term, otherwise: Term) -> Term:
    """A conditional term; of truths, by connectives where one branch is plain."""
    if then is t.TRUE:
        return t.disj(condition, otherwise)
    if then is t.FALSE:
        return t.conj(t.negate(condition), otherwise)
    if otherwise is t.TRUE:
        return t.disj(t.negate(condition), then)
    if otherwise is t.FALSE:
        return t.conj(condition, then)
    return t.ite(condition, then, otherwise)


def _choose_items(th: Theory, condition: Term, then: Value, otherwise: Value) -> Value | None:
    match then, otherwise:
        case v.StrV(ItemsSeq(item, a)), v.StrV(ItemsSeq(_, b)) if len(a) == len(b):
            return v.StrV(ItemsSeq(item, _choose_all(th, condition, a, b)))
        case v.ListV(ItemsSeq(item, a), type_), v.ListV(ItemsSeq(_, b), _) if len(a) == len(b):
            return v.ListV(ItemsSeq(item, _choose_all(th, condition, a, b)), type_)
        case v.TupleV(a), v.TupleV(b) if len(a) == len(b):
            return v.TupleV(_choose_all(th, condition, a, b))
        case v.Record(a, type_), v.Record(b, other) if type_ == other and _names(a) == _names(b):
            held = _choose_all(th, condition, [x for _, x in a], [x for _, x in b])
            return v.Record(tuple(zip(_names(a), held, strict=True)), type_)
        case _:
            return None


def _names(fields: Sequence[tuple[str, Value]]) -> list[str]:
    return [name for name, _ in fields]


def _choose_all(
    th: Theory, condition: Term, a: Sequence[Value], b: Sequence[Value]
) -> tuple[Value, ...]:
    return tuple(choose(th, condition, x, y) for x, y in zip(a, b, strict=True))


def common_type(a: ir.Type, b: ir.Type) -> ir.Type:
    """The least type that both belong to, without losing what kind of value it was."""
    if a == b:
        return a
    if isinstance(a, ir.ListType) and isinstance(b, ir.ListType):
        return ir.ListType(common_type(a.item, b.item))
    if isinstance(a, ir.TupleType) and isinstance(b, ir.TupleType) and len(a.items) == len(b.items):
        return ir.TupleType(tuple(map(common_type, a.items, b.items)))
    members: list[ir.Type] = []
    for type_ in (a, b):
        for member in type_.members if isinstance(type_, ir.UnionType) else (type_,):
            if member not in members:
                members.append(member)
    return ir.UnionType(tuple(members))


def havoc(th: Theory, hint: str, type_: ir.Type, bound: Sequence[Term] = ()) -> Value:
    """An unknown value of a type."""
    return v.from_leaves(type_, [th.fresh(hint, s, bound) for s in v.sorts_of(type_)])


def well_formed(th: Theory, value: Value) -> list[Term]:
    """What holds of every value of its type: lengths, code points, tags."""
    match value:
        case v.StrV(ArraySeq() as seq):
            return [t.le(t.integer(0), seq.length), *_code_points(th, seq)]
        case v.ListV(ArraySeq() as seq, _):
            return [t.le(t.integer(0), seq.length), *_items(th, seq)]
        case v.TupleV(items):
            return [fact for item in items for fact in well_formed(th, item)]
        case v.Record(fields):
            return [fact for _, held in fields for fact in well_formed(th, held)]
        case v.UnionV(tag, members, payloads):
            facts = [t.le(t.integer(0), tag), t.lt(tag, t.integer(len(members)))]
            return facts + [fact for p in payloads for fact in well_formed(th, p)]
        case v.RangeV(_, _, step):
            return [t.ne(step, t.integer(0))]
        case v.EnumV(term, type_):
            return [t.le(t.integer(0), term), t.lt(term, t.integer(len(type_.members)))]
        case v.SetV() | v.DictV():
            return _table(th, value)
        case _:
            return []


def _table(th: Theory, table: v.Table) -> list[Term]:
    from verify_agent.verifier.theory import dicts, keys, sets

    key = table.type.item if isinstance(table, v.SetV) else table.type.key
    facts = [sets.finite(table.domain), *keys.in_type(key, table.domain, th)]
    if isinstance(table, v.DictV):
        k = th.eigen()
        here = t.select(table.domain, k)
        held = well_formed(th, dicts.at(table, k))
        facts += [bind("forall", [k], t.implies(here, fact)) for fact in held]
    return facts


def _code_points(th: Theory, seq: ArraySeq) -> list[Term]:
    j = th.eigen()
    code = t.select(seq.cells[0], j)
    bounds = t.conj(t.le(t.integer(0), code), t.le(code, t.integer(v.MAX_CODE_POINT)))
    return [bind("forall", [j], bounds)]


def _items(th: Theory, seq: ArraySeq) -> list[Term]:
    j = th.eigen()
    item = v.from_leaves(seq.item, [t.select(c, j) for c in seq.cells])
    return [bind("forall", [j], fact) for fact in well_formed(th, item)]
