"""Values of each type, smallest first, and random ones that grow."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.falsify.mentions import Mentions
from verify_agent.verifier.ir.types import (
    BoolType,
    ClassType,
    DictType,
    FloatType,
    IntType,
    ListType,
    NoneType,
    RangeType,
    SetType,
    StrType,
    TupleType,
    Type,
    UnionType,
    VariadicTupleType,
)

SMALL_INTS = (0, 1, -1, 2, -2, 3, -3, 4, 5, -5, 7, 10)
LARGE_INTS = (11, 16, 25, 40, 64, 99, 100, -100, 255, 1000, 2**31, 2**53 + 1, -(2**63), 10**20)
FLOATS = (
    0.0, 1.0, -1.0, 0.5, 0.1, 0.2, 0.3, -0.0, 2.0, 1e-17, 1e16, -0.1, 0.7, 3.0,
    float("nan"), float("inf"), float("-inf"), 1e308, 1.7976931348623157e308, 5e-324, 2.0**53,
)  # fmt: skip
#: Characters that behave in unexpected ways: digits that `int` refuses, letters whose case
#: has another length, a character beyond the basic plane.
ODD_CHARACTERS = ("²", "ß", "İ", "٣", "\x00", "\n", "é", "\U0001d7d8", "\U0010ffff")
MAX_POOL = 450

States = Callable[[str], Sequence[Any]]


@dataclass
class Values:
    """Makes values for one program; `states` gives the reachable instances of a class."""

    mentions: Mentions
    states: States
    pools: dict[Type, tuple[Any, ...]] = field(default_factory=dict)

    def pool(self, type_: Type) -> tuple[Any, ...]:
        """Values of the type, smallest first; `Unsupported` where none can be made."""
        if type_ not in self.pools:
            made = itertools.islice(_distinct(self._values(type_)), MAX_POOL)
            self.pools[type_] = tuple(made)
        return self.pools[type_]

    def mentioned(self, type_: Type) -> tuple[Any, ...]:
        """The values of the type that the program mentions, for ints and texts."""
        match type_:
            case IntType():
                return tuple(self.mentions.ints)
            case StrType():
                return tuple(self.mentions.texts)
            case _:
                return ()

    def _values(self, type_: Type) -> Iterable[Any]:
        match type_:
            case IntType():
                return [*SMALL_INTS, *self.mentions.ints, *LARGE_INTS]
            case BoolType():
                return [False, True]
            case NoneType():
                return [None]
            case FloatType():
                return self._floats()
            case StrType():
                return self._texts()
            case ListType(item):
                return [list(v) for v in self._sequences(item)]
            case VariadicTupleType(item):
                return list(self._sequences(item))
            case TupleType(items):
                return _diagonal([self.pool(t)[:40] for t in items], MAX_POOL)
            case SetType(item, frozen):
                make = frozenset if frozen else set
                self._check_hashed(item)
                return _unequal(make(v) for v in self._sequences(item))
            case DictType(key, value):
                self._check_hashed(key)
                return list(self._dicts(key, value))
            case UnionType(members):
                return _interleaved([self.pool(m) for m in members])
            case ClassType(name):
                return self.states(name)
            case RangeType():
                return [range(0), range(1), range(3), range(2, 7, 2)]
            case _:
                raise Unsupported(f"values of {type_}")

    def _check_hashed(self, type_: Type) -> None:
        """Refuse elements and keys without a hash: no set or dict holds one."""
        try:
            frozenset(self.pool(type_))
        except TypeError:
            raise Unsupported(f"elements or keys of type {type_}") from None

    def _floats(self) -> list[float]:
        near = [f for n in self.mentions.floats for f in (n, -n, n * 1.5, n / 2, n + 1.0)]
        whole = [float(n) for n in self.mentions.ints[:20] if abs(n) < 10**300]
        return [*FLOATS, *near, *whole]

    def _texts(self) -> Iterable[str]:
        alphabet = tuple(dict.fromkeys([*self.mentions.characters[:4], "a", "b", " ", "0", "A"]))
        yield ""
        yield from alphabet
        yield from (t for t in self.mentions.texts if len(t) > 1)
        few = alphabet[:3] if len(alphabet) > 3 else alphabet
        for length in (2, 3, 4):
            yield from map("".join, itertools.product(few[: 5 - length or 2], repeat=length))
        yield from self._padded()
        yield from ODD_CHARACTERS
        yield from (f"{a}{b}" for a in ("a", "1") for b in ODD_CHARACTERS)
        yield from ("-1", "12", "007", "a b", " a ", "Ab", "aba", "abc", "a,b", "1_0", "+5")

    def _padded(self) -> Iterable[str]:
        """A beginning and an end that are mentioned, at a length that is mentioned."""
        parts = [t for t in self.mentions.texts if t][:12]
        for length in self.mentions.lengths:
            for start, end in itertools.product(["", *parts], repeat=2):
                missing = length - len(start) - len(end)
                if missing >= 0 and (start or end):
                    yield start + "a" * missing + end
                elif 0 < length < len(start):
                    yield start[:length]

    def _sequences(self, item: Type) -> Iterable[tuple[Any, ...]]:
        """Tuples of items: all short ones over a few values, then longer ones."""
        pool = self.pool(item)
        if not pool:
            return [()]
        return itertools.chain(
            [()],
            itertools.product(pool[:8], repeat=1),
            itertools.product(pool[:4], repeat=2),
            itertools.product(pool[:3], repeat=3),
            ((v,) for v in pool[8:60]),
            itertools.product(_spread(pool, 3), repeat=2),
            itertools.product(pool[:2], repeat=4),
            itertools.product(_spread(pool, 3), repeat=4),
            ((pool[0],) * n for n in self.mentions.lengths if n > 4),
            (tuple(itertools.islice(itertools.cycle(pool[:7]), n)) for n in self.mentions.lengths),
        )

    def _dicts(self, key: Type, value: Type) -> Iterable[dict[Any, Any]]:
        keys, values = self.pool(key)[:5], self.pool(value)
        for count in range(4):
            for chosen in itertools.permutations(keys, count):
                for held in itertools.product(values[:3], repeat=count):
                    yield dict(zip(chosen, held, strict=True))

    # -- random ---------------------------------------------------------------------------------

    def draw(self, type_: Type, rng: random.Random, size: int) -> Any:
        """A random value whose size grows with `size`."""
        match type_:
            case IntType():
                return self._random_int(rng, size)
            case FloatType():
                return _random_float(rng, self.pool(type_))
            case StrType():
                return self._random_text(rng, size)
            case ListType(item):
                return self._random_list(item, rng, size)
            case VariadicTupleType(item):
                return tuple(self._random_list(item, rng, size))
            case TupleType(items):
                return tuple(self.draw(t, rng, size) for t in items)
            case SetType(item, frozen):
                made = self._random_list(item, rng, size)
                return frozenset(made) if frozen else set(made)
            case DictType(key, value):
                keys = self._random_list(key, rng, size)
                return {k: self.draw(value, rng, size) for k in keys}
            case UnionType(members):
                return self.draw(rng.choice(members), rng, size)
            case _:
                return rng.choice(self.pool(type_) or (None,))

    def _random_int(self, rng: random.Random, size: int) -> int:
        kind = rng.random()
        if kind < 0.3 and self.mentions.ints:
            return rng.choice(self.mentions.ints) + rng.randint(-1, 1)
        if kind < 0.95:
            return rng.randint(-size - 1, size + 1)
        return rng.choice(LARGE_INTS)

    def _random_text(self, rng: random.Random, size: int) -> str:
        parts: list[str] = ["a", "b", "0", " ", *self.mentions.texts[:12]]
        parts += self.mentions.characters[:12]
        if rng.random() < 0.2:
            parts += ODD_CHARACTERS
        text = "".join(rng.choice(parts) for _ in range(rng.randint(0, min(size, 8))))
        return text + text[::-1] if rng.random() < 0.2 else text

    def _random_list(self, item: Type, rng: random.Random, size: int) -> list[Any]:
        length = rng.randint(0, min(size + 2, 12))
        if self.mentions.lengths and rng.random() < 0.2:
            length = min(rng.choice(self.mentions.lengths), 60)
        spread = rng.choice((1, 2, size))
        made = [self.draw(item, rng, spread) for _ in range(length)]
        if made and rng.random() < 0.2:
            made = [made[0]] * length
        if rng.random() < 0.4 and _sortable(made):
            made.sort(reverse=rng.random() < 0.2)
        return made


def _sortable(items: list[Any]) -> bool:
    return all(type(i) in (int, bool) for i in items) or all(type(i) is str for i in items)


def _random_float(rng: random.Random, pool: Sequence[float]) -> float:
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(pool)
    if kind < 0.8:
        return round(rng.uniform(-10, 10), rng.randint(0, 4))
    return rng.uniform(0, 1)


def _spread(pool: Sequence[Any], count: int) -> list[Any]:
    """Values from all over the first part of a pool."""
    part = pool[:24]
    return list(part[:: max(1, len(part) // count)])[: count + 1]


def _distinct(values: Iterable[Any]) -> Iterable[Any]:
    seen: set[str] = set()
    for value in values:
        key = f"{type(value).__name__}{_key(value)}"
        if key not in seen:
            seen.add(key)
            yield value


def _key(value: Any) -> str:
    return str(id(value)) if hasattr(value, "fields") else repr(value)


def _unequal(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
        if len(found) >= 60:
            break
    return found


def _interleaved(pools: Sequence[Sequence[Any]]) -> list[Any]:
    longest = itertools.zip_longest(*pools, fillvalue=_MISSING)
    return [v for group in longest for v in group if v is not _MISSING]


_MISSING = object()


def _diagonal(pools: Sequence[Sequence[Any]], most: int) -> list[tuple[Any, ...]]:
    return list(itertools.islice(diagonal(pools), most))


def diagonal(pools: Sequence[Sequence[Any]]) -> Iterable[tuple[Any, ...]]:
    """All combinations of values of the pools, those with early values first.

    >>> list(diagonal([[0, 1], "ab"]))
    [(0, 'a'), (0, 'b'), (1, 'a'), (1, 'b')]
    """
    if not pools:
        yield ()
        return
    for total in range(sum(len(p) - 1 for p in pools) + 1):
        for positions in _positions([len(p) for p in pools], total):
            yield tuple(p[n] for p, n in zip(pools, positions, strict=True))


def _positions(sizes: Sequence[int], total: int) -> Iterable[tuple[int, ...]]:
    if len(sizes) == 1:
        if 0 <= total < sizes[0]:
            yield (total,)
        return
    rest = sum(n - 1 for n in sizes[1:])
    for first in range(max(0, total - rest), min(sizes[0] - 1, total) + 1):
        for others in _positions(sizes[1:], total - first):
            yield (first, *others)
