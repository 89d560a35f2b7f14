"""A function's signature and contract in plain words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from verify_agent.contracts.expressions import free_names
from verify_agent.contracts.model import Condition, Contract, Parameter, Signature

_PLAIN = {
    "int": ("an integer", "integers"),
    "bool": ("true or false", "truth values"),
    "str": ("a text", "texts"),
    "float": ("a float", "floats"),
    "bytes": ("bytes", "byte strings"),
    "None": ("None", "None"),
}
_HOLDERS = {"list": "list", "List": "list", "set": "set", "frozenset": "frozen set"}
_RECEIVERS = ("self", "cls")
_ASKING = re.compile(r"^(is|has|can|are)_(.+)$")


def summary(signature: Signature, contract: Contract, description: str) -> str:
    """The first line where nobody wrote one: the task's words, the formula, or the names'."""
    if description.strip():
        first = " ".join(description.strip().split("\n\n")[0].split())
        return first if first.endswith((".", "!", "?")) else f"{first}."
    formula = exactly(contract)
    if formula:
        return f"Return `{formula}`."
    names = listed([f"`{p.name}`" for p in parameters(signature)])
    asking = _ASKING.match(signature.name)
    if asking and names:
        return f"Whether {names} {asking[1]} {asking[2].replace('_', ' ')}."
    words = signature.name.strip("_").replace("_", " ")
    joint = " " if signature.returns == "None" else " of "
    return f"{words[:1].upper()}{words[1:]}{joint + names if names else ''}."


def exactly(contract: Contract) -> str:
    """The expression that the result equals, where one postcondition alone says so."""
    found = []
    for condition in contract.ensures:
        match ast.parse(condition.text.strip(), mode="eval").body:
            case ast.Compare(left=ast.Name(id="result"), ops=[ast.Eq()], comparators=[right]):
                if not free_names(ast.unparse(right)) & {"result", "OLD"}:
                    found.append(ast.unparse(right))
    return found[0] if len(found) == 1 and len(found[0]) <= 60 else ""


def parameters(signature: Signature) -> tuple[Parameter, ...]:
    """The parameters that a caller gives."""
    return tuple(
        p
        for i, p in enumerate(signature.parameters)
        if not (i == 0 and p.name in _RECEIVERS and not p.annotation)
    )


def argument(parameter: Parameter, signature: Signature, contract: Contract) -> str:
    """What a parameter is, with the preconditions of which it is the last name."""
    parts = [kind_of(parameter.annotation)] if parameter.annotation else []
    told = [said(c, contract) for c in contract.requires if last(c, signature) == parameter.name]
    if told:
        parts.append(f"with {listed(told)}")
    text = ", ".join(parts) or "as it comes"
    return f"{text}; `{parameter.default}` by default" if parameter.default else text


def last(condition: Condition, signature: Signature) -> str:
    """The last of the parameters that a condition reads; all before it are told by then."""
    read = free_names(condition.text)
    return next((n for n in reversed(signature.names) if n in read), "")


def said(condition: Condition, contract: Contract) -> str:
    """The condition as a reader meets it: its description beside it, snapshots spelt out."""
    before = {f"OLD.{s.name}": f"old({s.text})" for s in contract.snapshots}
    parts = re.split(r"(\bOLD\.\w+)", condition.display)
    text = "".join(before.get(part, part) for part in parts)
    shown = f"`{' '.join(text.split())}`"
    return f"{shown} ({condition.description})" if condition.description else shown


def kind_of(annotation: str) -> str:
    """An annotation in words; one that has none stands as it is.

    >>> kind_of("list[int]"), kind_of("str | None")
    ('a list of integers', 'a text or None')
    """
    return _words(ast.parse(annotation, mode="eval").body, 0)


def _words(node: ast.expr, number: int) -> str:
    match node:
        case ast.Constant(value=None):
            return "None"
        case ast.Name(id=name) if name in _PLAIN:
            return _PLAIN[name][number]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{_words(left, number)} or {_words(right, number)}"
        case ast.Subscript(value=ast.Name(id=name), slice=inner) if name in _HOLDERS:
            holder = _HOLDERS[name] + "s" * number
            return f"{'' if number else 'a '}{holder} of {_words(inner, 1)}"
        case _:
            return f"`{ast.unparse(node)}`"


def listed(items: Sequence[str]) -> str:
    """The items as a list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *head, tail = items or [""]
    return f"{', '.join(head)} and {tail}" if head else tail


def mentions(condition: Condition, names: Iterable[str]) -> bool:
    """Whether the condition reads one of the names."""
    return bool(free_names(condition.text) & set(names))
