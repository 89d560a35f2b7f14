"""Write the docstring of the function that a task starts from, its examples run first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from icontract import ensure, require

from verify_agent.agent.documenting.examples import MOST, chosen, constants_of, doctest_of, stated
from verify_agent.agent.documenting.placing import only_docstring_differs, placed, written
from verify_agent.agent.documenting.sections import docstring, sections
from verify_agent.agent.task_origin import find_node
from verify_agent.verifier.engines.observations import Observation
from verify_agent.verifier.evidence import Obligation
from verify_agent.verifier.subject import Subject

#: A module's text -> the expressions of the docstring's examples that did not give what it says.
RunExamples = Callable[[Subject], tuple[str, ...]]


@dataclass(frozen=True)
class Documented:
    """The module's new text; `failing` are examples that a person wrote and that do not hold."""

    text: str
    failing: tuple[str, ...] = ()


@require(lambda subject: not subject.unread)
@ensure(
    lambda result, subject: only_docstring_differs(subject.source, result.text, subject.qualname)
)
@ensure(
    lambda result, subject: written(result.text, subject.qualname).startswith(
        written(subject.source, subject.qualname)
    ),
    "what a person wrote stays",
)
def document(
    subject: Subject,
    description: str,
    obligations: Sequence[Obligation],
    seen: Sequence[Observation],
    failing: RunExamples,
) -> Documented:
    """The module with the function's docstring.

    `obligations` say what was proved, `seen` is what examples are chosen from; each example of
    ours that does not hold when it is run again is left out.
    """
    own = [stated([text]) for text in subject.contract.examples]
    constants = constants_of(find_node(subject.source, subject.qualname))
    examples = own[:MOST] or [doctest_of(o) for o in chosen(seen, constants)]
    text = _text(subject, description, obligations, examples)
    wrong = failing(replace(subject, source=text))
    if wrong:
        examples = [e for e in examples if not _holds_any(e, wrong)]
        text = _text(subject, description, obligations, examples)
        wrong = failing(replace(subject, source=text))
    return Documented(text, wrong)


def _holds_any(example: Sequence[str], wrong: Sequence[str]) -> bool:
    return any(line.removeprefix(">>> ") in wrong for line in example)


def _text(
    subject: Subject,
    description: str,
    obligations: Sequence[Obligation],
    examples: Sequence[Sequence[str]],
) -> str:
    signature, contract = subject.signature, subject.contract
    lines = [line for example in examples for line in example]
    said = sections(signature, contract, obligations, lines)
    old = written(subject.source, subject.qualname)
    new = docstring(old, signature, contract, description, said)
    return placed(subject.source, subject.qualname, new.strip())
