"""What is checked: one function of one module, under one contract."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verify_agent.contracts.model import Contract, Signature, Unread
from verify_agent.verifier.evidence import Attempt, Obligation, Span, Verdict, obligation_id


@dataclass(frozen=True)
class Subject:
    """A function under contract.

    `source` is the whole module's text (decorators included), `qualname` is `f` or `Class.f`,
    `module` the import name, `path` the file for people, `roots` the folders from which the
    module's own imports are found. `line` is where the `def` stands. Where `unread` is not
    empty a part of the contract or the signature could not be read exactly, and nothing may be
    concluded about the function.
    """

    source: str
    qualname: str
    signature: Signature
    contract: Contract
    module: str = "candidate"
    path: str = "<candidate>"
    roots: tuple[str, ...] = ()
    line: int = 1
    asserts: tuple[tuple[str, int], ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def id(self) -> str:
        """`module:qualname`, the function's id in reports."""
        return f"{self.module}:{self.qualname}"

    def with_source(self, source: str) -> Subject:
        """The same contract on other source text."""
        return replace(self, source=source)


# Kinds of obligation that every engine knows.
TYPES = "types"
ENSURE = "ensure"
INVARIANT = "invariant"
RAISES = "raises"
NO_EXCEPTION = "no-exception"
FRAME = "frame"
DEFINED = "defined"
ASSERT = "assert"
EXAMPLE = "example"
PROPERTY = "property"
REFERENCE = "reference"
READING = "reading"


def obligations_of(subject: Subject) -> tuple[Obligation, ...]:
    """The obligations of a function, in a fixed order, the implicit ones included.

    `types` is not among them: only a session that runs the typing engine adds it
    (`types_obligation`). Where something could not be read, that is all there is: one obligation
    a part, `UNKNOWN` from the start, for which no engine has a word.
    """
    if subject.unread:
        unread = [_reading(subject, unread) for unread in reversed(subject.unread)]
        return tuple({o.id: o for o in unread}.values())[::-1]
    contract = subject.contract
    made = [
        *(_make(subject, ENSURE, c.display, c.line) for c in contract.ensures),
        *(_make(subject, INVARIANT, c.display, c.line) for c in contract.invariants),
        *(
            _make(subject, RAISES, f"{r.exception} exactly when {r.condition.display}")
            for r in contract.raises
        ),
        *(_make(subject, EXAMPLE, text) for text in contract.examples),
        *(
            _make(subject, PROPERTY, f"{p.then} for all {_given(p.given)} with {p.when or 'True'}")
            for p in contract.properties
        ),
        *(_make(subject, ASSERT, text, line) for text, line in subject.asserts),
    ]
    if contract.reference:
        made.append(_make(subject, REFERENCE, f"result equals {contract.reference}"))
    made.append(_make(subject, NO_EXCEPTION, "no undeclared exception escapes"))
    made.append(_make(subject, DEFINED, "every contract expression is defined"))
    if contract.modifies is not None:
        allowed = ", ".join(contract.modifies)
        text = f"no argument but {allowed} is changed" if allowed else "no argument is changed"
        made.append(_make(subject, FRAME, text))
    return tuple({o.id: o for o in made}.values())


def _reading(subject: Subject, unread: Unread) -> Obligation:
    made = _make(subject, READING, f"{unread.construct} can be read", unread.line)
    reason = f"unsupported: {unread.construct} at {unread.line}:{unread.column}"
    return made.with_attempts([Attempt("frontend", Verdict.UNKNOWN, reason)])


def types_obligation(subject: Subject) -> Obligation:
    """The obligation that the typing engine answers."""
    return _make(subject, TYPES, "mypy --strict accepts the module")


def find(obligations: tuple[Obligation, ...], kind: str, text: str | None = None) -> Obligation:
    """The obligation of that kind and text; `KeyError` where there is none."""
    for obligation in obligations:
        if obligation.kind == kind and text in (None, obligation.text):
            return obligation
    raise KeyError(f"no obligation {kind}: {text}")


def _make(subject: Subject, kind: str, text: str, line: int = 0) -> Obligation:
    span = Span(line or subject.line)
    return Obligation(obligation_id(subject.qualname, kind, text), kind, text, span)


def _given(given: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name}: {annotation}" for name, annotation in given)
