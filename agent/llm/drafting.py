"""A specification from a description: a model proposes it, the task format judges its form.

Whether it says what was meant only the person can tell. Of the answer nothing is taken but the
parts that specify; what a task reads, writes and spends is never a model's choice.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify_agent.agent.llm.client import patient
from verify_agent.agent.llm.prompt import bounded
from verify_agent.agent.llm.provider import Message, Provider, Request
from verify_agent.agent.llm.reading import CHARACTERS_A_TOKEN, read
from verify_agent.agent.llm.spending import Spending
from verify_agent.verifier.errors import BadTask

MAX_ANSWERS = 4
MAX_TOKENS = 600
TEMPERATURE = 0.2
FEWEST_EXAMPLES = 2
KEPT = ("name", "signature", "requires", "ensures", "raises", "modifies", "examples")
SYSTEM = (
    "You turn a description into a specification of one Python function. You write no "
    "implementation. Answer with one ```yaml block with these keys: `name` (of the function), "
    "`signature` (typed), `requires` (preconditions, a list of Python expressions over the "
    "parameters), `ensures` (postconditions, over the parameters and `result`), `raises` (a "
    "mapping of exception to condition, if any), `examples` (at least three calls with their "
    "results). For instance:\n"
    "```yaml\n"
    "name: smaller\n"
    'signature: "smaller(a: int, b: int) -> int"\n'
    "requires: []\n"
    'ensures: ["result <= a", "result <= b", "result == a or result == b"]\n'
    'examples: ["smaller(1, 2) == 1", "smaller(5, 3) == 3", "smaller(-1, -1) == -1"]\n'
    "```"
)
_FENCE = re.compile(r"^[ \t]*```+[ \t]*[\w+-]*[^\n]*\n(.*?)(?:^[ \t]*```|\Z)", re.M | re.S)
_SIGNATURE = re.compile(r"\b([A-Za-z_]\w*)\(([^()]*)\)\s*->\s*([\w.]+(?:\[[\w\[\], .|]*\])?)")


@dataclass(frozen=True)
class Drafted:
    """The task's text; `left_out` are keys of the answer that were not taken."""

    text: str
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class NoDraft:
    """Why there is none: what was wrong with the last answer."""

    reason: str


def draft(
    description: str,
    path: Path,
    provider: Provider,
    model: str,
    spending: Spending,
    until: float,
    heard: Callable[[str], None] = lambda text: None,
) -> Drafted | NoDraft:
    """Ask until an answer is a task; `until` is a time of `time.monotonic`.

    `path` is where the task will stand. Raises `ProviderError` where the endpoint gives no answer.
    """
    messages: tuple[Message, ...] = (
        Message("system", SYSTEM),
        Message("user", f"Specify: {description}"),
    )
    reason = "no answer was asked for"
    for number in range(MAX_ANSWERS):
        asked = sum(len(m.text) for m in messages) // CHARACTERS_A_TOKEN
        if time.monotonic() > until:
            return NoDraft(f"the time is over; {reason}")
        if not spending.affords(asked + MAX_TOKENS):
            return NoDraft(f"the budget of tokens is spent; {reason}")
        request = Request(messages, model, round(TEMPERATURE * (1 + number), 2), MAX_TOKENS, number)
        reply = read(patient(provider, request, until, heard), request)
        spending.add(model, reply)
        found = judged(reply.text, description, path)
        if isinstance(found, Drafted):
            return found
        reason = found.reason
        heard(f"{provider.name}: the answer is no task: {reason}")
        wrong = Message("user", f"That is not right: {reason}\nGive the whole corrected block.")
        messages = bounded((*messages, Message("assistant", reply.text), wrong))
    return NoDraft(reason)


def judged(answer: str, description: str, path: Path) -> Drafted | NoDraft:
    """The task that an answer holds, written anew; or what is wrong with it."""
    from verify_agent.agent.task import parse_task
    from verify_agent.agent.task_yaml import read_document

    block = _FENCE.search(answer)
    given = read_document(block[1] if block else answer)
    if given.complaints or not isinstance(given.value, dict):
        found = given.complaints[0].found if given.complaints else "there is no YAML mapping"
        return NoDraft(found)
    kept = {key: given.value[key] for key in KEPT if given.value.get(key)}
    text = _dumped({**kept, "description": _printable(description)})
    try:
        task = parse_task(text, path)
    except BadTask as problem:
        return NoDraft(str(problem).replace(f"{path}:", "line "))
    if not task.contract.ensures and not task.contract.raises:
        return NoDraft("`ensures` is missing: say what holds of `result`")
    if len(task.contract.examples) < FEWEST_EXAMPLES:
        return NoDraft("`examples` is missing: give at least three calls with their results")
    return Drafted(text, tuple(str(key) for key in given.value if key not in KEPT))


def template(description: str) -> str:
    """A task to fill in, with the signature that the description has, if it has one.

    >>> "double(x: int) -> int" in template("double(x: int) -> int: twice x")
    True
    """
    found = _SIGNATURE.search(description)
    name = found[1] if found else "name_of_the_function"
    signature = found[0] if found else f"{name}(x: int) -> int"
    head = _dumped({"name": name, "signature": signature, "description": _printable(description)})
    return (
        f"# A task to fill in; until it demands something it is refused.\n{head}"
        "requires: []  # preconditions over the parameters: `x >= 0`\n"
        "ensures: []   # what holds of `result`: `result >= x`\n"
        f"examples: []  # calls with their results: `{name}(1) == 2`\n"
    )


def _dumped(values: dict[str, Any]) -> str:
    import yaml

    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=96)
    return text


def _printable(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
