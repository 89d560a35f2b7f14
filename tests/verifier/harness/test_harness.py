"""One call, judged by its contract."""

import textwrap

import pytest

from verify_agent.contracts.model import Condition, Contract, Parameter, Raises, Signature, Snapshot
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import subject as from_source
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import (
    NotAllowed,
    Passed,
    Resource,
    Unjudged,
    Violation,
)
from verify_agent.verifier.subject import Subject


def task(source, *parameters, name="f", asserts=(), roots=(), module="candidate", **contract):
    """A subject as a task makes it: the contract stands beside the source."""
    for part in ("requires", "ensures", "invariants"):
        contract[part] = tuple(Condition(text) for text in contract.get(part, ()))
    signature = Signature(name.split(".")[-1], tuple(Parameter(p) for p in parameters))
    text = textwrap.dedent(source)
    return Subject(
        text, name, signature, Contract(**contract), module, roots=roots, asserts=asserts
    )


def decorated(source, qualname, **options):
    text = "import icontract\nfrom icontract import require, ensure, snapshot, invariant\n"
    return Harness(from_source(text + textwrap.dedent(source), qualname, **options))


def kind_of(result):
    assert isinstance(result, Violation), result
    return result.kind


def test_preconditions_are_tried_in_order():
    harness = Harness(task("def f(xs): return xs[0]", "xs", requires=("xs", "xs[0] > 0")))
    assert harness.check_call({"xs": []}) == NotAllowed("the precondition xs is false")
    assert isinstance(harness.check_call({"xs": [-1]}), NotAllowed)
    assert harness.check_call({"xs": [1]}) == Passed("returned 1")


def test_an_undefined_precondition():
    harness = Harness(task("def f(xs): return 0", "xs", requires=("xs[0] > 0",)))
    assert kind_of(harness.check_call({"xs": []})) == "defined"


def test_an_undefined_postcondition():
    harness = Harness(task("def f(xs): return 0", "xs", ensures=("xs[0] == result",)))
    found = harness.check_call({"xs": []})
    assert kind_of(found) == "defined"
    assert "IndexError" in found.outcome


def test_a_later_postcondition_need_only_be_defined_where_the_earlier_hold():
    harness = Harness(task("def f(xs): return 0", "xs", ensures=("len(xs) > 0", "xs[0] == result")))
    found = harness.check_call({"xs": []})
    assert (kind_of(found), found.text) == ("ensure", "len(xs) > 0")


def test_truth_is_pythons():
    harness = Harness(task("def f(x): return x", "x", ensures=("result",)))
    assert isinstance(harness.check_call({"x": [0]}), Passed)
    assert kind_of(harness.check_call({"x": []})) == "ensure"


def test_names_inside_comprehensions_are_seen():
    text = "all(xs[i] <= lo for i in range(len(xs)))"
    harness = Harness(task("def f(xs, lo): return 0", "xs", "lo", ensures=(text,)))
    assert isinstance(harness.check_call({"xs": [1], "lo": 1}), Passed)
    assert kind_of(harness.check_call({"xs": [2], "lo": 1})) == "ensure"


def test_a_postcondition_sees_the_argument_not_the_rebound_local():
    harness = Harness(
        task("def f(n):\n    n = n + 1\n    return n", "n", ensures=("result == n + 1",))
    )
    assert isinstance(harness.check_call({"n": 3}), Passed)


def test_deep_snapshots_are_copies_and_others_are_the_object():
    source = "def f(xs): xs[0].append(1)"
    deep = task(
        source, "xs", ensures=("OLD.xs != xs",), snapshots=(Snapshot("xs", "xs", deep=True),)
    )
    shallow = task(source, "xs", ensures=("OLD.xs is xs",), snapshots=(Snapshot("xs", "xs"),))
    assert isinstance(Harness(deep).check_call({"xs": [[0]]}), Passed)
    assert isinstance(Harness(shallow).check_call({"xs": [[0]]}), Passed)


RAISES = (Raises("ValueError", Condition("n < 0")),)


