"""Skills learned from the traces of solved tasks: no search, one reading of what happened."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from math import log2

from verify_agent.agent.improve.evaluate import Outcome
from verify_agent.agent.improve.model import Generation, Proposal
from verify_agent.agent.improve.proposers.analysis import Analysis, reached
from verify_agent.agent.improve.proposers.samples import all_components, templates
from verify_agent.agent.improve.proposers.tables import Table
from verify_agent.agent.improve.proposers.waiting import NAME as TRACES
from verify_agent.agent.improve.proposers.waiting import tuned_patience
from verify_agent.agent.synth.terms.components import Component

NAME = TRACES
LEAST_TURN = 1_000
CHEAPEST, DEAREST = 1, 4


def learned_costs(generation: Generation, analysis: Analysis) -> Iterator[Proposal]:
    """First, what the dearest answers are made of costs least.

    Then costs that follow how often a component stands in an answer: -log2 of its frequency.

    (Lee, Heo, Alur, Naik, "Accelerating search-based program synthesis using learned
    probabilistic models", PLDI 2018, without the context of a component.)
    """
    used = uses(analysis.measured.outcomes.values())
    total = sum(used.values())
    if not total:
        return
    table = _table(generation, "component_cost")
    if table is None:
        return
    learned = {t: _learned(used[t], total) for t in templates()}
    lowered = {t: min(table.of(t), cost) for t, cost in learned.items() if used[t]}
    dearest = dict.fromkeys(sorted(uses(_dearest(analysis))), CHEAPEST)
    for values in (dearest, learned, lowered):
        if any(table.of(t) != cost for t, cost in values.items()):
            text = table.changed(values).text
            yield _proposal(generation, analysis, "component_cost", text)


def _table(generation: Generation, name: str) -> Table | None:
    """A skill's numbers; None where an admitted change made another text of it than a table."""
    try:
        return Table.read(name, generation.skill(name).source)
    except ValueError:
        return None


def _dearest(analysis: Analysis) -> list[Outcome]:
    """The solved tasks that took half of all candidates until their answers, dearest first."""
    solved = [o for o in analysis.measured.outcomes.values() if o.solved]
    found: list[Outcome] = []
    for outcome in sorted(solved, key=lambda o: (-reached(o), o.task)):
        if 2 * sum(map(reached, found)) >= analysis.searching:
            break
        found.append(outcome)
    return found


def _learned(count: int, total: int) -> int:
    """Half the bits of a component's frequency, half a use given to those without any."""
    bits = log2((total + 1) / (count + 0.5))
    return max(CHEAPEST, min(DEAREST, round(bits / 2)))


def learned_turns(generation: Generation, analysis: Analysis) -> Iterator[Proposal]:
    """A third of the turn for all, so that the next may start earlier; then more for who wins.

    Those that never found anything get short turns there.
    """
    table = _table(generation, "strategy_turn")
    if table is None:
        return
    shorter = Table(table.head, table.parameter, table.rows, max(LEAST_TURN, table.rest // 3))
    if shorter.rest != table.rest:
        yield _proposal(generation, analysis, "strategy_turn", shorter.text)
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
    "patience": tuned_patience,
    "component_cost": learned_costs,
    "strategy_turn": learned_turns,
    "strategy_order": learned_order,
}


def _proposal(generation: Generation, analysis: Analysis, name: str, text: str) -> Proposal:
    return Proposal(name, text, analysis.aims[name], NAME, generation.hash)


def uses(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How often each component stands in the answers; a node counts for what says most of it."""
    found: Counter[str] = Counter()
    shapes = {c.text: c for c in reversed(all_components())}
    for outcome in outcomes:
        for node in ast.walk(ast.parse(outcome.source)):
            fitting = [c for c in shapes.values() if _fits(c.tree, node)]
            if fitting:
                found[max(fitting, key=_said).template] += 1
    return found


def _said(component: Component) -> tuple[int, int, str]:
    """How many nodes a component has that are no holes, and how few holes."""
    nodes = sum(1 for _ in ast.walk(component.tree))
    return nodes - 2 * len(component.args), -len(component.args), component.template


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
