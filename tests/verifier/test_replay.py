"""Counterexamples are run for real, in the sandbox, before anyone says refuted."""

import textwrap

import pytest

from verify_agent.contracts.model import Condition, Contract, Parameter, Property, Raises, Signature
from verify_agent.verifier.evidence import Counterexample
from verify_agent.verifier.frontend.load import subject as from_source
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import NotAllowed, Passed, Violation
from verify_agent.verifier.harness.script import check_examples, check_property, check_script
from verify_agent.verifier.replay import NotReproduced, Replayed, replay
from verify_agent.verifier.sandbox.policy import Policy
from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.subject import ENSURE, FRAME, Subject, find, obligations_of


@pytest.fixture(scope="module")
def zygote():
    policy = Policy(memory_mb=256)
    with Zygote(policy, preload=["verify_agent.verifier.harness.script"]) as warm:
        yield warm


def task(source, *parameters, name="f", **contract):
    for part in ("requires", "ensures"):
        contract[part] = tuple(Condition(text) for text in contract.get(part, ()))
    signature = Signature(name, tuple(Parameter(p) for p in parameters))
    return Subject(textwrap.dedent(source), name, signature, Contract(**contract))


def claim(call, *setup):
    return Counterexample(call, "", setup)


def test_what_came_and_what_was_wanted(zygote):
    subject = task("def f(n): return n + 1", "n", ensures=("result == n",))
    found = replay(subject, claim("f(2)"), zygote)
    assert isinstance(found, Replayed)
    assert found.counterexample == Counterexample("f(2)", "returned 3", (), "result == n", True)
    assert found.obligation_id == find(obligations_of(subject), ENSURE).id


def test_the_claimed_obligation_is_named_where_several_break(zygote):
    subject = task("def f(xs): xs.append(1)", "xs", ensures=("result == 0",), modifies=())
    frame = find(obligations_of(subject), FRAME).id
    ensure = find(obligations_of(subject), ENSURE).id
    plain = replay(subject, claim("f([])"), zygote)
    claimed = replay(subject, claim("f([])"), zygote, claimed=frame)
    assert (plain.obligation_id, plain.also) == (ensure, (frame,))
    assert (claimed.obligation_id, claimed.also) == (frame, (ensure,))
    assert claimed.counterexample.outcome == "returned None, and changed xs"


def test_a_property_is_read_and_not_called(zygote):
    source = (
        "import icontract\nclass C:\n    @property\n"
        "    @icontract.ensure(lambda result: result > 0)\n"
        "    def size(self) -> int:\n        return 0\n"
    )
    subject = from_source(source, "C.size")
    read = replay(subject, claim("c.size", "c = C()"), zygote)
    assert isinstance(read, Replayed)
    assert read.counterexample.outcome == "returned 0"
    called = replay(subject, claim("c.size()", "c = C()"), zygote)
    assert isinstance(called, NotReproduced)
    other = replay(subject, claim("c.other", "c = C()"), zygote)
    assert isinstance(other, NotReproduced)
    harness = Harness(subject)
    holder = harness.names.copy()["C"]()
    assert harness.render({"self": holder}, {id(holder): "C()"}).call == "C().size"


@pytest.mark.parametrize(
    ("call", "setup", "reason"),
    [
        ("f(-1)", (), "does not allow"),
        ("f(1)", (), "kept the contract: returned 1"),
        ("f(2)", (), "did not end"),
        ("f(3)", (), "recursion"),
        ("f(4)", (), "memory"),
        ("f(5)", (), "exit status 0"),
        ("f(6)", (), "printed or returned more"),
        ("f(7", (), "no Python expression"),
        ("g(7)", (), "no call of f"),
        ("f(n)", (), "NameError"),
        ("f(n)", ("n = 1 / 0",), "ZeroDivisionError"),
        ("f(o)", ("import collections", "o = object.__new__(object)"), "public calls"),
        ("f(o)", ("o = f", "o.x = 1"), "public calls"),
    ],
)
def test_what_is_no_refutation(zygote, call, setup, reason):
    source = """
    import os
    def f(n):
        if n == 2:
            while True: pass
        if n == 3: return f(n)
        if n == 4: return len(bytearray(10 ** 12))
        if n == 5: os._exit(0)
        if n == 6: print("x" * 10 ** 7)
        return n
    """
    subject = task(source, "n", requires=("n >= 0",), ensures=("result == n",))
    found = replay(subject, claim(call, *setup), zygote, 0.5)
    assert isinstance(found, NotReproduced)
    assert reason in found.reason
    assert found.diverged == (call == "f(2)")


GATE = """
import icontract
@icontract.invariant(lambda self: self.width > 0)
class Gate:
    def __init__(self, width: int) -> None:
        self.width = width
        self.check()
    @icontract.ensure(lambda result: result < 3)
    def check(self) -> int:
        return self.width
    @property
    @icontract.ensure(lambda result: result < 3)
    def wide(self) -> int:
        return self.width
"""


