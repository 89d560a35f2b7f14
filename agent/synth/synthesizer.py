"""The offline proposer: strategies side by side, each answer checked on examples first."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from verify_agent.agent.skills.registry import skill
from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import (
    Awaited,
    Body,
    Candidate,
    Found,
    Input,
    Strategy,
    SynthesisProblem,
)
from verify_agent.agent.synth.render import function_node, may_raise_by_itself, size
from verify_agent.agent.synth.rules.loops import without_loop
from verify_agent.agent.synth.rules.running_totals import weighted_form
from verify_agent.agent.synth.rules.shrink import shrunk
from verify_agent.agent.synth.rules.simplify import simplified
from verify_agent.agent.synth.rules.source_text import source_text
from verify_agent.agent.synth.strategies.definitional import Definitional
from verify_agent.agent.synth.strategies.enumeration import Enumeration

WAITING = 0.005
"""Seconds between two looks at an answer that is awaited."""
REWRITING = 1_500
"""Units of work to rewrite and try what a strategy found."""
LONG = 30
"""Nodes of an answer above which it is worth dropping parts that no example needs."""
UNSHORTENED = 500_000
"""Units of work to go on after a long answer of another process, which is not made to be short."""
WEIGHTED = "weighted sum"
"""The strategy that a rewritten sum of running totals counts for: its answers are preferred."""
HUNDREDTHS = 100
"""A strategy's price is told to the skill that orders them in these."""


def default_strategies() -> tuple[Strategy, ...]:
    """All strategies; the synthesizer orders those that apply by their price."""
    from verify_agent.agent.synth.strategies.accumulate import Accumulate, MapInPlace
    from verify_agent.agent.synth.strategies.aggregates import Aggregates
    from verify_agent.agent.synth.strategies.assign_whole import AssignWhole
    from verify_agent.agent.synth.strategies.closed_forms import ClosedForms
    from verify_agent.agent.synth.strategies.dicts import Dicts
    from verify_agent.agent.synth.strategies.early_exit import EarlyExit
    from verify_agent.agent.synth.strategies.fold_companion import CompanionFold
    from verify_agent.agent.synth.strategies.folds import Fold
    from verify_agent.agent.synth.strategies.naturals import Count
    from verify_agent.agent.synth.strategies.neighbours import Neighbours
    from verify_agent.agent.synth.strategies.pieces import Pieces
    from verify_agent.agent.synth.strategies.running import Running
    from verify_agent.agent.synth.strategies.search_loop import SearchLoop
    from verify_agent.agent.synth.strategies.sketches import Sketches
    from verify_agent.agent.synth.strategies.sygus import Sygus
    from verify_agent.agent.synth.strategies.text_parts import TextParts
    from verify_agent.agent.synth.strategies.unfold import Unfold
    from verify_agent.agent.synth.strategies.weighted_sum import WeightedSum
    from verify_agent.agent.synth.strategies.zipped import Zipped

    return (
        Definitional(),
        Sygus(),
        Running(),
        Enumeration(),
        Enumeration("lattice"),
        Enumeration("arithmetic"),
        Enumeration("contract"),
        Fold(),
        Fold("index"),
        Fold("sum"),
        Count(),
        SearchLoop(),
        Pieces(),
        EarlyExit(),
        Accumulate(),
        MapInPlace(),
        AssignWhole(),
        Zipped(),
        Sketches(),
        TextParts(),
        Unfold(),
        Unfold(loops=False),
        Aggregates(),
        Neighbours(),
        Dicts(),
        CompanionFold(),
        ClosedForms(),
        WeightedSum(),
    )


@dataclass(frozen=True)
class Kept:
    """An answer that passed all known cases, and when.

    `spent` is the work since the search began, `tried` are the candidates since ever.
    """

    strategy: str
    size: int
    loops: bool
    spent: int
    tried: int


@dataclass
class _Running:
    strategy: Strategy
    bodies: Iterator[Found]


