"""An `__eq__` of its own decides in containers too: the interpreter leaves it to CPython."""

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir.interpreter import Interpreter, Returned
from verify_agent.verifier.ir.interpreter_values import Limits

MODULE = """
from dataclasses import dataclass

@dataclass{frozen}
class Box:
    n: int
{equality}

def f(a: int, b: int) -> bool:
    return {text}
"""
OWN = "    def __eq__(self, other: object) -> bool:\n        return True"
TEXTS = (
    "Box(a) in [Box(b)]",
    "[Box(a)] == [Box(b)]",
    "(Box(a), 1) == (Box(b), 1)",
    "[Box(b)].count(Box(a)) == 1",
)


def _run(text: str, frozen: str, equality: str) -> object:
    source = MODULE.format(text=text, frozen=frozen, equality=equality)
    scope: dict[str, object] = {"__name__": "builtins"}
    exec(source, scope)
    wanted = eval("f(1, 2)", scope)
    program = lower(next(s for s in load(source).functions if s.qualname == "f"))
    if program.unsupported:
        return None
    try:
        outcome = Interpreter(program, Limits()).run([1, 2])
    except Unsupported:
        return None
    assert isinstance(outcome, Returned)
    assert outcome.value == wanted
    return outcome.value


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("frozen", ["", "(frozen=True)"])
def test_an_own_equality_is_not_that_of_the_fields(text: str, frozen: str) -> None:
    assert _run(text, frozen, OWN) in (None, True)
    assert _run(text, frozen, "") in (None, False)


def test_fields_decide_where_there_is_no_own_equality() -> None:
    assert _run(TEXTS[0], "(frozen=True)", "") is False
