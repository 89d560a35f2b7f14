"""Frozen dataclasses whose instances are values: known by what their fields hold.

Nothing changes such an instance, no class of the code derives from its class, and its fields hold
values too, so that copies of it can't be told from it but by identity.
"""

from __future__ import annotations

import ast

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_program import ProgramBuilder
from verify_agent.verifier.frontend.lower_references import (
    is_extended,
    is_reference,
    lower_frozen,
)
from verify_agent.verifier.frontend.lower_scope import ClassName
from verify_agent.verifier.ir.nodes import Class
from verify_agent.verifier.ir.types import is_value
from verify_agent.verifier.theory.floats import mentions


def lowered(builder: ProgramBuilder, key: str, bound: ClassName) -> Class:
    """The class, in the best model that there is of it."""
    from verify_agent.verifier.frontend.lower_classes import lower_class

    if not is_reference(bound):
        return lower_class(builder, key, bound)
    builder.references.add(key)
    if not _holds_values(builder, bound):
        return lower_frozen(builder, key, bound)
    builder.references.discard(key)
    try:
        return lower_class(builder, key, bound)
    except Unsupported:
        builder.references.add(key)
        return lower_frozen(builder, key, bound)


def _holds_values(builder: ProgramBuilder, bound: ClassName) -> bool:
    """Whether every field is of values; a class that comes to itself is a reference meanwhile.

    Equality of floats in containers hangs on identities, which references have.
    """
    if is_extended(bound):
        return False
    annotations = [s.annotation for s in bound.node.body if isinstance(s, ast.AnnAssign)]
    try:
        types = [builder.type_of(a, bound.module) for a in annotations]
    except Unsupported:
        return False
    return all(is_value(t) and not mentions(t) for t in types)
