"""Powers of constants in the prover: exact, and never longer than a solver can read."""

import pytest

from verify_agent.verifier.engines.deductive import Proved, Unknown, prove
from verify_agent.verifier.frontend.load import load

SOURCE = """
from icontract import ensure

@ensure(lambda result: {promise})
def f() -> int:
    return {power}
"""


@pytest.mark.parametrize("power", ["3 ** 5", "(-7) ** 3", "10 ** 64", "2 ** 0", "(2 ** 10) ** 10"])
def test_the_value_is_that_of_cpython(power: str) -> None:
    value = eval(power)
    right, wrong = (
        prove(load(SOURCE.format(power=power, promise=f"result == {n}")).subjects[0])
        for n in (value, value + 1)
    )
    assert isinstance(right, Proved)
    assert not isinstance(wrong, Proved)


def test_a_power_of_powers_is_refused_at_once() -> None:
    """The number has 50 ** 5 digits and more."""
    power = "((((10 ** 50) ** 50) ** 50) ** 50) ** 50"
    answer = prove(load(SOURCE.format(power=power, promise="result > 0")).subjects[0])
    assert isinstance(answer, Unknown)
    assert answer.unsupported is not None
    assert answer.unsupported.construct == "a constant of so many digits"
