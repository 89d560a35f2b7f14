"""Examples are chosen so that every mutant is killed, proved equal, or told to live."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.agent.testing.difference import Answer, Differs, Equal, Open
from verify_agent.agent.testing.examples import Choice, choose
from verify_agent.agent.testing.render import example_test
from verify_agent.verifier.engines.observations import HUNG, RETURNED, Input, Observation, Outcome
from verify_agent.verifier.mutation import Mutant, mutants

SOURCE = "def f(x: int) -> bool:\n    return x < 3\n"
MUTANTS = mutants(SOURCE, "f")  # `<=`, `>`, `4`, `2`


def on(x: int, result: bool) -> Observation:
    return Observation(Input((), (("x", str(x)),), f"f({x})"), Outcome(RETURNED, repr(result)))


def run(made: Sequence[Mutant], seen: Sequence[Observation]) -> Sequence[Sequence[Outcome]]:
    rows = []
    for mutant in made:
        space: dict[str, object] = {}
        exec(mutant.source, space)
        rows.append([Outcome(RETURNED, repr(eval(o.input.call, space))) for o in seen])
    return rows


def chosen(drawn: list[Observation], stated: tuple[Observation, ...], answer: Answer) -> Choice:
    return choose(MUTANTS, tuple(drawn), stated, run, lambda m: answer, lambda found: on(3, False))


def test_the_fewest() -> None:
    found = chosen([on(0, True), on(2, True), on(3, False), on(9, False)], (), Open("none"))
    assert [e.seen.input.call for e in found.examples] == ["f(2)", "f(3)"]
    assert (found.killed, found.equal, found.alive, found.fewest) == (4, (), (), True)


def test_what_is_stated_needs_no_example() -> None:
    found = chosen([on(0, True), on(3, False)], (on(2, True),), Open("none"))
    assert [str(m) for m in found.stated] == [
        "line 2: `x < 3` becomes `x > 3`",
        "line 2: `3` becomes `2`",
    ]
    assert [e.seen.input.call for e in found.examples] == ["f(3)"]


def test_the_prover_is_asked_about_survivors() -> None:
    assert len(chosen([on(0, True)], (), Equal()).equal) == 3
    lives = chosen([on(0, True)], (), Open("too hard"))
    assert [why for _, why in lives.alive] == ["too hard"] * 3
    looked = chosen([on(2, True)], (), Differs((3,)))
    assert [e.seen.input.call for e in looked.examples] == ["f(2)", "f(3)"]


def test_a_mutant_that_does_not_end_is_killed_and_counted() -> None:
    def hung(made: Sequence[Mutant], seen: Sequence[Observation]) -> Sequence[Sequence[Outcome]]:
        return [[Outcome(HUNG, "time") for _ in seen] for _ in made]

    found = choose(MUTANTS, (on(0, True),), (), hung, lambda m: Open(""), lambda found: None)
    assert (found.killed, found.endless) == (4, 4)


def test_the_text_of_an_example() -> None:
    changed = Outcome(RETURNED, "None", after=(("xs", "[1]"),))
    seen = Observation(Input(("xs = []",), (("xs", "xs"),), "add(xs)"), changed)
    assert example_test(2, "add", seen, ["line 2: `a` is left out"]) == (
        "def test_add_example_2():\n"
        "    # kills line 2: `a` is left out\n"
        "    xs = []\n"
        "    assert add(xs) is None\n"
        "    assert xs == [1]"
    )
