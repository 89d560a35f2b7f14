"""What an edit may speak of: the function's variables with their types, constants, conditions."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from verify_agent.verifier.ir.nodes import Const, Function, NameTarget, Program, Var
from verify_agent.verifier.ir.types import (
    STR,
    BoolType,
    ClassType,
    DictType,
    IntType,
    ListType,
    SetType,
    StrType,
    TupleType,
    Type,
    UnionType,
)
from verify_agent.verifier.ir.walk import walk

SIZED = (ListType, StrType, DictType, SetType, TupleType)
ORDERS = ("<", "<=", ">", ">=", "==", "!=")
FEW_TERMS = 9


@dataclass(frozen=True)
class Vocabulary:
    """`variables` by name with their types, `attributes` of the receiver as `self.name` too;
    `returns` is the result's type; `conditions` are texts that the contract has."""

    variables: dict[str, Type]
    parameters: tuple[str, ...]
    attributes: dict[str, Type]
    returns: Type
    ints: tuple[int, ...]
    texts: tuple[str, ...]
    conditions: tuple[str, ...]
    exceptions: tuple[str, ...] = ()

    @property
    def places(self) -> dict[str, Type]:
        """Variables and attributes."""
        return {**self.variables, **self.attributes}

    @property
    def locals(self) -> tuple[str, ...]:
        """The variables that are no parameters."""
        return tuple(v for v in self.variables if v not in self.parameters)

    def of_type(self, type_: Type | None) -> tuple[str, ...]:
        """Variables and attributes of a type (of any, where the type is not known)."""
        return tuple(n for n, t in self.places.items() if type_ is None or _fits(t, type_))

    def terms(self, type_: Type) -> tuple[str, ...]:
        """Small terms of a type: variables, lengths, constants; the likeliest first."""
        found = list(self.of_type(type_))
        if isinstance(type_, IntType):
            found += [f"len({n})" for n, t in self.places.items() if isinstance(t, SIZED)]
            found += [str(n) for n in self.ints]
        if isinstance(type_, BoolType):
            found += ["False", "True"]
        if isinstance(type_, StrType):
            found += [repr(t) for t in self.texts]
        if isinstance(type_, ListType):
            found += ["[]"]
        for name, held in self.places.items():
            if isinstance(held, ListType) and held.item == type_:
                found += [f"{name}[0]", f"{name}[-1]"]
        return tuple(dict.fromkeys(found))

    def atoms(self, names: Iterable[str] | None = None) -> tuple[str, ...]:
        """Simple conditions: those of the contract, then comparisons of two small terms.

        With `names` only those variables (and what is made of them) are compared.
        """
        allowed = dict(self.places)
        if names is not None:
            kept = set(names)
            allowed = {n: t for n, t in allowed.items() if n.partition(".")[0] in kept}
        heads = {n.partition(".")[0] for n in allowed}
        stated = [c for c in self.conditions if _free(c) <= heads]
        atoms = [c for c in stated if "(" not in c]
        for name, type_ in allowed.items():
            if isinstance(type_, SIZED):
                atoms += [f"not {name}", name]
            elif isinstance(type_, BoolType):
                atoms += [name, f"not {name}"]
        numbers = [n for n, t in allowed.items() if isinstance(t, IntType)]
        numbers += [f"len({n})" for n, t in allowed.items() if isinstance(t, SIZED)]
        numbers = numbers[:FEW_TERMS]
        for left, right in itertools.combinations(numbers, 2):
            atoms += [f"{left} {op} {right}" for op in ORDERS]
        for left, number in itertools.product(numbers, self.ints[:6]):
            atoms += [f"{left} {op} {number}" for op in ORDERS]
        atoms += self._comparisons(allowed)
        atoms += [c for c in stated if "(" in c]
        return tuple(dict.fromkeys(atoms))

    def _comparisons(self, allowed: dict[str, Type]) -> list[str]:
        """Comparisons with items, and of texts."""
        found = []
        for name, type_ in allowed.items():
            for item, other in allowed.items():
                if isinstance(type_, ListType) and other == type_.item:
                    found += [f"{item} in {name}", f"{item} not in {name}"]
        for one, two in itertools.combinations([n for n, t in allowed.items() if t == STR], 2):
            found += [f"{one} == {two}", f"{one} != {two}"]
        return found


