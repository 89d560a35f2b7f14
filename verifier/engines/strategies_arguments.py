"""Strategies for a callable's arguments: types, preconditions, and aliases between arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from verify_agent.verifier.engines.strategies import WILD, Maker, Strategy
from verify_agent.verifier.engines.strategies_bounds import Bound, Measure, Plan, plans
from verify_agent.verifier.engines.strategies_recipe import Made

Condition = Callable[[Mapping[str, Any]], bool]
_MUTABLE = (list, dict, set)


@dataclass(frozen=True)
class Demand:
    """What the arguments have to meet.

    `declared` are the types by parameter, `texts` the precondition's conjuncts, `holds` the same
    as functions (`False` also where one raises), `names` what the texts may refer to. Each of
    `cases` is a condition that some of the arguments should meet.
    """

    declared: Mapping[str, Any]
    texts: Sequence[str]
    holds: Sequence[Condition]
    names: Mapping[str, Any]
    cases: Sequence[str] = ()


def arguments(maker: Maker, demand: Demand, depth: int = 0) -> Strategy:
    """A strategy for dictionaries of arguments, most of which the precondition allows.

    Some are not: whoever draws them holds each against the precondition.
    """
    texts = list(demand.texts)
    ways = list(plans(list(demand.declared), texts))
    for case in demand.cases:
        ways += plans(list(demand.declared), [*texts, case])
    bases = {name: maker.of(declared, depth) for name, declared in demand.declared.items()}

    @st.composite
    def drawn(draw: Callable[[Strategy], Any]) -> dict[str, Any]:
        plan = ways[0] if len(ways) == 1 else draw(st.sampled_from(ways))
        known: dict[str, Any] = {}
        for name in plan.order:
            known[name] = _one(draw, maker, demand, plan, name, known, bases[name])
        values = {name: known[name] for name in demand.declared}
        return _repaired(values, demand.holds)

    return drawn()


def _one(
    draw: Callable[[Strategy], Any],
    maker: Maker,
    demand: Demand,
    plan: Plan,
    name: str,
    known: Mapping[str, Any],
    base: Strategy,
) -> Any:
    twins = [
        v
        for n, v in known.items()
        if isinstance(v, (*_MUTABLE, Made)) and demand.declared[n] == demand.declared[name]
    ]
    if twins and draw(st.integers(0, 4)) == 4:
        return draw(st.sampled_from(twins))
    limits = Limits.of(plan.bounds.get(name, ()), {**demand.names, **known})
    return draw(limits.narrowed(maker, demand.declared[name], base))


@dataclass(frozen=True)
class Limits:
    """The bounds of one parameter, with their values."""

    least: Fraction | None = None
    most: Fraction | None = None
    open_least: bool = False
    open_most: bool = False
    shortest: int = 0
    longest: int | None = None
    members: tuple[Any, ...] | None = None
    remainder: tuple[int, int] | None = None
    exact: tuple[Any, ...] = ()
    prefix: str = ""
    suffix: str = ""
    items: tuple[Bound, ...] = ()
    known: Mapping[str, Any] | None = None

    @staticmethod
    def of(bounds: Sequence[Bound], known: Mapping[str, Any]) -> Limits:
        """The limits that these bounds make; a bound that can't be evaluated makes none."""
        fields: dict[str, Any] = {"known": known}
        for bound in bounds:
            try:
                value = None if bound.measure is Measure.ITEMS else bound.value(known)
                _add(fields, bound, value)
            except Exception:
                # Any expression may raise anything; without this bound more is rejected later.
                continue
        return Limits(**fields)

    def narrowed(self, maker: Maker, declared: Any, base: Strategy) -> Strategy:
        """The strategy within the limits; the base strategy where the type has no limits."""
        if self.exact:
            return st.sampled_from([_of_type(value, declared) for value in self.exact])
        if self.members is not None:
            return st.sampled_from(self.members) if self.members else st.nothing()
        if declared is int:
            return self._ints(maker, base)
        if declared is float:
            return self._floats(base)
        if declared is str:
            return self._strings(maker, base)
        origin = getattr(declared, "__origin__", None)
        if origin is list and (self.items or self.shortest or self.longest is not None):
            return self._lists(maker, declared.__args__[0])
        if origin in (dict, set, frozenset) and self.shortest:
            grown = [base.filter(lambda v: len(v) >= self.shortest)]
            return st.one_of(grown)
        return base

    def _ints(self, maker: Maker, base: Strategy) -> Strategy:
        low = _above(self.least, self.open_least)
        high = _below(self.most, self.open_most)
        unbounded = low is None and high is None
        within = base if unbounded else _between(maker, low, high)
        if self.remainder is None:
            return within
        modulus, rest = self.remainder

        def moved(number: int) -> int:
            down = number - (number - rest) % abs(modulus)
            return down + abs(modulus) if low is not None and down < low else down

        return within.map(moved)

    def _floats(self, base: Strategy) -> Strategy:
        if self.least is None and self.most is None:
            return base
        low = None if self.least is None else _as_float(self.least)
        high = None if self.most is None else _as_float(self.most)
        if low is not None and high is not None and low > high:
            return st.nothing()
        within = st.floats(low, high, allow_nan=False)
        simple = base.filter(lambda v: (low is None or v >= low) and (high is None or v <= high))
        return st.one_of(within, simple)

    def _strings(self, maker: Maker, base: Strategy) -> Strategy:
        text = base
        if self.shortest or self.longest is not None:
            around = len(self.prefix) + len(self.suffix)
            least = max(0, self.shortest - around)
            most = None if self.longest is None else max(0, self.longest - around)
            if most is not None and least > most:
                return st.nothing()
            text = maker.strings(least, most)
        if self.prefix or self.suffix:
            return text.map(lambda s: self.prefix + s + self.suffix)
        return text

    def _lists(self, maker: Maker, item: Any) -> Strategy:
        if self.longest is not None and self.shortest > self.longest:
            return st.nothing()
        inner = maker.of(item)
        if self.items:
            inner = Limits.of(self.items, self.known or {}).narrowed(maker, item, inner)
        most = self.longest
        if most is not None:
            most = max(self.shortest, min(most, maker.scale.length))
        return maker.lists(inner, self.shortest, most)


