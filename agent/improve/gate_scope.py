"""The cheapest steps of the gate: what a proposal may touch, and whether it is a new question."""

from __future__ import annotations

import ast
from collections.abc import Callable

from verify_agent.agent.improve.model import (
    Generation,
    Proposal,
    Skill,
    StepOutcome,
    StepVerdict,
    digest,
)

SCOPE, DUPLICATE = "scope", "duplicate"
#: Characters, lines of one expression's nesting, and nodes: what is larger is not even parsed on.
MOST_CHARACTERS, MOST_NODES, MOST_DEPTH = 20_000, 4_000, 60


def scope(proposal: Proposal, current: Generation) -> StepOutcome:
    """It replaces the text of one skill of the active generation, is readable, and not huge."""
    evidence = {"parent": current.hash, "skill": proposal.skill, "size": len(proposal.source)}

    def refused(reason: str) -> StepOutcome:
        return StepOutcome(SCOPE, StepVerdict.REFUSED, reason, evidence)

    if proposal.skill not in current.sources:
        return refused(f"`{proposal.skill}` is no skill: nothing else may be changed")
    if proposal.parent != current.hash:
        return refused("it changes another generation than the active one")
    if len(proposal.source) > MOST_CHARACTERS:
        return refused(f"its text has {len(proposal.source)} characters, more than allowed")
    if not proposal.source.isascii() or "\0" in proposal.source or "\r" in proposal.source:
        return refused("its text holds characters other than plain ones")
    if max(_brackets(proposal.source)) > MOST_DEPTH:
        return refused("it is nested too deeply")
    try:
        tree = ast.parse(proposal.source)
        nodes = sum(1 for _ in ast.walk(tree))
        Skill.read(proposal.skill, proposal.source)
    except KeyError:
        return refused(f"it holds no function `{proposal.skill}`")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return refused(f"it can't be read: {error}")
    if nodes > MOST_NODES or _depth(tree) > MOST_DEPTH:
        return refused(f"its syntax tree has {nodes} nodes, or is nested too deeply")
    if meaning(proposal.source) == meaning(current.skill(proposal.skill).source):
        return refused("it changes nothing but the layout, comments or docstrings")
    return StepOutcome(SCOPE, StepVerdict.PASSED, "", evidence)


def duplicate(proposal: Proposal, failed: Callable[[str], str | None]) -> StepOutcome:
    """The same change of the same generation has not failed before; `failed` knows by `question`.

    Layout, comments and docstrings, the aim and the proposer make no new question.
    """
    asked = question(proposal)
    reason = failed(asked)
    if reason is not None:
        told = f"it failed before: {reason}"
        return StepOutcome(DUPLICATE, StepVerdict.REFUSED, told, {"question": asked})
    return StepOutcome(DUPLICATE, StepVerdict.PASSED, "", {"question": asked})


def question(proposal: Proposal) -> str:
    """What a proposal asks of the gate, as a hash: skill, generation and the code's meaning."""
    try:
        text = meaning(proposal.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        text = proposal.source
    return digest([proposal.skill, proposal.parent, text])


def meaning(source: str) -> str:
    """A text without layout, comments and docstrings. `SyntaxError` where it does not parse."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:]
    return ast.dump(tree)


def _brackets(text: str) -> list[int]:
    """How deep brackets stand, at most, before the parser is asked (it has no such limit)."""
    depth, found = 0, [0]
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        found.append(depth)
    return found


def _depth(tree: ast.AST) -> int:
    deepest, pending = 0, [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        deepest = max(deepest, depth)
        pending += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
    return deepest
