"""The kinds of intent, and what is not one."""

from __future__ import annotations

CHECK, UNCLEAR = "check", "unclear"
#: In the order of the rows of the weights.
KINDS = ("implement", "repair", "optimize", "specify", "test", "document", CHECK, UNCLEAR)
#: What can be done.
WORK = KINDS[:-1]
SAYS = {
    "implement": "write the body",
    "repair": "mend it until it meets its contract",
    "optimize": "find an equal version that is better",
    "specify": "find contracts that it satisfies",
    "test": "write tests that tell it from its mutants",
    "document": "write its docstring",
    CHECK: "check it against its contract",
    UNCLEAR: "none of these",
}
