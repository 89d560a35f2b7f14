"""One warm cvc5 for all tests, ended with them."""

from collections.abc import Iterator

import pytest

from verify_agent.verifier.smt.cvc5_ import Cvc5


@pytest.fixture(scope="session")
def cvc5() -> Iterator[Cvc5]:
    with Cvc5() as worker:
        yield worker
