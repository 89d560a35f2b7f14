"""Measurements of code that only read it, and the score that they give."""

from __future__ import annotations

import pytest

from verify_agent.agent.quality.measure import complexity, maintainability, read
from verify_agent.agent.quality.score import traced
from verify_agent.verifier.evidence import Attempt, Obligation, Verdict
from verify_agent.verifier.quality import ONE, Quality, Weights
from verify_agent.verifier.report.quality import quality_record, quality_table

PLAIN = "def f(x: int) -> int:\n    if x > 0 and x < 9:\n        return x\n    return 0\n"
DOCUMENTED = PLAIN.replace("int:\n", 'int:\n    """It.\n\n    More.\n    """\n', 1)


def test_known_values() -> None:
    assert complexity(PLAIN) == 3
    assert 0 < maintainability(PLAIN) < ONE


def test_a_docstring_is_no_code_that_has_to_be_maintained() -> None:
    assert maintainability(DOCUMENTED) >= maintainability(PLAIN)
    assert complexity(DOCUMENTED) == complexity(PLAIN)


def test_style_is_a_share_of_lines_and_the_contract_is_no_complexity() -> None:
    text = f"from icontract import require\n\n\n@require(lambda x: x > 0 or x < 0)\n{PLAIN}"
    assert read(text, "f").complexity == 3
    assert read(text, "f").style == ONE
    ugly = text.replace("return 0", "return  0 ").replace("def f", "def F").replace(">", ">", 1)
    assert read(ugly, "F").style == 3 * ONE // 5


def test_coverage_is_taken_from_what_the_property_tests_reached() -> None:
    told = ("12 distinct inputs", "coverage lines 3/4, branches 1/2 (of 60 calls)")
    attempt = Attempt("properties", Verdict.TESTED, details=told)
    assert traced([Obligation("i", "ensure", "t", attempts=(attempt,))]) == 4 * ONE // 6
    assert traced([]) is None


def test_the_score_in_a_report() -> None:
    found = Quality("m:f", "after", 2, ONE, ONE // 2, ONE, "coverage.py")
    assert found.score == 750_000
    assert quality_record(found)["score"] == 0.75
    (line,) = quality_table([found])
    assert line.startswith("quality after: 0.75  (complexity 2,")


def test_weights_are_checked() -> None:
    with pytest.raises(ValueError, match="sum"):
        Weights(1, 1, 1, 1)
    assert Quality("f", "after", 4, 0, 0, 0, "coverage.py", Weights(ONE, 0, 0, 0)).score == ONE // 4
