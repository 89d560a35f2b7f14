"""Edits of whole statements: moved, exchanged, removed, added; guards before them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import libcst as cst

from verify_agent.agent.repair.edits import Edit, EditClass, Splice
from verify_agent.agent.repair.sites import Source, nodes
from verify_agent.agent.repair.vocabulary import Vocabulary
from verify_agent.verifier.ir.types import BoolType, IntType, ListType, NoneType, StrType

RANKED = 0.004
GUARDS, RESULTS = 120, 10


@dataclass(frozen=True)
class Block:
    """Statements that each stand on lines of their own; `owner` is what they are the body of."""

    owner: cst.CSTNode
    statements: tuple[cst.CSTNode, ...]

    @property
    def looped(self) -> bool:
        """Whether it is a loop's body."""
        return isinstance(self.owner, cst.For | cst.While)


def blocks(source: Source) -> Iterator[Block]:
    """The blocks of a function, the outermost first."""
    whole = (source.function, *(n for s in source.statements() for n in nodes(s)))
    for owner in whole:
        body = getattr(owner, "body", None)
        if not isinstance(body, cst.IndentedBlock):
            continue
        statements = tuple(body.body) if owner is not source.function else source.statements()
        if statements and all(_alone(source, s) for s in statements):
            yield Block(owner, statements)


def _alone(source: Source, node: cst.CSTNode) -> bool:
    start, _ = source.span(node)
    return not source.data[source.line_start(start) : start].strip()


def statement_edits(source: Source, words: Vocabulary) -> Iterator[Edit]:
    """Every edit of whole statements."""
    for block in blocks(source):
        yield from _exchanges(source, block)
        yield from _removals(source, block)
        yield from _moves(source, block)
        yield from _updates(source, words, block)
        yield from _initial_values(source, words, block)
    for node in source.body():
        if isinstance(node, cst.If):
            yield from _branches(source, node)


# -- where lines are ----------------------------------------------------------------------------


def region(source: Source, node: cst.CSTNode) -> tuple[int, int]:
    """The lines of a statement, a comment at their end included."""
    start, end = source.span(node)
    return source.line_start(start), source.line_end(max(start, end - 1))


def indentation(source: Source, node: cst.CSTNode) -> str:
    """The white space before a statement."""
    start, _ = source.span(node)
    return source.data[source.line_start(start) : start].decode()


def inserted(
    source: Source, kind: EditClass, node: cst.CSTNode, text: str, *, after: bool, extra: float
) -> Edit:
    """The edit that puts statements before (or after) a statement, in lines of their own."""
    newline = source.module.default_newline
    put = textwrap.indent(text, indentation(source, node)).replace("\n", newline)
    start, end = region(source, node)
    if not after:
        return Edit(kind, (Splice(start, start, put + newline),), source.line(node), extra)
    ended = source.data[:end].endswith(b"\n")
    whole = put + newline if ended else newline + put
    return Edit(kind, (Splice(end, end, whole),), source.line(node), extra)


# -- statements that are there ------------------------------------------------------------------


def _text(source: Source, node: cst.CSTNode) -> str:
    start, end = region(source, node)
    text = source.data[start:end].decode()
    return text if text.endswith("\n") else text + source.module.default_newline


def _exchanges(source: Source, block: Block) -> Iterator[Edit]:
    """Two statements after each other in the other order."""
    for one, two in pairwise(block.statements):
        first, second = region(source, one), region(source, two)
        splices = (Splice(*first, _text(source, two)), Splice(*second, _text(source, one)))
        yield Edit(EditClass.ORDER, splices, source.line(one))
        left, right = _assignment(one), _assignment(two)
        if left is not None and right is not None:
            values = ", ".join(source.code(value) for _, value in (left, right))
            put = f"{left[0]}, {right[0]} = {values}"
            start, end = source.span(one)[0], source.span(two)[1]
            yield Edit(EditClass.ORDER, (Splice(start, end, put),), source.line(one), 0.2)


def _assignment(node: cst.CSTNode) -> tuple[str, cst.BaseExpression] | None:
    """The variable and the value of a statement that only assigns one to the other."""
    match node:
        case cst.SimpleStatementLine(
            body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
        ):
            return name, value
        case _:
            return None


def _removals(source: Source, block: Block) -> Iterator[Edit]:
    for node in block.statements:
        if len(block.statements) > 1:
            yield Edit(EditClass.REMOVED, (Splice(*region(source, node), ""),), source.line(node))


def _moves(source: Source, block: Block) -> Iterator[Edit]:
    """The last statement of a loop or branch behind it, and what follows into it."""
    for one, two in pairwise((*block.statements, None)):
        body = getattr(one, "body", None)
        if one is None or not isinstance(body, cst.IndentedBlock) or not body.body:
            continue
        last = body.body[-1]
        if not _alone(source, last):
            continue
        if len(body.body) > 1 and getattr(one, "orelse", None) is None:
            yield _moved(source, last, indentation(source, one))
        if two is not None and isinstance(two, cst.SimpleStatementLine):
            yield _moved(source, two, indentation(source, last))


def _moved(source: Source, node: cst.CSTNode, indent: str) -> Edit:
    """A statement at another depth of indentation, in the same place."""
    newline = source.module.default_newline
    lines = textwrap.dedent(_text(source, node).replace("\r\n", "\n"))
    put = textwrap.indent(lines, indent).replace("\n", newline)
    return Edit(EditClass.ORDER, (Splice(*region(source, node), put),), source.line(node), 0.1)


