"""Proposes better implementations, the best by the task's objective first.

Every implementation that gives the same results on drawn inputs is measured; what is proposed is
measured better. That it is equal on all inputs is for the engines to show.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from verify_agent.agent.artifacts import formatted
from verify_agent.agent.given import given_text
from verify_agent.agent.optimize.inputs import agrees, samples
from verify_agent.agent.optimize.judge import Judge, judge_for
from verify_agent.agent.optimize.model import Known, Rewrite, function_text
from verify_agent.agent.optimize.objective import size
from verify_agent.agent.optimize.sources import SOURCES
from verify_agent.agent.synth.contract.forbidden import used
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import find_node
from verify_agent.agent.task_subject import in_place
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.evidence import Counterexample
from verify_agent.verifier.frontend.lower import lower

MOST = 60
#: Rewrites of rewrites are looked at, so that several small ones add up.
ROUNDS = 3
RESERVE_SECONDS = 1.0
ALIKE = 1.15
SEARCH_SECONDS = 12.0


@dataclass
class OptimizeProposer:
    """Candidates in the order of what they gain; each is measured before it is proposed."""

    task: Task
    clock: Callable[[], float]
    _ranked: list[tuple[Rewrite, str]] | None = field(default=None, init=False)
    _judge: Judge | None = field(default=None, init=False)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """The best candidate that was not proposed yet; None where no other is better.

        Raises `Unsupported` for a function that can't be run on drawn inputs.
        """
        if self._ranked is None:
            self._ranked = self._search(deadline)
        while self._ranked:
            rewrite, module = self._ranked.pop(0)
            found = self._judge.gain(rewrite.body, module) if self._judge else None
            if found is not None:
                if not self.task.in_codebase:
                    module = formatted(module)
                return Candidate(module, f"{rewrite.strategy}: {found.text}", found.size)
        return None

    def simplify(self, candidate: Candidate) -> Candidate:
        """The same: what was measured is what is delivered."""
        return candidate

    def close(self) -> None:
        """End the sandbox of the measurements."""
        if self._judge is not None:
            self._judge.close()

    def _search(self, deadline: float) -> list[tuple[Rewrite, str]]:
        if "." in self.task.qualname:
            raise Unsupported(f"a faster method (`{self.task.qualname}`)")
        deadline = min(deadline, self.clock() + SEARCH_SECONDS)
        text = given_text(self.task)
        known = known_of(self.task, text)
        judge = self._judge = judge_for(self.task, known, text)
        found: list[tuple[float, Rewrite, str]] = []
        for rewrite, module in self._different(known, text, deadline - RESERVE_SECONDS):
            if self.clock() > deadline - RESERVE_SECONDS:
                break
            about = judge.estimate(rewrite.body, module)
            if about is not None:
                found.append((about, rewrite, module))
        found.sort(key=lambda one: (-_step(one[0]), size(one[1].body), -one[0]))
        return [(rewrite, module) for _, rewrite, module in found]

    def _different(self, known: Known, text: str, deadline: float) -> Iterator[tuple[Rewrite, str]]:
        """Rewrites that agree with the function on the samples, and the module with each."""
        seen = {_key(known.body)}
        wave = [known]
        count = 0
        for _ in range(ROUNDS):
            following: list[Known] = []
            for rewrite in (r for k in wave for r in _rewrites(k, self.task, self.clock, deadline)):
                key = _key(rewrite.body)
                if key in seen or count >= MOST or used(list(rewrite.body)) & set(self.task.forbid):
                    continue
                seen.add(key)
                made = self._agreeing(known, rewrite, text)
                if made is None:
                    continue
                count += 1
                yield rewrite, made[1]
                following.append(made[0])
            wave = following

    def _agreeing(self, known: Known, rewrite: Rewrite, text: str) -> tuple[Known, str] | None:
        try:
            module = in_place(text, self.task.qualname, function_text(known, rewrite.body))
            program = lower(self.task.subject(module))
        except (BadSource, Unsupported, SyntaxError, ValueError):
            return None
        if not agrees(program, known.samples):
            return None
        node = find_node(module, self.task.qualname)
        assert isinstance(node, ast.FunctionDef)
        return Known(node, known.signature, program, known.samples), module


def known_of(task: Task, text: str) -> Known:
    """The task's function in a module's text; `Unsupported` where it can't be run."""
    program = lower(task.subject(text))
    node = find_node(text, task.qualname)
    if not isinstance(node, ast.FunctionDef):
        raise Unsupported("an async function", node.lineno)
    found = samples(program, task.seed)
    if not found:
        raise Unsupported("no input was found on which the function returns")
    return Known(node, task.signature, program, found)


def _rewrites(
    known: Known, task: Task, clock: Callable[[], float], deadline: float
) -> Iterator[Rewrite]:
    for source in SOURCES:
        if clock() > deadline:
            return
        yield from source(known)


def _step(gain: float) -> int:
    """Gains that differ by less than this are alike: the shorter text goes first."""
    return round(math.log(gain) / math.log(ALIKE))


def _key(body: object) -> str:
    assert isinstance(body, list | tuple)
    return "\n".join(ast.dump(s) for s in body)
