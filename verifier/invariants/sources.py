"""The sources of candidates that the deductive engine uses."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.invariants.base import Source
from verify_agent.verifier.invariants.candidates import Discovered


def default_sources(seed: int = 0, without: frozenset[str] = frozenset()) -> Sequence[Source]:
    """All but those named in `without`, filtered by runs of the program."""
    return (Discovered(seed, without),)
