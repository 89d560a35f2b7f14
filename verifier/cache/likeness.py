"""Functions that differ in names and in the order of their parameters alone.

A bijection between the names that two modules bind carries a proof of one over to the other, as it
does the word of any engine: no name of a builtin or an import is touched, so that every name that
is looked up means the same on both sides. What looks at names while it runs (`locals`, a keyword
in a call, `__name__`, a snapshot's text) is refused, and so is what has state of its own.

Parameters are put in the order in which the conditions name them. That is done only where no call
in the module could tell: the order of arguments is the order of their evaluation.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from verify_agent.contracts.model import Contract
from verify_agent.verifier.cache.key import key_of
from verify_agent.verifier.frontend.canonical import DIRECTIVE, INTROSPECTION
from verify_agent.verifier.frontend.parts import DYNAMIC
from verify_agent.verifier.frontend.renaming import bound_names, with_names
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation

#: Names that icontract gives a meaning, and mypy: what is assigned to a local `_` has any type.
_MEANT = frozenset({"result", "OLD", "_ARGS", "_KWARGS", "self", "_"})
_BUILTINS = frozenset(dir(builtins))
_TOP = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Pass)
_REFUSED = (
    ast.AsyncFunctionDef,
    ast.Await,
    ast.ClassDef,
    ast.Global,
    ast.Match,
    ast.Nonlocal,
    ast.Yield,
    ast.YieldFrom,
)


@dataclass(frozen=True)
class Likeness:
    """`form` is the same for all functions that are alike; `obligations` are the ids of this one's
    in an order that they share, `names` what it binds."""

    form: str
    obligations: tuple[str, ...]
    names: frozenset[str]

    def speaks_of(self, texts: Iterable[str]) -> bool:
        """Whether a text has a name of this function, or of a line, in it."""
        words = {w for text in texts for w in re.findall(r"\w+", text)}
        return bool(words & (self.names | {"line"}))


@lru_cache(maxsize=64)
def likeness_of(subject: Subject) -> Likeness | None:
    """The likeness of a function; None where names or their order may matter."""
    contract = subject.contract
    odd = contract.snapshots or contract.invariants or contract.reference or contract.definitions
    unread = subject.unread or subject.asserts or "." in subject.qualname
    if odd or unread or any(c.error for c in (*contract.requires, *contract.ensures)):
        return None
    try:
        tree = ast.parse(subject.source)
        stated = _stated(contract)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = _only(tree, subject)
    if node is None or DIRECTIVE.search(subject.source):
        return None
    bound = _bound([tree, *stated], contract)
    meant = _MEANT & set(subject.signature.names)
    # mypy takes a parameter `__x` by place alone.
    if meant or any(n.startswith("_") for n in bound):
        return None
    if not _told_by_bijection([tree, *stated], bound):
        return None
    order = _order(tree, stated, node, subject.signature.names)
    names = {node.name: "@f", **{name: f"@p{i}" for i, name in enumerate(order)}}
    names |= {name: f"@v{i}" for i, name in enumerate(n for n in bound if n not in names)}
    asked = (types_obligation(subject), *obligations_of(subject))
    ids = tuple(o.id for o in asked)
    if len(set(ids)) < len(ids):
        return None
    form = key_of(
        "likeness",
        *(o.kind for o in asked),
        *(ast.dump(with_names(part, names)) for part in _permuted(tree, stated, node, order)),
        *_listed(contract, names),
    )
    return Likeness(form, ids, frozenset(bound))


def _stated(contract: Contract) -> list[ast.AST]:
    """The contract's expressions in a fixed order."""
    texts = [c.text for c in (*contract.requires, *contract.ensures)]
    texts += [r.condition.text for r in contract.raises]
    texts += contract.examples
    for stated in contract.properties:
        texts += [annotation for _, annotation in stated.given]
        texts += [stated.when or "True", stated.then]
    return [ast.parse(text.strip(), mode="eval") for text in texts]


def _listed(contract: Contract, names: Mapping[str, str]) -> list[str]:
    """What the contract says beside its expressions."""
    given = [[names.get(name, name) for name, _ in p.given] for p in contract.properties]
    modified = None if contract.modifies is None else [names[n] for n in contract.modifies]
    raised = [r.exception for r in contract.raises]
    sizes = [len(contract.requires), len(contract.ensures), len(contract.examples)]
    return [repr(given), repr(modified), repr(raised), repr(sizes)]


