"""Random functions that read and write module variables: runs, and what is proved of them."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import Violation
from verify_agent.verifier.ir.interpreter import Interpreter, Raised, Returned
from verify_agent.verifier.ir.interpreter_values import Instance
from verify_agent.verifier.subject import Subject

HEAD = "from icontract import ensure, snapshot\n\ncount = 1\nlast: int = -2\non = False\n\n\n"
VALUES = (-3, 0, 1, 2, 7)
FACTS = (
    "count == OLD.count", "count >= OLD.count", "last == OLD.last", "on == OLD.on",
    "result >= 0", "result == count", "count == last", "last <= OLD.count",
    "on or count >= 0", "count == OLD.last",
)  # fmt: skip


def _expression(draw: random.Random) -> str:
    one, two = draw.choice(["x", "count", "last"]), draw.choice(["x", "count", "last", "1", "2"])
    return draw.choice([one, two, f"{one} + {two}", f"{one} - {two}", f"{one} // {two}"])


def _statement(draw: random.Random, calls: list[str], depth: int) -> list[str]:
    kind = draw.randint(0, 7)
    test = draw.choice(["on", "x > 0", "count > last", "not on", "count == 1"])
    if kind == 0 and depth:
        inner = [f"    {line}" for line in _statement(draw, calls, depth - 1)]
        other = [f"    {line}" for line in _statement(draw, calls, depth - 1)]
        return [f"if {test}:", *inner, *(["else:", *other] if draw.random() < 0.5 else [])]
    if kind == 1 and calls:
        return [draw.choice(["{}(x)", "{}(count)", "x = {}(last)"]).format(draw.choice(calls))]
    if kind == 2:
        return [f"on = {test}"]
    if kind == 3:
        return [f"count, last = {_expression(draw)}, {_expression(draw)}"]
    if kind == 4:
        return [f"{draw.choice(['count', 'last', 'x'])} {draw.choice(['+=', '-='])} 1"]
    return [f"{draw.choice(['count', 'last', 'count', 'x'])} = {_expression(draw)}"]


def _function(draw: random.Random, name: str, calls: list[str]) -> str:
    declared = draw.choice(["global count, last, on", "global count\n    global last", "pass"])
    lines = [line for _ in range(draw.randint(1, 3)) for line in _statement(draw, calls, 1)]
    body = "\n".join(f"    {line}" for line in [*lines, f"return {_expression(draw)}"])
    return f"def {name}(x: int) -> int:\n    {declared}\n{body}\n\n\n"


def _module(draw: random.Random) -> str:
    helpers = [f"h{n}" for n in range(draw.randint(0, 2))]
    parts = [_function(draw, name, helpers[:n]) for n, name in enumerate(helpers)]
    old = [f"@snapshot(lambda: {n}, name='{n}')\n" for n in ("count", "last", "on")]
    facts = draw.sample(FACTS, 2)
    said = [f"@ensure(lambda x, result, OLD: {fact})\n" for fact in facts]
    return HEAD + "".join(parts) + "".join([*old, *said]) + _function(draw, "f", helpers)


def _subject(text: str) -> Subject:
    return next(s for s in load(text).functions if s.qualname == "f")


def _ran(text: str, words: Counter[str]) -> frozenset[str]:
    """The interpreter's run beside CPython's, from several states of the variables it gives."""
    try:
        program = lower(_subject(text))
        if program.unsupported:
            raise Unsupported("a function that it calls")
    except Unsupported:
        words["refused"] += 1
        return frozenset()
    plain = "\n".join(x for x in text.splitlines() if not x.startswith(("@", "from icontract")))
    klass = next((c for c in program.classes.values() if c.module), None)
    if klass is None:
        words["nothing is written"] += 1
        return frozenset()
    for x in VALUES[:3]:
        for state in ((1, -2, False), (0, 3, True), (-1, -1, False)):
            scope: dict[str, Any] = {}
            exec(compile(plain, "module", "exec", dont_inherit=True), scope)
            made = dict(zip(("count", "last", "on"), state, strict=True))
            made = {n: made[n] for n, _ in klass.fields}
            # What no function writes is a constant, which nobody sets from outside.
            scope.update(made)
            ours = Instance(klass.name, dict(made), structural=True)
            found = Interpreter(program).run([x, ours])
            try:
                expected: object = scope["f"](x)
            except Exception as error:
                expected = type(error).__name__
            came = found.value if isinstance(found, Returned) else "nothing"
            came = type(found.error).__name__ if isinstance(found, Raised) else came
            after = {n: scope[n] for n in ours.fields}
            assert (came, ours.fields) == (expected, after), f"f({x}) in {state}:\n{text}"
            assert [type(v) for v in ours.fields.values()] == [type(v) for v in after.values()]
            words["runs"] += 1
    return frozenset(n for n, _ in klass.fields)


def _judged(text: str, written: frozenset[str], words: Counter[str]) -> None:
    """What is proved holds under CPython, whatever the module's variables are."""
    subject = _subject(text)
    attempts = Deductive().check(subject, Limits(seconds=4, per_query_ms=600), 0).attempts
    words.update(a.outcome.value for a in attempts.values())
    broken = [a for a in attempts.values() if a.outcome is Verdict.ERROR]
    assert not broken, f"{text}\n{broken}"
    proved = {i for i, a in attempts.items() if a.outcome is Verdict.PROVED}
    harness = Harness(subject)
    for count in VALUES:
        for last in VALUES:
            for on in (False, True):
                state = {"count": count, "last": last, "on": on}
                vars(harness.module).update({n: state[n] for n in written})
                found = harness.check_call({"x": count - last}, seconds=1.0)
                ids = {found.obligation_id} if isinstance(found, Violation) else set()
                assert not ids & proved, f"{count}, {last}, {on}:\n{text}\n{found}"


def _campaign(seed: int, cases: int, judged: int) -> Counter[str]:
    words: Counter[str] = Counter()
    draw = random.Random(seed)
    for _ in range(cases):
        text = _module(draw)
        written = _ran(text, words)
        if written and judged:
            judged -= 1
            _judged(text, written, words)
    print(dict(words))
    return words


def test_random_module_state() -> None:
    words = _campaign(0, 60, 14)
    assert words["runs"] >= 300
    assert words["proved"] >= 15


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_more_random_module_state(seed: int) -> None:
    words = _campaign(seed, 400, 120)
    assert words["proved"] >= 120
