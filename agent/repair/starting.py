"""The module that a repair starts from, and what in it is checked."""

from __future__ import annotations

import ast
from dataclasses import replace

from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import Origin, find_node
from verify_agent.agent.task_subject import in_place, subject_in
from verify_agent.contracts.model import Contract
from verify_agent.contracts.render import decorators, stub
from verify_agent.verifier.frontend.load import subject as load_subject
from verify_agent.verifier.subject import Subject


def starting_text(task: Task) -> str:
    """The text as it was given, with the task's own conditions on the function, and parameters
    renamed where that is asked for.

    Every line stays as it is: definitions go below the imports, decorators above those that the
    function has, so that they are evaluated after them.
    """
    origin = origin_of(task)
    added = decorators(_own(task.contract, origin.subject.contract), task.signature.names)
    definitions = task.contract.definitions.strip("\n")
    text = origin.start
    if not added and not definitions:
        return text
    node = find_node(text, task.qualname)
    lines = text.split("\n")
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
    lines[first:first] = [f"{' ' * node.col_offset}{mark}" for mark in added]
    head = _head_end(text)
    lines[head:head] = _head(origin, added, definitions, first == head)
    return "\n".join(lines)


def origin_of(task: Task) -> Origin:
    """The code that the task starts from; `ValueError` for a task without."""
    if task.origin is None:
        raise ValueError("a repair starts from code")
    return task.origin


def subject_of(task: Task, text: str) -> Subject:
    """The task's function in a module's text, under the task's contract.

    The text may have further preconditions (see `meeting`), evaluated after the task's.
    """
    origin = origin_of(task)
    module, path = task.module, f"{task.module}.py"
    roots: tuple[str, ...] = (str(task.path.parent),)
    if origin.path is not None:
        module, path = origin.subject.module, origin.subject.path
        roots = tuple(dict.fromkeys((*origin.subject.roots, *roots)))
    found = load_subject(text, task.qualname, path=path, module=module, roots=roots)
    more = found.contract.requires[len(task.contract.requires) :]
    contract = replace(task.contract, requires=(*task.contract.requires, *more))
    return subject_in(text, task.qualname, contract, module=module, path=path, roots=roots)


def without_body(task: Task) -> Subject:
    """The function without its body, in its place."""
    text = in_place(starting_text(task), task.qualname, stub(task.signature))
    return subject_of(task, text)


def _own(whole: Contract, base: Contract) -> Contract:
    """What the task adds to the decorators of its code."""
    return replace(
        whole,
        requires=whole.requires[len(base.requires) :],
        ensures=whole.ensures[len(base.ensures) :],
        snapshots=whole.snapshots[len(base.snapshots) :],
    )


def _head(origin: Origin, added: tuple[str, ...], definitions: str, close: bool) -> list[str]:
    """Lines to put below the imports; `close` where the function follows at once."""
    wanted = {"icontract", *(["copy"] if any("copy." in mark for mark in added) else [])}
    imports = [f"import {name}" for name in sorted(wanted - origin.names) if added]
    told = ["", "", *definitions.split("\n")] if definitions else []
    return [*imports, *told, *(["", ""] if close and (imports or told) else [])]


def _head_end(text: str) -> int:
    """The number of lines before the first statement that is no docstring and no import."""
    end = 0
    for position, statement in enumerate(ast.parse(text).body):
        told = isinstance(statement, ast.Expr) and position == 0
        if not (told or isinstance(statement, ast.Import | ast.ImportFrom)):
            break
        end = statement.end_lineno or statement.lineno
    return end
