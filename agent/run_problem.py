"""A task as the synthesizer's problem, and a candidate as a person would write it."""

from __future__ import annotations

import ast
from dataclasses import replace

from verify_agent.agent.run_method import as_function
from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body, Candidate, SynthesisProblem
from verify_agent.agent.task import REPAIR, WHOLE_MODULE, Task
from verify_agent.agent.task_subject import candidate_node, subject_in
from verify_agent.contracts.render import stub
from verify_agent.verifier.subject import Subject


def problem_of(task: Task) -> SynthesisProblem:
    """What the synthesizer is asked; the reference's source is read from its file."""
    method = as_function(task)
    if method is not None:
        return SynthesisProblem(
            method.signature,
            method.contract,
            forbid=frozenset(task.forbid),
            expose=frozenset(task.expose),
            seed=task.seed,
        )
    source = task.reference.read_text(encoding="utf-8") if task.reference else ""
    return SynthesisProblem(
        task.signature,
        task.contract,
        forbid=frozenset(task.forbid),
        expose=frozenset(task.expose),
        seed=task.seed,
        reference_source=source,
        reference_function=task.contract.reference.rpartition("::")[2] if source else "",
    )


def delivered_subject(task: Task, candidate: str) -> Subject:
    """What is checked: the very text that would be delivered, under the task's contract."""
    from verify_agent.agent.artifacts import delivered_module

    if task.kind == REPAIR:
        from verify_agent.agent.repair.starting import subject_of

        return subject_of(task, candidate)
    base = task.subject(candidate)
    if task.in_codebase or task.kind in WHOLE_MODULE:
        return base
    text = delivered_module(task, candidate)
    return subject_in(
        text, base.qualname, base.contract, module=base.module, path=base.path, roots=base.roots
    )


def stub_subject(task: Task) -> Subject:
    """The task's contract on a function without a body, in whose place nobody looks."""
    if task.kind == REPAIR:
        from verify_agent.agent.repair.starting import without_body

        return without_body(task)
    if task.kind in WHOLE_MODULE:
        from verify_agent.agent.given import given_text

        return task.subject(given_text(task))
    return task.subject(stub(task.signature))


def simplified_candidate(context: Context, candidate: Candidate) -> Candidate:
    """The candidate after the synthesizer's rewriting rules, if that makes it smaller.

    The rewritten form must pass every case that is known; else the candidate stays as it is.
    """
    from verify_agent.agent.synth.render import function_node, size
    from verify_agent.agent.synth.rules.simplify import simplified

    problem = context.problem
    node = candidate_node(candidate.source, problem.signature.name)
    best, *_ = simplified(problem, Body(tuple(node.body)))
    shorter = function_node(problem, best, guarded=False)
    if size(shorter) >= size(node) or not context.uses_allowed(list(shorter.body)):
        return candidate
    if not context.passes(shorter, learn=False):
        return candidate
    source = candidate.source.replace(ast.unparse(node), ast.unparse(shorter))
    return replace(candidate, source=source, cost=size(shorter))
