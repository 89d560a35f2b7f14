"""The spectrum points at the line that failing runs take and others do not."""

from __future__ import annotations

from verify_agent.agent.repair.localise import localised, spectrum
from verify_agent.agent.repair.trial import Trial
from verify_agent.verifier.frontend.load import subject

TEXT = """\
from icontract import ensure


@ensure(lambda result, x: result == (x if x >= 0 else -x))
def f(x: int) -> int:
    if x < 0:
        y = x
    else:
        y = x
    return y
"""


def test_the_faulty_branch_is_the_most_suspicious() -> None:
    found = localised(Trial(subject(TEXT, "f"), clock=lambda: 0.0))
    assert found.of(7) > found.of(6) > found.of(9) == 0.0


def test_no_run_through_a_line_that_only_others_take() -> None:
    found = spectrum([{1, 2}, {1, 2}], [{1, 3}])
    assert found.of(2) == 1.0
    assert 0.0 < found.of(1) < 1.0
    assert found.of(3) == 0.0


def test_a_line_belongs_to_the_statement_before_it() -> None:
    assert spectrum([{4}], [{9}]).of(6) == 1.0
