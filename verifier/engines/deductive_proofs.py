"""What a proof leaves behind: queries that anyone can check again, and invariants to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from verify_agent.verifier.evidence import Obligation
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir.printer import expression
from verify_agent.verifier.ir.walk import walk
from verify_agent.verifier.smt.portfolio import Outcome
from verify_agent.verifier.smt.store import Proved
from verify_agent.verifier.vc.verify import Shown, Verification

#: Names bound in candidates end in `!`, so that no variable of the program is meant.
_BOUND = re.compile(r"\b([a-z]\w*)!(?!=)")
_ENTRY_VALUE = re.compile(r"OLD\.old\((\w+)\)")


def outcomes_of(shown: Shown, done: Verification) -> list[Outcome]:
    """All that an obligation's proof consists of, with the invariants and variants it rests on."""
    variants = done.variants_shown.proved if done.terminates else []
    return [*shown.proved, *done.kept.proved, *variants]


def stored(subject_id: str, obligation: Obligation, outcomes: Sequence[Outcome]) -> list[Proved]:
    """The outcomes as proofs to store: the queries that were certified, and by whom."""
    return [
        Proved(obligation.id, obligation.text, subject_id, o.certified or o.query, o.agreed)
        for o in outcomes
    ]


def explained(done: Verification) -> tuple[str, ...]:
    """The invariants that were kept and the measures that decrease, as lines of Python."""
    lines = dict.fromkeys(_invariants(done))
    lines.update(dict.fromkeys(_variants(done)))
    return tuple(lines)


def _invariants(done: Verification) -> Iterator[str]:
    places = _places(done.program)
    for assumed in done.invariants:
        where = places.get(assumed.loop, assumed.loop)
        yield f"{where} keeps: {readable(assumed.candidate.expr)}"


def _variants(done: Verification) -> Iterator[str]:
    if not done.terminates:
        return
    for variant in done.variants:
        if variant.measures and variant.conditions:
            measures = ", then ".join(readable(m) for m in variant.measures)
            line = variant.conditions[0].span.line
            yield f"loop or recursion at line {line} ends: what decreases is {measures}"


def _places(program: n.Program) -> Mapping[str, str]:
    """Where the loops of the entry function stand, by their labels."""
    found: dict[str, str] = {}
    for node in walk(program.functions[program.entry].body):
        if isinstance(node, n.While | n.For):
            counted = f" (round {node.index})" if isinstance(node, n.For) else ""
            found[node.label] = f"loop at line {node.span.line}{counted}"
    return found


def readable(node: n.Expr) -> str:
    """An expression as Python; the value of `xs` on entry is `OLD.xs`."""
    return _BOUND.sub(r"\1_", _ENTRY_VALUE.sub(r"OLD.\1", expression(node)))
