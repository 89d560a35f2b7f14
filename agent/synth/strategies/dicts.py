"""Dicts filled in a loop over a list, a text or the entries of a dict.

Keys, values and tests are enumerated as terms over the item; the way in which entries gather is
one of a few: keep the last, keep the first, count, add up, group.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.specification import Case
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.bank import Bank, Term
from verify_agent.agent.synth.terms.components import components_for
from verify_agent.agent.synth.terms.learner import constants, variable
from verify_agent.verifier.ir.types import BOOL, INT, STR, DictType, ListType, TupleType, Type

MAX_COST = 4
MAX_TERMS = 1_500
MAX_ROWS = 40
MAX_SINGLE = 20
MOST = 250
"""Terms of each type that are combined."""
TRIAL = 10
"""Units of work of a combination."""


@dataclass(frozen=True)
class Walk:
    """A parameter that is walked along: the loop's target, what it runs over, its variables."""

    position: int
    target: str
    items: str
    variables: tuple[tuple[str, Type], ...]


@dataclass(frozen=True)
class Rounds:
    """Values of the loop's variables; the first rows are the only rounds of the cases."""

    cases: list[Case]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Entry:
    """The text of a key, of its value (or of an element of it), and of a test, if any."""

    key: str
    value: str
    test: str


class Dicts:
    """`{key: value for item in items if test}`, and loops that gather by key."""

    name = "dict"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where a dict is returned and a list, a text or a dict is read."""
        made = isinstance(context.problem.returns, DictType) and not context.problem.modifies
        return 4.7 if made and _walks(context) else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """What is right for a single round, gathered in each of the ways."""
        for walk in _walks(context):
            yield None
            rounds = _rounds(context, walk)
            if len(rounds.cases) < 2:
                continue
            terms: dict[Type, list[Term]] = {}
            for term in _terms(context, walk, rounds.rows):
                if term is None:
                    yield None
                elif len(terms.setdefault(term.type, [])) < MOST:
                    terms[term.type].append(term)
            for entry in _entries(context, rounds, terms):
                yield None
                if entry is not None:
                    yield from _bodies(context, walk, entry)


def _walks(context: Context) -> list[Walk]:
    found = []
    for position, (name, type_) in enumerate(context.problem.types.items()):
        item = fresh_names(context, ("item",), name)["item"]
        match type_:
            case DictType(key, value):
                names = list(fresh_names(context, ("key", "value")).values())
                pairs = ((names[0], key), (names[1], value))
                found.append(Walk(position, ", ".join(names), f"{name}.items()", pairs))
            case ListType(TupleType(items)) if len(items) == 2:
                names = list(fresh_names(context, ("key", "value")).values())
                pairs = ((names[0], items[0]), (names[1], items[1]))
                found.append(Walk(position, ", ".join(names), name, pairs))
            case ListType(inner):
                found.append(Walk(position, item, name, ((item, inner),)))
            case _ if type_ == STR:
                found.append(Walk(position, item, name, ((item, STR),)))
    for walk in list(found):
        if len(walk.variables) == 1:
            index = fresh_names(context, ("i",))["i"]
            pairs = ((index, INT), *walk.variables)
            target = f"{index}, {walk.target}"
            found.append(Walk(walk.position, target, f"enumerate({walk.items})", pairs))
    return found


def _rounds(context: Context, walk: Walk) -> Rounds:
    """The variables of the loop, then the other arguments, in rounds of known calls.

    Those of inputs with one item come first, each with its case.
    """
    alone: dict[str, tuple[Case, tuple[Any, ...]]] = {}
    rows: dict[str, tuple[Any, ...]] = {}
    for case in context.active + context.pool[:60]:
        given = case.input[walk.position]
        others = tuple(v for i, v in enumerate(case.input) if i != walk.position)
        for number, item in enumerate(given.items() if isinstance(given, dict) else given):
            row = (*_round(walk, number, item), *others)
            rows[repr(row)] = row
            if repr(row[1:]) not in alone and len(alone) < MAX_SINGLE:
                only = dict([item]) if isinstance(given, dict) else _only(given, item)
                input_ = (*case.input[: walk.position], only, *case.input[walk.position + 1 :])
                single = context.spec.case(input_)
                if single is not None and single.raised is None:
                    alone[repr(row[1:])] = (single, (*_round(walk, 0, item), *others))
        if len(rows) >= MAX_ROWS:
            break
    singles = list(alone.values())
    more = list(rows.values())[:MAX_ROWS]
    return Rounds([case for case, _ in singles], [row for _, row in singles] + more)


def _only(given: Any, item: Any) -> Any:
    return item if isinstance(given, str) else [item]


def _round(walk: Walk, number: int, item: Any) -> tuple[Any, ...]:
    if walk.items.startswith("enumerate"):
        return (number, item)
    return tuple(item) if len(walk.variables) == 2 else (item,)


def _terms(context: Context, walk: Walk, rows: list[tuple[Any, ...]]) -> Iterator[Term | None]:
    """What can be said of a round, cheapest first."""
    problem = context.problem
    others = [(n, t) for i, (n, t) in enumerate(problem.types.items()) if i != walk.position]
    named = [*walk.variables, *others]
    leaves = [
        variable(name, type_, [row[i] for row in rows]) for i, (name, type_) in enumerate(named)
    ]
    types = list(dict.fromkeys(type_ for _, type_ in named))
    leaves += constants(INT, context.means.constants, len(rows), words=False)
    components = [
        c
        for c in components_for(types, problem.forbid)
        if not isinstance(c.result, (ListType, DictType))
    ]
    bank = Bank(components, leaves, MAX_TERMS, context.meter)
    while bank.cost < MAX_COST and bank.count < MAX_TERMS:
        for term in bank.grow():
            yield None if term is None or term.partial else term


def _entries(
    context: Context, rounds: Rounds, terms: dict[Type, list[Term]]
) -> Iterator[Entry | None]:
    """Keys and values that the contract allows for inputs with one item."""
    returns = context.problem.returns
    assert isinstance(returns, DictType)
    values = [(v, v.values) for v in terms.get(returns.value, [])]
    if isinstance(returns.value, ListType):
        elements = terms.get(returns.value.item, [])
        values = [(v, tuple([x] for x in v.values)) for v in elements]
    empty = [context.spec.accepts(case, {}) for case in rounds.cases]
    pairs = itertools.product(terms.get(returns.key, []), values)
    for key, (value, made) in sorted(pairs, key=lambda p: p[0].cost + p[1][0].cost):
        yield None
        context.meter.spend(TRIAL)
        wanted = [
            context.spec.accepts(case, {key.values[i]: made[i]})
            for i, case in enumerate(rounds.cases)
        ]
        if all(wanted):
            yield Entry(_text(key), _text(value), "")
        elif any(wanted) and all(w or e for w, e in zip(wanted, empty, strict=True)):
            for test in terms.get(BOOL, []):
                if list(test.values[: len(wanted)]) == wanted:
                    yield Entry(_text(key), _text(value), _text(test))


def _text(term: Term) -> str:
    return ast.unparse(term.tree())


def _bodies(context: Context, walk: Walk, entry: Entry) -> Iterator[Body]:
    """The ways in which entries of one key gather."""
    returns = context.problem.returns
    assert isinstance(returns, DictType)
    key, value, test = entry.key, entry.value, entry.test
    if isinstance(returns.value, ListType):
        lines = [f"result.setdefault({key}, []).append({value})"]
        yield _loop(context, walk, _guarded(test, lines))
        return
    yield _comprehension(walk, key, value, test)
    both = f"{test} and {key} not in result" if test else f"{key} not in result"
    yield _loop(context, walk, _guarded(both, [f"result[{key}] = {value}"]))
    if returns.value == INT:
        lines = [f"result[{key}] = result.get({key}, 0) + {value}"]
        yield _loop(context, walk, _guarded(test, lines))


def _guarded(test: str, lines: list[str]) -> list[str]:
    return [f"if {test}:", *(f"    {line}" for line in lines)] if test else lines


def _comprehension(walk: Walk, key: str, value: str, test: str) -> Body:
    condition = f" if {test}" if test else ""
    text = f"{{{key}: {value} for {_target(walk, key, value, test)}{condition}}}"
    return Body.of(ast.parse(text, mode="eval").body)


def _target(walk: Walk, *texts: str) -> str:
    """The loop's head; positions are left out where they are not used, and so are values."""
    used = {n.id for t in texts if t for n in ast.walk(ast.parse(t)) if isinstance(n, ast.Name)}
    first, *rest = (name for name, _ in walk.variables)
    if walk.items.startswith("enumerate(") and first not in used:
        return f"{rest[0]} in {walk.items[len('enumerate(') : -1]}"
    if walk.items.endswith(".items()") and not used & set(rest):
        return f"{first} in {walk.items[: -len('.items()')]}"
    return f"{walk.target} in {walk.items}"


def _loop(context: Context, walk: Walk, lines: list[str]) -> Body:
    result = fresh_names(context, ("result",))["result"]
    annotation = context.problem.signature.returns
    inside = "\n".join(f"    {line}" for line in lines)
    used = [line.strip().removeprefix("if ").removesuffix(":") for line in lines]
    head = _target(walk, *used)
    source = f"result: {annotation} = {{}}\nfor {head}:\n{inside}\nreturn result"
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "result":
            node.id = result
    return Body(tuple(tree.body))
