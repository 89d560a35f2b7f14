"""Tasks about a function that stays as it is, from the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PARKING = Path(__file__).resolve().parents[2] / "examples" / "parking"
CAPPED = "name: capped_%s\nkind: %s\ntarget: parking/rates.py::capped\noutput: out/rates.py\n"
ACCOUNT = """\
name: account
kind: test
source: |
  from icontract import ensure, require


  class Account:
      def __init__(self, balance: int) -> None:
          self.balance = balance

      @require(lambda amount: amount > 0)
      @ensure(lambda result, amount: not result or amount > 0)
      def withdraw(self, amount: int) -> bool:
          if self.balance >= amount:
              self.balance -= amount
              return True
          return False
function: Account.withdraw
evidence: tested
"""
WRONG = """\
name: wrong
kind: document
source: |
  def f(x: int) -> int:
      return x
ensures: ["result > x"]
"""


def verify(folder: Path, text: str, *options: str) -> tuple[int, str]:
    (folder / "task.yaml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "verify_agent", "run", "task.yaml", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.slow
def test_a_docstring_is_applied_in_a_codebase(tmp_path: Path) -> None:
    shutil.copytree(PARKING, tmp_path / "parking")
    before = (tmp_path / "parking" / "rates.py").read_text()
    code, out = verify(tmp_path, CAPPED % ("doc", "document"), "--apply")
    assert code == 0, out
    after = (tmp_path / "parking" / "rates.py").read_text()
    assert after == (tmp_path / "out" / "rates.py").read_text()
    lines = after.splitlines()
    assert [line for line in lines if line in before.splitlines()] != []
    assert '    """Two a hour, and never more than the price of a day.\n\n    Args:\n' in after
    assert "        >>> capped(8)\n        1500\n" in after
    record = json.loads((tmp_path / "out" / "rates.report.json").read_text())
    assert [q["when"] for q in record["quality"]] == ["before", "after"]
    assert "+    Args:" in (tmp_path / "out" / "rates.diff").read_text()


@pytest.mark.slow
def test_tests_for_a_codebase_run_where_they_are(tmp_path: Path) -> None:
    shutil.copytree(PARKING, tmp_path / "parking")
    code, out = verify(tmp_path, CAPPED % ("tests", "test"))
    assert code == 0, out
    assert "alive: 0" in out
    assert not (tmp_path / "out" / "rates.py").exists()
    pytest_run(tmp_path / "out" / "test_rates.py")
    broken = tmp_path / "parking" / "rates.py"
    broken.write_text(broken.read_text().replace("hours <= 7", "hours < 7"))
    with pytest.raises(subprocess.CalledProcessError):
        pytest_run(tmp_path / "out" / "test_rates.py")


@pytest.mark.slow
def test_every_mutant_that_is_said_to_be_killed_is(tmp_path: Path) -> None:
    from verify_agent.verifier.mutation import mutants

    code, out = verify(tmp_path, ACCOUNT)
    assert code == 0, out
    assert "alive: 0" in out
    module = tmp_path / "account.py"
    text = module.read_text()
    pytest_run(tmp_path / "test_account.py")
    for mutant in mutants(text, "Account.withdraw"):
        module.write_text(mutant.source)
        with pytest.raises(subprocess.CalledProcessError):
            pytest_run(tmp_path / "test_account.py", "-k", "example")


@pytest.mark.slow
def test_a_function_that_breaks_its_contract_is_not_documented(tmp_path: Path) -> None:
    code, out = verify(tmp_path, WRONG)
    assert code == 1
    assert "breaks result > x" in out
    assert not (tmp_path / "wrong.py").exists()


def pytest_run(path: Path, *options: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", path, *options]
    subprocess.run(command, cwd=path.parent, check=True, capture_output=True, timeout=60)
