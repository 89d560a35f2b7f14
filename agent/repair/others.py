"""Bodies of other functions of the codebase, the likest first, as repairs to be judged."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.agent.repair.codebase import codebase_of
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.similar.offering import offers
from verify_agent.agent.similar.proposer import functions_of_codebase
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import find_node
from verify_agent.agent.task_subject import in_place
from verify_agent.verifier.errors import BadSource

MOST = 100


def others_like(task: Task, text: str, trial: Trial) -> Iterator[tuple[str, str]]:
    """Texts of the module with another body that keeps the contract on known inputs, and whose."""
    codebase = codebase_of(task)
    node = find_node(text, task.qualname)
    if not isinstance(node, ast.FunctionDef):
        return
    itself = (codebase.file, task.qualname)
    functions = functions_of_codebase(codebase)
    for offer in offers(task.signature, functions, itself, node, MOST):
        try:
            made = in_place(text, task.qualname, offer.text)
        except BadSource:
            continue
        if made != text and trial.survives(made) and trial.stands(made):
            yield made, f"{codebase.relative(offer.function.path)}::{offer.function.qualname}"
