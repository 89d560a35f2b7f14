"""Are two versions of a function equal on every allowed input? The prover's answer.

The question is put as a program: a function that calls both and returns whether the results are
equal, whose postcondition is that they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from verify_agent.agent.task_origin import find_node
from verify_agent.contracts.model import Contract
from verify_agent.contracts.old import immutable
from verify_agent.contracts.render import decorators
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.frontend.load import subject as load_subject
from verify_agent.verifier.report.summary import STANDING
from verify_agent.verifier.subject import Subject

SECONDS = 2.0


@dataclass(frozen=True)
class Equal:
    """Proved: results that are `==`, and no exception, on every allowed input."""


@dataclass(frozen=True)
class Differs:
    """A model of the solver: arguments on which they may differ, to be run."""

    arguments: tuple[object, ...]


@dataclass(frozen=True)
class Open:
    """Neither, and why."""

    reason: str


Answer = Equal | Differs | Open


def difference(subject: Subject, text: str, calm: bool, seconds: float = SECONDS) -> Answer:
    """Whether the function of that name in another module's text equals the subject's.

    `calm` says that the subject is known to change no argument. Without it only functions of
    values that can't change are compared, and none where the contract declares exceptions: else
    more than the results would have to be equal.
    """
    from verify_agent.verifier.engines.deductive import (
        ONE_SOLVER,
        TERMINATES,
        CounterexampleInputs,
        Proved,
        prove,
    )

    problem = _not_comparable(subject, calm)
    if problem:
        return Open(problem)
    try:
        both = comparison(subject, text)
        answer = prove(both, Limits(seconds=seconds, per_query_ms=1_000))
    except (Unsupported, BadSource) as found:
        return Open(str(found))
    match answer:
        case Proved(assumptions=rests):
            ends = all(ending(t, subject.qualname) for t in (subject.source, text))
            known = {*STANDING, ONE_SOLVER, *([TERMINATES] if ends else [])}
            own = [a for a in rests if a not in known]
            return Open(f"equal, but it is not shown: {own[0]}") if own else Equal()
        case CounterexampleInputs(arguments=arguments):
            return Differs(arguments)
        case other:
            return Open(other.reason)


def comparison(subject: Subject, text: str) -> Subject:
    """The program whose proof is the equality of the two versions."""
    name, names = subject.signature.name, subject.signature.names
    first, second, whole = (_fresh(f"{name}_{end}", subject.source) for end in _ENDS)
    given = ", ".join(f"{p.name}: {p.annotation}" for p in subject.signature.parameters)
    called = ", ".join(names)
    contract = Contract(requires=subject.contract.requires)
    lines = [
        subject.source,
        _renamed(subject.source, subject.qualname, first),
        _renamed(text, subject.qualname, second),
        "import icontract",
        *decorators(contract, names),
        "@icontract.ensure(lambda result: result)",
        f"def {whole}({given}) -> bool:",
        f"    return {first}({called}) == {second}({called})",
    ]
    both = load_subject(
        "\n\n".join(lines[:3]) + "\n\n" + "\n".join(lines[3:]) + "\n",
        whole,
        path=subject.path,
        module=subject.module,
        roots=subject.roots,
    )
    return replace(both, contract=replace(both.contract, modifies=()))


def ending(text: str, qualname: str) -> bool:
    """Whether the function plainly ends: no `while`, no call but of builtins that end, and no
    list that grows while it is walked over.
    """
    node = find_node(text, qualname)
    defined = {n.name for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)}
    inner = [n for statement in node.body for n in ast.walk(statement)]
    called = [n.func for n in inner if isinstance(n, ast.Call)]
    names = {f.id if isinstance(f, ast.Name) else "" for f in called}
    loops = any(isinstance(n, ast.While | ast.AsyncFor) for n in inner)
    return not loops and names <= _ENDING - defined


#: Builtins that end on finite arguments.
_ENDING = frozenset(
    {"abs", "all", "any", "bool", "chr", "dict", "divmod", "enumerate", "float", "int", "len"}
    | {"isinstance", "list", "max", "min", "ord", "range", "reversed", "round", "set", "sorted"}
    | {"str", "sum", "tuple", "zip"}
)


_ENDS = ("given", "changed", "agree")


def _not_comparable(subject: Subject, calm: bool) -> str:
    if "." in subject.qualname:
        return "not compared: a method may change its object"
    if subject.contract.raises:
        return "not compared: the contract declares exceptions"
    kinds = [p.annotation for p in subject.signature.parameters]
    if not calm and not all(k and immutable(k) for k in kinds):
        return "not compared: an argument may be changed"
    return ""


def _fresh(name: str, source: str) -> str:
    while name in source:
        name += "_"
    return name


def _renamed(text: str, qualname: str, new: str) -> str:
    """The function without decorators under another name, its calls of itself too."""
    node = find_node(text, qualname)
    old = node.name
    for found in _names(node, old):
        found.id = new
    node.name, node.decorator_list = new, []
    return ast.unparse(node)


def _names(node: ast.AST, name: str) -> Iterator[ast.Name]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name)
