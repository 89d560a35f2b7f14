# ruff: noqa: E501
"""Break one rule of the verifier at a time: a small suite of true and false claims must notice.

A broken rule is noticed when a false claim is proved, or a true one is not proved any more.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from verify_agent.contracts.model import Condition, Contract, Parameter, Raises, Signature
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.invariants.asserts import asserts_at_head
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.portfolio import Portfolio
from verify_agent.verifier.smt.query import Budget
from verify_agent.verifier.smt.z3_ import Z3
from verify_agent.verifier.subject import Subject
from verify_agent.verifier.theory import folds, ints, sequences, values
from verify_agent.verifier.vc import (
    aliasing,
    builtin_calls,
    calls,
    comparison,
    exec,
    expressions,
    function,
    houdini,
    loops,
    machine,
    methods,
    quantify,
    slicing,
    state,
    termination,
    triggers,
    verify,
)
from verify_agent.verifier.vc.verify_limits import Limit

PORTFOLIO = Portfolio(Z3(), Z3())
LIMIT = Limit(Budget(timeout_ms=1_000, rlimit=4_000_000))


@dataclasses.dataclass(frozen=True)
class Claim:
    """A function with a contract, and whether it is to be proved (`total`: also to terminate)."""

    source: str
    ensures: tuple[str, ...]
    true: bool
    requires: tuple[str, ...] = ()
    modifies: tuple[str, ...] | None = ()
    raises: tuple[tuple[str, str], ...] = ()
    total: bool = True

    @property
    def subject(self) -> Subject:
        """What is checked."""
        node = [x for x in ast.parse(self.source).body if isinstance(x, ast.FunctionDef)][-1]
        given = [(a.arg, ast.unparse(a.annotation)) for a in node.args.args if a.annotation]
        signature = Signature(
            node.name,
            tuple(Parameter(name, kind) for name, kind in given),
            ast.unparse(node.returns) if node.returns else "",
        )
        contract = Contract(
            tuple(map(Condition, self.requires)),
            tuple(map(Condition, self.ensures)),
            raises=tuple(Raises(name, Condition(text)) for name, text in self.raises),
            modifies=self.modifies,
        )
        return Subject(self.source, node.name, signature, contract)

    def proved(self) -> bool:
        """Whether the verifier proves it."""
        rule = loops.Invariants((asserts_at_head,))
        done = verify.verify(lower(self.subject), rule, PORTFOLIO, LIMIT)
        return done.proved and (done.terminates or not self.total)


def _loop(body: str) -> str:
    return f"def f(xs: list[int]) -> int:\n    s = 0\n    for i in range(len(xs)):\n{body}    return s\n"


CLAIMS = {
    "floor division": Claim("def f(a: int) -> int:\n    return a // -3\n", ("result * -3 >= a",), True),
    "truncation": Claim(
        "def f(a: int) -> int:\n    return -(-a // 2) if a < 0 else a // 2\n", ("result == a // 2",), False
    ),
    "modulo sign": Claim(
        "def f(a: int, b: int) -> int:\n    return a % b\n", ("b < result <= 0",), True, ("b < 0",)
    ),
    "modulo never negative": Claim(
        "def f(a: int, b: int) -> int:\n    return a % b\n", ("result >= 0",), False, ("b != 0",)
    ),
    "division by zero": Claim("def f(a: int, b: int) -> int:\n    return a // b\n", (), False),
    "index": Claim("def f(xs: list[int], i: int) -> int:\n    return xs[i]\n", (), False, ("i < len(xs)",)),
    "negative index": Claim(
        "def f(xs: list[int]) -> int:\n    return xs[-1]\n", ("result == xs[len(xs) - 1]",), True, ("len(xs) > 0",)
    ),
    "slice clamps": Claim(
        "def f(xs: list[int], k: int) -> int:\n    return len(xs[:k])\n", ("result == min(k, len(xs))",), True, ("k >= 0",)
    ),
    "slice of negative": Claim(
        "def f(xs: list[int], k: int) -> int:\n    return len(xs[:k])\n", ("result == min(k, len(xs))",), False
    ),
    "slice item": Claim(
        "def f(xs: list[int]) -> int:\n    return xs[1:][0]\n", ("result == xs[1]",), True, ("len(xs) > 1",)
    ),
    "slice stride": Claim(
        "def f(xs: list[int]) -> int:\n    return len(xs[::2])\n", ("2 * result >= len(xs)", "2 * result <= len(xs) + 1"), True
    ),
    "reversed": Claim(
        "def f(xs: list[int]) -> int:\n    return xs[::-1][1]\n", ("result == xs[len(xs) - 2]",), True, ("len(xs) > 1",)
    ),
    "aliases": Claim(
        "def f(a: list[int], b: list[int]) -> int:\n    a[0] = 1\n    b[0] = 2\n    return a[0]\n",
        ("result == 1",), False, ("len(a) > 0", "len(b) > 0"), ("a", "b"),
    ),
    "frame": Claim("def f(a: list[int]) -> int:\n    b = a\n    b += [1]\n    return 0\n", (), False),
    "append": Claim(
        "def f(xs: list[int], y: int) -> None:\n    xs.append(y)\n", ("xs[-1] == y", "len(xs) > 0"), True, (), ("xs",)
    ),
    "append keeps": Claim(
        "def f(xs: list[int], y: int) -> None:\n    xs.append(y)\n", ("xs[0] == y",), False, (), ("xs",)
    ),
    "store elsewhere": Claim(
        "def f(xs: list[int]) -> int:\n    xs[0] = 1\n    return xs[1]\n", ("result == 1",), False, ("len(xs) > 1",), ("xs",)
    ),
    "pop shortens": Claim(
        "def f(xs: list[int]) -> int:\n    xs.pop()\n    return len(xs)\n", ("result >= 1",), False, ("len(xs) > 0",), ("xs",)
    ),
    "concatenation": Claim(
        "def f(xs: list[int], ys: list[int]) -> list[int]:\n    return xs + ys\n",
        ("all(result[len(xs) + k] == ys[k] for k in range(len(ys)))", "len(result) == len(xs) + len(ys)"), True,
    ),
    "sum": Claim(
        _loop("        assert s == sum(xs[:i])\n        s += xs[i]\n"), ("result == sum(xs)",), True
    ),
    "sum without the last": Claim(
        _loop("        assert s == sum(xs[:i - 1])\n        s += xs[i]\n"), ("result == sum(xs)",), False
    ),
    "loop forgets": Claim(_loop("        s += 1\n"), ("result == 0",), False),
    "loop keeps": Claim(_loop("        assert s == 0\n        s += 1\n"), ("result == 0",), False),
    "loop base": Claim(
        "def f(n: int) -> int:\n    s = 1\n    i = 0\n    while i != n:\n        assert s == i\n"
        "        s += 1\n        i += 1\n    return s\n", ("result == n",), False, ("n >= 1",), total=False,
    ),
    "list forgotten": Claim(
        "def f(xs: list[int]) -> None:\n    for i in range(len(xs)):\n        xs[i] = 7\n",
        ("all(x == 5 for x in xs)",), False, ("all(x == 5 for x in xs)",), ("xs",),
    ),
    "variant": Claim(
        "def f(n: int) -> int:\n    while n != 0:\n        n -= 1\n    return 7\n", ("result == 7",), False
    ),
    "variant found": Claim(
        "def f(n: int) -> int:\n    while n > 0:\n        n -= 1\n    return 7\n", ("result == 7",), True
    ),
    "break skips else": Claim(
        "def f(n: int) -> int:\n    for i in range(n):\n        break\n    else:\n        return 1\n    return 2\n",
        ("result == 1",), False, ("n > 0",),
    ),
    "raises": Claim(
        "def f(a: int, b: int) -> int:\n    if b == 0:\n        raise ValueError\n    return a // b\n",
        ("result == a // b",), True, (), (), (("ValueError", "b == 0"),),
    ),
    "raises too often": Claim(
        "def f(a: int) -> int:\n    if a <= 0:\n        raise ValueError\n    return a\n",
        (), False, (), (), (("ValueError", "a == 0"),),
    ),
    "raises too seldom": Claim(
        "def f(a: int) -> int:\n    return a\n", (), False, (), (), (("ValueError", "a == 0"),)
    ),
    "finally": Claim(
        "def f(n: int) -> int:\n    try:\n        return 2\n    finally:\n        return 1\n", ("result == 1",), True
    ),
    "wrong handler": Claim(
        "def f(xs: list[int]) -> int:\n    try:\n        return xs[0]\n    except KeyError:\n        return 0\n", (), False
    ),
    "or gives an operand": Claim("def f(a: int, b: int) -> int:\n    return a or b\n", ("result == a or result == b", "a == 0 or result == a"), True),
    "short circuit": Claim(
        "def f(xs: list[int]) -> bool:\n    return len(xs) > 0 and xs[0] > 0\n", ("not result or xs[0] > 0",), True
    ),
    "maximum": Claim("def f(xs: list[int]) -> int:\n    return max(xs)\n", ("all(x <= result for x in xs)", "result in xs"), True, ("len(xs) > 0",)),
    "empty maximum": Claim("def f(xs: list[int]) -> int:\n    return max(xs)\n", (), False),
    "count": Claim(
        "def f(xs: list[int], v: int) -> int:\n    s = 0\n    for i in range(len(xs)):\n        assert s == xs[:i].count(v)\n"
        "        if xs[i] == v:\n            s += 1\n    return s\n", ("result == xs.count(v)",), True,
    ),
    "sorted": Claim("def f(xs: list[int]) -> list[int]:\n    return xs\n", ("result == sorted(xs)",), False),
    "sorted result": Claim(
        "def f(xs: list[int]) -> list[int]:\n    return sorted(xs)\n", ("all(result[i] <= result[i + 1] for i in range(len(result) - 1))",), True
    ),
    "neighbours": Claim(
        "def f(xs: list[int], i: int, j: int) -> bool:\n    return xs[i] <= xs[j]\n", ("result",), True,
        ("all(xs[k] <= xs[k + 1] for k in range(len(xs) - 1))", "0 <= i <= j < len(xs)"),
    ),
    "neighbours of a part": Claim(
        "def f(xs: list[int], i: int, j: int) -> bool:\n    return xs[i] <= xs[j]\n", ("result",), False,
        ("all(xs[k] <= xs[k + 1] for k in range(len(xs) - 2))", "0 <= i <= j < len(xs)"),
    ),
    "string equality": Claim("def f(s: str) -> bool:\n    return s == 'ab'\n", ("not result or len(s) == 2",), True),
    "power": Claim("def f(n: int) -> int:\n    return 2 ** n\n", ("result == 2 * 2 ** (n - 1)",), True, ("n > 0",)),
    "power of zero": Claim("def f(n: int) -> int:\n    return 2 ** n\n", ("result >= 2",), False, ("n >= 0",)),
    "range step": Claim(
        "def f(n: int) -> int:\n    return len(range(0, n, 3))\n", ("3 * result >= n", "3 * result < n + 3"), True, ("0 <= n < 100",)
    ),
    "any": Claim("def f(xs: list[int]) -> bool:\n    return any(x > 0 for x in xs)\n", ("result == (not all(x <= 0 for x in xs))",), True),
    "any of all": Claim("def f(xs: list[int]) -> bool:\n    return any(x > 0 for x in xs)\n", ("result == all(x > 0 for x in xs)",), False),
    "recursion": Claim(
        "from icontract import ensure, require\n\n@require(lambda n: n >= 0)\n@ensure(lambda result: result >= 0)\n"
        "def f(n: int) -> int:\n    return 1 if n == 1 else n * f(n - 1)\n", ("result >= 0",), False, ("n >= 0",),
    ),
    "recursion ends": Claim(
        "from icontract import ensure, require\n\n@require(lambda n: n >= 0)\n@ensure(lambda result: result >= 1)\n"
        "def f(n: int) -> int:\n    return f(n)\n", ("result >= 1",), False, ("n >= 0",),
    ),
    "callee changes": Claim(
        "from icontract import ensure\n\n@ensure(lambda result: result == 0)\ndef g(ys: list[int]) -> int:\n"
        "    ys.append(1)\n    return 0\n\n\ndef f(xs: list[int]) -> int:\n    g(xs)\n    return len(xs)\n",
        ("result == 0",), False, ("len(xs) == 0",), ("xs",),
    ),
    "chained": Claim("def f(a: int, b: int, c: int) -> bool:\n    return a < b < c\n", ("result == (a < b and b < c)",), True),
    "unbound": Claim("def f(n: int) -> int:\n    for i in range(n):\n        pass\n    return i\n", (), False),
    "last of the loop": Claim(
        "def f(n: int) -> int:\n    i = -1\n    for i in range(n):\n        pass\n    return i\n", ("result == n - 1",), True, ("n >= 0",)
    ),
    "list multiplied": Claim("def f(n: int) -> list[int]:\n    return [0] * n\n", ("len(result) == n",), False),
    "bools are ints": Claim("def f(a: bool, b: bool) -> int:\n    return a + b\n", ("0 <= result <= 2",), True),
}  # fmt: skip


def noticed() -> Iterator[str]:
    """The claims that are answered wrongly."""
    for name, claim in CLAIMS.items():
        try:
            proved = claim.proved()
        except (Unsupported, AssertionError, TypeError, ValueError, KeyError, IndexError):
            proved = False
        if proved != claim.true:
            yield name


def test_the_claims_are_answered_rightly() -> None:
    assert list(noticed()) == []


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_is_within_the_subset(name: str) -> None:
    rule = loops.Invariants((asserts_at_head,))
    found = function.conditions_of(lower(CLAIMS[name].subject), rule)
    assert found.failed is None
    assert found.unsupported == {}


Patch = Callable[[pytest.MonkeyPatch], None]
MUTANTS: dict[str, Patch] = {}


def mutant(patch: Patch) -> Patch:
    """Register a broken rule under its function's name."""
    MUTANTS[patch.__name__] = patch
    return patch


