"""A call judged by its contract: what counts, when, and on which objects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verify_agent.contracts.model import Condition, Contract, Raises, Snapshot
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir.interpreter import Interpreter, Raised, Returned, Stopped
from verify_agent.verifier.ir.interpreter_contract import (
    NotAllowed,
    Passed,
    Undecided,
    Violated,
    check_contract,
)
from verify_agent.verifier.ir.interpreter_values import Limits


def judged(source, args, *, name="f", **contract):
    subject = next(s for s in load(source).functions if s.qualname == name)
    conditions = {
        k: tuple(map(Condition, v)) if k in ("requires", "ensures") else v
        for k, v in contract.items()
    }
    if conditions:
        subject = replace(subject, contract=Contract(**conditions))
    return check_contract(lower(subject), args)


def kinds(outcome):
    assert isinstance(outcome, Violated)
    return [v.kind for v in outcome.violations]


SQUARE = "def f(n: int) -> int:\n    n = n + 1\n    return n"


def test_the_postcondition_sees_the_argument_and_not_the_rebound_local():
    assert isinstance(judged(SQUARE, [3], ensures=["result == n + 1"]), Passed)
    assert kinds(judged(SQUARE, [3], ensures=["result == n"])) == ["ensure"]


def test_the_postcondition_sees_a_mutation():
    source = "def f(xs: list[int]) -> None:\n    xs.append(1)\n    xs = []"
    assert isinstance(judged(source, [[]], ensures=["xs == [1]"]), Passed)


def test_preconditions_decide_what_is_allowed():
    assert judged(SQUARE, [3], requires=["n < 3"], ensures=["False"]) == NotAllowed("n < 3")


def test_a_clause_that_raises_is_not_defined():
    source = "def f(xs: list[int]) -> int:\n    return 0"
    assert kinds(judged(source, [[]], ensures=["xs[0] == 0"])) == ["defined"]
    assert kinds(judged(source, [[]], requires=["xs[0] == 0"])) == ["defined"]


def test_postconditions_hold_in_order():
    source = "def f(xs: list[int]) -> int:\n    return 0"
    outcome = judged(source, [[]], ensures=["len(xs) > 0", "xs[0] == 0"])
    assert [(v.kind, v.text) for v in outcome.violations] == [("ensure", "len(xs) > 0")]


def test_snapshots_are_objects_unless_they_are_deep():
    source = "def f(xs: list[int]) -> None:\n    xs.append(1)"
    for deep, length in ((True, 0), (False, 1)):
        snapshots = (Snapshot("old_xs", "xs", deep),)
        ensures = [f"len(OLD.old_xs) == {length}"]
        assert isinstance(judged(source, [[]], snapshots=snapshots, ensures=ensures), Passed)


DIVIDE = "def f(a: int, b: int) -> int:\n    return a // b"
ZERO = (Raises("ZeroDivisionError", Condition("b == 0")),)


@pytest.mark.parametrize(
    ("source", "args", "found"),
    [
        (DIVIDE, [1, 0], None),
        (DIVIDE, [1, 2], None),
        ("def f(a: int, b: int) -> int:\n    return a", [1, 0], "raises"),
        ("def f(a: int, b: int) -> int:\n    return 1 // 0", [1, 2], "raises"),
        ("def f(a: int, b: int) -> int:\n    raise ValueError", [1, 0], "no-exception"),
        ("def f(a: int, b: int) -> int:\n    b = 1\n    return a // b", [1, 0], "raises"),
    ],
)
def test_raises_exactly_when(source, args, found):
    outcome = judged(source, args, raises=ZERO)
    assert isinstance(outcome, Passed) if found is None else kinds(outcome) == [found]


def test_a_base_class_of_the_exception_is_declared():
    declared = (Raises("ArithmeticError", Condition("b == 0")),)
    assert isinstance(judged(DIVIDE, [1, 0], raises=declared), Passed)


def test_an_undeclared_exception():
    assert kinds(judged(DIVIDE, [1, 0], ensures=["True"])) == ["no-exception"]


def test_an_assert_of_the_function_is_an_obligation_of_its_own():
    source = "def f(n: int) -> int:\n    assert n > 0\n    return n"
    outcome = judged(source, [0], ensures=["True"])
    assert [(v.kind, v.text) for v in outcome.violations] == [("assert", "n > 0")]
    inner = "def g(n: int) -> int:\n    assert n > 0\n    return n\n"
    source = f"{inner}def f(n: int) -> int:\n    return g(n)"
    assert kinds(judged(source, [0], ensures=["True"])) == ["no-exception"]


def test_the_frame():
    source = "def f(xs: list[int], ys: list[int]) -> None:\n    xs.append(1)"
    assert kinds(judged(source, [[], []], modifies=())) == ["frame"]
    assert isinstance(judged(source, [[], []], modifies=("xs",)), Passed)
    shared = []
    assert isinstance(judged(source, [shared, shared], modifies=("xs",)), Passed)
    back = "def f(xs: list[int]) -> None:\n    xs.append(1)\n    xs.pop()"
    assert isinstance(judged(back, [[5]], modifies=()), Passed)
    bools = "def f(xs: list[int]) -> None:\n    xs[0] = True"
    assert kinds(judged(bools, [[1]], modifies=())) == ["frame"]


CALLEE = (
    "import icontract\n"
    "@icontract.require(lambda n: n > 0)\n"
    "def g(n: int) -> int:\n    return n\n"
    "def f(n: int) -> int:\n    try:\n        return g(n)\n"
    "    except Exception:\n        return 0\n"
)


def test_a_callee_s_precondition_can_not_be_caught():
    outcome = judged(CALLEE, [0], ensures=["True"])
    assert kinds(outcome) == ["no-exception"]
    assert "precondition of g: n > 0" in outcome.violations[0].detail
    assert isinstance(judged(CALLEE, [1], ensures=["True"]), Passed)


ACCOUNT = (
    "import icontract\n"
    "@icontract.invariant(lambda self: self.n >= 0)\n"
    "class A:\n"
    "    def __init__(self, n: int) -> None:\n        self.n = n\n"
    "    def take(self, k: int) -> None:\n        self.n -= k\n        1 // (k - 7)\n"
)


def test_invariants_hold_at_the_end_also_after_an_exception():
    from verify_agent.verifier.ir.interpreter_values import Instance

    assert kinds(judged(ACCOUNT, [Instance("A"), -1], name="A.__init__")) == ["invariant"]
    assert isinstance(judged(ACCOUNT, [Instance("A"), 1], name="A.__init__"), Passed)
    broken = Instance("A", {"n": -5})
    assert isinstance(judged(ACCOUNT, [broken, 1], name="A.take"), NotAllowed)
    state = Instance("A", {"n": 3})
    assert kinds(judged(ACCOUNT, [state, 7], name="A.take")) == ["no-exception", "invariant"]


def test_specification_functions_of_a_task():
    definitions = "def total(n: int) -> int:\n    return 0 if n <= 0 else n + total(n - 1)\n"
    source = "def f(n: int) -> int:\n    return n * (n + 1) // 2"
    outcome = judged(source, [9], ensures=["result == total(n)"], definitions=definitions)
    assert isinstance(outcome, Passed)


def test_too_many_steps_say_nothing():
    source = "def f(n: int) -> int:\n    while n != 0:\n        n -= 1\n    return 7"
    assert judged(source, [-1], ensures=["result == 7"]) == Undecided()


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n        pass",
        "return f(n)",
        "return sum(range(10 ** 15))",
        "return len([0] * 10 ** 9)",
        "x = 3\n    while True:\n        x = x * x",
        "return 7 ** 10 ** 9",
        "return len('a'.ljust(10 ** 12))",
        "s = 'ab'\n    while n:\n        s = s.replace('a', s)\n    return 0",
        "s = 'ab'\n    while n:\n        s = s.join([s, s, s])\n    return 0",
        "s = 'ab'\n    while n:\n        s = s.join(s for c in s)\n    return 0",
        "s = 'ab'\n    while n:\n        s = f'{s}{s}'\n    return 0",
        "xs = [1, 2]\n    while n:\n        xs.extend(xs)\n    return 0",
        "xs = [1, 2]\n    while n:\n        xs[0:0] = xs\n    return 0",
        "xs = [1, 2]\n    xs[0:0] = range(10 ** 15)\n    return 0",
        "try:\n        return f(n)\n    except RecursionError:\n        return 0",
    ],
)
def test_runaways_are_stopped(body):
    program = lower(load(f"def f(n: int) -> int:\n    {body}").functions[0])
    assert Interpreter(program, Limits(steps=20_000)).run([1]) == Stopped()


def test_a_call_of_what_could_not_be_lowered_says_so():
    source = "def g() -> int:\n    with 1: pass\ndef f(n: int) -> int:\n    return g() if n else 0"
    program = lower(load(source).functions[1])
    assert Interpreter(program).run([0]) == Returned(0)
    with pytest.raises(Unsupported, match="with statement"):
        Interpreter(program).run([1])


def test_loop_heads_are_observed():
    seen = []
    source = (
        "def f(xs: list[int]) -> int:\n    t = 0\n    for x in xs:\n        t += x\n"
        "    while t > 4:\n        t -= 4\n    return t"
    )
    program = lower(load(source).functions[0])
    loop = program.functions["f"].body[1]
    machine = Interpreter(program, observer=lambda f, label, env: seen.append((label, dict(env))))
    assert machine.run([[4, 5]]) == Returned(1)
    assert [label for label, _ in seen] == ["L1"] * 3 + ["L2"] * 3
    assert [env[loop.index] for label, env in seen if label == "L1"] == [0, 1, 2]
    assert [env["t"] for _, env in seen] == [0, 4, 9, 9, 5, 1]


def test_the_name_of_an_exception():
    program = lower(
        load("def f(n: int) -> int:\n    assert n\n    return 1 // (n - 1)").functions[0]
    )
    first, second = (Interpreter(program).run([n]) for n in (0, 1))
    assert isinstance(first, Raised)
    assert isinstance(second, Raised)
    assert (first.name, second.name) == ("AssertionError", "ZeroDivisionError")
