"""Well-known loops written out with holes for the parameters' names; the examples choose."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body
from verify_agent.verifier.ir.types import INT, STR, DictType, ListType, NoneType, TupleType, Type


@dataclass(frozen=True)
class Sketch:
    """A body over the parameters `{0}`, `{1}`; `returns` is a kind of type, by its letter.

    `i` int, `p` a pair of ints, `l` a list, `s` a str, `d` a dict, `n` nothing. `args` likewise.
    """

    args: str
    returns: str
    text: str


_DIVIDE = """
quotient = 0
while {0} >= {1}:
    {0} -= {1}
    quotient += 1
return """
_INSERTION = """
for i in range(1, len({0})):
    j = i
    while j > 0 and {0}[j - 1] {op} {0}[j]:
        {0}[j - 1], {0}[j] = {0}[j], {0}[j - 1]
        j -= 1
"""
_COPIED = "\nresult = list({0})" + _INSERTION.replace("{0}", "result") + "return result\n"
_MERGED = """
result = []
i = 0
j = 0
while i < len({0}) and j < len({1}):
    if {0}[i] <= {1}[j]:
        result.append({0}[i])
        i += 1
    else:
        result.append({1}[j])
        j += 1
return result + {0}[i:] + {1}[j:]
"""
_REVERSE = """
for i in range(len({0}) // 2):
    {0}[i], {0}[len({0}) - 1 - i] = {0}[len({0}) - 1 - i], {0}[i]
"""
_ROTATE_LEFT = """
{0}.append({0}.pop(0))
"""
_ROTATE_RIGHT = """
{0}.insert(0, {0}.pop())
"""
_SWAP = """
{0}[{1}], {0}[{2}] = {0}[{2}], {0}[{1}]
"""
_GCD = """
while {1} != 0:
    {0}, {1} = {1}, {0} % {1}
return abs({0})
"""
_GCD_SUBTRACT = """
while {0} != {1}:
    if {0} > {1}:
        {0} -= {1}
    else:
        {1} -= {0}
return {0}
"""
_ROOT = """
low = 0
high = {0} + 1
while high - low > 1:
    middle = (low + high) // 2
    if middle * middle <= {0}:
        low = middle
    else:
        high = middle
return low
"""
_POWER = """
result = 1
for _ in range({1}):
    result *= {0}
return result
"""
_PRODUCT = """
result = 0
for _ in range({1}):
    result += {0}
return result
"""
_DIGITS = """
total = 0
while {0} > 0:
    total += {step}
    {0} //= 10
return total
"""
_COUNTS = """
counts: {type} = {{}}
for {item} in {0}:
    counts[{item}] = counts.get({item}, 0) + 1
return counts
"""
_POSITIONS = """
positions: {type} = {{}}
for i, {item} in enumerate({0}):
    positions{store}
return positions
"""
_DISTINCT = """
result: {type} = []
for {item} in {0}:
    if {item} not in result:
        result.append({item})
return result
"""
_BISECT = """
low = 0
high = len({0})
while low < high:
    middle = (low + high) // 2
    if {0}[middle] < {1}:
        low = middle + 1
    else:
        high = middle
return """

SKETCHES = (
    *(
        Sketch("ii", kind, _DIVIDE + out)
        for kind, out in (("p", "(quotient, {0})"), ("p", "({0}, quotient)"), ("i", "quotient"))
    ),
    Sketch("ii", "i", "\nwhile {0} >= {1}:\n    {0} -= {1}\nreturn {0}"),
    Sketch("ii", "i", _GCD.replace("abs({0})", "{0}")),
    Sketch("ii", "i", _GCD),
    Sketch("ii", "i", _GCD_SUBTRACT),
    Sketch("ii", "i", _POWER),
    Sketch("ii", "i", _PRODUCT),
    Sketch("i", "i", _ROOT),
    Sketch("i", "i", "\nreturn {0}.bit_length() - 1"),
    Sketch("i", "i", "\nreturn {0}.bit_length()"),
    *(Sketch("i", "i", _DIGITS.replace("{step}", step)) for step in ("{0} % 10", "1")),
    Sketch("l", "n", "\n{0}.sort()"),
    Sketch("l", "n", "\n{0}.reverse()"),
    Sketch("l", "n", "\n{0}.clear()"),
    *(Sketch("l", "n", text) for text in (_ROTATE_LEFT, _ROTATE_RIGHT)),
    *(Sketch("l", "n", f"\n{{0}}.pop({place})") for place in ("", "0")),
    *(Sketch("l", kind, f"\nreturn {{0}}.pop({place})") for kind in "is" for place in ("", "0")),
    Sketch("lii", "n", _SWAP),
    *(
        Sketch("li" + kind, "n", text)
        for kind in "is"
        for text in ("\n{0}[{1}] = {2}", "\n{0}.insert({1}, {2})")
    ),
    *(Sketch("li", "n", text) for text in ("\n{0}.append({1})", "\n{0}.insert(0, {1})")),
    *(Sketch("li", "n", text) for text in ("\n{0}.remove({1})", "\n{0}.pop({1})")),
    Sketch("ll", "n", "\n{0}.extend({1})"),
    *(Sketch("l", "n", _INSERTION.replace("{op}", op)) for op in "><"),
    Sketch("l", "n", _REVERSE),
    *(Sketch("l", "l", _COPIED.replace("{op}", op)) for op in "><"),
    *(
        Sketch("li", "l", _COPIED.replace("list({0})", "{0} + [{1}]").replace("{op}", op))
        for op in "><"
    ),
    Sketch("l", "l", _DISTINCT),
    Sketch("l", "d", _COUNTS),
    Sketch("s", "d", _COUNTS),
    Sketch("l", "n", "\n{0}[0], {0}[-1] = {0}[-1], {0}[0]"),
    Sketch("ll", "l", _MERGED),
    *(
        Sketch("l", "d", _POSITIONS.replace("{store}", store))
        for store in ("[{item}] = i", ".setdefault({item}, i)")
    ),
    *(
        Sketch("li", "i", _BISECT + out)
        for out in ("low", "low if low < len({0}) and {0}[low] == {1} else -1")
    ),
)


class Sketches:
    """Tries every sketch of the right types with every order of the parameters."""

    name = "sketch"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where there is a sketch of these types."""
        return 5.0 if any(True for _ in _fitting(context)) else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """All instances; the context keeps those that pass."""
        problem = context.problem
        for sketch, names in _fitting(context):
            item = names[0][:-1] if len(names[0]) > 1 and names[0].endswith("s") else "item"
            item = item if item not in names else f"{item}_"
            text = sketch.text.format(*names, type=problem.signature.returns, item=item)
            yield Body(tuple(ast.parse(text.strip("\n")).body))
            yield None


def _fitting(context: Context) -> Iterator[tuple[Sketch, tuple[str, ...]]]:
    types = context.problem.types
    returns = _letter(context.problem.returns)
    for sketch in SKETCHES:
        if sketch.returns != returns or len(sketch.args) != len(types):
            continue
        for names in itertools.permutations(types):
            fits = all(_letter(types[n]) == a for n, a in zip(names, sketch.args, strict=True))
            if fits and not _locals(sketch) & set(names):
                yield sketch, names


def _letter(type_: Type) -> str:
    match type_:
        case ListType():
            return "l"
        case DictType():
            return "d"
        case NoneType():
            return "n"
        case TupleType(items) if items == (INT, INT):
            return "p"
    return {INT: "i", STR: "s"}.get(type_, "?")


def _locals(sketch: Sketch) -> set[str]:
    text = sketch.text.strip("\n").format("a", "b", "c", type="list[int]", item="item")
    tree = ast.parse(text)
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return stored - {"a", "b", "c", "item", "_"}
