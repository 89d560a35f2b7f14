"""A task's contract in a normal form: what it asks, whatever its names, orders and spellings.

The form has an exact map back: `order[i]` is the place, in the task's own signature, of the
parameter that the form calls `p<i>`. Parameters stand in the order of a colour refinement over
where they occur (as in McKay, Practical Graph Isomorphism, 1981), ties in the order that gives
the smallest text.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verify_agent.agent.memory.clauses import conjuncts, parsed, spelled
from verify_agent.agent.memory.rename import renamed_definitions
from verify_agent.agent.task import Task
from verify_agent.contracts.model import Contract, Signature

#: So many orders of parameters that look alike are tried.
MOST_ORDERS = 120
FUNCTION = "f"
_NUMBERS = frozenset({"int", "bool", "float"})


@dataclass(frozen=True)
class Normal:
    """The normal form of a contract for one signature.

    `key` names the form, `family` the types alone. `definitions` maps the names of the contract's
    definitions to those of the form.
    """

    key: str
    family: str
    form: str
    signature: Signature
    order: tuple[int, ...]
    definitions: Mapping[str, str]

    @property
    def names(self) -> dict[str, str]:
        """The task's names to those of the form: parameters, function, definitions."""
        own = self.signature.names
        parameters = {own[place]: parameter(i) for i, place in enumerate(self.order)}
        return {**parameters, self.signature.name: FUNCTION, **self.definitions}


def parameter(place: int) -> str:
    """The name of a parameter in the form."""
    return f"p{place}"


def normal(task: Task, reference: str = "") -> Normal | None:
    """The normal form of a task's contract; None where it can't be read.

    `reference` is the source text of the task's reference.
    """
    signature, contract = task.signature, task.contract
    if any(p.default for p in signature.parameters):
        return None
    try:
        known = renamed_definitions(contract.definitions)
        asked = _Asked(
            signature,
            contract,
            known.names,
            known.text,
            _reference(reference, contract),
            {
                "forbid": sorted(task.forbid),
                "expose": sorted(known.names.get(name, name) for name in task.expose),
            },
        )
        order = _smallest(asked)
        form = asked.form(order)
    except (SyntaxError, ValueError, RecursionError):
        return None
    types = sorted(_type(p.annotation) for p in signature.parameters)
    family = _digest(json.dumps([types, _type(signature.returns)]))
    return Normal(_digest(form), family, form, signature, order, known.names)


@dataclass(frozen=True)
class _Asked:
    """What a contract asks, before its parameters have an order."""

    signature: Signature
    contract: Contract
    definitions: Mapping[str, str]
    definitions_text: str
    reference: str
    limits: Mapping[str, list[str]]

    def form(self, order: tuple[int, ...]) -> str:
        """The form with the parameters in an order."""
        own = self.signature.names
        names = {own[place]: parameter(i) for i, place in enumerate(order)}
        types = [_type(self.signature.parameters[place].annotation) for place in order]
        return json.dumps(
            {"types": types, "returns": _type(self.signature.returns), **self.clauses(names)},
            sort_keys=True,
        )

    def clauses(self, names: Mapping[str, str]) -> dict[str, object]:
        """All that is asked, spelled with those names of parameters."""
        contract = self.contract
        whole = {**names, self.signature.name: FUNCTION, **self.definitions}
        numeric = _numeric(self.signature)

        def spell(texts: Iterable[str]) -> list[str]:
            found = (c for text in texts for c in conjuncts(parsed(self._old(text))))
            return sorted({spelled(c, whole, numeric=numeric) for c in found})

        raises = {r.exception: spell([r.condition.text]) for r in contract.raises}
        modified = contract.modifies
        stated = contract.ensures or self.reference
        return {
            "requires": spell(c.text for c in contract.requires),
            "ensures": spell(c.text for c in contract.ensures),
            "raises": raises,
            "modifies": None if modified is None else sorted(names.get(m, m) for m in modified),
            "invariants": spell(c.text for c in contract.invariants),
            "properties": sorted(self._property(p, whole, numeric) for p in contract.properties),
            "examples": [] if stated else spell(contract.examples),
            "definitions": self.definitions_text,
            "reference": self.reference,
            **self.limits,
        }

    def _old(self, text: str) -> str:
        """`OLD.name` as a call with the text that the snapshot takes."""
        taken = {s.name: s.text for s in self.contract.snapshots}
        if not taken or "OLD" not in text:
            return text
        return ast.unparse(_Old(taken).visit(parsed(text)))

    def _property(self, asked: object, names: Mapping[str, str], numeric: bool) -> str:
        from verify_agent.contracts.model import Property

        assert isinstance(asked, Property)
        bound = {name: f"g{i}" for i, (name, _) in enumerate(asked.given)}
        inner = {**{n: v for n, v in names.items() if n not in bound}, **bound}
        types = ", ".join(_type(annotation) for _, annotation in asked.given)
        texts = [
            " ".join(sorted(spelled(c, inner, numeric=numeric) for c in conjuncts(parsed(text))))
            for text in (asked.when or "True", asked.then)
        ]
        return f"{types}: {texts[0]} => {texts[1]}"


class _Old(ast.NodeTransformer):
    def __init__(self, taken: Mapping[str, str]) -> None:
        self.taken = taken

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        match node:
            case ast.Attribute(ast.Name("OLD"), name) if name in self.taken:
                return ast.Call(ast.Name("old", ast.Load()), [parsed(self.taken[name])], [])
        return self.generic_visit(node)


def _smallest(asked: _Asked) -> tuple[int, ...]:
    """The order of parameters: by colour, ties as gives the smallest text."""
    colours = _colours(asked)
    tied = [
        [place for place, colour in enumerate(colours) if colour == wanted]
        for wanted in sorted(set(colours))
    ]
    count = 1
    for places in tied:
        for n in range(2, len(places) + 1):
            count *= n
    if count == 1 or count > MOST_ORDERS:
        return tuple(place for places in tied for place in places)
    return min(_orders(tied), key=asked.form)


def _orders(tied: list[list[int]]) -> Iterator[tuple[int, ...]]:
    for parts in itertools.product(*(itertools.permutations(places) for places in tied)):
        yield tuple(place for part in parts for place in part)


def _colours(asked: _Asked) -> list[str]:
    """A text for each parameter that only what is asked of it decides."""
    own = asked.signature.names
    colours = [_type(p.annotation) for p in asked.signature.parameters]
    for _ in own:
        ranks = {colour: f"c{i}" for i, colour in enumerate(sorted(set(colours)))}
        if len(ranks) == len(own):
            break
        finer = []
        for place, name in enumerate(own):
            others = {n: ranks[c] for n, c in zip(own, colours, strict=True)}
            told = json.dumps(asked.clauses({**others, name: "self"}), sort_keys=True)
            finer.append(f"{ranks[colours[place]]} {_digest(told)}")
        if len(set(finer)) == len(set(colours)):
            break
        colours = finer
    return colours


def _numeric(signature: Signature) -> bool:
    annotations = [p.annotation for p in signature.parameters]
    return {*map(_type, annotations), _type(signature.returns)} <= _NUMBERS


def _type(annotation: str) -> str:
    return ast.unparse(parsed(annotation)) if annotation.strip() else ""


def _reference(text: str, contract: Contract) -> str:
    if not text:
        return ""
    name = contract.reference.rpartition("::")[2]
    found = renamed_definitions(text)
    return f"{found.names.get(name, name)} of {found.text}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
