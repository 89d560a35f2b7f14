"""Obligations as SMT-LIB files, and both solvers' word on them.

A lemma is expected `unsat` (its assumptions and the negated goal), a witness `sat` (its formulas
and its numbers). A lemma must also *mean* something: its assumptions have a model, and its goal
is not true without them. Both are asked of the solvers too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from verify_agent.proofs.model import Lemma, Witness
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import evaluate
from verify_agent.verifier.smt.literals import literal
from verify_agent.verifier.smt.portfolio import Portfolio
from verify_agent.verifier.smt.query import Budget, Query, Status
from verify_agent.verifier.smt.to_smtlib import script

BUDGET = Budget(timeout_ms=30_000, rlimit=0, memory_mb=2_048)


@dataclass(frozen=True)
class Statement:
    """An obligation as a file: where it lies, its text, and the answer that it needs."""

    claim: str
    id: str
    says: str
    text: str
    expected: Status

    @property
    def path(self) -> str:
        """The file's place below the folder of obligations."""
        return f"{self.claim}/{self.id}.smt2"

    @property
    def sha256(self) -> str:
        """Of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Checked:
    """What came out: `answers` by solver (and seconds), and what is wrong, if anything."""

    statement: Statement
    answers: Mapping[str, str]
    seconds: Mapping[str, float]
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether both solvers gave the expected answer and the statement means something."""
        return not self.problems


def statement(claim: str, obligation: Lemma | Witness) -> Statement:
    """The obligation as a file."""
    match obligation:
        case Lemma():
            query = Query(obligation.id, obligation.assumptions, obligation.goal)
            expected = Status.UNSAT
        case Witness():
            query = Query(obligation.id, (*obligation.formulas, *_numbers(obligation)), t.FALSE)
            expected = Status.SAT
    header = {
        "claim": claim,
        "obligation": obligation.id,
        "states": obligation.says,
        "expected": expected.value,
    }
    lines = "".join(f"; {key}: {value}\n" for key, value in header.items())
    text = lines + script(query, logic=obligation.logic)
    return Statement(claim, obligation.id, obligation.says, text, expected)


def _numbers(witness: Witness) -> tuple[t.Term, ...]:
    """The counter-model as equations; raises `ValueError` where a variable has no number."""
    variables = Query(witness.id, witness.formulas, t.FALSE).symbols.variables
    names = {str(v.payload) for v in variables}
    if names != set(witness.values):
        raise ValueError(f"{witness.id}: numbers for {set(witness.values)}, variables {names}")
    return tuple(
        t.Term("=", (v, literal(witness.values[str(v.payload)], v.sort))) for v in variables
    )


def check(claim: str, obligation: Lemma | Witness, solvers: Portfolio) -> Checked:
    """Ask both solvers, and whether the obligation means something."""
    made = statement(claim, obligation)
    checked = check_text(made, solvers)
    match obligation:
        case Lemma():
            own = _meaningless(made, solvers)
        case Witness():
            own = _not_a_model(obligation)
    return Checked(made, checked.answers, checked.seconds, (*checked.problems, *own))


def check_text(made: Statement, solvers: Portfolio) -> Checked:
    """Ask both solvers about the text of a statement."""
    answers, seconds, problems = {}, {}, []
    for solver in (solvers.first, solvers.second):
        answer = solver.solve_text(made.text, BUDGET)
        answers[solver.name], seconds[solver.name] = answer.status.value, answer.seconds
        if answer.status is not made.expected:
            reason = f" ({answer.reason})" if answer.reason else ""
            problems.append(
                f"{solver.name} says {answer.status.value}{reason}, not {made.expected.value}"
            )
    return Checked(made, answers, seconds, tuple(problems))


def parts(text: str) -> tuple[str, str]:
    """A lemma's script without its goal, and without its assumptions.

    Every assertion stands on a line of its own, and the negated goal is the last.
    """
    lines = text.splitlines()
    asserts = [i for i, line in enumerate(lines) if line.startswith("(assert ")]
    goal = asserts[-1:]
    without_goal = [line for i, line in enumerate(lines) if i not in goal]
    only_goal = [line for i, line in enumerate(lines) if i not in asserts[:-1]]
    return "\n".join(without_goal) + "\n", "\n".join(only_goal) + "\n"


def _meaningless(made: Statement, solvers: Portfolio) -> tuple[str, ...]:
    """Why a lemma says nothing: contradictory assumptions, or a goal that needs none of them."""
    without_goal, only_goal = parts(made.text)
    problems = []
    if not _satisfiable(without_goal, solvers):
        problems.append("no solver finds a model of the assumptions: it may hold of nothing")
    if without_goal.count("(assert ") and not _satisfiable(only_goal, solvers):
        problems.append("the goal holds without the assumptions")
    return tuple(problems)


def _satisfiable(text: str, solvers: Portfolio) -> bool:
    first = solvers.first.solve_text(text, BUDGET).status
    if first is Status.UNKNOWN:
        first = solvers.second.solve_text(text, BUDGET).status
    return first is Status.SAT


def _not_a_model(witness: Witness) -> tuple[str, ...]:
    """Evaluation by definition, in rationals and without a solver."""
    wrong = [f for f in witness.formulas if evaluate(f, witness.values) is not True]
    return tuple(f"by evaluation this does not hold: {formula!r}" for formula in wrong)
