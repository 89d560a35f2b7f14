"""Two implementations of one function, as subjects whose proof shows that they are equal.

Both bodies stand side by side in one module under names of their own, undecorated, so that
neither is judged by its contract: one is verified with `result == other(...)` as postcondition,
with loops on either side (Barthe, Crespo, Kunz, Relational Verification Using Product Programs,
2011, call this the sequential product). Equality is of results: what an implementation may change,
raise or hand out again of its arguments is excluded by obligations beside it.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

from verify_agent.contracts.model import Condition, Contract
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import subject as load_subject
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    BoolType,
    ClassType,
    IntType,
    ListType,
    NoneType,
    StrType,
    TupleType,
    Type,
    VariadicTupleType,
    is_immutable,
)
from verify_agent.verifier.ir.walk import walk
from verify_agent.verifier.subject import Subject


@dataclass(frozen=True)
class Pair:
    """Two implementations in one module, as functions `before` and `after` without decorators.

    `mutable` are the parameters that a call could change.
    """

    source: str
    before: str
    after: str
    subject: Subject

    def forward(self) -> Subject:
        """The old implementation, whose result must be what the new one returns."""
        return self._claim(self.before, self.after)

    def backward(self) -> Subject:
        """The new implementation, whose result must be what the old one returns."""
        return self._claim(self.after, self.before)

    def alone(self, name: str) -> Subject:
        """One of them by itself: it raises nothing, changes nothing and hands out no argument."""
        return self._under(name, ())

    def _claim(self, name: str, other: str) -> Subject:
        given = ", ".join(self.subject.signature.names)
        return self._under(name, (Condition(f"result == {other}({given})"),))

    def _under(self, name: str, ensures: tuple[Condition, ...]) -> Subject:
        contract = self.subject.contract
        normal = tuple(Condition(f"not ({r.condition.text})") for r in contract.raises)
        wanted = Contract(
            requires=(*contract.requires, *normal),
            ensures=ensures,
            modifies=(),
            definitions=contract.definitions,
        )
        found = load_subject(self.source, name, module=self.subject.module)
        return replace(found, contract=wanted, roots=self.subject.roots, asserts=())


def pair(subject: Subject, original: str) -> Pair:
    """The subject's function beside the one of the same name in another version of its module.

    `Unsupported` for methods, and where a function of the module calls back, so that the two
    could not be kept apart.
    """
    name = subject.qualname
    if "." in name:
        raise Unsupported(f"equality of a method (`{name}`)")
    tree = ast.parse(subject.source)
    old, new = _function(ast.parse(original), name), _function(tree, name)
    _apart(tree, name, (old, new))
    taken = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    before, after = (_fresh(f"{name}_{kind}", taken) for kind in ("before", "after"))
    copies = "\n\n\n".join(_renamed(f, name, own) for f, own in ((old, before), (new, after)))
    return Pair(f"{subject.source}\n\n\n{copies}\n", before, after, subject)


def check_comparable(program: ir.Program) -> None:
    """`Unsupported` where `==` of two results would not say that they are alike.

    `1 == True`, `0.0 == -0.0`, dicts in another order, and lists that share what is in them are
    equal and not the same.
    """
    function = program.functions[program.entry]
    for parameter in function.parameters:
        if isinstance(parameter.type, ClassType) and program.classes[parameter.type.name].module:
            raise Unsupported("module variables that are written", function.span.line)
    if not _comparable(function.returns):
        raise Unsupported("equality of results of this type", function.span.line)
    for node in walk(function.body):
        if isinstance(node, ir.Return) and not _exactly(node.value, function.returns):
            raise Unsupported("a result of another type than declared", node.span.line)


def result_is_shared(program: ir.Program) -> bool:
    """Whether a result could be one of the arguments itself, which `==` does not see."""
    function = program.functions[program.entry]
    mutable = any(not is_immutable(p.type) for p in function.parameters)
    return mutable and not is_immutable(function.returns)


def _comparable(type_: Type) -> bool:
    match type_:
        case IntType() | BoolType() | StrType() | NoneType():
            return True
        case TupleType(items):
            return all(map(_comparable, items))
        case VariadicTupleType(item):
            return _comparable(item)
        case ListType(item):
            return _comparable(item) and is_immutable(item)
        case _:
            return False


def _exactly(value: ir.Expr, declared: Type) -> bool:
    """Whether the value is of the declared type itself, not of one that passes for it."""
    return value.type == declared


def _function(tree: ast.Module, name: str) -> ast.FunctionDef:
    for statement in reversed(tree.body):
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return statement
    raise Unsupported(f"equality of `{name}`, which is no function of the module's own level")


def _apart(tree: ast.Module, name: str, versions: Iterable[ast.FunctionDef]) -> None:
    used = {n.id for v in versions for n in ast.walk(v) if isinstance(n, ast.Name)}
    others = {
        s.name: {n.id for n in ast.walk(s) if isinstance(n, ast.Name)}
        for s in tree.body
        if isinstance(s, ast.FunctionDef | ast.ClassDef) and s.name != name
    }
    pending, seen = [n for n in used if n in others], set[str]()
    while pending:
        other = pending.pop()
        if other in seen:
            continue
        seen.add(other)
        if name in others[other]:
            raise Unsupported(f"equality of `{name}`, which `{other}` calls back")
        pending += [n for n in others[other] if n in others]


def _renamed(function: ast.FunctionDef, old: str, new: str) -> str:
    made = copy.deepcopy(function)
    made.name, made.decorator_list = new, []
    for node in ast.walk(made):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
    return ast.unparse(made)


def _fresh(name: str, taken: set[str]) -> str:
    return next(n for i in itertools.count() if (n := f"{name}{i or ''}") not in taken)
