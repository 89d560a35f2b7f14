"""Edits of a function as search/replace blocks, which must apply exactly or not at all.

An edit is bounded by the function: what stands around it, its decorators and its signature stay as
they are, whatever a model writes.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from verify_agent.agent.llm.extract import Refused, Vocabulary, function_in
from verify_agent.agent.task_origin import Function, find_node
from verify_agent.contracts.model import Signature

MOST_EDITS = 8
_BLOCK = re.compile(
    r"^<{5,}[ \t]*SEARCH[ \t]*\n(.*?)^={5,}[ \t]*\n(.*?)^>{5,}[ \t]*REPLACE[ \t]*$", re.M | re.S
)


@dataclass(frozen=True)
class Edit:
    """Lines that stand in the function, and those to put in their place; both end a line."""

    search: str
    replace: str


@dataclass(frozen=True)
class NoEdit:
    """Why an answer is none that can be applied."""

    reason: str


def edits_in(answer: str) -> tuple[Edit, ...]:
    """The blocks of an answer, in their order.

    >>> edits_in("<<<<<<< SEARCH\\na\\n=======\\nb\\n>>>>>>> REPLACE\\n")
    (Edit(search='a\\n', replace='b\\n'),)
    """
    return tuple(Edit(match[1], match[2]) for match in _BLOCK.finditer(answer))


def edited(
    text: str, qualname: str, answer: str, signature: Signature, more: Vocabulary
) -> str | NoEdit:
    """The module's text after all edits of an answer, each on what the one before it left.

    The lines to search for must stand in the function exactly once, spaces and all. What the
    function uses after it must be allowed to a candidate, or have been used before.
    """
    edits = edits_in(answer)
    if not edits:
        return NoEdit("there is no block of SEARCH and REPLACE in the answer")
    if len(edits) > MOST_EDITS:
        return NoEdit(f"there are more than {MOST_EDITS} blocks")
    before = find_node(text, qualname)
    head, inside, tail = _parts(text, before)
    for number, edit in enumerate(edits, 1):
        count = _count(inside, edit.search)
        if count != 1:
            found = "not at all" if count == 0 else f"{count} times"
            return NoEdit(f"the lines that block {number} searches for stand there {found}")
        inside = _replaced(inside, edit)
    made = head + inside + tail
    return _judged(made, text, qualname, before, signature, more) or made


def _parts(text: str, node: Function) -> tuple[str, str, str]:
    """What stands before the function's own lines (`def` first), those, and the rest."""
    lines = text.splitlines(keepends=True)
    start, end = node.lineno - 1, node.end_lineno or node.lineno
    return "".join(lines[:start]), "".join(lines[start:end]), "".join(lines[end:])


def _places(inside: str, search: str) -> list[int]:
    """Where the lines stand, as whole lines."""
    wanted = search.splitlines()
    lines = inside.splitlines()
    if not any(line.strip() for line in wanted):
        return []
    return [i for i in range(len(lines)) if lines[i : i + len(wanted)] == wanted]


def _count(inside: str, search: str) -> int:
    return len(_places(inside, search))


def _replaced(inside: str, edit: Edit) -> str:
    """With the line ends that the function has."""
    (place,) = _places(inside, edit.search)
    lines = inside.splitlines(keepends=True)
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    last = lines[-1].endswith(("\n", "\r"))
    fresh = [line + newline for line in edit.replace.splitlines()]
    lines[place : place + len(edit.search.splitlines())] = fresh
    made = "".join(lines)
    return made if last else made.removesuffix(newline)


def _judged(
    made: str,
    text: str,
    qualname: str,
    before: Function,
    signature: Signature,
    more: Vocabulary,
) -> NoEdit | None:
    """What is wrong with the function after the edits."""
    try:
        after = find_node(made, qualname)
        around = _around(made, after)
    except (SyntaxError, ValueError, StopIteration, RecursionError) as problem:
        detail = str(problem) or "the function is gone"
        return NoEdit(f"after the edits it does not parse: {detail}")
    if around != _around(text, before):
        return NoEdit("the edits change the signature, the contract or what is not the function's")
    known = Vocabulary(more.names | _names(before), more.attributes | _attributes(before))
    found = function_in(f"```\n{_bare(after)}\n```", signature, known)
    return NoEdit(str(found)) if isinstance(found, Refused) else None


def _around(text: str, node: Function) -> str:
    """All of the module but the function's body, as a syntax tree."""
    tree = ast.parse(text)
    for found in ast.walk(tree):
        if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) and (
            (found.lineno, found.name) == (node.lineno, node.name)
        ):
            found.body = [ast.Pass()]
    return ast.dump(tree)


def _bare(node: Function) -> str:
    import copy

    plain = copy.deepcopy(node)
    plain.decorator_list = []
    return ast.unparse(plain)


def _names(node: Function) -> frozenset[str]:
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _attributes(node: Function) -> frozenset[str]:
    return frozenset(n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute))
