"""Which parameters of a function are to be called otherwise: who says so, and what to.

A `signature` beside the code says it outright. Else the contract is the truth: a name that its
conditions take and the signature has not is a parameter's. Else callers are, where every one that
names the parameter calls it by a name that the function has not.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from verify_agent.agent.task_origin import Origin, Renamed, find_node, read_exactly
from verify_agent.contracts.missing import spoken_of
from verify_agent.contracts.model import Signature
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import load, named

if TYPE_CHECKING:
    from verify_agent.agent.repair.rename.change import Surroundings

New = Mapping[str, str]
#: Ways to match names with parameters that are tried.
MOST = 120
SAME = "the same function and types with other names of parameters, or no `signature`"


def renamed_origin(origin: Origin, signature: Signature | None, seed: int = 0) -> Origin:
    """The function after the renaming that is asked for; the same where none is.

    `BadSource` where the signature asks for something else, where names could be those of several
    parameters, or where the program would mean something else afterwards.
    """
    if signature is not None:
        new = _by_position(origin, signature)
        return _chosen(origin, [new], "the task's signature calls it otherwise", seed)
    node = find_node(origin.text, origin.subject.qualname)
    spoken = spoken_of(origin.text, node)
    if spoken.missing:
        free = [n for n in _own_names(origin) if n not in spoken.known]
        shown = " and ".join(f"`{n}`" for n in spoken.missing)
        why = f"a condition takes {shown}, no parameter of the function"
        return _chosen(origin, _matched(spoken.missing, free), why, seed)
    if not origin.subject.unread and _passed_unknown(origin):
        return _as_called(origin, seed)
    return origin


def _by_position(origin: Origin, signature: Signature) -> New:
    """The names that a task's signature gives to the parameters of the code."""
    code = origin.subject.signature
    own = list(code.parameters)
    if len(own) == len(signature.parameters) + 1 and "." in origin.subject.qualname:
        own = own[1:] if not own[0].annotation else own
    pairs = [*zip(own, signature.parameters, strict=False)]
    alike = len(own) == len(signature.parameters) and all(
        a.annotation == b.annotation and b.default in ("", a.default) for a, b in pairs
    )
    new = {a.name: b.name for a, b in pairs if a.name != b.name}
    same = (code.name, code.returns) == (signature.name, signature.returns)
    if not (alike and same and new):
        raise BadSource("the code has a signature already", expected=SAME)
    if set(new.values()) & set(code.names):
        found = "the code has these names for other parameters"
        raise BadSource(found, expected="names that the function has not")
    return new


def _own_names(origin: Origin) -> list[str]:
    """The parameters, without the receiver of a method."""
    parameters = origin.subject.signature.parameters
    method = "." in origin.subject.qualname
    receiver = parameters[:1] if method else ()
    own = parameters[1:] if any(p.name in ("self", "cls") for p in receiver) else parameters
    return [p.name for p in own]


def _matched(names: Sequence[str], free: Sequence[str]) -> list[New]:
    """Every way to take the names for different parameters."""
    ways = itertools.islice(itertools.permutations(free, len(names)), MOST)
    made = (dict(zip(way, names, strict=True)) for way in ways)
    return [{name: new[name] for name in free if name in new} for new in made]


def _chosen(origin: Origin, choices: Sequence[New], why: str, seed: int) -> Origin:
    """The one choice that can be made, and whose contract holds on inputs if there are several."""
    from verify_agent.agent.repair.rename.change import Surroundings, rename
    from verify_agent.agent.repair.rename.tree import CannotRename
    from verify_agent.agent.repair.rename.trying import survives

    if not choices:
        return origin
    around = Surroundings.of(origin)
    possible: list[tuple[New, Origin]] = []
    refused: CannotRename | None = None
    for new in choices:
        try:
            changed = replace(rename(origin, around, new), why=why)
        except CannotRename as problem:
            refused = problem
            continue
        made = _after(origin, changed)
        if not made.subject.unread or len(choices) == 1:
            possible.append((new, made))
    if not possible and refused is not None:
        raise refused
    if len(possible) > 1:
        left = [(new, made) for new, made in possible if survives(made, around, new, seed)]
        if len(left) != 1:
            raise _unclear(why, [new for new, _ in left or possible])
        possible = left
    return possible[0][1] if possible else origin


def _after(origin: Origin, renamed: Renamed) -> Origin:
    subject = origin.subject
    module = load(renamed.text, subject.path, subject.module, subject.roots)
    return replace(origin, subject=named(module, subject.qualname), renamed=renamed)


def _unclear(why: str, choices: Sequence[New]) -> BadSource:
    ways = "; or ".join(" and ".join(f"`{a}` is `{b}`" for a, b in new.items()) for new in choices)
    return BadSource(
        f"{why}, and it may be that {ways}",
        expected="a `signature` with the names that are meant",
    )


def _as_called(origin: Origin, seed: int) -> Origin:
    """The parameters by the names that all callers use; a note where they could be several."""
    from verify_agent.agent.repair.rename.change import Surroundings

    try:
        choices = _named_by_callers(Surroundings.of(origin))
    except BadSource:  # nobody asked for it, and it can't be done
        return origin
    why = "its callers pass it by a name that the function has not"
    try:
        return _chosen(origin, choices, why, seed)
    except BadSource as problem:
        note = f"no parameter was renamed: {problem.found}"
        return replace(origin, renamed=Renamed(origin.text, notes=(note,)))


def _named_by_callers(around: Surroundings) -> list[New]:
    """The ways to take unknown keywords of calls for parameters that no call names."""
    parameters = around.target.parameters
    certain = [call for _, call in around.calls() if call.certain]
    if any(call.unclear for call in certain):
        return []
    passed = {k for call in certain for k in call.keywords}
    unknown = [k for k in dict.fromkeys(passed) if k not in parameters]
    free = [p for p in parameters if p not in passed and p not in ("self", "cls")]
    return [
        new
        for new in _matched(sorted(unknown), free)
        if not any(
            old in call.positional
            for old, name in new.items()
            for call in certain
            if name in call.keywords
        )
    ]


def _passed_unknown(origin: Origin) -> bool:
    """Whether a module has a call by the function's name with a keyword that it has not."""
    names = set(origin.subject.signature.names)
    qualname = origin.subject.qualname
    parts = qualname.removesuffix(".__init__").split(".")
    return any(
        k.arg is not None and k.arg not in names
        for text in _texts(origin, parts[-1])
        for call in _calls_by_name(text, parts[-1])
        for k in call.keywords
    )


def _texts(origin: Origin, name: str) -> Iterator[str]:
    from verify_agent.agent.repair.codebase import codebase_around

    if origin.path is None:
        yield origin.text
        return
    for path in codebase_around(origin).files:
        try:
            text = read_exactly(path)[0]
        except BadSource:
            continue
        if name in text:
            yield text


def _calls_by_name(text: str, name: str) -> Iterator[ast.Call]:
    try:
        nodes = [*ast.walk(ast.parse(text))]
    except (SyntaxError, ValueError, RecursionError):
        return
    aliases = (a for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names)
    called = {name, *(a.asname for a in aliases if a.name == name and a.asname)}
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=word) | ast.Attribute(attr=word)) if word in called:
                yield node
            case _:
                pass
