"""A whole run of `optimize`: what is delivered, and that finding nothing better is no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.run import Options, run_task
from verify_agent.agent.state import Ending
from verify_agent.agent.task import parse_task
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.subject import REFERENCE

FLAGS = """
name: flags
kind: optimize
objective: complexity
source: |
  def flags(a: bool, b: bool) -> bool:
      if a:
          if b:
              return True
          else:
              return True
      else:
          return b
"""
BEST = """
name: best
kind: optimize
objective: size
source: |
  def best(a: int) -> int:
      return a
"""
WRONG = """
name: wrong
kind: optimize
objective: complexity
source: |
  from icontract import ensure


  @ensure(lambda a, b, result: result == (a and b))
  def wrong(a: bool, b: bool) -> bool:
      if a:
          return True
      else:
          if b:
              return True
          return False
"""


@pytest.mark.slow
def test_a_formula_is_delivered_with_equality_proved(tmp_path: Path) -> None:
    done = run_task(parse_task(FLAGS, tmp_path / "t.yaml"), Options(folder=tmp_path / "state"))
    assert done.ending is Ending.DELIVERED
    assert "return a or b" in (tmp_path / "flags.py").read_text()
    words = {o.kind: o.verdict for f in done.report.functions for o in f.obligations}
    assert words[REFERENCE] is Verdict.PROVED
    assert any("paths (McCabe)" in note for note in done.report.notes)


@pytest.mark.slow
def test_nothing_better_is_a_normal_end(tmp_path: Path) -> None:
    done = run_task(parse_task(BEST, tmp_path / "t.yaml"), Options(folder=tmp_path / "state"))
    assert done.ending is Ending.NO_BETTER
    assert done.ending.exit_code == 0
    assert not (tmp_path / "best.py").exists()


@pytest.mark.slow
def test_a_function_that_breaks_its_contract_is_no_normal_end(tmp_path: Path) -> None:
    done = run_task(parse_task(WRONG, tmp_path / "t.yaml"), Options(folder=tmp_path / "state"))
    assert done.ending.exit_code == 1
    assert not (tmp_path / "wrong.py").exists()