def vocabulary_of(program: Program, contract: Iterable[str]) -> Vocabulary:
    """The vocabulary of a program's entry function; `contract` are its conditions as text."""
    function = program.functions[program.entry]
    variables = _variables(function)
    names = tuple(p.name for p in function.parameters)
    attributes = _attributes(program, function)
    ints, texts = _constants(function)
    return Vocabulary(
        variables,
        names,
        attributes,
        function.returns,
        ints,
        texts,
        tuple(_conditions(contract, set(names), attributes)),
        tuple(r.exception for r in function.raises),
    )


def _variables(function: Function) -> dict[str, Type]:
    """The variables with their types; one that nothing binds is taken to have the result's."""
    found: dict[str, Type] = {p.name: p.type for p in function.parameters}
    for node in walk(function.body):
        match node:
            case Var(name=name, type=type_):
                found.setdefault(name, type_)
            case NameTarget(name=name, type=type_):
                found.setdefault(name, type_)
            case _:
                pass
    nothing = UnionType(())
    named = {n: t for n, t in found.items() if n.isidentifier() and n != "result"}
    return {n: function.returns if t == nothing else t for n, t in named.items()}


def _fits(held: Type, wanted: Type) -> bool:
    return held == wanted or (isinstance(held, ListType) and isinstance(wanted, ListType))


def _attributes(program: Program, function: Function) -> dict[str, Type]:
    if function.owner is None or not function.parameters:
        return {}
    receiver = function.parameters[0]
    if not isinstance(receiver.type, ClassType) or function.owner not in program.classes:
        return {}
    return {f"{receiver.name}.{n}": t for n, t in program.classes[function.owner].fields}


def _constants(function: Function) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Ints and texts of body and contract, 0 and 1 and -1 always."""
    ints: dict[int, None] = {0: None, 1: None, -1: None}
    texts: dict[str, None] = {"": None}
    for node in walk(function):
        match node:
            case Const(value=bool() | None):
                continue
            case Const(value=int(number)):
                ints[number] = None
            case Const(value=str(text)) if len(text) < 40:
                texts[text] = None
    return tuple(ints)[:12], tuple(texts)[:8]


def _conditions(
    contract: Iterable[str], names: set[str], attributes: dict[str, Type]
) -> Iterable[str]:
    """Comparisons inside the contract's conditions that speak of the arguments alone."""
    for text in contract:
        for node in ast.walk(ast.parse(text.strip(), mode="eval")):
            if isinstance(node, ast.Compare | ast.Call):
                found = _on_entry(ast.unparse(node), attributes)
                if _free(found) and _free(found) <= names and _is_condition(found):
                    yield found


def _on_entry(text: str, attributes: dict[str, Type]) -> str:
    """The condition with the state on entry read from the object itself."""

    class Entry(ast.NodeTransformer):
        def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
            match node.value:
                case ast.Name(id="OLD"):
                    known = [a for a in attributes if a.rpartition(".")[2] == node.attr]
                    return ast.parse(known[0], mode="eval").body if known else node
            return self.generic_visit(node)

    return ast.unparse(Entry().visit(ast.parse(text, mode="eval")))


def _is_condition(text: str) -> bool:
    node = ast.parse(text, mode="eval").body
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("all", "any")
    return isinstance(node, ast.Compare)


def _free(text: str) -> set[str]:
    from verify_agent.contracts.expressions import free_names

    return set(free_names(text)) - {"len", "all", "any", "range", "min", "max", "sum", "abs"}