@pytest.mark.parametrize(
    ("body", "n", "kind", "outcome"),
    [
        ("raise ValueError('no')", -1, None, "raised ValueError: no"),
        ("raise UnicodeError('no')", -1, None, "raised UnicodeError: no"),
        ("raise ValueError('no')", 1, "raises", "raised ValueError: no"),
        ("return n", -1, "raises", "returned -1"),
        ("raise KeyError(n)", -1, "no-exception", "raised KeyError: -1"),
        ("raise KeyError(n)", 1, "no-exception", "raised KeyError: 1"),
        ("raise SystemExit", 1, "no-exception", "raised SystemExit"),
        ("n = -n; raise ValueError", 1, "raises", "raised ValueError"),
    ],
)
def test_raises_is_judged_exactly_on_entry(body, n, kind, outcome):
    result = Harness(task(f"def f(n): {body}", "n", raises=RAISES)).check_call({"n": n})
    assert result.outcome == outcome
    assert (result.kind if isinstance(result, Violation) else None) == kind


def test_resources_are_no_violation():
    assert Harness(task("def f(n): return f(n)", "n")).check_call({"n": 1}) == Resource("recursion")
    eater = Harness(task("def f(n): raise MemoryError", "n"))
    assert eater.check_call({"n": 1}) == Resource("memory")


def test_the_alarm_rings_also_where_everything_is_caught():
    source = """
    def f(n):
        for attempt in range(3):
            try:
                while True: pass
            except BaseException: pass
        while True: pass
    """
    assert Harness(task(source, "n")).check_call({"n": 1}, seconds=0.1) == Resource("time")


@pytest.mark.parametrize(
    ("body", "argument"),
    [
        ("xs.append(1)", []),
        ("xs[0] = True", [1]),
        ("xs[0] = 1.0", [1]),
        ("xs.reverse()", [0.0, -0.0]),
        ("xs[0].clear()", [[1]]),
        ("xs['a'] = xs.pop('a')", {"a": 1, "b": 2}),
        ("xs.add(True)\n    xs.discard(1)", {1}),
        ("xs.append(1)\n    raise ValueError", []),
    ],
)
def test_the_frame(body, argument):
    subject = task(f"def f(xs):\n    {body}", "xs", modifies=())
    found = Harness(subject).check_call({"xs": argument})
    assert "frame" in [v.kind for v in (found, *found.also)]


def test_the_frame_lets_named_arguments_change_and_nan_be():
    source = "def f(xs, ys): xs.append(1)"
    harness = Harness(task(source, "xs", "ys", modifies=("xs",)))
    assert isinstance(harness.check_call({"xs": [], "ys": [float("nan")]}), Passed)
    shared = [1]
    assert isinstance(harness.check_call({"xs": shared, "ys": shared}), Passed)
    assert isinstance(harness.check_call({"xs": [], "ys": object()}), Passed)


def test_an_assert_of_the_function_and_one_of_a_callee():
    source = "def g(n):\n    assert n\ndef f(n):\n    assert (\n        n != 1\n    )\n    g(n)\n"
    harness = Harness(task(source, "n", asserts=(("n != 1", 4),)))
    assert (kind_of(harness.check_call({"n": 1})), kind_of(harness.check_call({"n": 0}))) == (
        "assert",
        "no-exception",
    )
    assert isinstance(harness.check_call({"n": 2}), Passed)


def test_recursion_must_meet_the_precondition_at_every_depth():
    source = "def f(n): return 0 if n == 0 else f(n - 2)"
    harness = Harness(task(source, "n", requires=("n >= 0",)))
    assert isinstance(harness.check_call({"n": 6}), Passed)
    found = harness.check_call({"n": 7})
    assert kind_of(found) == "no-exception"
    assert "f(-1)" in found.outcome


def test_a_breach_that_the_code_swallows_is_still_seen():
    source = """
    def f(n):
        try:
            return f(-1)
        except Exception:
            return 0
    """
    harness = Harness(task(source, "n", requires=("n >= 0",)))
    assert kind_of(harness.check_call({"n": 1})) == "no-exception"


def test_a_recursive_call_that_breaks_the_contract_is_named_as_what_it_is():
    source = "def f(n): return -1 if n == 0 else [0][f(n - 1)] + 5"
    harness = Harness(task(source, "n", requires=("n >= 0",), ensures=("result >= 0",)))
    found = harness.check_call({"n": 2})
    assert (kind_of(found), found.outcome) == ("ensure", "f(0) returned -1")


