"""Names for the locals of a body that do not clash with the parameters."""

from __future__ import annotations

from verify_agent.agent.synth.context import Context

_CHOICES = {
    "result": ("result", "total", "answer"),
    "item": ("item", "value", "element"),
    "i": ("i", "index", "position"),
    "k": ("k", "count", "number"),
    "j": ("j", "place", "other"),
}


def fresh_names(context: Context, wanted: tuple[str, ...], items: str = "") -> dict[str, str]:
    """A name for each role; the element of `xs` is called `x`.

    The names differ from each other, from the parameters and from forbidden builtins.
    """
    taken = set(context.local) | {context.problem.signature.name}
    chosen: dict[str, str] = {}
    for role in wanted:
        choices = list(_CHOICES.get(role, (role,)))
        if role == "item" and items.endswith("s") and len(items) > 1:
            choices.insert(0, items[:-1])
        free = [name for name in choices if name not in taken]
        chosen[role] = free[0] if free else f"{role}_{len(taken)}"
        taken.add(chosen[role])
    return chosen
