"""What discharging conditions may spend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from verify_agent.verifier.smt.query import Budget


@dataclass(frozen=True)
class Limit:
    """One call's budget, a seed, and when to give up altogether."""

    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    expired: Callable[[], bool] = lambda: False