def _branches(source: Source, node: cst.If) -> Iterator[Edit]:
    """What is done in one branch done in the other, and tests in another order."""
    match node.orelse:
        case cst.Else(body=body):
            yield from _exchanged(source, node.body, body)
        case cst.If() as other:
            yield from _exchanged(source, node.body, other.body)
            yield from _exchanged(source, node.test, other.test)
            both = [*_exchanged(source, node.body, other.body)]
            tests = [*_exchanged(source, node.test, other.test)]
            if both and tests:
                splices = (*both[0].splices, *tests[0].splices)
                yield Edit(EditClass.BRANCHES, splices, source.line(node), 0.1)


def _exchanged(source: Source, one: cst.CSTNode, two: cst.CSTNode) -> Iterator[Edit]:
    if one in source.spans and two in source.spans:
        first, second = source.span(one), source.span(two)
        texts = (source.data[slice(*first)].decode(), source.data[slice(*second)].decode())
        splices = (Splice(*first, texts[1]), Splice(*second, texts[0]))
        yield Edit(EditClass.BRANCHES, splices, source.line(one))


# -- statements that are missing ----------------------------------------------------------------


def _updates(source: Source, words: Vocabulary, block: Block) -> Iterator[Edit]:
    """A step of a variable, or an item appended, at each place of a block."""
    for position, text in enumerate(steps(words)):
        extra = RANKED * position
        last = block.statements[-1]
        for node in block.statements:
            yield inserted(source, EditClass.UPDATE, node, text, after=False, extra=extra + 0.2)
        if not _leaves(last):
            here = extra if block.looped else extra + 0.1
            yield inserted(source, EditClass.UPDATE, last, text, after=True, extra=here)


def _leaves(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(
        node.body[-1], cst.Return | cst.Raise | cst.Break | cst.Continue
    )


def steps(words: Vocabulary) -> Iterator[str]:
    """Statements that a loop or branch may lack, the likeliest first."""
    places = words.places
    receiver = {a.partition(".")[0] for a in words.attributes}
    stored = [*words.locals, *words.attributes]
    stored += [p for p in words.parameters if p not in receiver]
    for name in stored:
        match places[name]:
            case IntType():
                others = [n for n in words.of_type(places[name]) if n != name]
                yield from (f"{name} += 1", f"{name} -= 1")
                for other in others:
                    yield from (f"{name} += {other}", f"{name} -= {other}", f"{name} = {other}")
                    yield from (f"{name} *= {other}", f"{name} = max({name}, {other})")
                    yield f"{name} = min({name}, {other})"
                for number in words.ints[:6]:
                    yield f"{name} = {number}"
                    if abs(number) > 1:
                        yield from (f"{name} //= {number}", f"{name} *= {number}")
            case ListType(item=item):
                for term in words.terms(item):
                    yield f"{name}.append({term})"
            case type_:
                for term in words.terms(type_):
                    if term != name:
                        yield f"{name} = {term}"
                if isinstance(type_, StrType):
                    yield from (f"{name} += {t}" for t in words.terms(type_) if t != name)


def _initial_values(source: Source, words: Vocabulary, block: Block) -> Iterator[Edit]:
    """A variable set before a statement that uses it."""
    for node in block.statements:
        if not isinstance(node, cst.For | cst.While | cst.If):
            continue
        for name in words.locals:
            for position, term in enumerate(words.terms(words.variables[name])):
                if term != name:
                    extra = RANKED * position
                    yield inserted(
                        source,
                        EditClass.INITIAL,
                        node,
                        f"{name} = {term}",
                        after=False,
                        extra=extra,
                    )


# -- guards -------------------------------------------------------------------------------------


def guard_edits(source: Source, words: Vocabulary, likely: Sequence[str]) -> Iterator[Edit]:
    """An early exit under a condition, and a statement put under a condition.

    `likely` are conditions on the arguments that hold where the function fails.
    """
    exits = list(_exits(words))
    for block in blocks(source):
        outer = block.owner is source.function
        atoms = list(likely) if outer else list(words.atoms()[:GUARDS])
        found = exits if not block.looped else ["continue", "break", *exits[:4]]
        for node in block.statements[: 1 if outer else None]:
            for place, atom in enumerate(atoms):
                for rank, leave in enumerate(found):
                    extra = RANKED * (place + rank) + (0.0 if outer else 0.3)
                    text = f"if {atom}:\n    {leave}"
                    yield inserted(source, EditClass.GUARD, node, text, after=False, extra=extra)
    yield from _wrapped(source, words)


def _exits(words: Vocabulary) -> Iterator[str]:
    for exception in words.exceptions:
        yield f"raise {exception}"
    if isinstance(words.returns, NoneType):
        yield "return"
    names = [t for t in words.terms(words.returns) if not t.endswith("]") or t == "[]"]
    names.sort(key=lambda t: t.isidentifier() and t not in ("True", "False"))
    names.sort(key=lambda t: t.startswith("len("))
    if isinstance(words.returns, BoolType | IntType | StrType | ListType):
        yield from (f"return {t}" for t in names[:RESULTS])


def _wrapped(source: Source, words: Vocabulary) -> Iterator[Edit]:
    """A simple statement inside a block done only under a condition."""
    step = source.module.default_indent
    for block in blocks(source):
        for node in block.statements:
            simple = isinstance(node, cst.SimpleStatementLine)
            if not simple or (_leaves(node) and block.owner is source.function):
                continue
            indent, text = indentation(source, node), _text(source, node)
            for place, atom in enumerate(words.atoms()[:GUARDS]):
                put = f"{indent}if {atom}:{source.module.default_newline}{step}{text}"
                splice = Splice(*region(source, node), put)
                extra = 0.2 + RANKED * place
                yield Edit(EditClass.GUARD, (splice,), source.line(node), extra)
