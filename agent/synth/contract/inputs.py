"""Inputs to try candidates on: corners first, then small and large values by chance."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import random
from collections.abc import Iterator
from typing import Any

from verify_agent.agent.synth.contract.annotations import parse_annotation
from verify_agent.agent.synth.contract.examples import example_marks
from verify_agent.agent.synth.problem import Input, SynthesisProblem
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir.types import (
    BoolType,
    DictType,
    FloatType,
    IntType,
    ListType,
    NoneType,
    SetType,
    StrType,
    TupleType,
    Type,
    VariadicTupleType,
)

_WORDS = ("", "a", "b", "ab", "ba", "aa", "aba", "abc", "a b", "ab cd", " ab ", "A", "Ab cD", "7")


def answer_constants(problem: SynthesisProblem) -> list[Any]:
    """The constants that an answer may need: those of the contract, not those of examples."""
    plain = dataclasses.replace(problem.contract, examples=())
    found = contract_constants(dataclasses.replace(problem, contract=plain))
    return [*found, *(text for text in example_marks(problem) if text not in found)]


def contract_constants(problem: SynthesisProblem) -> list[Any]:
    """The int and str literals of a contract's texts, in order of first appearance."""
    contract = problem.contract
    texts = [c.text for c in contract.requires + contract.ensures]
    texts += [r.condition.text for r in contract.raises]
    texts += list(contract.examples) + [s.text for s in contract.snapshots]
    texts += [text for p in contract.properties for text in (p.when, p.then)]
    found: dict[tuple[type, Any], Any] = {}
    for text in texts:
        for node in ast.walk(_parse(text)):
            if isinstance(node, ast.Constant) and type(node.value) in (int, str):
                found.setdefault((type(node.value), node.value), node.value)
    return list(found.values())


def _parse(text: str) -> ast.AST:
    try:
        return ast.parse(text.strip() or "None", mode="eval")
    except SyntaxError:
        return ast.Constant(value=None)


class Sampler:
    """Draws values of types, near the constants of a contract, from one seed."""

    def __init__(self, constants: list[Any], seed: int) -> None:
        self._random = random.Random(seed)
        ints = [c for c in constants if type(c) is int and abs(c) < 10**9]
        near = {c + d for c in ints for d in (-1, 0, 1)} | {-c for c in ints}
        near |= {c * d for c in ints for d in (2, 3)}
        self.corners = [0, 1, -1, 2, -2, 3, 5, 7, 10, *sorted(near - set(range(-2, 4)))]
        self.words = [*_WORDS, *(c for c in constants if type(c) is str)]

    def corner(self, type_: Type) -> list[Any]:
        """A few telling values of a type."""
        match type_:
            case IntType():
                return self.corners
            case BoolType():
                return [False, True]
            case StrType():
                return self.words
            case TupleType(items):
                parts = [self.corner(item)[:4] for item in items]
                return list(itertools.islice(itertools.product(*parts), 64))
            case ListType(item):
                values = self.corner(item)
                return [[], values[1:2], values[:2], values[2:5], values[1:2] * 3, values[:6]]
            case _:
                return [self.value(type_, 4) for _ in range(6)]

    def value(self, type_: Type, size: int) -> Any:
        """One value; ints are within `size` mostly, lists at most `size` long and seven."""
        rng = self._random
        match type_:
            case IntType():
                if rng.random() < 0.15:
                    return rng.choice(self.corners)
                return rng.randint(-size, size)
            case BoolType():
                return rng.random() < 0.5
            case StrType():
                return self._text(size)
            case FloatType():
                return rng.choice((0.0, 1.0, -1.5, 2.25, float(rng.randint(-size, size))))
            case NoneType():
                return None
            case TupleType(items):
                return tuple(self.value(item, size) for item in items)
            case ListType(item) | VariadicTupleType(item):
                values = self._list(item, size)
                return values if isinstance(type_, ListType) else tuple(values)
            case SetType(item):
                return set(self._list(item, size))
            case DictType(key, value):
                keys = self._list(key, size)
                return {k: self.value(value, size) for k in keys}
        raise Unsupported(f"inputs of type {type_}")

    def _list(self, item: Type, size: int) -> list[Any]:
        rng = self._random
        length = rng.randint(0, min(size, 7))
        values = [self.value(item, size) for _ in range(length)]
        shape = rng.random()
        if shape < 0.25 and not isinstance(item, (TupleType, ListType, DictType, SetType)):
            return sorted(values)
        if shape < 0.35:
            return values + values[::-1]
        if shape < 0.5 and values:
            return [rng.choice(values[:2]) for _ in values]
        return values

    def _text(self, size: int) -> str:
        rng = self._random
        if rng.random() < 0.3:
            return rng.choice(self.words)
        alphabet = "ab" if rng.random() < 0.4 else "abcxyzABC 019-_.,"
        text = "".join(rng.choice(alphabet) for _ in range(rng.randint(0, min(size, 8))))
        return text + text[::-1] if rng.random() < 0.15 else text

    def inputs(self, types: list[Type]) -> Iterator[Input]:
        """Corner combinations (few), then random inputs, small and large ranges by turns."""
        grids = [self.corner(t) for t in types]
        total = 1
        for grid in grids:
            total *= max(1, len(grid))
        if total <= 400:
            yield from itertools.product(*grids)
        else:
            for _ in range(150):
                yield tuple(self._random.choice(grid) for grid in grids)
        for size in itertools.cycle((2, 3, 8, 30, 3, 200, 5, 10**5)):
            yield tuple(self.value(t, size) for t in types)


def assignments(
    given: tuple[tuple[str, str], ...], problem: SynthesisProblem
) -> list[dict[str, Any]]:
    """Values for the variables of a property, corners first, then by chance."""
    sampler = Sampler(contract_constants(problem), problem.seed)
    types = [parse_annotation(text) for _, text in given]
    names = [name for name, _ in given]
    drawn = itertools.islice(sampler.inputs(types), 400)
    return [dict(zip(names, values, strict=True)) for values in drawn]


def example_pairs(problem: SynthesisProblem) -> list[Input]:
    """The inputs of examples that call the function with literals."""
    name = problem.signature.name
    found: list[Input] = []
    for text in problem.contract.examples:
        for node in ast.walk(_parse(text)):
            match node:
                case ast.Call(func=ast.Name(id=called), keywords=[]) if called == name:
                    found += _literal_arguments(node)
    return [values for values in found if len(values) == len(problem.signature.names)]


def _literal_arguments(node: ast.Call) -> list[Input]:
    try:
        return [tuple(ast.literal_eval(arg) for arg in node.args)]
    except ValueError:
        return []
