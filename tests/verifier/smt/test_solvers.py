"""Limits, models, cores, sessions; and a cvc5 that is killed."""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from verify_agent.verifier.smt import doubles as d
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.cvc5_ import Cvc5
from verify_agent.verifier.smt.query import Answer, Budget, Cause, Query, Solver, Status
from verify_agent.verifier.smt.values import ArrayValue, Element, same
from verify_agent.verifier.smt.z3_ import MODEL_SEARCH, Z3, Session, solve

QUICK = Budget(timeout_ms=3_000, memory_mb=1_024)
X, Y, Z, K = (t.var(name, t.INT) for name in "xyzk")
INTS = t.array_sort(t.INT, t.INT)
A = t.var("a", INTS)
F = t.Function("f", (t.INT,), t.INT)


def cube(a: t.Term) -> t.Term:
    return t.mul(a, t.mul(a, a))


positive = tuple(t.lt(t.integer(0), v) for v in (X, Y, Z))
FERMAT = Query("fermat", positive, t.ne(t.add(cube(X), cube(Y)), cube(Z)))
BELOW = t.forall([K], t.le(t.select(A, K), X), [[t.select(A, K)]])
NEEDS_TWO = Query(
    "two", (t.lt(Y, Z), BELOW, t.lt(X, t.integer(3))), t.lt(t.select(A, Y), t.integer(3))
)


@pytest.fixture(params=["z3", "cvc5"])
def solver(request: pytest.FixtureRequest, cvc5: Cvc5) -> Solver:
    return Z3() if request.param == "z3" else cvc5


def test_a_time_limit_gives_a_reason(solver: Solver) -> None:
    started = time.monotonic()
    answer = solver.solve(FERMAT, Budget(timeout_ms=300, rlimit=0))
    assert (answer.status, answer.cause) == (Status.UNKNOWN, Cause.TIMEOUT)
    assert answer.reason
    assert time.monotonic() - started < 10


def test_a_resource_limit_gives_a_reason(solver: Solver) -> None:
    answer = solver.solve(FERMAT, Budget(timeout_ms=20_000, rlimit=20_000))
    assert (answer.status, answer.cause) == (Status.UNKNOWN, Cause.RESOURCES)
    assert answer.units > 0


def test_a_memory_limit_gives_a_reason() -> None:
    u, v = t.var("u", t.F64), t.var("v", t.F64)
    query = Query("q", (d.lt(t.double(1.0), v),), d.ieee_eq(d.div(d.mul(u, v), v), u))
    answer = solve(query, Budget(timeout_ms=20_000, rlimit=0, memory_mb=60))
    assert (answer.status, answer.cause) == (Status.UNKNOWN, Cause.MEMORY)


def test_a_worker_out_of_memory_is_replaced(cvc5: Cvc5) -> None:
    u, v = t.var("u", t.F64), t.var("v", t.F64)
    query = Query("q", (d.lt(t.double(1.0), v),), d.ieee_eq(d.div(d.mul(u, v), v), u))
    answer = cvc5.solve(query, Budget(timeout_ms=20_000, rlimit=0, memory_mb=60))
    assert answer.status is Status.UNKNOWN
    assert answer.cause in (Cause.MEMORY, Cause.CRASH)
    assert cvc5.solve(NEEDS_TWO, QUICK).status is Status.UNSAT


def test_incompleteness_gives_a_reason(solver: Solver) -> None:
    falls = t.forall(
        [K], t.lt(t.apply(F, t.add(K, t.integer(1))), t.apply(F, K)), [[t.apply(F, K)]]
    )
    answer = solver.solve(Query("q", (falls,), t.FALSE), QUICK)
    assert (answer.status, answer.cause) == (Status.UNKNOWN, Cause.INCOMPLETE)


def test_cores_name_what_was_used(solver: Solver) -> None:
    answer = solver.solve(NEEDS_TWO, QUICK, want_core=True)
    assert (answer.status, answer.core) == (Status.UNSAT, (1, 2))
    plain = Query("q", (t.lt(Y, Z), t.lt(X, Y)), t.lt(X, t.add(Y, t.integer(5))))
    assert solver.solve(plain, QUICK, want_core=True).core == (1,)


def test_the_same_seed_spends_the_same_units() -> None:
    first, second = (solve(NEEDS_TWO, QUICK, seed=7) for _ in range(2))
    assert first.units == second.units > 0


@pytest.mark.parametrize("value", [0.0, -0.0, 0.1, 5e-324, math.inf, -math.inf, math.nan])
def test_doubles_in_models_are_exact(value: float, solver: Solver) -> None:
    u = t.var("u", t.F64)
    answer = solver.solve(Query("q", (t.eq(u, t.double(value)),), t.FALSE), QUICK)
    assert answer.model is not None
    found = answer.model.values["u"]
    assert isinstance(found, float)
    assert same(found, value)


def test_z3_models_have_arrays_functions_and_elements() -> None:
    u, v = t.var("u", t.Sort("T")), t.var("v", t.Sort("T"))
    facts = (
        t.eq(A, t.store(t.constarray(INTS, t.integer(2)), t.integer(5), t.integer(-7))),
        t.eq(t.apply(F, t.integer(1)), t.integer(10)),
        t.eq(t.apply(F, t.integer(-2)), t.integer(20)),
        t.ne(u, v),
    )
    model = solve(Query("q", facts, t.FALSE), QUICK).model
    assert model is not None
    assert model.values["a"] == ArrayValue(2, ((5, -7),))
    assert (model.functions["f"](1), model.functions["f"](-2)) == (10, 20)
    assert isinstance(model.values["u"], Element)
    assert model.values["u"] != model.values["v"]
    assert model.missing == ()


