"""Argument lists for a function: small ones first, aliased ones, then random growing ones."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

from verify_agent.verifier.falsify.values import Values, diagonal
from verify_agent.verifier.frontend.lower_infer import join
from verify_agent.verifier.ir.interpreter_values import Instance
from verify_agent.verifier.ir.types import (
    ClassType,
    ListType,
    Type,
    UnionType,
    is_immutable,
)

SMALL, ALIASED, WIDE = 700, 250, 1_200


def inputs(values: Values, types: Sequence[Type], seed: int) -> Iterator[list[Any]]:
    """Lists of arguments without end (once, where there are no parameters).

    Objects occur twice in a list only where they are meant to be one object.
    """
    if not types:
        yield []
        return
    pools = [values.pool(t) for t in types]
    if not all(pools):
        return
    yield from map(_unshared, itertools.islice(diagonal([p[:40] for p in pools]), SMALL))
    yield from itertools.islice(_aliased(values, types), ALIASED)
    drawn = _random(values, types, random.Random(seed))
    for wide in map(_unshared, _one_wide(pools)):
        yield wide
        yield next(drawn)
    yield from drawn


def _unshared(args: Sequence[Any]) -> list[Any]:
    return [unshared(a) for a in args]


def unshared(value: Any) -> Any:
    """The value with each of its lists and dicts an object of its own; instances stay."""
    match value:
        case list():
            return list(map(unshared, value))
        case tuple():
            return tuple(map(unshared, value))
        case dict():
            return {k: unshared(v) for k, v in value.items()}
        case set():
            return set(value)
        case _:
            return value


def _one_wide(pools: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Each parameter over all of its pool while the others take a few values."""
    streams = []
    for position, pool in enumerate(pools):
        others = [pool if n == position else p[:3] for n, p in enumerate(pools)]
        streams.append(itertools.islice(diagonal(others), WIDE))
    return itertools.chain.from_iterable(streams)


def _aliased(values: Values, types: Sequence[Type]) -> Iterator[list[Any]]:
    """The same object for two parameters, and inside of one."""
    pairs = [
        (i, j)
        for i, j in itertools.combinations(range(len(types)), 2)
        if may_alias(types[i], types[j])
    ]
    streams = [_pair(values, types, i, j) for i, j in pairs]
    streams += [
        _inside(values, types, n)
        for n, t in enumerate(types)
        if isinstance(t, ListType) and not is_immutable(t.item)
    ]
    for group in itertools.zip_longest(*streams):
        yield from (args for args in group if args is not None)


def may_alias(left: Type, right: Type) -> bool:
    """Whether it may matter that one object is given for parameters of both types."""
    if left == right and isinstance(left, ClassType):
        return True
    if is_immutable(left) or is_immutable(right):
        return False
    return left == right or isinstance(join(left, right), ListType | ClassType)


def _pair(values: Values, types: Sequence[Type], i: int, j: int) -> Iterator[list[Any]]:
    rest = [values.pool(t)[:4] for n, t in enumerate(types) if n not in (i, j)]
    shared = [v for v in values.pool(types[i])[:60] if isinstance(v, list | dict | set | Instance)]
    for chosen in diagonal([shared, *rest]) if shared else ():
        one = unshared(chosen[0])
        others = iter(chosen[1:])
        yield [one if n in (i, j) else unshared(next(others)) for n in range(len(types))]


def _inside(values: Values, types: Sequence[Type], position: int) -> Iterator[list[Any]]:
    """A list of objects that are one object."""
    type_ = types[position]
    if not isinstance(type_, ListType):
        return
    rest = [values.pool(t)[:3] for n, t in enumerate(types) if n != position]
    for chosen in diagonal([values.pool(type_.item)[:12], *rest]):
        one = unshared(chosen[0])
        others = iter(chosen[1:])
        for count in (2, 3):
            yield [
                [one] * count if n == position else unshared(next(others, None))
                for n in range(len(types))
            ]
            others = iter(chosen[1:])


def _random(values: Values, types: Sequence[Type], rng: random.Random) -> Iterator[list[Any]]:
    for number in itertools.count():
        size = 1 + number // 40
        if rng.random() < 0.5:
            size = min(size, 3)
        args = [_one(values, t, rng, size) for t in types]
        _tie(args, types, rng)
        yield args


def _one(values: Values, type_: Type, rng: random.Random, size: int) -> Any:
    pool = values.pool(type_)
    if isinstance(type_, ClassType) or rng.random() < 0.25:
        return unshared(rng.choice(pool))
    return values.draw(type_, rng, size)


def _tie(args: list[Any], types: Sequence[Type], rng: random.Random) -> None:
    """Sometimes arguments are equal, one object, of one length, or a part of each other."""
    if len(args) < 2:
        return
    i, j = rng.sample(range(len(args)), 2)
    kind = rng.random()
    if kind < 0.1 and types[i] == types[j]:
        args[j] = unshared(args[i])
    elif kind < 0.15 and may_alias(types[i], types[j]) and not isinstance(types[i], UnionType):
        args[j] = args[i]
    elif kind < 0.35:
        lists = [n for n, a in enumerate(args) if isinstance(a, list)]
        shortest = min((len(args[n]) for n in lists), default=0)
        for n in lists:
            args[n] = args[n][:shortest]
    elif kind < 0.5 and isinstance(args[i], list) and args[i]:
        item = rng.choice(args[i])
        if _alike(item, args[j]):
            args[j] = unshared(item)
        elif isinstance(args[j], int):
            args[j] = rng.randint(-1, len(args[i]) + 1)
    elif kind < 0.62 and any(isinstance(a, list) for a in args):
        _place(args, rng)
    elif kind < 0.7 and isinstance(args[i], str) and isinstance(args[j], str) and args[i]:
        start = rng.randrange(len(args[i]))
        args[j] = args[i][start : start + rng.randint(1, 3)]


def _alike(one: object, other: object) -> bool:
    if isinstance(one, Instance) and isinstance(other, Instance):
        return one.class_name == other.class_name
    return type(one) is type(other)


def _place(args: list[Any], rng: random.Random) -> None:
    """A sorted list, and numbers that are items of it or positions in it, in order."""
    chosen = rng.choice([a for a in args if isinstance(a, list)])
    if any(type(x) not in (int, str) or type(x) is not type(chosen[0]) for x in chosen):
        return
    chosen.sort()
    numbers = [n for n, a in enumerate(args) if type(a) is int]
    places = sorted(rng.randint(0, len(chosen)) for _ in numbers)
    for n, place in zip(numbers, places, strict=True):
        args[n] = place
    if numbers and chosen and type(chosen[0]) is int and rng.random() < 0.7:
        args[rng.choice(numbers[:1] if rng.random() < 0.7 else numbers)] = rng.choice(chosen)
