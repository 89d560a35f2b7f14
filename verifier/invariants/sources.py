"""The sources of candidates that the deductive engine uses."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.invariants.base import Source
from verify_agent.verifier.invariants.candidates import Discovered


def default_sources(seed: int = 0) -> Sequence[Source]:
    """All of them, filtered by runs of the program."""
    return (Discovered(seed),)
