"""`sequence * number`: CPython gives up on numbers that fit no machine word, negative ones too."""

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Violation
from verify_agent.verifier.harness.script import check_script
from verify_agent.verifier.subject import NO_EXCEPTION
from verify_agent.verifier.vc.arithmetic import REPEATABLE

MODULE = """
from icontract import ensure, require
{contract}
@ensure(lambda result: len(result) >= 0)
def f({parameters}){returns}:
    return {text}
"""


def _attempt(text: str, parameters: str, contract: str = "", returns: str = ""):
    source = MODULE.format(text=text, parameters=parameters, contract=contract, returns=returns)
    (subject,) = load(source).functions
    attempts = Deductive().check(subject, Limits(seconds=4, per_query_ms=600), 0).attempts
    (found,) = [o.id for o in Harness(subject).obligations if o.kind == NO_EXCEPTION]
    return subject, attempts[found]


@pytest.mark.parametrize(
    ("text", "contract"),
    [
        ("[0] * n", "@require(lambda n: n >= 0)"),
        ("[0] * n", "@require(lambda n: -9 < n)"),
        ("[0] * max(n, 0)", ""),
        ("[0] * (n if n > 0 else 1)", ""),
        ("[0] * 3", ""),
        ("[0] * -3", ""),
    ],
)
def test_numbers_that_are_not_far_below_zero(text: str, contract: str) -> None:
    _, attempt = _attempt(text, "n: int", contract, " -> list[int]")
    assert attempt.outcome is Verdict.PROVED
    assert REPEATABLE not in attempt.assumptions


def test_lengths_need_no_bound() -> None:
    _, attempt = _attempt("'-' * (len(s) + 1)", "s: str", "", " -> str")
    assert attempt.outcome is Verdict.PROVED
    assert REPEATABLE not in attempt.assumptions


@pytest.mark.parametrize("text", ["' ' * n", "' ' * (n - 2)", "' ' * (n if n < 5 else 5)"])
def test_any_number_is_taken_to_fit_a_word_or_shown_not_to(text: str) -> None:
    subject, attempt = _attempt(text, "n: int", "", " -> str")
    broken = check_script(Harness(subject), (), f"f({-(2**64)})", seconds=5.0)
    assert isinstance(broken, Violation)
    assert "OverflowError" in broken.outcome
    assert attempt.outcome is not Verdict.PROVED or REPEATABLE in attempt.assumptions


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_in_the_text_that_fits_no_word(number: int) -> None:
    _, attempt = _attempt(f"'' * {number}", "n: int", "", " -> str")
    assert attempt.outcome is not Verdict.PROVED
