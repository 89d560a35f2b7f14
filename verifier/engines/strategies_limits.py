"""The limits of one argument: its bounds with their values, and the strategy within them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from verify_agent.verifier.engines.strategies import WILD, Maker, Strategy
from verify_agent.verifier.engines.strategies_bounds import Bound, Measure


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
