"""The independent checker: it shares no code with the project, and its parts find what is wrong."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from verify_agent.proofs import independent_check as other

SOURCE = Path(other.__file__)


def test_it_imports_nothing_of_the_project() -> None:
    names: set[str] = set()
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert names <= {*sys.stdlib_module_names, "z3", "cvc5"}


@pytest.mark.parametrize("ask", [other.ask_z3, other.ask_cvc5])
@pytest.mark.parametrize(
    ("formula", "answer"), [("(> $x $x)", "unsat"), ("(> $x 0.0)", "sat"), ("(> $y 0.0)", "error")]
)
def test_solvers_answer(ask: object, formula: str, answer: str) -> None:
    assert callable(ask)
    text = f"(set-logic QF_LRA)\n(declare-const $x Real)\n(assert {formula})\n(check-sat)\n"
    assert ask(text).startswith(answer)


def lemma(*asserted: str) -> str:
    lines = "".join(f"(assert {formula})\n" for formula in asserted)
    return f"; expected: unsat\n(set-logic QF_LRA)\n(declare-const $x Real)\n{lines}(check-sat)\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (lemma("(> $x 1.0)", "(not (> $x 0.0))"), ""),
        (lemma("(> $x 1.0)", "(not (> $x 2.0))"), "z3 says sat"),
        (lemma("false", "(not (> $x 0.0))"), "contradict"),
        (lemma("(> $x 1.0)", "(not (>= $x $x))"), "true without the assumptions"),
        (lemma(), "it asserts nothing"),
    ],
)
def test_obligations(text: str, told: str) -> None:
    found = "; ".join(other.check_obligations({"obligations/C0/a.smt2": text}))
    assert told in found
    assert bool(told) == bool(found)


def process(**changes: object) -> dict[str, object]:
    """Two states; staying in `a` pays 1 a step, at a discount of 1/2: it is worth 2."""
    stay = {"reward": "1", "successors": [["a", "1"]]}
    leave = {"reward": "1/2", "successors": [["end", "1"]]}
    states = {
        "a": {"value": "2", "chosen": "stay", "choices": {"stay": stay, "leave": leave}},
        "end": {"value": "0", "chosen": None, "choices": {}},
    }
    raw: dict[str, object] = {
        "discount": "1/2",
        "error": "0",
        "gap": "3/2",
        "actions": ["stay", "leave"],
        "states": states,
    }
    return {**raw, "digest": other.process_digest(raw), **changes}


def test_an_optimal_policy_is_certified() -> None:
    assert list(other.certificate_problems(process())) == []


def test_another_policy_is_not() -> None:
    raw = process()
    raw["states"]["a"] |= {"chosen": "leave", "value": "1/2"}  # type: ignore[index]
    assert "not shown optimal in `a`" in "; ".join(other.certificate_problems(raw))


@pytest.mark.parametrize(
    ("change", "told"),
    [({"digest": "0"}, "digest"), ({"gap": "1"}, "gap"), ({"discount": "1"}, "not in (0, 1)")],
)
def test_a_wrong_head_is_named(change: dict[str, object], told: str) -> None:
    assert told in "; ".join(other.certificate_problems(process(**change)))


def test_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert other.main([]) == 2
    assert other.main([str(tmp_path), "--pins", str(tmp_path / "none")]) == 2
    assert "usage" in capsys.readouterr().err
    assert other.main([str(tmp_path)]) == 1
    assert "manifest.json: missing" in capsys.readouterr().out
