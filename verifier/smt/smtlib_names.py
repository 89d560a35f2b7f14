"""Names in SMT-LIB scripts: any Python string becomes a symbol, different strings stay different.

Every symbol of ours begins with `$`, because a solver's own words (`div`, `select`, `seq.len` and
hundreds more) can't be quoted away: `|div|` is `div`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from verify_agent.verifier.smt.terms import BOOL, F64, INT, REAL, Function, Sort, Term
from verify_agent.verifier.smt.walk import IllFormed, Symbols

_SIMPLE = re.compile(r"[A-Za-z0-9~!@$^&*_+=<>.?/-]*")
_FORBIDDEN = re.compile(r"[^ -\x7e]|[|\\%]")


def symbol(name: str) -> str:
    r"""A name as a symbol.

    >>> symbol("xs!1"), symbol("len(xs)"), symbol("a|b%\u00e9")
    ('$xs!1', '|$len(xs)|', '|$a%7c;b%25;%e9;|')
    """
    safe = _FORBIDDEN.sub(lambda found: f"%{ord(found[0]):x};", name)
    return f"${safe}" if _SIMPLE.fullmatch(safe) else f"|${safe}|"


def sort_text(sort: Sort) -> str:
    """A sort."""
    if sort == F64:
        return "(_ FloatingPoint 11 53)"
    if sort in (BOOL, INT, REAL):
        return sort.name
    if sort.name == "Array":
        index, element = sort.args
        return f"(Array {sort_text(index)} {sort_text(element)})"
    return symbol(str(sort))


def declarations(found: Symbols) -> Iterable[str]:
    """The lines that declare sorts, variables and functions.

    Raises `IllFormed` if a name stands for two things: Z3 would take that, SMT-LIB has no way
    to say it.
    """
    taken: dict[str, Term | Function] = {}
    for sort in found.sorts:
        yield f"(declare-sort {sort_text(sort)} 0)"
    for variable in found.variables:
        name = _claim(taken, str(variable.payload), variable)
        yield f"(declare-const {name} {sort_text(variable.sort)})"
    for function in found.functions:
        name = _claim(taken, function.name, function)
        domain = " ".join(map(sort_text, function.domain))
        yield f"(declare-fun {name} ({domain}) {sort_text(function.range)})"


def _claim(taken: dict[str, Term | Function], name: str, owner: Term | Function) -> str:
    if name in taken:
        raise IllFormed(f"the name {name} stands for both {taken[name]} and {owner}")
    taken[name] = owner
    return symbol(name)