class Synthesizer:
    """Proposes one candidate after the other for one problem.

    `propose` takes the inputs on which earlier candidates were refuted. No text is offered
    twice, and nothing that fails on a known input is offered at all. Strategies share counted
    work, never time, so that the same problem and counterexamples give the same candidates on
    every machine; the clock says only when to give up. `broken` tells which strategies stopped
    by an error of their own.
    """

    def __init__(
        self,
        problem: SynthesisProblem,
        strategies: tuple[Strategy, ...] | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.problem = problem
        self.clock = clock
        self.pause = pause
        self.context = Context(problem)
        self._strategies = default_strategies() if strategies is None else strategies
        self.kept: list[Kept] = []
        self._began = 0
        self._offered: set[str] = set()
        self._waiting: dict[str, tuple[Candidate, ast.FunctionDef]] = {}
        self._running: list[_Running] = []
        self._version = -1
        self._asked: set[str] = set()
        self.broken: dict[str, str] = {}

    def refute(self, candidate: Candidate, counterexample: Input | None = None) -> None:
        """Remember that a candidate is wrong, and why where an input shows it."""
        self._offered.add(_canonical(candidate.source))
        if counterexample is not None:
            self.context.add(counterexample)

    def close(self) -> None:
        """Stop every strategy, child processes included."""
        for running in self._running:
            closing = getattr(running.bodies, "close", None)
            if closing is not None:
                closing()
        self._running = []

    def propose(
        self,
        counterexamples: Iterable[Input] = (),
        *,
        deadline: float | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Candidate | None:
        """The next candidate, the smallest found in the time of one search.

        `deadline` is in seconds of the clock. None means that the deadline has passed, that it
        was cancelled, or that every strategy has come to its end (`exhausted` tells).
        """
        for values in counterexamples:
            self.context.add(tuple(values))
        self._recheck_waiting()
        if not self._waiting:
            self._search(deadline, cancelled)
        return self._take()

    @property
    def exhausted(self) -> bool:
        """Whether no strategy is left that could find more."""
        return self._version == self.context.version and not self._running

    def _recheck_waiting(self) -> None:
        if self._version != self.context.version:
            self._waiting = {
                text: item
                for text, item in self._waiting.items()
                if self.context.passes(item[1], learn=False)
            }

    def _take(self) -> Candidate | None:
        if not self._waiting:
            return None
        text = min(self._waiting, key=lambda key: self._rank(self._waiting[key]))
        self._offered.add(text)
        return self._waiting.pop(text)[0]

    def _start(self) -> None:
        """(Re)start the strategies where the examples have grown since."""
        self._version = self.context.version
        priced = [(s.price(self.context), i, s) for i, s in enumerate(self._strategies)]
        chosen = sorted(
            (skill("strategy_order", s.name, round(p * HUNDREDTHS)), i, s)
            for p, i, s in priced
            if p is not None
        )
        kept = {r.strategy.name: r for r in self._running if r.strategy.waits}
        self._running = [
            kept.get(s.name) or _Running(s, s.search(self.context))
            for _, _, s in chosen
            if s.name in kept or s.name not in self._asked
        ]

    def _search(self, deadline: float | None, cancelled: Callable[[], bool]) -> None:
        if self._version != self.context.version or not self._offered:
            self._start()
        meter = self.context.meter
        start, stop = meter.spent, None
        self._began = start

        def over() -> bool:
            return cancelled() or (deadline is not None and self.clock() >= deadline)

        while self._running:
            for running in list(self._running):
                if over():
                    return
                if not self._slice(running, over):
                    self._running.remove(running)
                    if running.strategy.waits:
                        self._asked.add(running.strategy.name)
                if stop is not None and meter.spent >= stop:
                    return
                if self._waiting:
                    now = meter.spent
                    grace = min(self._patience(w, now - start) for w in self._waiting.values())
                    stop = now + grace if stop is None else min(stop, now + grace)

    def _patience(self, item: tuple[Candidate, ast.FunctionDef], spent: int) -> int:
        """How much work a search for something better is worth after so much of it."""
        candidate, node = item
        elsewhere = any(s.waits for s in self._strategies if s.name == candidate.strategy)
        if elsewhere and candidate.cost > LONG:
            return UNSHORTENED
        return skill("patience", candidate.cost, _loops(node), spent)

    @staticmethod
    def _rank(item: tuple[Candidate, ast.FunctionDef]) -> int:
        return item[0].cost * skill("candidate_rank", item[0].strategy)

    def _slice(self, running: _Running, over: Callable[[], bool]) -> bool:
        """Let a strategy work for its share; False when it has come to its end."""
        meter = self.context.meter
        until = meter.spent + skill("strategy_turn", running.strategy.name)
        while meter.spent < until and not over():
            try:
                found = next(running.bodies)
            except StopIteration:
                return False
            except Exception as cause:  # the edge of a strategy: the others go on without it
                self.broken[running.strategy.name] = f"{type(cause).__name__}: {cause}"
                return False
            match found:
                case Body():
                    self._consider(running.strategy.name, found)
                case Awaited.AWAITED:
                    self.pause(WAITING)
                case None:
                    meter.spend(1)
                    if running.strategy.waits:
                        break
        return True

    def _consider(self, strategy: str, body: Body) -> None:
        """Keep the first form of a body that passes all known cases, and a shrunk one.

        A loop is kept beside the expression that stands for it: one may be proved, not the other.
        """
        self.context.meter.attempt(REWRITING)
        forms = simplified(self.problem, body)
        kept = self._keep(strategy, forms)
        for name, rule in ((strategy, without_loop), (WEIGHTED, weighted_form)) if kept else ():
            other = rule(self.problem, forms[0])
            if other is not None:
                self.context.meter.attempt(REWRITING)
                self._keep(name, simplified(self.problem, other))
        match body.statements:
            case (ast.Return(value=ast.expr() as value),) if kept and kept.cost > LONG:
                smaller = shrunk(value, self._passes)
                if smaller is not value:
                    self._keep(strategy, simplified(self.problem, Body.of(smaller)))

    def _note(self, candidate: Candidate, node: ast.FunctionDef) -> None:
        meter = self.context.meter
        found = (
            candidate.strategy,
            candidate.cost,
            _loops(node),
            meter.spent - self._began,
            meter.tried,
        )
        self.kept.append(Kept(*found))

    def _passes(self, value: ast.expr) -> bool:
        self.context.meter.spend(REWRITING // 4)
        node = function_node(self.problem, Body.of(value), guarded=True)
        return self.context.passes(node, learn=False)

    def _keep(self, strategy: str, forms: list[Body]) -> Candidate | None:
        for form in forms:
            for guarded in (False, True) if may_raise_by_itself(self.problem) else (True,):
                node = function_node(self.problem, form, guarded=guarded)
                text = ast.unparse(node)
                if text in self._offered or text in self._waiting:
                    return None
                if self.context.uses_allowed(list(node.body)) and self.context.passes(node):
                    candidate = Candidate(source_text(node), strategy, size(node))
                    self._waiting[text] = (candidate, node)
                    self._note(candidate, node)
                    return candidate
        return None


def _loops(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, ast.While) for part in ast.walk(node))


def _canonical(source: str) -> str:
    return ast.unparse(ast.parse(source))
