"""The rule for loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.vc.state import State

if TYPE_CHECKING:
    from verify_agent.verifier.vc.exec import Flow
    from verify_agent.verifier.vc.machine import Machine


class LoopRule(Protocol):
    """How loops are dealt with."""

    def start(self, m: Machine) -> None:
        """Begin with one function."""

    def loop(self, m: Machine, state: State, node: n.While | n.For) -> Flow:
        """All ends of a loop entered in a state."""


class NoLoops:
    """Refuses every loop."""

    def start(self, m: Machine) -> None:
        """Nothing to prepare."""

    def loop(self, m: Machine, state: State, node: n.While | n.For) -> Flow:
        """Never returns."""
        raise Unsupported("a loop", node.span.line, node.span.column)
