"""The sources of other implementations, the most promising first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verify_agent.agent.optimize.model import Known, Rewrite
from verify_agent.agent.optimize.rules import (
    closed_forms,
    local,
    loops,
    networks,
    shared,
    truth_tables,
)

Source = Callable[[Known], Iterator[Rewrite]]

SOURCES: tuple[Source, ...] = (
    closed_forms.rewrites,
    networks.rewrites,
    truth_tables.rewrites,
    loops.rewrites,
    shared.rewrites,
    local.rewrites,
)
