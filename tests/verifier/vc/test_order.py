"""The same program, options and seed give the same conditions in every process.

What a solver finds depends on the order in which it is told, so no order may come from the
addresses of objects or from the salt of string hashes.
"""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import icontract


@icontract.ensure(lambda xs, result: result == sorted(xs))
def insort(xs: list[int]) -> list[int]:
    out = list(xs)
    for i in range(1, len(out)):
        j = i
        while j > 0 and out[j - 1] > out[j]:
            out[j - 1], out[j] = out[j], out[j - 1]
            j -= 1
    return out
"""
SCRIPT = f"""
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.module import check_modules

source = {PROGRAM!r}
options = Options(engines=("deductive",), jobs=1, seconds=60.0)
report = check_modules([load(source, "m.py", "m")], options=options)
(function,) = report.functions
for obligation in function.obligations:
    for attempt in obligation.attempts:
        print(obligation.id, attempt.outcome.value, attempt.vc_sha256, attempt.details)
"""


@pytest.mark.slow
def test_no_order_comes_from_addresses_or_hashes() -> None:
    said = []
    for salt in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": salt}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(done.stdout)
    assert "proved" in said[0]
    assert said[0] == said[1] == said[2]
