"""The parts that enumerated terms are made of, and what each costs."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

from verify_agent.agent.skills.registry import skill
from verify_agent.agent.synth.contract.forbidden import used
from verify_agent.verifier.ir.types import BOOL, INT, STR, DictType, ListType, TupleType, Type

SPARE_CONSTANTS = (0, 1, -1, 2, 10)


@dataclass(frozen=True)
class Component:
    """A typed operation: a Python expression with holes `{0}`, `{1}`, ...

    `guard`, an expression over the same holes, says where it may be applied; elsewhere it has
    no value.
    """

    template: str
    args: tuple[Type, ...]
    result: Type
    commutative: bool = False
    guard: str = ""

    @property
    def weight(self) -> int:
        """What one use costs, without its arguments."""
        return skill("component_cost", self.template)

    @cached_property
    def text(self) -> str:
        """The expression with the names `_0`, `_1`, ... in its holes."""
        holes = (f"_{i}" for i in range(len(self.args)))
        return self.template.split(" #")[0].format(*holes)

    @cached_property
    def tree(self) -> ast.expr:
        """The expression as a syntax tree."""
        return ast.parse(self.text, mode="eval").body

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The builtins, attributes and operators that it uses."""
        return frozenset(used([self.tree]))


def _int_components() -> list[Component]:
    pair, one = (INT, INT), (INT,)
    return [
        Component("{0} + {1}", pair, INT, commutative=True),
        Component("{0} - {1}", pair, INT),
        Component("{0} * {1}", pair, INT, commutative=True),
        Component("{0} // {1}", pair, INT),
        Component("{0} % {1}", pair, INT),
        Component("-{0}", one, INT),
        Component("abs({0})", one, INT),
        Component("min({0}, {1})", pair, INT, commutative=True),
        Component("max({0}, {1})", pair, INT, commutative=True),
        Component("{0} < {1}", pair, BOOL),
        Component("{0} <= {1}", pair, BOOL),
        Component("{0} == {1}", pair, BOOL, commutative=True),
        Component("{0} != {1}", pair, BOOL, commutative=True),
        Component("2 ** {0}", one, INT, guard="0 <= _0 <= 64"),
    ]


def _bool_components() -> list[Component]:
    pair = (BOOL, BOOL)
    return [
        Component("{0} and {1}", pair, BOOL, commutative=True),
        Component("{0} or {1}", pair, BOOL, commutative=True),
        Component("not {0}", (BOOL,), BOOL),
        Component("{0} != {1}", pair, BOOL, commutative=True),
        Component("{0} == {1}", pair, BOOL, commutative=True),
    ]


def _str_components() -> list[Component]:
    one, pair = (STR,), (STR, STR)
    same = ("upper", "lower", "strip", "title", "capitalize", "swapcase", "lstrip", "rstrip")
    tests = ("isdigit", "isalpha", "isupper", "islower", "isspace")
    return [
        Component("{0} + {1}", pair, STR),
        Component("{0} == {1}", pair, BOOL, commutative=True),
        Component("{0} != {1}", pair, BOOL, commutative=True),
        Component("{0} < {1}", pair, BOOL),
        Component("{0} <= {1}", pair, BOOL),
        Component("{0} in {1}", pair, BOOL),
        Component("len({0})", one, INT),
        Component("{0}[{1}]", (STR, INT), STR),
        Component("{0}[:{1}]", (STR, INT), STR),
        Component("{0}[{1}:]", (STR, INT), STR),
        Component("{0}[::-1]", one, STR),
        Component("{0} * {1}", (STR, INT), STR, guard="len(_0) * _1 < 200"),
        Component("{0}.startswith({1})", pair, BOOL),
        Component("{0}.endswith({1})", pair, BOOL),
        Component("{0}.count({1})", pair, INT),
        Component("{0}.find({1})", pair, INT),
        Component("{0}.removeprefix({1})", pair, STR),
        Component("{0}.removesuffix({1})", pair, STR),
        Component("{0}.replace({1}, {2})", (STR, STR, STR), STR, guard="len(_0 + _1 + _2) < 99"),
        *(Component("{0}.split({1})" + place, pair, STR) for place in ("[0]", "[-1]")),
        *(Component("{0}.split()" + place, one, STR) for place in ("[0]", "[-1]")),
        *(Component("{0}." + name + "()", one, STR) for name in same),
        *(Component("{0}." + name + "()", one, BOOL) for name in tests),
        Component("str({0})", (INT,), STR),
        Component("int({0})", (STR,), INT),
    ]