def test_a_contract_may_call_its_function():
    source = "def f(n): return 2 * n"
    harness = Harness(task(source, "n", requires=("n >= 0",), ensures=("f(-n) == -result",)))
    assert isinstance(harness.check_call({"n": 2}), Passed)


def test_a_callees_precondition_and_its_broken_promise():
    harness = decorated(
        """
        @require(lambda xs: xs)
        @ensure(lambda result: result != 3)
        def head(xs): return xs[0]
        def f(xs): return head(xs)
        """,
        "f",
    )
    assert kind_of(harness.check_call({"xs": []})) == "no-exception"
    assert isinstance(harness.check_call({"xs": [3]}), Unjudged)
    assert isinstance(harness.check_call({"xs": [1]}), Passed)


def test_definitions_are_seen_by_the_contract_alone():
    subject = task(
        "def f(n): return double(n)",
        "n",
        definitions="def double(n): return 2 * n",
        ensures=("result == double(n)",),
    )
    assert kind_of(Harness(subject).check_call({"n": 2})) == "no-exception"
    right = subject.with_source("def f(n): return n + n")
    assert isinstance(Harness(right).check_call({"n": 2}), Passed)


def test_types_are_taken_exactly():
    harness = Harness(task("def f(n: int, xs: list[float] | None = None): return n", "n", "xs"))
    assert isinstance(harness.check_call({"n": 1}), Passed)
    assert isinstance(harness.check_call({"n": True}), NotAllowed)
    assert isinstance(harness.check_call({"n": 1, "xs": [1]}), NotAllowed)
    assert isinstance(harness.check_call({"n": 1, "xs": [1.0]}), Passed)
    assert isinstance(harness.check_call({}), NotAllowed)


def test_every_kind_of_parameter():
    source = "def f(a, /, b, *c, d=4, **e): return (a, b, c, d, e)"
    harness = Harness(task(source, *"abcde", ensures=("result == (a, b, c, d, e)",)))
    assert isinstance(harness.check_call({"a": 1, "b": 2, "c": (3,), "e": {"x": 5}}), Passed)


ACCOUNT = """
@invariant(lambda self: self.balance >= 0)
class Account:
    def __init__(self, balance: int) -> None:
        self.balance = balance
    def take(self, amount: int) -> int:
        self.balance -= amount
        if self.balance < -10:
            raise ValueError
        return self.balance
    def twice(self) -> None:
        self.balance -= 100
        self.touch()
        self.balance += 100
    def touch(self) -> None:
        pass
"""


def test_invariants_before_after_and_on_exceptional_exit():
    harness = decorated(ACCOUNT, "Account.take")
    account = harness.module.Account
    assert isinstance(harness.check_call({"self": account(5), "amount": 3}), Passed)
    assert kind_of(harness.check_call({"self": account(5), "amount": 9})) == "invariant"
    found = harness.check_call({"self": account(5), "amount": 90})
    assert [v.kind for v in (found, *found.also)] == ["no-exception", "invariant"]
    broken = account(5)
    broken.__dict__["balance"] = -1
    assert isinstance(harness.check_call({"self": broken, "amount": 0}), NotAllowed)


def test_invariants_are_suspended_within_a_method():
    harness = decorated(ACCOUNT, "Account.twice")
    assert isinstance(harness.check_call({"self": harness.module.Account(5)}), Passed)


def test_a_constructor():
    harness = decorated(ACCOUNT, "Account.__init__")
    assert isinstance(harness.check_call({"balance": 1}), Passed)
    assert kind_of(harness.check_call({"balance": -1})) == "invariant"


def test_class_and_static_methods():
    source = "class C:\n    @staticmethod\n    def s(n): return n\n"
    source += "    @classmethod\n    def c(cls, n): return cls\n"
    static = Harness(task(source, "n", name="C.s", ensures=("result == n",)))
    assert isinstance(static.check_call({"n": 1}), Passed)
    bound = Harness(task(source, "cls", "n", name="C.c", ensures=("result is cls",)))
    assert isinstance(bound.check_call({"n": 1}), Passed)