def test_model_search_answers_sat_with_quantifiers() -> None:
    query = Query("q", (BELOW,), t.lt(X, t.integer(3)))
    assert solve(query, QUICK).status is Status.UNKNOWN
    found = solve(query, QUICK, tuning=MODEL_SEARCH)
    assert found.status is Status.SAT


def test_z3_runs_in_several_threads() -> None:
    queries = [
        Query(str(i), (t.lt(X, t.integer(i)),), t.lt(X, t.integer(i + 1))) for i in range(40)
    ]
    with ThreadPoolExecutor(4) as pool:
        assert {a.status for a in pool.map(lambda q: solve(q, QUICK), queries)} == {Status.UNSAT}


def test_a_session_switches_assumptions() -> None:
    session = Session([t.lt(t.integer(0), X)], QUICK)
    low, high = session.switch(t.lt(X, t.integer(5))), session.switch(t.lt(X, t.integer(9)))
    goal = t.lt(X, t.integer(7))
    assert session.prove(goal, [low, high]).core == (low,)
    refused = session.prove(goal, [high])
    assert refused.status is Status.SAT
    assert refused.model is not None
    assert refused.model.values["x"] in (7, 8)
    assert session.prove(goal, [high], [t.lt(X, t.integer(2))]).status is Status.UNSAT
    assert session.prove(goal, [high]).status is Status.SAT
    assert session.consistent([low, high]).status is not Status.UNSAT
    impossible = session.switch(t.lt(X, t.integer(0)))
    assert session.consistent([impossible]).core == (impossible,)


def test_a_killed_worker_is_replaced(cvc5: Cvc5) -> None:
    cvc5.solve(NEEDS_TWO, QUICK)
    first = cvc5.pid
    assert first is not None
    threading.Timer(0.3, os.kill, (first, signal.SIGKILL)).start()
    lost = cvc5.solve(FERMAT, Budget(timeout_ms=20_000, rlimit=0))
    assert (lost.status, lost.cause) == (Status.UNKNOWN, Cause.CRASH)
    assert cvc5.solve(NEEDS_TWO, QUICK).status is Status.UNSAT
    assert cvc5.pid not in (None, first)


def test_a_worker_that_died_idle_is_replaced(cvc5: Cvc5) -> None:
    cvc5.solve(NEEDS_TWO, QUICK)
    assert cvc5.pid is not None
    os.kill(cvc5.pid, signal.SIGKILL)
    time.sleep(0.1)
    assert cvc5.solve(NEEDS_TWO, QUICK).status is Status.UNSAT


def test_a_worker_that_hangs_is_killed(cvc5: Cvc5) -> None:
    cvc5.solve(NEEDS_TWO, QUICK)
    stopped = cvc5.pid
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)
    answer = cvc5.solve(NEEDS_TWO, Budget(timeout_ms=200))
    assert (answer.status, answer.cause) == (Status.UNKNOWN, Cause.TIMEOUT)
    assert not os.path.exists(f"/proc/{stopped}")
    assert cvc5.solve(NEEDS_TWO, QUICK).status is Status.UNSAT


def test_a_script_that_is_none_is_refused(solver: Solver) -> None:
    answer = solver.solve_text("(set-logic ALL)\n(assert (oops))\n(check-sat)\n", QUICK)
    assert (answer.status, answer.cause) == (Status.UNKNOWN, Cause.REFUSED)
    echo = '(set-logic ALL)\n(echo "unsat")\n(assert true)\n(check-sat)\n'
    assert solver.solve_text(echo, QUICK).status is Status.SAT


def test_the_worker_dies_with_its_parent() -> None:
    code = (
        "import os, signal\n"
        "from verify_agent.verifier.smt.cvc5_ import Cvc5\n"
        "from verify_agent.verifier.smt.query import Budget, Query\n"
        "from verify_agent.verifier.smt.terms import TRUE\n"
        "worker = Cvc5(); worker.solve(Query('q', (), TRUE), Budget())\n"
        "print(worker.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    orphan = int(ran.stdout)
    deadline = time.monotonic() + 5
    while _alive(orphan) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(orphan)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def test_an_interrupt_ends_the_worker_and_goes_on(cvc5: Cvc5) -> None:
    cvc5.solve(NEEDS_TWO, QUICK)
    busy = cvc5.pid
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        cvc5.solve(FERMAT, Budget(timeout_ms=10_000, rlimit=0))
    assert not os.path.exists(f"/proc/{busy}")
    assert cvc5.solve(NEEDS_TWO, QUICK).status is Status.UNSAT


def test_an_interrupt_during_z3_goes_on() -> None:
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        solve(FERMAT, Budget(timeout_ms=10_000, rlimit=0))


def test_an_unknown_has_a_cause() -> None:
    with pytest.raises(ValueError):
        Answer(Status.UNKNOWN, "z3")
    with pytest.raises(ValueError):
        Answer(Status.SAT, "z3", cause=Cause.TIMEOUT)


def test_integers_of_doubles_are_exact(solver: Solver) -> None:
    big = t.integer(2**53 + 1)
    query = Query("q", (), t.eq(d.from_int(big), t.double(2.0**53)))
    assert solver.solve(query, QUICK).status is Status.UNSAT
