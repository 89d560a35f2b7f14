"""Feasibility of a contract, asked in the prover's worker before any search.

Vacuous: no input is known that meets `requires`, and the prover shows that there is none.
Unsatisfiable: for one allowed, non-raising input the prover shows that no result whatever meets
the `ensures`. Inputs for which a sampled result does are passed over without a solver.
"""

from __future__ import annotations

import ast
import itertools
import time
from typing import TYPE_CHECKING

from verify_agent.agent.state import Standing
from verify_agent.agent.tools.bench import Examination
from verify_agent.contracts.model import Condition, Contract, Parameter, Signature
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.agent.synth.context import Context
    from verify_agent.agent.synth.contract.specification import Case
    from verify_agent.agent.synth.problem import Input, SynthesisProblem

MAX_INPUTS = 6
MAX_RESULTS = 60
QUERY_MS = 300


def examine(
    problem: SynthesisProblem, stub: Subject, seconds: float
) -> tuple[Examination, Unsupported | None]:
    """The contract's standing; `OPEN` also where the prover can't tell: then the search must.

    The time is for finding a defect: no query is started after it. `stub` has the contract and
    no body; what the prover can't read of it comes back too.
    """
    from verify_agent.verifier.vc.feasibility import unmodelled

    unread = unmodelled(stub)
    if unread is None and _scalar(problem):
        found = _decided(problem, stub)
        if found is not None:
            return found, None
    return _sampled(problem, seconds), unread


def _scalar(problem: SynthesisProblem) -> bool:
    """Whether a quantified search is quick and most often decides."""
    annotations = [p.annotation for p in problem.signature.parameters]
    return all(a in ("int", "bool") for a in (*annotations, problem.signature.returns))


def _decided(problem: SynthesisProblem, stub: Subject) -> Examination | None:
    from verify_agent.verifier.vc.feasibility import Feasible, Unsatisfiable, Vacuous, feasible

    match feasible(stub):
        case Feasible():
            return Examination(Standing.OPEN)
        case Vacuous():
            return _no_input(problem)
        case Unsatisfiable(call=call):
            return Examination(Standing.UNSATISFIABLE, f"no result of {call} meets the ensures")
        case _:
            return None


def _sampled(problem: SynthesisProblem, seconds: float) -> Examination:
    """The standing as far as single inputs show it."""
    from verify_agent.agent.synth.context import Context

    stop = time.monotonic() + seconds
    try:
        context = Context(problem)
    except Unsupported:
        return Examination(Standing.OPEN)
    if not context.pool:
        return _emptiness(problem)
    if problem.modifies or not problem.contract.ensures or context.spec.opaque:
        return Examination(Standing.OPEN)
    suspects = (c for c in context.pool if c.raised is None and not _has_result(context, c))
    for case in itertools.islice(suspects, MAX_INPUTS):
        if time.monotonic() > stop:
            break
        if _proved(_impossible(problem, case.input)):
            name = problem.signature.name
            call = f"{name}({', '.join(map(repr, case.input))})"
            return Examination(Standing.UNSATISFIABLE, f"no result of {call} meets the ensures")
    return Examination(Standing.OPEN)


def impossible_input(problem: SynthesisProblem, inputs: tuple[Input, ...], seconds: float) -> str:
    """The call, among those with these allowed inputs, of which no result meets the `ensures`.

    Empty where none is shown to be so. No query is started after the time.
    """
    stop = time.monotonic() + seconds
    if problem.modifies or problem.contract.raises or not problem.contract.ensures:
        return ""
    for values in inputs:
        if time.monotonic() > stop:
            break
        if _proved(_impossible(problem, values)):
            return f"{problem.signature.name}({', '.join(map(repr, values))})"
    return ""


def _emptiness(problem: SynthesisProblem) -> Examination:
    """Vacuous if nothing can be reached under `requires`, not even a false postcondition."""
    requires = problem.contract.requires
    contract = Contract(requires, (Condition("False"),), definitions=problem.contract.definitions)
    signature = Signature("reached", problem.signature.parameters, "bool")
    if not requires or not _vacuous(_subject(contract, signature, "    return True")):
        return Examination(Standing.OPEN)
    return _no_input(problem)


def _no_input(problem: SynthesisProblem) -> Examination:
    told = " and ".join(c.display for c in problem.contract.requires)
    return Examination(Standing.VACUOUS, f"no input meets the requires: {told}")


def _has_result(context: Context, case: Case) -> bool:
    from verify_agent.agent.synth.contract.inputs import Sampler

    known, value = context.spec.expected(case)
    if known and context.spec.accepts(case, value):
        return True
    sampler = Sampler([*context.constants, *_scalars(case.input)], 0)
    corners = sampler.corner(context.problem.returns)
    return any(context.spec.accepts(case, r) for r in corners[:MAX_RESULTS])


def _scalars(values: tuple[object, ...]) -> list[object]:
    return [v for v in values if isinstance(v, (int, str))]


def _impossible(problem: SynthesisProblem, values: Input) -> Subject | None:
    """A function of a result alone: true where the result breaks the `ensures` at the input."""
    signature, contract = problem.signature, problem.contract
    answer = _fresh("answer", signature)
    rename = _Rename(answer)
    lines = [f"{n} = {v!r}" for n, v in zip(signature.names, values, strict=True)]
    lines += [f"old_{s.name} = {s.text}" for s in contract.snapshots]
    met = " and ".join(f"({rename.of(c.text)})" for c in contract.ensures)
    body = "\n".join(f"    {line}" for line in [*lines, f"return not ({met})"])
    parameters = (Parameter(answer, signature.returns),)
    wanted = Contract(ensures=(Condition("result"),), definitions=contract.definitions)
    return _subject(wanted, Signature(_fresh("breaks", signature), parameters, "bool"), body)


class _Rename(ast.NodeTransformer):
    """`result` under another name, and snapshots as local variables."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def of(self, text: str) -> str:
        return ast.unparse(self.visit(ast.parse(text, mode="eval")))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.answer, node.ctx) if node.id == "result" else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id == "OLD":
            return ast.Name(f"old_{node.attr}", ast.Load())
        return self.generic_visit(node)


def _fresh(name: str, signature: Signature) -> str:
    taken = {*signature.names, signature.name, "result"}
    return next(n for i in itertools.count() if (n := f"{name}{i or ''}") not in taken)


def _subject(contract: Contract, signature: Signature, body: str) -> Subject | None:
    from verify_agent.agent.task_subject import standing_alone, subject_in

    parameters = ", ".join(f"{p.name}: {p.annotation}" for p in signature.parameters)
    function = f"def {signature.name}({parameters}) -> {signature.returns}:\n{body}\n"
    try:
        text = standing_alone(contract, signature, function, "", "")
        return subject_in(text, signature.name, contract, module="m", path="m.py", roots=())
    except (BadSource, SyntaxError):
        return None


def _proved(subject: Subject | None) -> bool:
    from verify_agent.verifier.engines.deductive import Proved, prove

    return subject is not None and isinstance(prove(subject, _limits()), Proved)


def _vacuous(subject: Subject | None) -> bool:
    from verify_agent.agent.run_engines import engine
    from verify_agent.verifier.evidence import DEDUCTIVE, Verdict

    if subject is None:
        return False
    found = engine(DEDUCTIVE).check(subject, _limits(), 0).attempts.values()
    return any(a.outcome is Verdict.VACUOUS for a in found)


def _limits() -> Limits:
    return Limits(seconds=1.0, per_query_ms=QUERY_MS)
