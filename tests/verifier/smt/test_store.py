"""A stored proof is checked again, and whatever is wrong with it is said."""

from pathlib import Path

import pytest

from verify_agent.verifier.smt import store
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.cvc5_ import Cvc5
from verify_agent.verifier.smt.fake import Fake
from verify_agent.verifier.smt.query import Answer, Budget, Cause, Query, Status
from verify_agent.verifier.smt.z3_ import Z3

BUDGET = Budget(timeout_ms=3_000, memory_mb=1_024)
X = t.var("x", t.INT)
QUERY = Query("q", (t.lt(X, t.integer(3)),), t.lt(X, t.integer(5)))
PROOF = store.Proved("m.f/post:0", "x < 5\n(assert false)", "f", QUERY, ("z3", "cvc5"))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return store.write(tmp_path, [PROOF])[0]


def replayed(file: Path, cvc5: Cvc5) -> store.Replayed:
    (result,) = store.replay(file.parent, BUDGET, solvers=(Z3(), cvc5))
    return result


def test_what_was_written_holds(written: Path, cvc5: Cvc5) -> None:
    result = replayed(written, cvc5)
    assert result.holds
    assert {a.solver for a in result.answers} == {"z3", "cvc5"}


def test_a_comment_can_not_smuggle_a_command(written: Path) -> None:
    lines = written.read_text().splitlines()
    assert next(line for line in lines if line.startswith("(assert")) == "(assert (< $x 3))"


def test_a_tampered_file_does_not_hold(written: Path, cvc5: Cvc5) -> None:
    written.write_text(written.read_text().replace("$x 3", "$x 9"))
    result = replayed(written, cvc5)
    assert not result.holds
    assert "changed" in result.reason
    assert "z3 says sat" in result.reason


def test_a_tampered_file_with_a_new_hash_does_not_hold(written: Path, cvc5: Cvc5) -> None:
    forged = store.Proved(
        PROOF.obligation, PROOF.text, "f", Query("q", (), QUERY.goal), PROOF.agreed
    )
    assert store.write(written.parent, [forged]) == [written]
    result = replayed(written, cvc5)
    assert not result.holds
    assert "cvc5 says sat" in result.reason


def test_a_missing_and_an_extra_file_do_not_hold(written: Path, cvc5: Cvc5) -> None:
    written.rename(written.with_name("other.smt2"))
    results = store.replay(written.parent, BUDGET, solvers=(Z3(), cvc5))
    assert [r.holds for r in results] == [False, False]
    (written.parent / store.SUMS).unlink()
    assert [r.holds for r in store.replay(written.parent, BUDGET)] == [False]


def test_a_missing_solver_is_a_failure(written: Path) -> None:
    gone = Fake([Answer(Status.UNKNOWN, "cvc5", reason="not here", cause=Cause.MISSING)], "cvc5")
    (result,) = store.replay(written.parent, BUDGET, solvers=(Z3(), gone))
    assert not result.holds
    assert "cvc5: not here" in result.reason


def test_a_solver_that_no_longer_proves_it_is_a_failure(written: Path) -> None:
    (result,) = store.replay(written.parent, BUDGET, solvers=(Z3(), Fake([], "cvc5")))
    assert not result.holds


def test_a_proof_of_one_solver_needs_that_one_only(tmp_path: Path) -> None:
    store.write(tmp_path, [store.Proved("o", "", "f", QUERY, ("z3",))])
    (result,) = store.replay(tmp_path, BUDGET, solvers=(Z3(), Fake([], "cvc5")))
    assert result.holds
    (result,) = store.replay(tmp_path, BUDGET, solvers=(Fake([], "z3"), Fake([], "cvc5")))
    assert not result.holds


def test_one_solver_alone_can_not_stand_for_both(written: Path) -> None:
    (result,) = store.replay(written.parent, BUDGET, solvers=(Z3(),))
    assert not result.holds
    assert "cvc5" in result.reason
