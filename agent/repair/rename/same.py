"""Whether two texts are one program but for the names of some variables.

Python's own compiler says what each name means: the instructions of every function must be the
same, each local variable called by one name throughout, globals and attributes as before.
"""

from __future__ import annotations

import dis
from collections.abc import Mapping
from types import CodeType

#: The order in which cells are made and handed over goes by their names.
_CELLS = frozenset({"MAKE_CELL", "COPY_FREE_VARS", "LOAD_CLOSURE"})
_LOCAL, _FREE, _NAMES = frozenset(dis.haslocal), frozenset(dis.hasfree), frozenset(dis.hasname)


def same_program(before: str, after: str, new: Mapping[str, str]) -> bool:
    """Whether `after` is `before` with variables and keywords called as `new` says.

    >>> same_program("def f(lo): return lo", "def f(low): return low", {"lo": "low"})
    True
    >>> same_program("def f(lo): return low", "def f(low): return low", {"lo": "low"})
    False
    """
    try:
        left, right = (compile(t, "<module>", "exec", dont_inherit=True) for t in (before, after))
    except (SyntaxError, ValueError):
        return False
    return _same(left, right, new, {})


def _same(left: CodeType, right: CodeType, new: Mapping[str, str], outer: dict[str, str]) -> bool:
    """Whether two pieces of code do the same; `outer` says what variables around are called."""
    shape = ("co_name", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags")
    if any(getattr(left, part) != getattr(right, part) for part in shape):
        return False
    names: dict[str, str] = {n: outer[n] for n in left.co_freevars if n in outer}
    if len(left.co_varnames) != len(right.co_varnames):
        return False
    pairs = [*zip(left.co_varnames, right.co_varnames, strict=True)]
    if not all(_called(a, b, new, names) for a, b in pairs):
        return False
    first, second = (
        [i for i in dis.get_instructions(code) if i.opname not in _CELLS] for code in (left, right)
    )
    return len(first) == len(second) and all(
        _instruction(a, b, new, names) for a, b in zip(first, second, strict=True)
    )


def _instruction(
    left: dis.Instruction, right: dis.Instruction, new: Mapping[str, str], names: dict[str, str]
) -> bool:
    if left.opcode != right.opcode:
        return False
    if left.opcode in _LOCAL or left.opcode in _FREE:
        pairs = zip(_several(left.argval), _several(right.argval), strict=True)
        return all(_called(a, b, new, names) for a, b in pairs)
    if left.opcode in _NAMES:
        moved = left.opname == "LOAD_ATTR" and new.get(left.argval) == right.argval
        return moved or bool(left.argval == right.argval)
    return _value(left.argval, right.argval, new, names)


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _called(left: object, right: object, new: Mapping[str, str], names: dict[str, str]) -> bool:
    """Whether a variable may be called that, which it must be from then on."""
    if not (isinstance(left, str) and isinstance(right, str)):
        return left == right
    if left in names:
        return names[left] == right
    if right in names.values() or right not in (left, new.get(left)):
        return False
    names[left] = right
    return True


def _value(left: object, right: object, new: Mapping[str, str], names: dict[str, str]) -> bool:
    match left, right:
        case CodeType(), CodeType():
            return _same(left, right, new, names)
        case tuple(), tuple():
            return len(left) == len(right) and all(
                _value(a, b, new, names) for a, b in zip(left, right, strict=True)
            )
        case str(), str():
            return right in (left, new.get(left))
        case _:
            return type(left) is type(right) and repr(left) == repr(right)
