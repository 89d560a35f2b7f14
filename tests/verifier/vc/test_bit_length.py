"""`int.bit_length` in the prover, held against CPython."""

import pytest

from verify_agent.verifier.engines.deductive import Proved, prove
from verify_agent.verifier.frontend.load import load

SOURCE = """
from icontract import ensure, require

@require(lambda n: n == {n})
@ensure(lambda result: result == {k})
def f(n: int) -> int:
    return n.bit_length()
"""


def proves(n: int, k: int) -> bool:
    (subject,) = load(SOURCE.format(n=n, k=k)).subjects
    return isinstance(prove(subject), Proved)


@pytest.mark.parametrize("n", [0, 1, -1, 2, -2])
def test_small_values_are_those_of_cpython(n: int) -> None:
    assert proves(n, n.bit_length())


@pytest.mark.parametrize("n", [0, 1, -1, 2, 3, 4, -4, -5, 7, 8, 255, -256, 1023, 1024])
def test_no_other_value_is_proved(n: int) -> None:
    assert not proves(n, n.bit_length() + 1)
    assert n == 0 or not proves(n, n.bit_length() - 1)
