"""Choose the fewest examples that kill a function's mutants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from icontract import ensure, require

from verify_agent.agent.testing.cover import fewest
from verify_agent.agent.testing.difference import Answer, Differs, Equal
from verify_agent.agent.testing.kills import kill_matrix
from verify_agent.verifier.engines.observations import HUNG, Observation, Outcome
from verify_agent.verifier.mutation import Mutant

#: What each mutant does on each of the inputs, a row a mutant.
Run = Callable[[Sequence[Mutant], Sequence[Observation]], Sequence[Sequence[Outcome]]]
#: Whether a mutant equals the function, by proof.
Compare = Callable[[Mutant], Answer]
#: What the function does on arguments that a solver gives; None where they are not allowed.
Look = Callable[[Differs], Observation | None]


@dataclass(frozen=True)
class Example:
    """An observation that becomes a test, and the mutants that no earlier example kills."""

    seen: Observation
    kills: tuple[Mutant, ...]


@dataclass(frozen=True)
class Choice:
    """The examples, and what became of the mutants.

    `stated` are the mutants that examples which were there already kill; `equal` are proved equal
    to the function, `alive` are neither killed nor proved equal, with what the prover said.
    `endless` of the killed ones do not end on the input that kills them.
    """

    mutants: tuple[Mutant, ...]
    examples: tuple[Example, ...]
    stated: tuple[Mutant, ...] = ()
    equal: tuple[Mutant, ...] = ()
    alive: tuple[tuple[Mutant, str], ...] = ()
    endless: int = 0
    fewest: bool = True

    @property
    def killed(self) -> int:
        """How many mutants the examples kill, those that were there included."""
        return len(self.stated) + sum(len(e.kills) for e in self.examples)


@require(lambda stated: all(o.outcome.exact for o in stated))
@ensure(lambda result, mutants: partitioned(result, mutants))
@ensure(lambda result: all(e.kills for e in result.examples), "each is there for a mutant")
def choose(
    mutants: tuple[Mutant, ...],
    seen: tuple[Observation, ...],
    stated: tuple[Observation, ...],
    run: Run,
    compare: Compare,
    look: Look,
) -> Choice:
    """The fewest of the observations that kill every mutant that can be killed.

    `seen` is what was drawn at random; for a mutant that survives all of it the prover is asked,
    which proves it equal or gives an input to look at. Mutants that `stated` examples kill need
    no further one.
    """
    known = (*stated, *seen)
    outcomes = [list(row) for row in run(mutants, known)]
    equal: set[int] = set()
    reasons: dict[int, str] = {}
    for number, mutant in enumerate(mutants):
        if _survives(known, outcomes, number):
            answer = compare(mutant)
            match answer:
                case Equal():
                    equal.add(number)
                case Differs():
                    new = look(answer)
                    reasons[number] = "the solver's input shows no difference"
                    if new is not None and new.outcome.exact:
                        known = (*known, new)
                        for row, (one,) in zip(outcomes, run(mutants, [new]), strict=True):
                            row.append(one)
                case other:
                    reasons[number] = other.reason
    matrix = kill_matrix(known, outcomes)
    return _chosen(mutants, known, len(stated), matrix, equal, reasons, outcomes)


def partitioned(choice: Choice, mutants: Sequence[Mutant]) -> bool:
    """Whether every mutant is killed, proved equal or alive, and exactly one of them."""
    parts = [*choice.stated, *(m for e in choice.examples for m in e.kills)]
    parts += [*choice.equal, *(m for m, _ in choice.alive)]
    return len(parts) == len(set(parts)) == len(mutants) and set(parts) == set(mutants)


def _survives(
    known: Sequence[Observation], outcomes: Sequence[Sequence[Outcome]], number: int
) -> bool:
    return not any(kill_matrix(known, [outcomes[number]]).values())


def _chosen(
    mutants: tuple[Mutant, ...],
    known: Sequence[Observation],
    stated: int,
    matrix: Mapping[int, frozenset[int]],
    equal: set[int],
    reasons: Mapping[int, str],
    outcomes: Sequence[Sequence[Outcome]],
) -> Choice:
    before = frozenset(m for i in range(stated) for m in matrix.get(i, frozenset()))
    left = {i: kills - before - equal for i, kills in matrix.items() if i >= stated}
    cover = fewest({i: kills for i, kills in left.items() if kills})
    dead = set(before)
    examples: list[Example] = []
    endless = 0
    for i in cover.chosen:
        new = left[i] - dead
        dead |= new
        endless += sum(outcomes[m][i].kind == HUNG for m in new)
        examples.append(Example(known[i], tuple(mutants[m] for m in sorted(new))))
    rest = set(range(len(mutants))) - dead - equal
    return Choice(
        mutants,
        tuple(examples),
        tuple(mutants[m] for m in sorted(before)),
        tuple(mutants[m] for m in sorted(equal - before)),
        tuple((mutants[m], reasons.get(m, "not compared")) for m in sorted(rest)),
        endless,
        cover.fewest,
    )