def _only(tree: ast.Module, subject: Subject) -> ast.FunctionDef | None:
    """The function in a module of imports and functions, docstrings taken out of it."""
    for place in ast.walk(tree):
        if not isinstance(place, ast.Module | ast.FunctionDef):
            continue
        if ast.get_docstring(place, clean=False) is not None:
            place.body = place.body[1:] or [ast.Pass()]
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == subject.qualname]
    plain = all(isinstance(n, _TOP) for n in tree.body)
    a = found[0].args if len(found) == 1 else None
    if a is None or not plain or a.vararg or a.kwarg or a.kwonlyargs or a.posonlyargs:
        return None
    return found[0] if [p.arg for p in a.args] == list(subject.signature.names) else None


def _bound(trees: Sequence[ast.AST], contract: Contract) -> list[str]:
    """All names that are bound, in the order of the text."""
    found = [name for tree in trees for name in bound_names(tree)]
    found += [name for stated in contract.properties for name, _ in stated.given]
    return [name for name in dict.fromkeys(found) if name not in _MEANT]


def _told_by_bijection(trees: Sequence[ast.AST], bound: Sequence[str]) -> bool:
    """Whether other names for these can't change what the text means."""
    kept = set(_BUILTINS)
    for node in (n for tree in trees for n in ast.walk(tree)):
        match node:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                if node.col_offset:
                    return False
                kept |= {(a.asname or a.name).partition(".")[0] for a in aliases}
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if name in DYNAMIC | INTROSPECTION or name.startswith("__"):
                    return False
            case ast.keyword(arg=name):
                kept |= {name} if name else set(bound)
            case _ if isinstance(node, _REFUSED):
                return False
    return not kept & set(bound)


def _order(
    tree: ast.Module, stated: Sequence[ast.AST], node: ast.FunctionDef, own: Sequence[str]
) -> list[str]:
    """The parameters as the conditions name them, if the function may have them in any order."""
    mentions = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == node.name]
    calls = [c for part in stated for c in ast.walk(part) if _calls(c, node.name)]
    outside = [n for part in stated for n in ast.walk(part) if isinstance(n, ast.Name)]
    told = len([n for n in outside if n.id == node.name]) == len(calls)
    simple = all(_simple(c, len(own)) for c in calls)
    if mentions or node.args.defaults or not told or not simple:
        return list(own)
    named = [n for part in stated for n in _named(part) if n in own]
    return list(dict.fromkeys([*named, *own]))


def _named(tree: ast.AST) -> list[str]:
    """The names of an expression from left to right."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    return [n.id for n in sorted(found, key=lambda n: (n.lineno, n.col_offset))]


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _simple(call: ast.AST, count: int) -> bool:
    """Whether a call's arguments can be evaluated in any order."""
    assert isinstance(call, ast.Call)
    literal = (ast.Constant, ast.Name, ast.UnaryOp, ast.USub, ast.Load, ast.List, ast.Tuple)
    parts = [part for argument in call.args for part in ast.walk(argument)]
    return (
        len(call.args) == count
        and not call.keywords
        and all(isinstance(part, literal) for part in parts)
    )


def _permuted(
    tree: ast.Module, stated: Sequence[ast.AST], node: ast.FunctionDef, order: Sequence[str]
) -> list[ast.AST]:
    """The trees with the parameters in an order, in the calls of the conditions too."""
    own = [a.arg for a in node.args.args]
    places = [own.index(name) for name in order]
    node.args.args = [node.args.args[place] for place in places]
    for decorator in node.decorator_list:
        for part in ast.walk(decorator):
            # icontract gives a condition its arguments by name.
            outer = isinstance(part, ast.Lambda) and part in getattr(decorator, "args", ())
            if isinstance(part, ast.Lambda) and outer and not part.args.defaults:
                part.args.args.sort(key=lambda a: order.index(a.arg) if a.arg in order else -1)
    for call in (c for part in stated for c in ast.walk(part) if _calls(c, node.name)):
        assert isinstance(call, ast.Call)
        if places != list(range(len(own))):
            call.args = [call.args[place] for place in places]
    return [tree, *stated]
