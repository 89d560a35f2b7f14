"""A method to fill in as a plain function of the attributes that its contract speaks of.

The search knows no objects: `self.lines` becomes a parameter `lines` of the attribute's declared
type, the class's invariants become preconditions, and a body that is found is turned back. The
engines judge the method itself.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.synth.rules.source_text import source_text
from verify_agent.agent.task import Task
from verify_agent.agent.task_subject import candidate_node
from verify_agent.contracts.model import Condition, Contract, Parameter, Signature
from verify_agent.verifier.errors import Unsupported


@dataclass(frozen=True)
class Method:
    """A method as a function; `attributes` maps parameters to the attributes they stand for."""

    signature: Signature
    contract: Contract
    attributes: Mapping[str, str]
    receiver: str


def as_function(task: Task) -> Method | None:
    """The task's method as a function; None where the task is about a plain function.

    Raises `Unsupported` where the contract uses the object in another way than by reading an
    attribute that the class declares with a type.
    """
    names = task.signature.names
    if "." not in task.qualname or task.origin is None or not names or _annotated(task, 0):
        return None
    declared = _declared(task.origin.text, task.qualname.rpartition(".")[0])
    receiver, others = names[0], names[1:]
    contract = task.contract
    texts = [c.text for c in (*contract.requires, *contract.ensures, *contract.invariants)]
    texts += [s.text for s in contract.snapshots] + [r.condition.text for r in contract.raises]
    used = dict.fromkeys(a for text in texts for a in _read(text, receiver, declared))
    for name in used:
        if name in others or name == task.signature.name:
            raise Unsupported(f"an attribute and a parameter of the same name, {name},")
    given = tuple(Parameter(name, declared[name]) for name in used)
    signature = replace(task.signature, parameters=(*given, *task.signature.parameters[1:]))
    return Method(signature, _plain(contract, receiver), {n: n for n in used}, receiver)


def as_method(method: Method, candidate: Candidate) -> Candidate:
    """The candidate with attributes in place of the parameters that stand for them."""
    node = candidate_node(candidate.source, method.signature.name)
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not _loads(n)}
    if stored & set(method.attributes):
        raise Unsupported("a body that assigns to an attribute of the object")
    body = [_ToAttributes(method).visit(statement) for statement in node.body]
    kept = [a for a in node.args.args if a.arg not in method.attributes]
    arguments = ast.arguments([], [ast.arg(method.receiver), *kept], None, [], [], None, [])
    arguments.defaults = node.args.defaults
    made = ast.FunctionDef(node.name, arguments, body, [], node.returns)
    return replace(candidate, source=source_text(_parsed(made)))


def _parsed(made: ast.FunctionDef) -> ast.FunctionDef:
    """The tree with places, each node its own."""
    return candidate_node(ast.unparse(ast.fix_missing_locations(made)), made.name)


def _annotated(task: Task, position: int) -> bool:
    return bool(task.signature.parameters[position].annotation)


def _declared(source: str, name: str) -> dict[str, str]:
    """The annotations of a class's attributes, as its body declares them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name == name.rpartition(".")[2]:
            return {
                s.target.id: ast.unparse(s.annotation)
                for s in node.body
                if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
            }
    return {}


def _read(text: str, receiver: str, declared: Mapping[str, str]) -> list[str]:
    """The attributes that an expression reads of the object."""
    tree = ast.parse(text.strip(), mode="eval")
    read = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == receiver
    ]
    whole = sum(isinstance(n, ast.Name) and n.id == receiver for n in ast.walk(tree))
    strange = [n.attr for n in read if n.attr not in declared]
    if strange or whole != len(read):
        what = f"{receiver}.{strange[0]}" if strange else f"the object `{receiver}` as a whole"
        raise Unsupported(f"the search for a method whose contract uses {what}")
    return [n.attr for n in read]


def _plain(contract: Contract, receiver: str) -> Contract:
    """The contract over parameters; what only the engines judge is left out."""

    def over(condition: Condition) -> Condition:
        return replace(condition, text=_ToNames(receiver).of(condition.text))

    return replace(
        contract,
        requires=tuple(map(over, (*contract.invariants, *contract.requires))),
        ensures=tuple(map(over, contract.ensures)),
        invariants=(),
        snapshots=tuple(replace(s, text=_ToNames(receiver).of(s.text)) for s in contract.snapshots),
        raises=tuple(replace(r, condition=over(r.condition)) for r in contract.raises),
        modifies=tuple(n for n in contract.modifies or () if n != receiver),
        examples=(),
        properties=(),
        reference="",
    )


def _loads(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


class _ToNames(ast.NodeTransformer):
    def __init__(self, receiver: str) -> None:
        self.receiver = receiver

    def of(self, text: str) -> str:
        return ast.unparse(self.visit(ast.parse(text.strip(), mode="eval")))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id == self.receiver:
            return ast.Name(node.attr, node.ctx)
        return self.generic_visit(node)


class _ToAttributes(ast.NodeTransformer):
    def __init__(self, method: Method) -> None:
        self.method = method

    def visit_Name(self, node: ast.Name) -> ast.expr:
        attribute = self.method.attributes.get(node.id)
        if attribute is None:
            return node
        return ast.Attribute(ast.Name(self.method.receiver, ast.Load()), attribute, node.ctx)
