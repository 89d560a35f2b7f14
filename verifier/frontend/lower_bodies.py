"""Other bodies of one function, lowered without reading module and contract again.

For the interpreter alone: names that the contract's comprehensions bind are those of the first
lowering, and may come again in a body.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from verify_agent.verifier.frontend.lower import lower_with
from verify_agent.verifier.frontend.lower_base import Names
from verify_agent.verifier.frontend.lower_functions import Functions
from verify_agent.verifier.frontend.lower_program import ProgramBuilder, Source
from verify_agent.verifier.ir.nodes import Call, Program
from verify_agent.verifier.ir.walk import walk
from verify_agent.verifier.subject import Subject


@dataclass(frozen=True)
class Bodies:
    """A function that was lowered, ready to be given another body."""

    builder: ProgramBuilder
    entry: Source
    program: Program

    def with_body(self, node: ast.FunctionDef) -> Program | None:
        """The program with that definition in place of the function's; its decorators are ignored.

        None where the module must be read again: the body calls what was not reached before, or
        what only the contract called. `Unsupported` as `lower`.
        """
        builder = self._fresh()
        source = replace(self.entry, node=node)
        parameters = [(p.name, p.type) for p in builder.parameters(self.entry)]
        names = Names(set(), source.module.identifiers)
        made = Functions(builder, source.module, source.key, names).function(source, parameters)
        builder.check_seen()
        known = self.program.functions
        called = {n.function for n in walk(made.body) if isinstance(n, Call)}
        if builder.pending or any(n not in known or known[n].specification for n in called):
            return None
        first = known[self.program.entry]
        entry = replace(first, body=made.body, returns=made.returns)
        functions = {**known, self.program.entry: entry}
        return replace(self.program, functions=functions, classes=dict(builder.classes))

    def _fresh(self) -> ProgramBuilder:
        """A builder that knows what the first one knew; what it learns stays with it."""
        old = self.builder
        return replace(
            old,
            functions=dict(old.functions),
            classes=dict(old.classes),
            constants=dict(old.constants),
            unsupported=dict(old.unsupported),
            sources=dict(old.sources),
            class_sources=dict(old.class_sources),
            pending=[],
            texts=set(old.texts),
            shared=old.shared,
            identities=set(old.identities),
        )


def bodies(subject: Subject) -> Bodies:
    """The function lowered, and what is needed to lower other bodies of it; errors as `lower`."""
    return Bodies(*lower_with(subject))
