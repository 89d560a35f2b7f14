"""cvc5's models, for queries over scalars without quantifiers and functions."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from fractions import Fraction

from verify_agent.verifier.smt.query import Model, Query
from verify_agent.verifier.smt.smtlib_names import symbol
from verify_agent.verifier.smt.terms import BOOL, F64, INT, REAL, Sort
from verify_agent.verifier.smt.values import Value

_TOKEN = re.compile(r"\|[^|]*\||[()]|[^\s()|]+")
_NAN = struct.unpack("<d", struct.pack("<Q", 0x7FF8 << 48))[0]

Tree = str | list["Tree"]


def model_commands(query: Query) -> tuple[str, ...]:
    """The command that asks for the variables' values, or none where they can't be read."""
    found = query.symbols
    scalar = all(v.sort in (INT, BOOL, REAL, F64) for v in found.variables)
    if found.quantified or found.functions or not found.variables or not scalar:
        return ()
    return (f"(get-value ({' '.join(symbol(str(v.payload)) for v in found.variables)}))",)


def read_values(query: Query, text: str) -> Model:
    """The model in an answer to `model_commands`."""
    answer = parse(text)
    variables = query.symbols.variables
    values: dict[str, Value] = {}
    missing: list[str] = []
    for variable, pair in zip(variables, answer, strict=True):
        try:
            values[str(variable.payload)] = _value(pair[1], variable.sort)
        except (ValueError, IndexError, TypeError):
            missing.append(str(variable.payload))
    return Model(values, {}, tuple(missing))


def parse(text: str) -> list[Tree]:
    """The first S-expression of a text; raises ValueError if there is none."""
    stack: list[list[Tree]] = [[]]
    for token in _TOKEN.findall(text):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            if not stack:
                break
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    if len(stack) != 1 or not stack[0] or not isinstance(stack[0][0], list):
        raise ValueError(f"no S-expression: {text[:80]!r}")
    return stack[0][0]


def _value(tree: Tree, sort: Sort) -> Value:
    if sort == BOOL and tree in ("true", "false"):
        return tree == "true"
    if sort == INT:
        return int(tree) if isinstance(tree, str) else -int(_word(tree[1]))
    if sort == REAL:
        return _rational(tree)
    if sort == F64 and isinstance(tree, list):
        return _double(tree)
    raise ValueError(f"no value of {sort}: {tree}")


def _rational(tree: Tree) -> Fraction:
    match tree:
        case str():
            return Fraction(tree)
        case ["-", part]:
            return -_rational(part)
        case ["/", top, bottom]:
            return _rational(top) / _rational(bottom)
        case _:
            raise ValueError(f"no rational: {tree}")


def _word(tree: Tree) -> str:
    if not isinstance(tree, str):
        raise ValueError(f"a word is wanted: {tree}")
    return tree


def _double(tree: Sequence[Tree]) -> float:
    match tree:
        case ["fp", str(sign), str(exponent), str(significand)]:
            bits = int(f"{sign[2:]}{exponent[2:]}{significand[2:]}", 2)
            value: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
            return value
        case ["_", str(kind), "11", "53"]:
            named = {"NaN": _NAN, "+oo": float("inf"), "-oo": float("-inf")}
            named |= {"+zero": 0.0, "-zero": -0.0}
            return float(named[kind])
        case _:
            raise ValueError(f"no double: {tree}")
