"""What a model is told: the task as a typed stub with its contract, and what came of its tries."""

from __future__ import annotations

from collections.abc import Iterable

from verify_agent.agent.llm.provider import Message
from verify_agent.agent.skills.registry import skill
from verify_agent.agent.task import Task
from verify_agent.contracts.render import stub
from verify_agent.verifier.evidence import Counterexample

#: So many tries with their answers stay in a conversation; older ones are dropped.
TURNS_KEPT = 3
COUNTEREXAMPLES_SHOWN = 4

SYSTEM = (
    "You write one Python function that meets a contract for every allowed input. Answer with the "
    "function alone in one ```python block: same name, same parameters, no imports, no decorators, "
    "no input or output. It is checked by a prover; an answer that only looks right is refused. At "
    "the head of a loop's body you may state what holds there on every round, as asserts: they are "
    "tried as loop invariants, and checked."
)


def opening(task: Task) -> tuple[Message, ...]:
    """The start of a conversation."""
    return Message("system", SYSTEM), Message("user", _task(task))


def _task(task: Task) -> str:
    """The parts of the task that it has, in the order of the skill `prompt_rank`."""
    parts = {name: lines for name, lines in _parts(task).items() if lines}
    ordered = sorted(parts, key=lambda name: skill("prompt_rank", name))
    return "\n".join(line for name in ordered for line in parts[name])


def _parts(task: Task) -> dict[str, list[str]]:
    contract = task.contract
    raised = [f"{r.exception}: {r.condition.display}" for r in contract.raises]
    return {
        "description": [task.description] if task.description else [],
        "stub": ["Write this function:", "```python", stub(task.signature), "```"],
        "requires": _listed("Allowed inputs satisfy:", [c.display for c in contract.requires]),
        "ensures": _listed(
            "For the result the following holds:", [c.display for c in contract.ensures]
        ),
        "raises": _listed("It raises exactly these exceptions, exactly when:", raised),
        "properties": _listed(
            "Further statements that hold:", [_property(p) for p in contract.properties]
        ),
        "examples": _listed("Examples:", contract.examples),
        "modifies": _listed("It may change these arguments in place:", contract.modifies or ()),
        "forbid": _listed("It must not use:", task.forbid),
        "definitions": _definitions(task),
    }


def _definitions(task: Task) -> list[str]:
    text = task.contract.definitions
    if not text:
        return []
    shown = ["These definitions explain the contract:", "```python", text, "```"]
    return [*shown, *_listed("Of them it may call:", task.expose or ("none",))]


def _property(prop: object) -> str:
    when = getattr(prop, "when", "")
    then = getattr(prop, "then", "")
    return f"if {when} then {then}" if when else str(then)


def _listed(head: str, items: Iterable[str]) -> list[str]:
    found = [f"- `{item}`" for item in items]
    return [head, *found] if found else []


def refusal(reason: str, counterexamples: tuple[Counterexample, ...]) -> Message:
    """What is wrong with the last answer, as the checks say it."""
    lines = [f"That is not right: {reason}." if reason else "That is not right."]
    for shown in counterexamples[-COUNTEREXAMPLES_SHOWN:]:
        expected = f" (it must satisfy `{shown.expected}`)" if shown.expected else ""
        lines.append(f"- `{shown.call}` gave {shown.outcome}{expected}")
    return Message("user", "\n".join([*lines, "Give the whole corrected function."]))


def bounded(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The opening and the last tries of a conversation."""
    head, tail = messages[:2], messages[2:]
    return (*head, *tail[-2 * TURNS_KEPT :])
