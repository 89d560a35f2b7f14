"""The sources of candidates, in the order in which they pay."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.invariants.asserts import asserts_at_head
from verify_agent.verifier.invariants.base import Source


def default_sources() -> Sequence[Source]:
    """All sources."""
    return (asserts_at_head,)
