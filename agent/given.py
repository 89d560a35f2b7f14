"""The function that a task starts from, as the one candidate there is (`test`, `document`)."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import Origin, find_node
from verify_agent.contracts.model import Contract
from verify_agent.contracts.render import decorators
from verify_agent.verifier.evidence import Counterexample

STRATEGY = "as given"


@dataclass
class GivenProposer:
    """Proposes the function as it stands, once; nothing is searched for."""

    task: Task
    _told: bool = False

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """The given module's text, and None ever after."""
        if self._told:
            return None
        self._told = True
        text = given_text(self.task)
        node = find_node(text, self.task.qualname)
        return Candidate(text, STRATEGY, sum(1 for _ in ast.walk(node)))

    def simplify(self, candidate: Candidate) -> Candidate:
        """The same: what was given is not rewritten."""
        return candidate

    def close(self) -> None:
        """There is no process."""


def given_text(task: Task) -> str:
    """The text of the module that the task starts from, the task's own conditions put on it.

    Every line that was there stays as it is: definitions go below the imports, decorators above
    those that the function has (so they are evaluated after them).
    """
    origin = _origin(task)
    own = _own(task.contract, origin.subject.contract)
    added = decorators(own, task.signature.names)
    definitions = task.contract.definitions.strip("\n")
    if not added and not definitions:
        return origin.text
    node = find_node(origin.text, task.qualname)
    lines = origin.text.split("\n")
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    lines[first - 1 : first - 1] = [f"{' ' * node.col_offset}{mark}" for mark in added]
    lines[_head_end(origin.text) : _head_end(origin.text)] = _head(origin, added, definitions)
    return "\n".join(lines)


def _origin(task: Task) -> Origin:
    if task.origin is None:
        raise ValueError(f"a task of the kind `{task.kind}` starts from a function")
    return task.origin


def _own(whole: Contract, base: Contract) -> Contract:
    """What the task adds to the decorators of its source."""
    return replace(
        whole,
        requires=whole.requires[len(base.requires) :],
        ensures=whole.ensures[len(base.ensures) :],
        snapshots=whole.snapshots[len(base.snapshots) :],
    )


def _head(origin: Origin, added: tuple[str, ...], definitions: str) -> list[str]:
    wanted = {"icontract", *(["copy"] if any("copy." in mark for mark in added) else [])}
    imports = [f"import {name}" for name in sorted(wanted - origin.names) if added]
    told = ["", "", *definitions.split("\n")] if definitions else []
    return [*imports, *told, *(["", ""] if told or not _head_end(origin.text) else [])]


def _head_end(text: str) -> int:
    """The number of lines before the first statement that is no docstring and no import."""
    end = 0
    for position, statement in enumerate(ast.parse(text).body):
        told = isinstance(statement, ast.Expr) and position == 0
        if not (told or isinstance(statement, ast.Import | ast.ImportFrom)):
            break
        end = statement.end_lineno or statement.lineno
    return end
