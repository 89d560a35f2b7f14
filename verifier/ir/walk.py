"""All nodes of a piece of the intermediate representation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from verify_agent.verifier.ir.types import Type


def walk(root: object) -> Iterator[object]:
    """Every dataclass under the root (tuples are looked into), parents first, in field order.

    Types are left out.
    """
    pending: list[object] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple | list):
            pending.extend(reversed(node))
        elif is_dataclass(node) and not isinstance(node, type | Type):
            yield node
            pending.extend(getattr(node, f.name) for f in reversed(fields(node)))
