"""Which mutants of a function a condition kills: it is false of a mutant's result somewhere.

Runs are the interpreter's: nothing of the text is executed. A mutant that no drawn input tells
from the function may be equal to it or not; it counts neither way.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir.interpreter import Interpreter, Returned, snapshot_frame
from verify_agent.verifier.ir.interpreter_values import Limits, Signal, same
from verify_agent.verifier.mutation import Mutant
from verify_agent.verifier.subject import Subject

Samples = Sequence[tuple[tuple[Any, ...], Any]]
LIMITS = Limits(steps=5_000)
#: Inputs that tell a mutant from the function, kept of one mutant.
KEPT = 25


@dataclass(frozen=True)
class Different:
    """A mutant and calls on which it returns something else: arguments with its result."""

    mutant: Mutant
    calls: tuple[tuple[tuple[Any, ...], Any], ...]


def different(
    subject: Subject, mutants: Sequence[Mutant], samples: Samples
) -> tuple[Different, ...]:
    """The mutants that return another result on a sample; those that only raise are left out."""
    found = []
    for mutant in mutants:
        try:
            machine = Interpreter(lower(subject.with_source(mutant.source)), LIMITS)
            calls = tuple(_told_apart(machine, samples))
        except (Unsupported, BadSource):
            continue
        if calls:
            found.append(Different(mutant, calls))
    return tuple(found)


def _told_apart(machine: Interpreter, samples: Samples) -> list[tuple[tuple[Any, ...], Any]]:
    found: list[tuple[tuple[Any, ...], Any]] = []
    for arguments, wanted in samples:
        result = machine.run(copy.deepcopy(list(arguments)))
        if isinstance(result, Returned) and not same(result.value, wanted):
            found.append((arguments, result.value))
        if len(found) >= KEPT:
            break
    return found


@dataclass
class Conditions:
    """Postconditions of one subject, to be asked of arguments and a result."""

    subject: Subject

    def __post_init__(self) -> None:
        program = lower(self.subject)
        self._function = program.functions[program.entry]
        self._machine = Interpreter(program, LIMITS)
        clauses = self._function.ensures
        self._compiled = {c.text: self._machine.expression(c.expr) for c in clauses}

    def holds(self, text: str, arguments: Sequence[Any], result: Any) -> bool:
        """Whether the postcondition is defined and true."""
        frame = snapshot_frame(self._function, arguments, {})
        frame.setdefault("result", result)
        self._machine.steps = 0
        with self._machine.session():
            try:
                return bool(self._compiled[text](dict(frame)))
            except (Unsupported, Signal):
                return False
            except Exception:  # an expression that raises is not defined, so it does not hold
                return False

    def true_of(self, samples: Samples) -> tuple[str, ...]:
        """The conditions that hold of every sample."""
        return tuple(t for t in self._compiled if all(self.holds(t, a, r) for a, r in samples))

    def kills(
        self, texts: Sequence[str], mutants: Sequence[Different]
    ) -> Mapping[str, frozenset[int]]:
        """For each condition the positions of the mutants that it kills."""
        return {
            text: frozenset(
                n
                for n, mutant in enumerate(mutants)
                if any(not self.holds(text, a, r) for a, r in mutant.calls)
            )
            for text in texts
        }


def strengths(conditions: Conditions, texts: Sequence[str], samples: Samples) -> dict[str, int]:
    """For each condition how many results of other samples it excludes, out of the same few."""
    few = samples[:: max(1, len(samples) // 24)]
    wrong = [(a, r) for a, w in few for _, r in few if not same(r, w)]
    return {t: sum(not conditions.holds(t, a, r) for a, r in wrong) for t in texts}


def irredundant(
    kills: Mapping[str, frozenset[int]], strength: Mapping[str, int]
) -> tuple[str, ...]:
    """Conditions that together kill all that any kills, the strongest first, none for nothing.

    Greedy, then without those whose mutants the others kill too (Chvatal, A Greedy Heuristic for
    the Set-Covering Problem, 1979); the stronger goes first among
    equals, then the shorter text.
    """
    chosen: list[str] = []
    killed: frozenset[int] = frozenset()
    while True:
        ranked = sorted(kills, key=lambda t: (-len(kills[t] - killed), -strength[t], len(t)))
        best = ranked[0] if ranked else None
        if best is None or not kills[best] - killed:
            break
        chosen.append(best)
        killed |= kills[best]
    for text in reversed(list(chosen)):
        others = frozenset[int]().union(*(kills[t] for t in chosen if t != text))
        if kills[text] <= others:
            chosen.remove(text)
    return tuple(sorted(chosen, key=lambda t: (-len(kills[t]), -strength[t], len(t))))
