"""What a docstring says: the contract's words, what was proved, and examples that were run."""

from __future__ import annotations

from verify_agent.agent.documenting.document import document
from verify_agent.agent.documenting.examples import chosen, doctest_of
from verify_agent.agent.documenting.placing import written
from verify_agent.agent.documenting.sections import docstring, sections
from verify_agent.verifier.engines.observations import RAISED, RETURNED, Input, Observation, Outcome
from verify_agent.verifier.evidence import Attempt, Obligation, Verdict
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.subject import NO_EXCEPTION, Subject, obligations_of

SOURCE = '''\
from icontract import ensure, require


@require(lambda x: x >= 0, error=ValueError)
@require(lambda x, y: x < y, "in order")
@ensure(lambda result, x: result == x + 1)
def after(x: int, y: int = 3) -> int:
    """The next one."""
    return x + 1
'''


def seen(call: str, result: str, path: int, kind: str = RETURNED) -> Observation:
    given = (("x", call[6:-1].split(", ")[0]), ("y", call[6:-1].split(", ")[1]))
    return Observation(Input((), given, call), Outcome(kind, result), frozenset({(path, 0)}))


def proved(about: Subject, verdict: Verdict) -> tuple[Obligation, ...]:
    return tuple(o.with_attempts([Attempt("deductive", verdict)]) for o in obligations_of(about))


def test_all_sections() -> None:
    about = subject(SOURCE, "after")
    drawn = [seen("after(0, 9)", "1", 1), seen("after(4, 9)", "5", 1)]
    made = document(about, "", proved(about, Verdict.PROVED), drawn, lambda changed: ())
    assert (
        written(made.text, "after")
        == """\
The next one.

Args:
    x: an integer, with `x >= 0`.
    y: an integer, with `x < y` (in order); `3` by default.

Returns:
    `result == x + 1`.

Raises:
    ValueError: when `x >= 0` does not hold.

Guarantees:
    Raises nothing where the arguments are as above.

Examples:
    >>> after(4, 9)
    5
    >>> after(0, 9)
    1"""
    )


def test_a_second_time_adds_nothing() -> None:
    about = subject(SOURCE, "after")
    facts = proved(about, Verdict.PROVED)
    once = document(about, "", facts, [seen("after(4, 9)", "5", 1)], lambda changed: ()).text
    again = subject(once, "after")
    assert document(again, "", facts, [seen("after(1, 2)", "2", 1)], lambda c: ()).text == once


def test_what_is_not_proved_is_not_said() -> None:
    about = subject(SOURCE, "after")
    told = sections(about.signature, about.contract, proved(about, Verdict.TESTED), [])
    assert "Guarantees" not in {s.heading for s in told}
    assert any(o.kind == NO_EXCEPTION for o in obligations_of(about))


def test_a_section_that_is_there_stays_alone() -> None:
    about = subject(SOURCE, "after")
    told = sections(about.signature, about.contract, [], [">>> after(1, 2)", "2"])
    for old in (
        "It.\n\nArgs:\n    x.\n\nReturns:\n    y.\n\nRaises:\n    E: z.\n\n>>> after(0, 1)\n1",
        "It.\n\nParameters\n----------\nx\n\nReturns\n-------\n\nRaises\n------\n\nExamples\n--------",
        "It.\n\n:param x: mine\n:returns: mine\n:raises E: mine\n\nExample:\n    one",
    ):
        assert docstring(old, about.signature, about.contract, "", told) == old


def test_an_example_that_does_not_hold_is_left_out() -> None:
    about = subject(SOURCE, "after")
    drawn = [seen("after(4, 9)", "6", 1)]
    wrong = {"after(4, 9)"}
    made = document(
        about, "", [], drawn, lambda changed: tuple(w for w in wrong if w in changed.source)
    )
    assert "after(4, 9)" not in made.text
    assert made.failing == ()


def test_examples_take_every_way_and_read_well() -> None:
    drawn = [
        seen("after(0, 0)", "1", 1),
        seen("after(2, 7)", "3", 1),
        seen("after(5, 5)", "ValueError", 2, RAISED),
        seen("after(8, 7)", "1500", 1),
    ]
    found = chosen(drawn, frozenset({"1500"}))
    assert {o.input.call for o in found[:2]} == {"after(8, 7)", "after(5, 5)"}
    raised = doctest_of(drawn[2])
    assert raised[1:] == ("Traceback (most recent call last):", "    ...", "ValueError")
