"""C10 to C12: windows, eviction and early end are proved by the project's own prover."""

from __future__ import annotations

import pytest

from verify_agent.agent.audit.code_proofs import FILES, finding, prove_code


@pytest.mark.slow
@pytest.mark.parametrize("claim", sorted(FILES))
def test_the_code_of_a_claim_is_proved(claim: str) -> None:
    found = finding(prove_code({claim: FILES[claim]}).reports[claim])
    assert found.table is not None
    assert found.holds, found.table.rows
    assert len(found.table.rows) >= 3
