"""Builtin functions and constructors with an exact model."""

from __future__ import annotations

from collections.abc import Callable

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import floats, folds, ints
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import choose
from verify_agent.verifier.theory.rewrite import tidy
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import float_calls, objects, quantify, table_methods, tables
from verify_agent.verifier.vc.builtin_scalars import (
    code_of,
    common_divisor,
    copy,
    deepcopy,
    divmod_,
    integer_root,
    length_of,
    letter_of,
    power,
    to_bool,
    to_int,
    to_str,
)
from verify_agent.verifier.vc.comparison import _less, segment
from verify_agent.verifier.vc.iteration import (
    from_zero,
    keyed_source_of,
    no_change,
    source_of,
    source_of_value,
)
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.sorting import sorted_seq
from verify_agent.verifier.vc.state import State

ZERO, ONE = t.integer(0), t.integer(1)


def range_length(value: v.RangeV) -> Term:
    """`len(range(...))`, exactly."""
    step = ints.value(value.step)
    span = tidy(t.sub(value.stop, value.start))
    if step is None:
        up = ints.floor_div(t.add(span, t.sub(value.step, ONE)), value.step)
        down = ints.floor_div(t.add(span, t.add(value.step, ONE)), value.step)
        size = t.ite(t.lt(ZERO, value.step), up, down)
        return ints.maximum(ZERO, size)
    if step < 0:
        span = tidy(t.neg(span))
        step = -step
    size = span if step == 1 else t.div(t.add(span, t.integer(step - 1)), t.integer(step))
    return ints.maximum(ZERO, size)


def call(m: Machine, state: State, node: n.Builtin) -> Value:
    """The value of a builtin's call."""
    from verify_agent.verifier.vc.expressions import evaluate

    handler = _LAZY.get(node.name)
    if handler is not None:
        return handler(m, state, node)
    if node.keywords and node.name not in ("min", "max", "sorted"):
        raise unsupported(f"{node.name} with keywords", node)
    eager = _EAGER.get(node.name)
    if eager is None:
        raise unsupported(f"builtin {node.name}", node)
    return eager(m, state, node, [evaluate(m, state, a) for a in node.args])


def _generator(node: n.Builtin) -> n.Comprehension | None:
    first = node.args[0] if node.args else None
    return first if isinstance(first, n.Comprehension) and first.kind == "generator" else None


def _all(m: Machine, state: State, node: n.Builtin) -> Value:
    return _quantified(m, state, node, quantify.all_of)


def _any(m: Machine, state: State, node: n.Builtin) -> Value:
    return _quantified(m, state, node, quantify.any_of)


def _quantified(
    m: Machine,
    state: State,
    node: n.Builtin,
    form: Callable[[Machine, State, n.Comprehension], Term],
) -> Value:
    argument = node.args[0]
    if not isinstance(argument, n.Comprehension):
        argument = _identity(argument, node)
    return v.BoolV(form(m, state, argument))


def _identity(argument: n.Expr, node: n.Node) -> n.Comprehension:
    item = argument.type.item if isinstance(argument.type, ir.ListType) else ir.BOOL
    name = "item!"
    target = n.NameTarget(name, item)
    generator = n.Generator(target, argument, ())
    return n.Comprehension(
        ir.BOOL, node.span, "generator", n.Var(item, node.span, name), (generator,)
    )


def _sum(m: Machine, state: State, node: n.Builtin) -> Value:
    from verify_agent.verifier.vc.expressions import evaluate, integer

    def start() -> Term:
        given = [*node.args[1:], *(x for k, x in node.keywords if k == "start")]
        if not given:
            return ZERO
        before = dict(state.heap)
        made = integer(m, state, evaluate(m, state, given[0]), node)
        no_change(before, state, node)
        return made

    argument = node.args[0]
    if lazy := _generator(node):
        # A generator yields its elements when all arguments are there.
        source = keyed_source_of(m, state, lazy.generators[0].iterable)
        first = start()
        return v.IntV(t.add(first, quantify.sum_of(m, state, lazy, source)))
    if isinstance(argument, n.Comprehension):
        made = quantify.sum_of(m, state, argument)
    elif isinstance(argument.type, ir.DictType | ir.SetType) or tables.is_view(argument):
        made = quantify.total_of(m, state, argument)
    else:
        made = sum_of_value(m, state, evaluate(m, state, argument), node)
    return v.IntV(t.add(made, start()))