def _add(fields: dict[str, Any], bound: Bound, value: Any) -> None:
    match bound.measure:
        case Measure.VALUE:
            _add_value(fields, bound.op, value)
        case Measure.LENGTH:
            _add_length(fields, bound.op, value)
        case Measure.MEMBER:
            fields["members"] = tuple(value)[:50]
        case Measure.REMAINDER:
            modulus, rest = value
            if type(modulus) is int and type(rest) is int and modulus:
                fields["remainder"] = (modulus, rest)
        case Measure.PREFIX:
            fields["prefix"] = value
        case Measure.SUFFIX:
            fields["suffix"] = value
        case Measure.ITEMS:
            fields["items"] = (*fields.get("items", ()), *bound.inner)


def _add_value(fields: dict[str, Any], op: str, value: Any) -> None:
    if op == "==":
        fields["exact"] = (value,)
        return
    if type(value) not in (int, float) or not math.isfinite(value):
        return
    number = Fraction(value)
    if op in (">", ">="):
        old = fields.get("least")
        if old is None or number > old or (number == old and op == ">"):
            fields["least"], fields["open_least"] = number, op == ">"
    elif op in ("<", "<="):
        old = fields.get("most")
        if old is None or number < old or (number == old and op == "<"):
            fields["most"], fields["open_most"] = number, op == "<"


def _add_length(fields: dict[str, Any], op: str, value: Any) -> None:
    number = int(value)
    if op in (">", ">=", "=="):
        least = number + (op == ">")
        fields["shortest"] = max(fields.get("shortest", 0), least, 0)
    if op in ("<", "<=", "=="):
        most = number - (op == "<")
        old = fields.get("longest")
        fields["longest"] = most if old is None else min(old, most)


