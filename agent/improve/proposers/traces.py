"""Skills learned from the traces of solved tasks: no search, one reading of what happened."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import log2

from verify_agent.agent.improve.evaluate import Outcome
from verify_agent.agent.improve.model import Generation, Proposal
from verify_agent.agent.improve.proposers.analysis import Analysis
from verify_agent.agent.improve.proposers.samples import all_components, templates
from verify_agent.agent.improve.proposers.tables import Table
from verify_agent.agent.skills.registry import skill
from verify_agent.agent.synth.synthesizer import Kept

NAME = "traces"
BASES = (2_000, 10_000, 20_000, 40_000, 80_000, 120_000, 160_000, 200_000, 240_000)
SLOPES = (0, 500, 1_000, 2_000, 4_000, 6_000)
LOOPS = (1, 2, 3)
SHARES = (-8, -4, 0, 2, 4)
MARGINS = ((4, 5), (9, 10))
"""The parts of a rule's waiting that must do: other tasks are not quite the same."""
LEAST = 1_000
CHEAPEST, DEAREST = 1, 4


@dataclass(frozen=True)
class Waiting:
    """A rule of patience: units at least, for each node, more for loops, and eighths of the work.

    With -8 eighths it is the whole search that may take so long, however late an answer came.
    """

    base: int
    slope: int
    loops: int
    share: int

    def units(self, kept: Kept) -> int:
        """How long to go on after an answer."""
        rate = self.slope * (self.loops if kept.loops else 1)
        return max(LEAST, self.base + rate * kept.size + kept.spent * self.share // 8)

    def text(self, looped: str, plain: str) -> str:
        """The body of a skill that waits by the shorter of a rule and this one.

        `looped` and `plain` are the rule's expressions, for answers with loops and without.
        """
        return (
            f"    if loops:\n        return {self._shorter(looped, self.slope * self.loops)}\n"
            f"    return {self._shorter(plain, self.slope)}\n"
        )

    def _shorter(self, rule: str, slope: int) -> str:
        sign = "-" if self.share < 0 else "+"
        term = f" {sign} {abs(self.share)} * spent // 8" if self.share else ""
        return f"max({LEAST}, min({rule}, {self.base} + {slope} * size{term}))"


def learned_patience(generation: Generation, analysis: Analysis) -> Iterator[Proposal]:
    """The cheapest patience with which every solved task keeps the answer that it got.

    It never waits longer than the present one. The traces say when each answer was there, and
    what was tried until then.
    """
    solved = [o for o in analysis.measured.outcomes.values() if o.solved and o.kept]
    rules = [Waiting(*values) for values in product(BASES, SLOPES, LOOPS, SHARES)]
    old = generation.skill("patience").source
    rules_now = _two_rules(old)
    if rules_now is None:
        return
    head = old[: old.index("    if ")]
    for margin in MARGINS:
        good = [r for r in rules if all(_keeps(o, r, margin) for o in solved)]
        good.sort(key=lambda r: (sum(predicted(o, r) for o in solved), r.base, r.slope, r.loops))
        for rule in good[:1]:
            yield _proposal(generation, analysis, "patience", head + rule.text(*rules_now))


def _two_rules(source: str) -> tuple[str, str] | None:
    """The expressions of a patience for answers with loops and without; None for another form."""
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(
                body=[
                    *_,
                    ast.If(
                        test=ast.Name(id="loops"),
                        body=[ast.Return(value=ast.expr() as looped)],
                        orelse=[],
                    ),
                    ast.Return(value=ast.expr() as plain),
                ]
            ):
                return ast.unparse(looped), ast.unparse(plain)
    return None


def _keeps(outcome: Outcome, rule: Waiting, margin: tuple[int, int]) -> bool:
    """Whether the answer is no longer than it was, at a part of the waiting."""
    part, whole = margin
    stop = min(k.spent + _shorter(k, rule) * part // whole for k in outcome.kept)
    chosen = min((k for k in outcome.kept if k.spent <= stop), key=_rank)
    return chosen.size <= outcome.size


def _rank(kept: Kept) -> int:
    return kept.size * skill("candidate_rank", kept.strategy)


def predicted(outcome: Outcome, rule: Waiting) -> float:
    """The candidates that would be tried: those after an answer are tried at an even rate."""
    first = min(outcome.kept, key=lambda k: k.spent)
    stop = min(k.spent + _shorter(k, rule) for k in outcome.kept)
    end = min(k.spent + _now(k) for k in outcome.kept)
    rate = (outcome.cost - first.tried) / max(1, end - first.spent)
    return first.tried + rate * (stop - first.spent)


def _shorter(kept: Kept, rule: Waiting) -> int:
    return min(_now(kept), rule.units(kept))


def _now(kept: Kept) -> int:
    return skill("patience", kept.size, kept.loops, kept.spent)


def learned_costs(generation: Generation, analysis: Analysis) -> Iterator[Proposal]:
    """Costs that follow how often a component stands in an answer: -log2 of its frequency.

    (Lee, Heo, Alur, Naik, "Accelerating search-based program synthesis using learned
    probabilistic models", PLDI 2018, without the context of a component.)
    """
    used = uses(analysis.measured.outcomes.values())
    total = sum(used.values())
    if not total:
        return
    table = Table.read("component_cost", generation.skill("component_cost").source)
    learned = {t: _learned(used[t], total) for t in templates()}
    lowered = {t: min(table.of(t), cost) for t, cost in learned.items() if used[t]}
    for values in (learned, lowered):
        if any(table.of(t) != cost for t, cost in values.items()):
            text = table.changed(values).text
            yield _proposal(generation, analysis, "component_cost", text)


def _learned(count: int, total: int) -> int:
    """Half the bits of a component's frequency, half a use given to those without any."""
    bits = log2((total + 1) / (count + 0.5))
    return max(CHEAPEST, min(DEAREST, round(bits / 2)))


def learned_turns(generation: Generation, analysis: Analysis) -> Iterator[Proposal]:
    """Longer turns for strategies that win, short ones for those that never found anything."""
    table = Table.read("strategy_turn", generation.skill("strategy_turn").source)
    found = {k.strategy for o in analysis.measured.outcomes.values() for k in o.kept}
    for name in (*analysis.wins, *found):
        table = table.changed({name: 2 * 15_000 if analysis.wins[name] > 1 else 15_000})
    for rest in (5_000, 2_000):
        changed = Table(table.head, table.parameter, table.rows, rest)
        yield _proposal(generation, analysis, "strategy_turn", changed.text)


def learned_order(generation: Generation, analysis: Analysis) -> Iterator[Proposal]:
    """Strategies that win often start first."""
    old = generation.skill("strategy_order").source
    head = old[: old.index("    return ")]
    ranked = [name for name, _ in analysis.wins.most_common()]
    lines = [
        f'    if strategy == "{name}":\n        return {10 * place}\n'
        for place, name in enumerate(ranked, 1)
    ]
    text = f"{head}{''.join(lines)}    return 200 + price // 2\n"
    yield _proposal(generation, analysis, "strategy_order", text)


LEARNERS = {
    "patience": learned_patience,
    "component_cost": learned_costs,
    "strategy_turn": learned_turns,
    "strategy_order": learned_order,
}


def _proposal(generation: Generation, analysis: Analysis, name: str, text: str) -> Proposal:
    return Proposal(name, text, analysis.aims[name], NAME, generation.hash)


def uses(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How often each component stands in the answers."""
    found: Counter[str] = Counter()
    shapes = {c.template: c.tree for c in all_components()}
    for outcome in outcomes:
        if outcome.solved:
            for node in ast.walk(ast.parse(outcome.source)):
                found.update(t for t, shape in shapes.items() if _fits(shape, node))
    return found


def _fits(shape: object, node: object) -> bool:
    """Whether a node has the shape of a component, anything in its holes."""
    if isinstance(shape, ast.Name) and shape.id.startswith("_"):
        return isinstance(node, ast.expr)
    if type(shape) is not type(node):
        return False
    if isinstance(shape, ast.AST):
        return all(_fits(getattr(shape, f), getattr(node, f, None)) for f in shape._fields)
    if isinstance(shape, list) and isinstance(node, list):
        return len(shape) == len(node) and all(map(_fits, shape, node))
    return shape == node
