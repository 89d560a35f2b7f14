"""Broken rules: each with the claim that must be answered wrongly under it.

The rules that one module's own tests break already (beside the generator of conditions) are not
repeated here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt import query
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.theory import (
    convert,
    folds,
    ints,
    joins,
    sequences,
    strips,
    totals,
    values,
)
from verify_agent.verifier.vc import (
    arithmetic,
    builtin_calls,
    calls,
    clauses,
    comparison,
    exec,
    expressions,
    function,
    iteration,
    loops,
    machine,
    methods,
    quantify,
    verify,
)

Patch = Callable[[pytest.MonkeyPatch], None]
MUTANTS: dict[str, tuple[Patch, str]] = {}


def noticed_by(claim: str) -> Callable[[Patch], Patch]:
    """Register a broken rule with the claim that notices it."""

    def register(patch: Patch) -> Patch:
        MUTANTS[patch.__name__] = (patch, claim)
        return patch

    return register


def _without_demand(mp: pytest.MonkeyPatch, *labels: str) -> None:
    before = machine.Machine.demand

    def wrong(self: Any, st: Any, ok: t.Term, exception: str, span: Any, label: str) -> None:
        if not label.startswith(labels):
            before(self, st, ok, exception, span, label)

    mp.setattr(machine.Machine, "demand", wrong)


def _without_condition(mp: pytest.MonkeyPatch, *labels: str) -> None:
    before = machine.Machine.condition

    def wrong(self: Any, st: Any, goal: t.Term, label: str, span: Any, key: Any) -> None:
        if not label.startswith(labels):
            before(self, st, goal, label, span, key)

    mp.setattr(machine.Machine, "condition", wrong)


@noticed_by("divide by any")
def divisors_may_be_zero(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(arithmetic, "_demand_nonzero", lambda *_: None)


@noticed_by("two counters")
def loops_forget_all_variables_but_one(mp: pytest.MonkeyPatch) -> None:
    before = loops.forget

    def wrong(m: Any, entry: Any, head: Any, name: str, type_: Any) -> None:
        if name != "j":
            before(m, entry, head, name, type_)

    mp.setattr(loops, "forget", wrong)
    mp.setattr(loops, "check_frame", lambda *_: None)


@noticed_by("length of a huge range")
def ranges_have_any_length(mp: pytest.MonkeyPatch) -> None:
    _without_demand(mp, "the range's length")


@noticed_by("and gives an operand")
def connectives_give_bools(mp: pytest.MonkeyPatch) -> None:
    before = expressions._logic

    def wrong(m: Any, st: Any, op: str, operands: Any) -> Any:
        return values.BoolV(expressions.truth(m, st, before(m, st, op, operands)))

    mp.setattr(expressions, "_logic", wrong)


@noticed_by("middle of a chain")
def chains_evaluate_their_middle_twice(mp: pytest.MonkeyPatch) -> None:
    def wrong(m: Any, st: Any, node: n.Chain) -> Any:
        parts = [
            expressions.evaluate(m, st, n.Compare(node.type, node.span, op, left, right))
            for op, left, right in zip(node.ops, node.operands, node.operands[1:], strict=False)
        ]
        return values.BoolV(t.conj(*(p.term for p in parts)))

    mp.setattr(expressions, "_chain", wrong)


@noticed_by("recursion for ever")
def recursion_is_not_seen(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(calls, "_note", lambda *_: None)
    mp.setattr(function, "is_recursive", lambda *_: False)


@noticed_by("last of a range")
def ranges_include_their_end(mp: pytest.MonkeyPatch) -> None:
    before = builtin_calls._range

    def wrong(*args: Any) -> Any:
        made = before(*args)
        return replace(made, stop=t.add(made.stop, ints.ONE))

    mp.setitem(builtin_calls._EAGER, "range", wrong)


@noticed_by("range downwards")
def ranges_go_upwards(mp: pytest.MonkeyPatch) -> None:
    before = builtin_calls._range

    def wrong(*args: Any) -> Any:
        made = before(*args)
        return values.RangeV(made.start, made.stop, ints.absolute(made.step))

    mp.setitem(builtin_calls._EAGER, "range", wrong)


@noticed_by("code points end")
def code_points_are_any_numbers(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(convert, "_code_points", lambda *_: [])


@noticed_by("lengths are not negative")
def nothing_is_known_of_arguments(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(function, "well_formed", lambda *_: [])


@noticed_by("snapshot is of the entry")
def snapshots_are_taken_on_exit(mp: pytest.MonkeyPatch) -> None:
    before = function._returned

    def wrong(m: Any, entry: Any, st: Any, *rest: Any) -> None:
        late = st.copy()
        late.locals = dict(entry.arguments)
        clauses.snapshots(m, late, entry.function)
        late.locals = dict(st.locals)
        before(m, entry, late, *rest)

    mp.setattr(function, "_returned", wrong)


@noticed_by("rebinding is invisible")
def conditions_see_rebound_parameters(mp: pytest.MonkeyPatch) -> None:
    before = function._returned

    def wrong(m: Any, entry: Any, st: Any, *rest: Any) -> None:
        now = {name: st.locals[name] for name in entry.arguments}
        before(m, replace(entry, arguments=now), st, *rest)

    mp.setattr(function, "_returned", wrong)


@noticed_by("vacuous")
def vacuity_is_not_looked_for(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(verify, "is_vacuous", lambda *_: False)


@noticed_by("sum of two lists")
def proofs_keep_none_of_their_assumptions(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(query.Query, "reduced", lambda self, core: replace(self, assumptions=()))


@noticed_by("prefix is not the whole")
def equal_lists_may_differ_in_length(mp: pytest.MonkeyPatch) -> None:
    def wrong(th: Any, a: Any, b: Any, equal: Any) -> t.Term:
        at = sequences.at
        return sequences.for_all(th, a.length, lambda j: equal(at(th, a, j), at(th, b, j)))

    mp.setattr(sequences, "same_items", wrong)


@noticed_by("smaller of two")
def minimum_is_maximum(mp: pytest.MonkeyPatch) -> None:
    before = builtin_calls._extreme_of_values

    def wrong(m: Any, st: Any, node: Any, given: Any) -> Any:
        name = {"min": "max", "max": "min"}[node.name]
        return before(m, st, replace(node, name=name), given)

    mp.setattr(builtin_calls, "_extreme_of_values", wrong)


@noticed_by("default is always evaluated")
def a_default_is_evaluated_where_it_is_wanted(mp: pytest.MonkeyPatch) -> None:
    before = builtin_calls._min_max

    def wrong(m: Any, st: Any, node: n.Builtin) -> Any:
        held = st.copy()
        return before(m, held, replace(node, keywords=()))

    mp.setitem(builtin_calls._LAZY, "max", wrong)


@noticed_by("sum of a list that shrinks")
def arguments_change_nothing(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(builtin_calls, "no_change", lambda *_: None)


@noticed_by("list that shrinks while iterated")
def lists_are_read_once_when_iterated(mp: pytest.MonkeyPatch) -> None:
    before = iteration.source_of_value

    def wrong(*args: Any) -> Any:
        return replace(before(*args), live=frozenset())

    mp.setattr(iteration, "source_of_value", wrong)


@noticed_by("effect in a comprehension")
def comprehensions_drop_effects(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(quantify, "no_effects", lambda *_: None)


@noticed_by("assert")
def asserts_are_assumed(mp: pytest.MonkeyPatch) -> None:
    _without_condition(mp, "assert")


@noticed_by("return in a loop")
def returns_in_loops_are_lost(mp: pytest.MonkeyPatch) -> None:
    before = loops.Invariants.loop

    def wrong(self: Any, m: Any, st: Any, node: Any) -> Any:
        flow = before(self, m, st, node)
        flow.returns.clear()
        return flow

    mp.setattr(loops.Invariants, "loop", wrong)


@noticed_by("continue")
def continue_ends_the_path(mp: pytest.MonkeyPatch) -> None:
    before = exec._execute

    def wrong(m: Any, st: Any, node: Any) -> Any:
        return exec.Flow() if isinstance(node, n.Continue) else before(m, st, node)

    mp.setattr(exec, "_execute", wrong)


@noticed_by("list stored in a list")
def stored_lists_may_change(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(methods, "mutable", lambda m, st, value, node: value)


@noticed_by("identity")
def every_list_is_every_other(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(comparison, "same_object", lambda *_: t.TRUE)


@noticed_by("True is 1")
def bools_equal_no_ints(mp: pytest.MonkeyPatch) -> None:
    before = comparison.equal

    def wrong(m: Any, st: Any, a: Any, b: Any) -> t.Term:
        if {type(a), type(b)} == {values.IntV, values.BoolV}:
            return t.FALSE
        return before(m, st, a, b)

    mp.setattr(comparison, "equal", wrong)


@noticed_by("shift by any")
def shifts_take_any_count(mp: pytest.MonkeyPatch) -> None:
    _without_demand(mp, "the shift count")


@noticed_by("power of any")
def powers_take_any_exponent(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(machine.Machine, "within_reach", lambda *_: None)


@noticed_by("starts with")
def prefixes_may_be_longer(mp: pytest.MonkeyPatch) -> None:
    def wrong(m: Any, st: Any, node: Any, base: Any, args: Any) -> Any:
        return values.BoolV(comparison.occurs_at(m.theory, args[0].seq, base.seq, ints.ZERO))

    mp.setitem(methods._METHODS, "str.startswith", wrong)


@noticed_by("display")
def displays_are_shifted(mp: pytest.MonkeyPatch) -> None:
    def wrong(name: t.Term, column: Any) -> list[t.Term]:
        return [t.eq(t.select(name, t.integer(k + 1)), x) for k, x in enumerate(column)]

    mp.setattr(sequences, "_display", wrong)


@noticed_by("reversed")
def reversal_starts_behind_the_end(mp: pytest.MonkeyPatch) -> None:
    def wrong(inner: Any, node: Any) -> Any:
        last = t.add(inner.lower, inner.size)
        return iteration.Source(ints.ZERO, inner.size, lambda j: inner.at(t.sub(last, j)))

    mp.setattr(iteration, "_reversed", wrong)


@noticed_by("enumerate from one")
def enumerate_counts_from_zero(mp: pytest.MonkeyPatch) -> None:
    before = iteration._enumerated
    mp.setattr(iteration, "_enumerated", lambda inner, start: before(inner, ints.ZERO))


@noticed_by("unpacking")
def unpacking_takes_any_number(mp: pytest.MonkeyPatch) -> None:
    _without_demand(mp, "there are")


@noticed_by("chr of any")
def chr_takes_any_number(mp: pytest.MonkeyPatch) -> None:
    _without_demand(mp, "chr is given")


@noticed_by("sum of two lists")
def pieces_are_not_shifted(mp: pytest.MonkeyPatch) -> None:
    before = folds._of_piece

    def wrong(f: Any, definition: Any, low: Any, high: Any, source: Any, shift: Any) -> Any:
        return before(f, definition, low, high, source, ints.ZERO)

    mp.setattr(folds, "_of_piece", wrong)


@noticed_by("callee's postcondition")
def calls_promise_anything(mp: pytest.MonkeyPatch) -> None:
    def wrong(m: Any, st: Any, f: Any, args: Any, node: Any) -> Any:
        st.assume(t.FALSE)
        return convert.havoc(m.theory, f.name, f.returns)

    mp.setattr(calls, "by_contract", wrong)


@noticed_by("while else")
def loops_have_no_else(mp: pytest.MonkeyPatch) -> None:
    before = loops.Invariants._attempt

    def wrong(self: Any, m: Any, entry: Any, node: Any, items: Any) -> Any:
        return before(self, m, entry, replace(node, orelse=()), items)

    mp.setattr(loops.Invariants, "_attempt", wrong)


@noticed_by("exception in a handler")
def handlers_raise_nothing(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(exec, "_raise", lambda *_: exec.Flow())


@noticed_by("order of tuples")
def tuples_are_ordered_by_their_end(mp: pytest.MonkeyPatch) -> None:
    before = comparison._less

    def wrong(m: Any, st: Any, a: Any, b: Any, node: Any) -> t.Term:
        if isinstance(a, values.TupleV):
            a, b = (values.TupleV(x.items[::-1][:1]) for x in (a, b))
        return before(m, st, a, b, node)

    mp.setattr(comparison, "_less", wrong)


@noticed_by("deposit to a key")
def sums_of_values_forget_what_was_there(mp: pytest.MonkeyPatch) -> None:
    before = totals._of_changed_values

    def wrong(definition: Any) -> t.Term:
        old, key, new = definition.update
        added = (old, key, t.add(new, t.select(old, key)))
        return before(replace(definition, update=added))

    mp.setattr(totals, "_of_changed_values", wrong)


@noticed_by("a new key")
def new_keys_count_for_nothing(mp: pytest.MonkeyPatch) -> None:
    before = totals._of_changed_set

    def wrong(definition: Any) -> t.Term:
        old, key, _ = definition.update
        return before(replace(definition, update=(old, key, t.select(old, key))))

    mp.setattr(totals, "_of_changed_set", wrong)


@noticed_by("no debt")
def no_sum_is_negative(mp: pytest.MonkeyPatch) -> None:
    before = totals._signs

    def wrong() -> tuple[t.Term, ...]:
        domain, given, here = totals._variables()
        return (*before(), t.forall([domain, given], t.le(totals.ZERO, here), [[here]]))

    mp.setattr(totals, "_signs", wrong)


@noticed_by("both parts")
def sums_of_parts_are_one_less(mp: pytest.MonkeyPatch) -> None:
    before = folds._whole

    def wrong(fold: Any, extra: Any) -> t.Term:
        def more(*args: Any) -> Any:
            here, item = fold(*args)
            return t.add(here, t.integer(1)), item

        made = before(more, extra)
        shown = before(fold, extra)
        return t.forall(shown.payload.variables, made.args[0], shown.payload.triggers)

    mp.setattr(folds, "_whole", wrong)


@noticed_by("last is not greatest")
def the_greatest_is_the_last(mp: pytest.MonkeyPatch) -> None:
    before = folds._extreme

    def wrong(kind: str) -> tuple[t.Term, ...]:
        inside, last, bounded = before(kind)
        some, beyond = last.args[0].args
        equal = t.implies(some, t.eq(*beyond.args))
        return inside, t.forall(last.payload.variables, equal, last.payload.triggers), bounded

    mp.setattr(folds, "_extreme", wrong)


@noticed_by("blank of all of Unicode")
def whitespace_is_of_ascii(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(strips, "WHITESPACE", tuple(x for x in strips.WHITESPACE if x[0] < 128))


@noticed_by("comma between")
def separators_take_no_room(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(joins, "_start", lambda lengths, gap, place: folds.sum_of(lengths, ints.ZERO, place))
    before = joins.join

    def wrong(th: Any, separator: Any, texts: Any) -> Any:
        made = before(th, separator, texts)
        return replace(made, length=t.add(made.length, separator.length))

    mp.setattr(joins, "join", wrong)
