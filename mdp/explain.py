"""A policy for people: as a table, and why it does what it does in one state."""

from __future__ import annotations

from collections.abc import Iterable

from verify_agent.mdp.solve import Solution


def table(solution: Solution, states: Iterable[str] | None = None) -> str:
    """One line a state: the state, its value, the chosen action; all states by default."""
    shown = tuple(solution.policy if states is None else states)
    width = max((len(s) for s in shown), default=0)
    return "\n".join(
        f"{s:<{width}}  {solution.values[s]:>9.2f}  {solution.policy.get(s, '(end)')}"
        for s in shown
    )


def alternatives(solution: Solution, state: str) -> tuple[tuple[str, float], ...]:
    """The enabled actions with their values, best first; empty in a terminal state."""
    q = solution.q.get(state, {})
    return tuple(sorted(q.items(), key=lambda item: (-item[1], item[0] != solution.policy[state])))


def why(solution: Solution, state: str, limit: int | None = None) -> str:
    """The state, the chosen action, and what each alternative would be worth."""
    ranked = alternatives(solution, state)
    if not ranked:
        return f"{state}: an ending"
    width = max(len(action) for action, _ in ranked)
    lines = [f"state   {state}", f"chosen  {solution.policy[state]}"]
    lines += [f"  {action:<{width}}  {value:>9.2f}" for action, value in ranked[:limit]]
    if limit is not None and len(ranked) > limit:
        lines.append(f"  and {len(ranked) - limit} more, all worth less")
    return "\n".join(lines)
