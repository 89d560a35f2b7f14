"""What the loop before it left behind: its test has failed, and may stay failed."""

from __future__ import annotations

from collections.abc import Iterator

from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.shape import Shape, blocks_before
from verify_agent.verifier.invariants.simplify import negated, simplified
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir.walk import walk

SOURCE = "earlier"


def earlier(context: LoopContext) -> Iterator[Candidate]:
    """The negated tests of loops that stand before this one, as far as this one is about them."""
    shape = Shape(context)
    for block in blocks_before(context.function.body, context.loop.label):
        for loop in block:
            if not isinstance(loop, n.While) or any(isinstance(x, n.Break) for x in walk(loop)):
                continue
            left = simplified(negated(loop.test))
            if shape.in_scope(left) and shape.changes(left):
                yield Candidate(left, SOURCE, cost=1)