@pytest.mark.parametrize(("qualname", "call"), [("Gate.check", "check()"), ("Gate.wide", "wide")])
def test_an_object_that_can_not_be_made_shows_nothing(zygote, qualname, call):
    subject = from_source(GATE, qualname)
    found = replay(subject, claim(f"Gate(0).{call}"), zygote)
    assert isinstance(found, NotReproduced)
    assert "does not allow" in found.reason
    assert "ViolationError" in found.reason
    assert isinstance(replay(subject, claim(f"Gate(2).{call}"), zygote), NotReproduced)


def test_a_promise_broken_by_an_argument(zygote):
    subject = task("def f(n): return n + 1", "n", ensures=("result < 3",))
    found = replay(subject, claim("f(f(2) - 9)"), zygote)
    assert isinstance(found, Replayed)
    assert found.counterexample.outcome == "f(2) returned 3"


def test_a_module_that_can_not_be_imported(zygote):
    found = replay(task("def f(n): return n\n1 / 0", "n"), claim("f(1)"), zygote)
    assert isinstance(found, NotReproduced)
    assert "ZeroDivisionError" in found.reason


def test_module_state_by_two_calls(zygote):
    source = "seen = []\ndef f(n):\n    seen.append(n)\n    return len(seen)"
    subject = task(source, "n", ensures=("result == 1",))
    assert isinstance(replay(subject, claim("f(1)"), zygote), NotReproduced)
    found = replay(subject, claim("len(str(f(2)))", "x = 1"), zygote)
    assert isinstance(found, NotReproduced)
    found = replay(subject, claim("f(2)", "f(1)"), zygote)
    assert found.counterexample.outcome == "returned 2"


def test_aliased_arguments(zygote):
    source = "def f(xs, ys):\n    xs.append(1)\n    return len(ys)"
    subject = task(source, "xs", "ys", ensures=("result == 0",), modifies=("xs", "ys"))
    assert isinstance(replay(subject, claim("f(v1, v1)", "v1 = []"), zygote), Replayed)
    assert isinstance(replay(subject, claim("f(v1, [])", "v1 = []"), zygote), NotReproduced)


ACCOUNT = """
import icontract
@icontract.invariant(lambda self: self.balance >= 0)
class Account:
    def __init__(self, balance: int) -> None:
        self.balance = balance
    @icontract.require(lambda amount: amount > 0)
    def take(self, amount: int) -> None:
        self.balance -= amount
"""


def test_a_method_of_an_object_that_calls_made(zygote):
    subject = from_source(ACCOUNT, "Account.take")
    found = replay(subject, claim("a.take(4)", "a = Account(5)", "a.take(3)"), zygote)
    assert isinstance(found, Replayed)
    assert "invariant" in found.obligation_id
    allowed = replay(subject, claim("a.take(4)", "a = Account(-5)"), zygote)
    assert isinstance(allowed, NotReproduced)
    made = replay(from_source(ACCOUNT, "Account.__init__"), claim("Account(-1)"), zygote)
    assert isinstance(made, Replayed)
    static = replay(subject, claim("Account.take(a, 9)", "a = Account(5)"), zygote)
    assert isinstance(static, Replayed)


def test_examples_and_properties():
    stated = Property((("a", "int"), ("b", "int")), "a < b", "f(a) <= f(b)")
    subject = task(
        "def f(n): return abs(n)",
        "n",
        requires=("n > -10",),
        examples=("f(1) == 1", "f(-1) == -1", "f(-50) == 50"),
        properties=(stated,),
    )
    harness = Harness(subject)
    first, second, third = check_examples(harness)
    assert isinstance(first, Passed)
    assert (second.kind, second.outcome) == ("example", "f(-1) is 1")
    assert isinstance(third, NotAllowed)
    found = check_property(harness, stated, {"a": -3, "b": 2})
    assert (found.kind, found.outcome) == ("property", "f(a) is 3, f(b) is 2")
    assert isinstance(check_property(harness, stated, {"a": 3, "b": 2}), NotAllowed)
    assert isinstance(check_property(harness, stated, {"a": 1, "b": 2}), Passed)
    assert isinstance(check_property(harness, stated, {"a": False, "b": 2}), NotAllowed)
    by_script = check_script(harness, ("a = -3", "b = 2"), "f(a) <= f(b)")
    assert isinstance(by_script, Violation)
    assert by_script.obligation_id == found.obligation_id


def test_a_declared_exception(zygote):
    raises = (Raises("IndexError", Condition("not xs")),)
    subject = task("def f(xs): return 0", "xs", raises=raises)
    found = replay(subject, claim("f([])"), zygote)
    assert (found.counterexample.outcome, found.counterexample.expected) == (
        "returned 0",
        "raises IndexError",
    )


def test_what_a_harness_renders_is_what_replay_reads(zygote):
    source = "def f(xs, ys, *rest, k=0):\n    xs.append(k)\n    return ys"
    subject = task(source, "xs", "ys", "rest", "k", ensures=("result == []",), modifies=None)
    shared = []
    script = Harness(subject).render({"xs": shared, "ys": shared, "rest": (1,), "k": 2})
    assert (script.setup, script.call) == (("v1 = []",), "f(v1, v1, 1, k=2)")
    found = replay(subject, claim(script.call, *script.setup), zygote)
    assert found.counterexample.outcome == "returned [2]"
