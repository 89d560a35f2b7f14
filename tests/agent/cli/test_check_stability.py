"""`--stability`: what differs between seeds is told, and the weaker word counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.cli.check_stability import of_all_seeds
from verify_agent.verifier.evidence import (
    DEDUCTIVE,
    INCONSISTENT,
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Report,
    RunRecord,
    Verdict,
)

RUN = RunRecord("id", "2026-01-01T00:00:00+00:00", (), 0, "3.11", "linux", {})


def report(seed: int, *words: Verdict, complete: bool = True) -> Report:
    """A report on functions f0, f1, ... that have one obligation each."""
    functions = []
    for i, word in enumerate(words):
        seen = Counterexample("f()", "x", replayed=True) if word is Verdict.REFUTED else None
        made = Obligation(
            f"o{i}", "ensure", "t", None, (Attempt(DEDUCTIVE, word, counterexample=seen),)
        )
        functions.append(FunctionReport(f"m:f{i}", "m.py", 1, (made,)))
    return Report(replace(RUN, seed=seed), tuple(functions), complete=complete)


def test_the_weaker_word_counts_and_is_told() -> None:
    proved, unknown = Verdict.PROVED, Verdict.UNKNOWN
    merged = of_all_seeds([report(3, proved, proved), report(4, unknown, proved)], 2)
    assert [f.verdict for f in merged.functions] == [unknown, proved]
    assert merged.functions[0].notes == (
        "unstable: ensure: t: proved with seed 3, unknown with seed 4",
    )
    assert merged.functions[1].notes == ()
    assert merged.notes == ("1 of 2 functions are unstable over 2 seeds",)
    assert merged.complete


def test_the_same_words_are_told_too() -> None:
    merged = of_all_seeds([report(0, Verdict.PROVED), report(1, Verdict.PROVED)], 2)
    assert merged.notes == ("the verdicts are the same with 2 seeds",)


def test_a_proof_and_a_refutation_with_another_seed_are_inconsistent() -> None:
    for words in ((Verdict.PROVED, Verdict.REFUTED), (Verdict.REFUTED, Verdict.PROVED)):
        merged = of_all_seeds([report(i, w) for i, w in enumerate(words)], 2)
        (obligation,) = merged.functions[0].obligations
        assert obligation.verdict is Verdict.ERROR
        assert obligation.reason == INCONSISTENT


def test_a_seed_that_was_interrupted_does_not_count() -> None:
    first, second = report(0, Verdict.PROVED), report(1, Verdict.UNKNOWN, complete=False)
    merged = of_all_seeds([first, second], 3)
    assert merged.verdict is Verdict.PROVED
    assert not merged.complete
    assert merged.notes[-1] == "2 of 3 seeds were not tried to the end"


def test_one_seed_is_the_report_itself() -> None:
    only = report(0, Verdict.PROVED)
    assert of_all_seeds([only], 1) is only


def test_a_check_with_two_seeds(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.py"
    path.write_text(
        "from icontract import ensure\n\n\n"
        "@ensure(lambda x, result: result > x)\n"
        "def f(x: int) -> int:\n    return x + 1\n"
    )
    argv = ["check", str(path), "--engine", "deductive", "--stability", "2"]
    assert run_command_line(argv) == 0
    assert "note: the verdicts are the same with 2 seeds" in capsys.readouterr().out