def sum_of_value(m: Machine, state: State, value: Value, node: n.Node) -> Term:
    """`sum(value)` over ints or bools."""
    from verify_agent.verifier.vc.expressions import integer

    if not isinstance(value, v.RangeV | v.TupleV):
        seq = state.contents(value)
        if isinstance(seq, v.ArraySeq) and seq.item == ir.INT:
            bounds = segment(seq)
            if bounds is not None:
                return folds.sum_of(seq.cells[0], *bounds)
    source = source_of_value(m, state, value, node)
    positions = quantify.unrolled(source)
    if positions is not None:
        return t.add(*(integer(m, state, source.at(t.integer(k)), node) for k in positions))
    j = m.theory.eigen()
    body = integer(m, state, source.at(j), node)
    return folds.sum_of(seqs.tabulate(m.theory, body, j), source.lower, source.upper)


def _range(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.expressions import integer

    numbers = [integer(m, state, a, node) for a in args]
    if len(numbers) == 1:
        return v.RangeV(ZERO, numbers[0], ONE)
    if len(numbers) == 2:
        return v.RangeV(numbers[0], numbers[1], ONE)
    ok = t.ne(numbers[2], ZERO)
    m.demand(state, ok, "ValueError", node.span, "the step of the range is not zero")
    return v.RangeV(numbers[0], numbers[1], numbers[2])


def _len(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.expressions import unwrapped

    value = unwrapped(m, state, args[0], node)
    match value:
        case v.TupleV(items):
            return v.IntV(t.integer(len(items)))
        case v.RangeV():
            length = range_length(value)
            small = t.lt(length, t.integer(2**63))
            m.demand(state, small, "OverflowError", node.span, "the range's length fits an index")
            return v.IntV(length)
        case _:
            table = state.table(value)
            return v.IntV(state.contents(value).length if table is None else tables.size(table))


def _abs(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.expressions import integer

    if floats.mentions(v.type_of(args[0])):
        return float_calls.absolute(m, state, node, args)
    return v.IntV(ints.absolute(integer(m, state, args[0], node)))


def _min_max(m: Machine, state: State, node: n.Builtin) -> Value:
    from verify_agent.verifier.vc.expressions import evaluate

    keywords = dict(node.keywords)
    if set(keywords) - {"default"}:
        raise unsupported(f"{node.name} with a key", node)
    if len(node.args) > 1:
        return _extreme_of_values(m, state, node, [evaluate(m, state, a) for a in node.args])
    lazy, spare = _generator(node), None
    # A generator yields its elements when all arguments are there; a list is made before.
    source = source_of(m, state, lazy.generators[0].iterable) if lazy else None
    seq = None if lazy else _choice(m, state, node)
    if "default" in keywords:
        # Python evaluates it whether or not it is wanted.
        before = dict(state.heap)
        spare = evaluate(m, state, keywords["default"])
        no_change(before, state, node)
    if lazy:
        seq = quantify.items_of(m, state, lazy, source)
    assert seq is not None
    if isinstance(seq, v.TupleV):
        return _extreme_of_values(m, state, node, list(seq.items))
    if isinstance(seq, v.ItemsSeq) and seq.items and floats.mentions(seq.item):
        return _extreme_of_values(m, state, node, list(seq.items))
    some = t.lt(ZERO, seq.length)
    if spare is not None:
        wanted = spare
        return m.either(state, some, lambda _: v.IntV(_extreme(m, node, seq)), lambda _: wanted)
    m.demand(state, some, "ValueError", node.span, f"{node.name} has an item to choose from")
    if some is t.FALSE:
        return v.IntV(ZERO)
    return v.IntV(_extreme(m, node, seq))


def _choice(m: Machine, state: State, node: n.Builtin) -> v.Seq | v.TupleV:
    """What `min` and `max` choose from, where one argument is given that is no generator."""
    from verify_agent.verifier.vc.expressions import evaluate

    argument = node.args[0]
    if isinstance(argument, n.Comprehension):
        return quantify.items_of(m, state, argument)
    if tables.is_view(argument):
        return _sequence(m, from_zero(source_of(m, state, argument)))
    value = evaluate(m, state, argument)
    return value if isinstance(value, v.TupleV) else items_of(m, state, value, node)


def _extreme(m: Machine, node: n.Builtin, seq: v.Seq) -> Term:
    if seq.item != ir.INT:
        raise unsupported(f"{node.name} of items that are no ints", node)
    return quantify.extreme_of(m, node.name, seq)


def _extreme_of_values(m: Machine, state: State, node: n.Builtin, values: list[Value]) -> Value:
    best = values[0]
    for value in values[1:]:
        pair = (value, best) if node.name == "min" else (best, value)
        best = choose(m.theory, _less(m, state, *pair, node), value, best)
    return best


def items_of(m: Machine, state: State, value: Value, node: n.Node) -> v.Seq:
    """The items of any iterable value, as a sequence."""
    if isinstance(value, v.Ref | v.ListV) and state.table(value) is None:
        return state.contents(value)
    if isinstance(value, v.TupleV) and value.items:
        return v.ItemsSeq(v.type_of(value.items[0]), value.items)
    return _sequence(m, from_zero(source_of_value(m, state, value, node)))


def _sequence(m: Machine, source: object) -> v.Seq:
    from verify_agent.verifier.theory.convert import leaves_of
    from verify_agent.verifier.vc.iteration import Source

    assert isinstance(source, Source)
    positions = quantify.unrolled(source)
    if positions is not None and len(positions):
        items = tuple(source.at(t.integer(k)) for k in positions)
        return v.ItemsSeq(v.type_of(items[0]), items)
    j = m.theory.eigen()
    item = source.at(j)
    leaves = leaves_of(m.theory, item, v.type_of(item))
    cells = tuple(seqs.tabulate(m.theory, leaf, j) for leaf in leaves)
    return v.ArraySeq(v.type_of(item), source.size, cells)


def collected(m: Machine, state: State, node: n.Builtin) -> v.Seq:
    from verify_agent.verifier.vc.expressions import evaluate

    if not node.args:
        item = node.type.item if isinstance(node.type, ir.ListType) else ir.INT
        return seqs.empty(item)
    argument = node.args[0]
    if isinstance(argument, n.Comprehension):
        return quantify.items_of(m, state, argument)
    lazy = isinstance(argument, n.Builtin) and argument.name in ("enumerate", "zip", "reversed")
    if lazy or tables.is_view(argument):
        return _sequence(m, from_zero(source_of(m, state, argument)))
    return items_of(m, state, evaluate(m, state, argument), node)


def _list(m: Machine, state: State, node: n.Builtin) -> Value:
    return m.new_object(state, collected(m, state, node), node.type)


def _tuple(m: Machine, state: State, node: n.Builtin) -> Value:
    seq = collected(m, state, node)
    if isinstance(seq, v.ItemsSeq):
        return v.TupleV(seq.items)
    return v.ListV(seq, ir.VariadicTupleType(seq.item))


def _sorted(m: Machine, state: State, node: n.Builtin) -> Value:
    keywords = dict(node.keywords)
    backwards = keywords.pop("reverse", None)
    if keywords or (backwards is not None and not isinstance(backwards, n.Const)):
        raise unsupported("sorted with a key", node)
    ordered = sorted_seq(m, state, collected(m, state, node), node, distinct=_is_distinct(node))
    if isinstance(backwards, n.Const) and backwards.value:
        # Equal ints can't be told apart, so that the reverse of the sorted list is it.
        ordered = seqs.reverse(m.theory, ordered)
    return m.new_object(state, ordered, node.type)


def _is_distinct(node: n.Builtin) -> bool:
    """Whether the argument is a set or a dict, whose items are all different."""
    return bool(node.args) and isinstance(node.args[0].type, ir.SetType | ir.DictType)


def _instance(m: Machine, state: State, node: n.Builtin, args: list[Value]) -> Value:
    """The instance whose method or property is asked for; it must not be None."""
    return objects.instance_of(m, state, args[0], "it", node)


_LAZY: dict[str, Callable[[Machine, State, n.Builtin], Value]] = {
    "all": _all,
    "any": _any,
    "sum": _sum,
    "min": _min_max,
    "max": _min_max,
    "list": _list,
    "tuple": _tuple,
    "sorted": _sorted,
    "set": table_methods.make_set,
    "frozenset": table_methods.make_set,
    "dict": table_methods.make_dict,
}
_EAGER: dict[str, Callable[[Machine, State, n.Builtin, list[Value]], Value]] = {
    "range": _range,
    "len": _len,
    "abs": _abs,
    "int": to_int,
    "bool": to_bool,
    "str": to_str,
    "divmod": divmod_,
    "pow": power,
    "ord": code_of,
    "chr": letter_of,
    "__len__": length_of,
    "__instance__": _instance,
    "math.gcd": common_divisor,
    "math.isqrt": integer_root,
    "copy.deepcopy": deepcopy,
    "copy.copy": copy,
    **float_calls.CALLS,
}