def _list_components(type_: ListType) -> list[Component]:
    one, item = (type_,), type_.item
    found = [
        Component("len({0})", one, INT),
        Component("{0}[{1}]", (type_, INT), item),
        Component("{0}[:{1}]", (type_, INT), type_),
        Component("{0}[{1}:]", (type_, INT), type_),
        Component("{0}[::-1]", one, type_),
        Component("{0} + {1}", (type_, type_), type_, guard="len(_0) + len(_1) < 99"),
        Component("[{0}]", (item,), type_),
        Component("sorted({0})", one, type_),
        Component("{0} in {1}", (item, type_), BOOL),
        Component("{0}.count({1})", (type_, item), INT),
        Component("{0} == {1}", (type_, type_), BOOL, commutative=True),
        Component("len(set({0}))", one, INT),
        Component("sorted(set({0}))", one, type_),
    ]
    if item == INT:
        found += [
            Component("sum({0})", one, INT),
            Component("max({0})", one, INT),
            Component("min({0})", one, INT),
        ]
    return found


def _dict_components(type_: DictType) -> list[Component]:
    one, key, value = (type_,), type_.key, type_.value
    found = [
        Component("len({0})", one, INT),
        Component("{0} in {1}", (key, type_), BOOL),
        Component("{0}[{1}]", (type_, key), value),
        Component("{0}.get({1}, {2})", (type_, key, value), value),
        Component("{0} | {1}", (type_, type_), type_),
        Component("list({0})", one, ListType(key)),
        Component("list({0}.values())", one, ListType(value)),
    ]
    if key in (INT, STR):
        found.append(Component("sorted({0})", one, ListType(key)))
    if value == INT:
        names = ("sum", "max", "min")
        found += [Component(f"{name}({{0}}.values())", one, INT) for name in names]
    return found


def _tuple_components(type_: TupleType) -> list[Component]:
    items = type_.items
    holes = ", ".join(f"{{{i}}}" for i in range(len(items)))
    comma = "," if len(items) == 1 else ""
    made = [Component(f"({holes}{comma})", items, type_)] if items else []
    return made + [Component(f"{{0}}[{i}]", (type_,), item) for i, item in enumerate(items)]


def components_for(types: list[Type], forbid: frozenset[str]) -> list[Component]:
    """The components over the given types and what they are made of, without forbidden ones.

    >>> [c.template for c in components_for([BOOL], frozenset({"not", "and", "or", "=="}))]
    ['{0} != {1}']
    """
    closed = _closure(types)
    found: list[Component] = []
    for type_ in closed:
        match type_:
            case ListType():
                found += _list_components(type_)
            case TupleType():
                found += _tuple_components(type_)
            case DictType():
                found += _dict_components(type_)
    if INT in closed:
        found += _int_components()
        found.append(Component("({0} > {1}) - ({0} < {1})", (INT, INT), INT))
    if BOOL in closed:
        found += _bool_components()
        if INT in closed and BOOL in types:
            found.append(Component("{0} + {1} #bool", (BOOL, BOOL), INT, commutative=True))
    if STR in closed:
        found += _str_components()
    return [c for c in found if not c.tokens & forbid]


def _closure(types: list[Type]) -> list[Type]:
    closed: list[Type] = []
    todo = list(types)
    while todo:
        type_ = todo.pop(0)
        if type_ in closed:
            continue
        closed.append(type_)
        match type_:
            case TupleType(items):
                todo += items
            case ListType(item):
                todo += [item, INT, BOOL]
            case DictType(key, value):
                todo += [key, value, INT, BOOL]
            case _ if type_ == STR:
                todo += [INT, BOOL]
            case _ if type_ == INT:
                todo += [BOOL]
    return closed
