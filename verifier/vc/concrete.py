"""From a solver's model to arguments that a function can be called with."""

from __future__ import annotations

import math
from collections.abc import Mapping

from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt.evaluate import Refused, evaluate
from verify_agent.verifier.smt.query import Model
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.smt.values import ArrayValue
from verify_agent.verifier.smt.values import Value as Constant
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.vc.function import Entry

LONGEST = 200


def arguments(th: Theory, entry: Entry, model: Model) -> dict[str, object] | None:
    """Python values for the parameters; None where the model has none that can be built.

    Parameters that are one object get one value.
    """
    objects: dict[int, object] = {}
    made: dict[str, object] = {}
    values = _defaulted(entry, model)
    for name, value in entry.arguments.items():
        try:
            if isinstance(value, v.Ref):
                if value.id not in objects:
                    listed = v.held(entry.heap[value.id], value.type)
                    objects[value.id] = python_value(listed, values)
                made[name] = objects[value.id]
            else:
                made[name] = python_value(value, values)
        except (Refused, ValueError, KeyError):
            return None
    return made


def _defaulted(entry: Entry, model: Model) -> Mapping[str, Constant]:
    """The model's values; what a solver left open is zero."""
    return _WithDefault(model.values)


class _WithDefault(dict[str, Constant]):
    def __missing__(self, name: str) -> Constant:
        return 0


def python_value(value: v.Value, values: Mapping[str, Constant]) -> object:
    """The Python value that a symbolic value stands for under an assignment."""
    match value:
        case v.IntV(term):
            return _number(term, values)
        case v.BoolV(term):
            return bool(_scalar(term, values))
        case v.FloatV(term):
            return _double(_scalar(term, values))
        case v.NoneV():
            return None
        case v.TupleV(items):
            return tuple(python_value(x, values) for x in items)
        case v.StrV(v.ArraySeq() as seq):
            codes = _items(seq, values)
            return "".join(chr(int(str(c))) for c in codes)
        case v.ListV(v.ArraySeq() as seq, type_):
            listed = _items(seq, values)
            return listed if isinstance(type_, ir.ListType) else tuple(listed)
        case v.UnionV(tag, _, payloads):
            return python_value(payloads[_number(tag, values)], values)
        case v.RangeV(start, stop, step):
            return range(*(_number(x, values) for x in (start, stop, step)))
        case _:
            raise ValueError(f"no concrete form of {type(value).__name__}")


def _number(term: Term, values: Mapping[str, Constant]) -> int:
    found = _scalar(term, values)
    return int(found) if isinstance(found, int) else 0


def _double(found: object) -> float:
    """A double; 0.0 where the model left it open."""
    return found if isinstance(found, float) else 0.0


def _scalar(term: Term, values: Mapping[str, Constant]) -> Constant:
    if term.op == "var":
        found = values.get(str(term.payload))
        if found is None:
            return ArrayValue(0) if term.sort.name == "Array" else 0
        return found
    return evaluate(term, values)


def _items(seq: v.ArraySeq, values: Mapping[str, Constant]) -> list[object]:
    length = _number(seq.length, values)
    if not 0 <= length <= LONGEST:
        raise ValueError("a list of that length is not built")
    arrays = [_scalar(c, values) for c in seq.cells]
    made = []
    for k in range(length):
        leaves = [a.get(k) if isinstance(a, ArrayValue) else a for a in arrays]
        made.append(_rebuilt(seq.item, iter(leaves)))
    return made


def _rebuilt(type_: ir.Type, leaves: object) -> object:
    """A Python value from its leaves, in the order of `sorts_of`."""
    from collections.abc import Iterator

    assert isinstance(leaves, Iterator)
    match type_:
        case ir.IntType():
            return int(next(leaves))
        case ir.BoolType():
            return bool(next(leaves))
        case ir.FloatType():
            return _double(next(leaves))
        case ir.NoneType():
            return None
        case ir.TupleType(items):
            return tuple(_rebuilt(x, leaves) for x in items)
        case ir.StrType():
            length, array = int(next(leaves)), next(leaves)
            codes = [int(_at(array, k)) for k in range(min(length, LONGEST))]
            return "".join(map(chr, codes))
        case ir.ListType(item) if len(v.sorts_of(item)) == 1:
            length, array = int(next(leaves)), next(leaves)
            return [_rebuilt(item, iter([_at(array, k)])) for k in range(min(length, LONGEST))]
        case _:
            raise ValueError(f"no concrete form of {v.show_type(type_)}")


def _at(array: object, k: int) -> int | float:
    found = array.get(k) if isinstance(array, ArrayValue) else 0
    return found if isinstance(found, int | float) else 0


def shown_call(name: str, given: Mapping[str, object]) -> tuple[tuple[str, ...], str]:
    """Statements that make shared objects, and the call as it can be pasted."""
    setup: list[str] = []
    parts: list[str] = []
    names: dict[int, str] = {}
    counts = [id(x) for x in given.values() if isinstance(x, list)]
    for parameter, value in given.items():
        if isinstance(value, list) and counts.count(id(value)) > 1:
            if id(value) not in names:
                names[id(value)] = parameter
                setup.append(f"{parameter} = {pasted(value)}")
            parts.append(names[id(value)])
        else:
            parts.append(pasted(value))
    return tuple(setup), f"{name}({', '.join(parts)})"


def pasted(value: object) -> str:
    """A value as an expression; NaN and infinities have no literal.

    >>> pasted([1.5, float("inf")])
    "[1.5, float('inf')]"
    """
    match value:
        case float() if not math.isfinite(value):
            return f"float('{value}')"
        case list():
            return f"[{', '.join(map(pasted, value))}]"
        case tuple():
            return f"({', '.join(map(pasted, value))}{',' if len(value) == 1 else ''})"
        case _:
            return repr(value)