def _between(maker: Maker, low: int | None, high: int | None) -> Strategy:
    """Integers between two bounds: near each bound, constants of the code, and anywhere."""
    if low is not None and high is not None and low > high:
        return st.nothing()
    reach = maker.scale.magnitude
    parts: list[Strategy] = []
    if low is not None:
        near = low + 10 if high is None else min(high, low + 10)
        parts.append(st.integers(low, near))
    if high is not None:
        near = high - 10 if low is None else max(low, high - 10)
        parts.append(st.integers(near, high).map(lambda n: n))
    known = [
        n for n in maker.known_ints() if (low is None or n >= low) and (high is None or n <= high)
    ]
    if known:
        parts.append(st.sampled_from(known))
    if low is not None and high is not None:
        parts.append(st.integers(low, high))
    elif low is not None:
        parts.append(st.integers(low, max(low, 0) + reach))
    elif high is not None:
        parts.append(st.integers(min(high, 0) - reach, high))
    if maker.scale.wild:
        parts.append(st.integers(low, high))
        wild = [n for n in WILD if (low is None or n >= low) and (high is None or n <= high)]
        parts += [st.sampled_from(wild)] * 2 if wild else []
    return st.one_of(parts)


def _above(least: Fraction | None, strict: bool) -> int | None:
    if least is None:
        return None
    return math.floor(least) + 1 if strict else math.ceil(least)


def _below(most: Fraction | None, strict: bool) -> int | None:
    if most is None:
        return None
    return math.ceil(most) - 1 if strict else math.floor(most)


def _of_type(value: Any, declared: Any) -> Any:
    """An equal value of the declared number type, where there is one: 5 for a float is 5.0."""
    if declared in (int, float) and type(value) in (int, float) and declared(value) == value:
        return declared(value)
    return value


def _as_float(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _repaired(values: dict[str, Any], holds: Sequence[Condition]) -> dict[str, Any]:
    """The values, changed where a simple change makes a false condition true."""
    for _ in range(2):
        broken = [condition for condition in holds if not condition(values)]
        if not broken:
            return values
        changed = list(_changes(values))
        for condition in broken:
            better = [other for other in changed if condition(other)]
            whole = (other for other in better if all(c(other) for c in holds))
            values = next(whole, better[0] if better else values)
    return values


def _changes(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The values with one argument sorted, made of distinct items, shortened, and so on."""
    for name, value in values.items():
        match value:
            case list():
                for other in _list_changes(value):
                    yield {**values, name: other}
            case str():
                for text in _string_changes(value):
                    yield {**values, name: text}
            case int() if type(value) is int:
                for number in (-value, value + 1, value - 1, value * 2):
                    yield {**values, name: number}
            case _:
                continue
    yield from _even_lengths(values)


def _list_changes(items: list[Any]) -> Iterator[list[Any]]:
    distinct = [v for i, v in enumerate(items) if v not in items[:i]]
    yield distinct
    try:
        yield sorted(items)
        yield sorted(distinct)
        yield sorted(items, reverse=True)
        yield sorted(distinct, reverse=True)
    except TypeError:
        pass
    yield items + items[::-1]
    if all(type(v) is int for v in items):
        yield [v + i for i, v in enumerate(sorted(items))]
    for kept in (lambda v: v > 0, lambda v: v >= 0, lambda v: v != 0, lambda v: bool(v)):
        try:
            yield [v for v in items if kept(v)]
        except TypeError:
            continue
    yield items[:1]
    if items and all(isinstance(v, list) for v in items):
        width = len(items[0])
        yield [v[:width] + v[-1:] * (width - len(v)) for v in items if v]
        yield [sorted(v) for v in items]


def _string_changes(text: str) -> Iterator[str]:
    yield text.lower()
    yield text.upper()
    yield text.strip()
    yield "".join(str(ord(c) % 10) for c in text)
    yield "".join(chr(97 + ord(c) % 26) for c in text)
    yield "".join(chr(48 + ord(c) % 2) for c in text)
    yield "".join(c for c in text if c.isalnum())
    yield "".join("()"[ord(c) % 2] for c in text)
    yield text + text[::-1]
    yield (text or "a")[:1]
    yield "1" + "".join(str(ord(c) % 10) for c in text[1:])


def _even_lengths(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sized = {n: v for n, v in values.items() if isinstance(v, list | str | tuple)}
    if len(sized) > 1:
        least = min(len(v) for v in sized.values())
        yield {**values, **{n: v[:least] for n, v in sized.items()}}