def _state_method(name: str, body: Callable[..., Any]) -> Patch:
    return lambda mp: mp.setattr(state.State, name, body)


@mutant
def division_truncates(mp: pytest.MonkeyPatch) -> None:
    def truncated(a: t.Term, b: t.Term) -> t.Term:
        return t.ite(t.lt(a, ints.ZERO), t.neg(t.div(t.neg(a), b)), t.div(a, b))

    mp.setattr(ints, "floor_div", truncated)


@mutant
def modulo_is_never_negative(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(ints, "floor_mod", t.mod)


@mutant
def division_axiom_of_the_other_sign(mp: pytest.MonkeyPatch) -> None:
    a, b = t.var("a!", t.INT), t.var("b!", t.INT)
    rest = t.apply(ints.FMOD, a, b)
    wrong = t.forall([a, b], t.implies(t.ne(b, ints.ZERO), t.le(ints.ZERO, rest)), [[rest]])
    mp.setattr(ints, "_division", lambda: (wrong,))


@mutant
def no_exceptions(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(machine.Machine, "demand", lambda self, st, ok, *_: st.assume(ok))


@mutant
def index_may_be_the_length(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(expressions, "index_in_range", lambda i, n: t.conj(t.le(t.neg(n), i), t.le(i, n)))


@mutant
def index_below_zero_is_allowed(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(expressions, "index_in_range", lambda i, n: t.lt(i, n))


@mutant
def negative_index_off_by_one(mp: pytest.MonkeyPatch) -> None:
    def wrong(_: object, i: t.Term, n: t.Term) -> t.Term:
        return t.ite(t.lt(i, ints.ZERO), t.sub(t.add(n, i), ints.ONE), i)

    mp.setattr(expressions, "normalised", wrong)


@mutant
def slices_do_not_clamp(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(slicing, "_clamped", lambda index, *_: index)


@mutant
def slices_start_one_late(mp: pytest.MonkeyPatch) -> None:
    before = expressions.slice_bounds

    def wrong(*args: Any) -> tuple[t.Term, t.Term]:
        start, length = before(*args)
        return t.add(start, ints.ONE), length

    mp.setattr(expressions, "slice_bounds", wrong)


@mutant
def strides_are_ignored(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(values.ArraySeq, "position", lambda self, k: t.add(self.offset, k))


@mutant
def parameters_are_never_one_object(mp: pytest.MonkeyPatch) -> None:
    def apart(f: Any) -> Iterator[aliasing.Partition]:
        yield aliasing.Partition(tuple((p.name,) for p in f.parameters))

    mp.setattr(function.aliasing, "partitions", apart)


@mutant
def augmented_assignment_makes_a_copy(mp: pytest.MonkeyPatch) -> None:
    def wrong(m: Any, st: Any, op: str, old: Any, value: Any, here: Any) -> Any:
        return exec.arithmetic.binary(m, st, op, old, value, here)

    mp.setattr(exec, "_combined", wrong)


@mutant
def frames_are_not_checked(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(function, "_frame", lambda *_: None)


@mutant
def append_keeps_the_length(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(methods.seqs, "append", lambda th, seq, _: seq)


@mutant
def stores_reach_every_item(mp: pytest.MonkeyPatch) -> None:
    def wrong(th: Any, array: t.Term, index: t.Term, value: t.Term) -> t.Term:
        return sequences.tabulate(th, value, th.eigen())

    mp.setattr(sequences, "_store", wrong)


@mutant
def pop_keeps_the_item(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(methods, "removed", lambda m, seq, *_: seq)


@mutant
def concatenation_forgets_the_second(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(sequences, "concatenate", lambda th, a, b: a)


@mutant
def sum_leaves_out_the_last(mp: pytest.MonkeyPatch) -> None:
    before = folds.sum_of
    mp.setattr(folds, "sum_of", lambda a, lo, hi: before(a, lo, t.sub(hi, ints.ONE)))


@mutant
def count_axiom_off_by_one(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(folds, "_one_if", lambda c: t.ite(c, t.integer(2), ints.ZERO))


@mutant
def loops_forget_no_variable(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(loops, "forget", lambda *_: None)
    mp.setattr(loops, "check_frame", lambda *_: None)


@mutant
def loops_forget_no_list(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(loops, "changed_objects", lambda *_: frozenset())
    mp.setattr(loops, "check_frame", lambda *_: None)


@mutant
def candidates_need_not_be_kept(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(loops.Invariants, "_kept", lambda *_: None)


@mutant
def candidates_need_not_hold_on_entry(mp: pytest.MonkeyPatch) -> None:
    before = machine.Machine.condition

    def wrong(self: Any, st: Any, goal: t.Term, label: str, span: Any, key: Any) -> None:
        if label != "holds on entry":
            before(self, st, goal, label, span, key)

    mp.setattr(machine.Machine, "condition", wrong)


@mutant
def every_loop_terminates(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(verify, "is_fixed", lambda _: True)


@mutant
def variants_need_no_bound(mp: pytest.MonkeyPatch) -> None:
    def wrong(measures: Any, step: Any) -> t.Term | None:
        before = termination.measured(measures[0], step.before.locals, step.before)
        after = termination.measured(measures[0], step.values, step.after)
        return None if before is None or after is None else t.lt(after, before)

    mp.setattr(termination, "_decreases", wrong)


@mutant
def recursion_needs_no_measure(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(verify, "call_variant", lambda *_: termination.Variant((), ()))


@mutant
def a_break_runs_the_else(mp: pytest.MonkeyPatch) -> None:
    before = loops.Invariants._attempt

    def wrong(self: Any, m: Any, entry: Any, node: Any, items: Any) -> Any:
        flow, ends = before(self, m, entry, node, items)
        rest = exec.run(m, node.orelse, flow.normal)
        flow.normal = rest.normal
        flow.returns += rest.returns
        return flow, ends

    mp.setattr(loops.Invariants, "_attempt", wrong)


@mutant
def a_raise_needs_no_condition(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(function, "_raised", lambda *_: None)


@mutant
def a_normal_return_may_miss_a_raise(mp: pytest.MonkeyPatch) -> None:
    before = machine.Machine.condition

    def wrong(self: Any, st: Any, goal: t.Term, label: str, span: Any, key: Any) -> None:
        if "is raised where" not in label:
            before(self, st, goal, label, span, key)

    mp.setattr(machine.Machine, "condition", wrong)


@mutant
def finally_cannot_return(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(exec, "_finally", lambda m, final, flow, escaping: (flow, escaping))


@mutant
def every_handler_fits(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(machine, "is_subclass", lambda *_: True)


@mutant
def and_evaluates_everything(mp: pytest.MonkeyPatch) -> None:
    def wrong(m: Any, st: Any, op: str, operands: Any) -> Any:
        parts = [expressions.truth(m, st, expressions.evaluate(m, st, o)) for o in operands]
        return values.BoolV(t.conj(*parts) if op == "and" else t.disj(*parts))

    mp.setattr(expressions, "_logic", wrong)


@mutant
def maximum_is_any_bound(mp: pytest.MonkeyPatch) -> None:
    before = folds._extreme
    mp.setattr(folds, "_extreme", lambda kind: before(kind)[1:])


@mutant
def sorting_does_nothing(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(builtin_calls, "sorted_seq", lambda m, st, seq, node: seq)


@mutant
def sorted_means_permuted(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(comparison, "is_sorted", lambda *_: t.TRUE)


@mutant
def neighbours_lift_one_too_far(mp: pytest.MonkeyPatch) -> None:
    before = triggers._pairs
    wrong = lambda k, r, low, high, o: before(k, r, low, t.add(high, ints.ONE), o)  # noqa: E731
    mp.setattr(triggers, "_pairs", wrong)


@mutant
def powers_start_at_two(mp: pytest.MonkeyPatch) -> None:
    n = t.var("n!", t.INT)
    here = t.apply(ints.POW2, n)
    wrong = t.forall([n], t.le(t.integer(2), here), [[here]])
    mp.setattr(ints, "_power_of_two", lambda: (wrong,))


@mutant
def ranges_round_down(mp: pytest.MonkeyPatch) -> None:
    def wrong(value: values.RangeV) -> t.Term:
        return ints.maximum(ints.ZERO, t.div(t.sub(value.stop, value.start), value.step))

    mp.setattr(builtin_calls, "range_length", wrong)


@mutant
def any_is_all(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(quantify, "any_of", quantify.all_of)


@mutant
def callees_change_nothing(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(calls, "_forget", lambda *_: None)


@mutant
def preconditions_of_callees_are_not_shown(mp: pytest.MonkeyPatch) -> None:
    before = machine.Machine.demand

    def wrong(self: Any, st: Any, ok: t.Term, exception: str, span: Any, label: str) -> None:
        if not label.startswith("the precondition"):
            before(self, st, ok, exception, span, label)

    mp.setattr(machine.Machine, "demand", wrong)


@mutant
def loop_variables_are_always_bound(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(expressions, "variable", lambda m, st, name, node: st.locals[name])


@mutant
def repetition_ignores_the_sign(mp: pytest.MonkeyPatch) -> None:
    def wrong(th: Any, seq: Any, times: t.Term) -> Any:
        return values.ArraySeq(seq.item, times, sequences.as_array(th, seq).cells)

    mp.setattr(sequences, "repeat", wrong)


@mutant
def joins_take_the_first_branch(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(state, "choose", lambda th, c, a, b: a)


@mutant
def strings_are_equal_by_length(mp: pytest.MonkeyPatch) -> None:
    mp.setattr(sequences, "same_items", lambda th, a, b, equal: t.TRUE)


@mutant
def houdini_keeps_everything(mp: pytest.MonkeyPatch) -> None:
    def wrong(self: Any, conditions: Any) -> set[str]:
        self.uses.update((c, frozenset()) for c in conditions)
        return {c.key.text for c in conditions if c.key.kind == loops.KEPT}

    mp.setattr(houdini.Houdini, "inductive", wrong)
    mp.setattr(verify, "_certify", lambda *_: None)


@mutant
def bools_are_two(mp: pytest.MonkeyPatch) -> None:
    before = expressions.integer

    def wrong(m: Any, st: Any, value: Any, node: Any) -> t.Term:
        if isinstance(value, values.BoolV):
            return t.ite(value.term, t.integer(2), ints.ZERO)
        return before(m, st, value, node)

    mp.setattr(expressions, "integer", wrong)


QUICK = ("division_truncates", "index_below_zero_is_allowed", "loops_forget_no_variable")


@pytest.mark.parametrize("name", QUICK)
def test_a_broken_rule_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    assert next(noticed(), None) is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(MUTANTS) - set(QUICK)))
def test_every_broken_rule_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    assert next(noticed(), None) is not None


def test_there_are_enough_broken_rules() -> None:
    assert len(MUTANTS) >= 25