def test_a_module_in_a_package(tmp_path):
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").write_text("from .orders import total\n")
    (shop / "pricing.py").write_text("def discounted(n):\n    return n - 1\n")
    (shop / "orders.py").write_text("raise RuntimeError('the text on the disk is not what counts')")
    subject = task(
        "import inspect\nfrom .pricing import discounted\ndef total(n): return discounted(n)\n",
        "n",
        name="total",
        module="shop.orders",
        roots=(str(tmp_path),),
        ensures=("result == n - 1", "'discounted' in inspect.getsource(total)"),
    )
    assert isinstance(Harness(subject).check_call({"n": 3}), Passed)


def test_a_name_of_pythons_own_is_left_alone():
    harness = Harness(task("def f(n): return n", "n", module="json"))
    import json

    assert isinstance(harness.check_call({"n": 1}), Passed)
    assert json.dumps(1) == "1"


def test_a_fresh_import_has_fresh_state():
    harness = Harness(task("n = 0\ndef f():\n    global n\n    n += 1\n    return n\n"))
    assert harness.check_call({}) == Passed("returned 1")
    assert harness.check_call({}) == Passed("returned 2")
    harness.fresh()
    assert harness.check_call({}) == Passed("returned 1")


def test_a_reference(tmp_path):
    (tmp_path / "slow.py").write_text("def slow(xs):\n    xs.clear()\n    return 3\n")
    subject = task("def f(xs): return len(xs)", "xs", reference="slow.py::slow")
    assert Harness(subject).unjudged[0][1] == "the reference was not found"
    harness = Harness(
        task("def f(xs): return len(xs)", "xs", reference=f"{tmp_path}/slow.py::slow")
    )
    assert harness.unjudged == ()
    assert kind_of(harness.check_call({"xs": [1]})) == "reference"
    assert isinstance(harness.check_call({"xs": [1, 2, 3]}), Passed)


@pytest.mark.parametrize(
    "contract", [{"requires": ("n >",)}, {"raises": (Raises("No", RAISES[0].condition),)}]
)
def test_contracts_that_are_no_python(contract):
    with pytest.raises(BadSource):
        Harness(task("def f(n): return n", "n", **contract))


def test_a_function_that_is_not_there():
    with pytest.raises(BadSource, match="no function g"):
        Harness(task("def f(n): return n", "n", name="g"))


@pytest.mark.parametrize(
    "body",
    ["open('/nowhere/at/all')", "import no_such_module_at_all", "raise OSError(13, 'denied')"],
)
def test_what_the_sandbox_lacks_is_not_the_functions_fault(body):
    assert isinstance(Harness(task(f"def f(n): {body}", "n")).check_call({"n": 1}), Unjudged)


def test_an_exception_that_the_function_raises_by_itself_is_its_own():
    harness = Harness(task("def f(n): raise OSError('mine')", "n"))
    assert kind_of(harness.check_call({"n": 1})) == "no-exception"


def test_coroutines_are_not_judged():
    harness = Harness(task("async def f(n): return n", "n", ensures=("result == n",)))
    assert isinstance(harness.check_call({"n": 1}), Unjudged)


def test_an_assert_beneath_another_decorator():
    source = "import functools\n@functools.cache\ndef f(n):\n    assert n\n"
    harness = Harness(task(source, "n", asserts=(("n", 4),)))
    assert kind_of(harness.check_call({"n": 0})) == "assert"


def test_recursion_into_an_undefined_precondition():
    source = "def f(xs): return f(xs[1:])"
    harness = Harness(task(source, "xs", requires=("xs[0] >= 0",)))
    found = harness.check_call({"xs": [1]})
    assert (kind_of(found), "f([])" in found.outcome) == ("defined", True)


def test_what_a_method_calls_its_object_does_not_matter():
    # icontract itself insists on `self` under an invariant; a task's contract need not.
    source = "class C:\n    def __init__(me, n): me.n = n\n    def get(me): return me.n\n"
    subject = task(source, "me", name="C.get", invariants=("self.n > 0",), ensures=("result == 1",))
    harness = Harness(subject)
    assert harness.render({"me": harness.module.C(5)}).call == "C(5).get()"
    assert isinstance(harness.check_call({"me": harness.module.C(0)}), NotAllowed)
    assert kind_of(harness.check_call({"me": harness.module.C(2)})) == "ensure"
    assert isinstance(harness.check_call({"me": harness.module.C(1)}), Passed)
