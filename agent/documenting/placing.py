"""Put a docstring into a module's text by libcst: every other byte stays."""

from __future__ import annotations

import ast
import inspect
import re
from typing import TYPE_CHECKING

from icontract import ensure, require

from verify_agent.agent.task_origin import find_node
from verify_agent.verifier.errors import BadSource

if TYPE_CHECKING:
    import libcst

_TRIPLE = re.compile(r"^(?P<prefix>[rRuU]?)(?P<quote>\"{3}|'{3})(?P<body>.*)(?P=quote)$", re.S)


def has_function(text: str, qualname: str) -> bool:
    """Whether the module's text has the function."""
    from verify_agent.contracts.functions import functions_of

    return any(f.qualname == qualname for f in functions_of(text))


def only_docstring_differs(before: str, after: str, qualname: str) -> bool:
    """Whether two texts of a module are the same code but for that function's docstring."""
    return _without_docstring(before, qualname) == _without_docstring(after, qualname)


def _without_docstring(text: str, qualname: str) -> str:
    node = find_node(text, qualname)
    tree = ast.parse(text)
    for found in ast.walk(tree):
        if (
            isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef)
            and (found.lineno, found.col_offset) == (node.lineno, node.col_offset)
            and ast.get_docstring(found, clean=False) is not None
        ):
            found.body = found.body[1:]
    return ast.dump(tree)


def written(text: str, qualname: str) -> str:
    """The docstring that stands there, its indentation taken off; empty without one."""
    return (ast.get_docstring(find_node(text, qualname)) or "").rstrip()


@require(lambda text, qualname: has_function(text, qualname))
@require(lambda docstring: docstring != "" and docstring == inspect.cleandoc(docstring).strip())
@require(lambda text, qualname, docstring: docstring.startswith(written(text, qualname)))
@ensure(lambda result, text, qualname: only_docstring_differs(text, result, qualname))
@ensure(lambda result, qualname, docstring: written(result, qualname) == docstring)
def placed(text: str, qualname: str, docstring: str) -> str:
    """The module's text with the function's docstring; nothing else of the code is another.

    `BadSource` where the text is nothing that libcst can read.
    """
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        wrapper = MetadataWrapper(libcst.parse_module(text))
    except libcst.ParserSyntaxError as problem:
        raise BadSource(f"it can't be rewritten: {problem.message}") from problem
    line = find_node(text, qualname).lineno
    positions = wrapper.resolve(PositionProvider)
    target = next(
        node
        for node, place in positions.items()
        if isinstance(node, libcst.FunctionDef)
        and positions[node.name].start.line == line
        and node.name.value == qualname.rpartition(".")[2]
    )
    margin = _margin(text, qualname, wrapper.module.default_indent)
    newline = wrapper.module.default_newline
    new = _with_docstring(target, docstring, margin, written(text, qualname), newline)
    changed = wrapper.module.deep_replace(target, new)
    assert isinstance(changed, libcst.Module)
    return changed.code


def _margin(text: str, qualname: str, step: str) -> str:
    """The white space in front of the function's statements."""
    node = find_node(text, qualname)
    lines = text.split("\n")
    first = node.body[0]
    line = lines[first.lineno - 1]
    if first.lineno != node.lineno and not line[: first.col_offset].strip():
        return line[: first.col_offset]
    head = lines[node.lineno - 1]
    return head[: len(head) - len(head.lstrip())] + step


def _with_docstring(
    function: libcst.FunctionDef, docstring: str, margin: str, told: str, newline: str
) -> libcst.FunctionDef:
    import libcst

    old = _docstring_of(function)
    literal = _literal(docstring, margin, old, told)
    literal = literal.replace("\r\n", "\n").replace("\n", newline)
    statement = libcst.SimpleStatementLine([libcst.Expr(libcst.SimpleString(literal))])
    body = function.body
    if not isinstance(body, libcst.IndentedBlock):
        rest = [libcst.SimpleStatementLine(_bare(body))]
        keep = rest[1:] if old is not None and len(_bare(body)) == 1 else rest
        return function.with_changes(body=libcst.IndentedBlock([statement, *keep]))
    if old is None:
        return function.with_changes(body=body.with_changes(body=[statement, *body.body]))
    first = libcst.ensure_type(body.body[0], libcst.SimpleStatementLine)
    kept = first.with_changes(body=[*statement.body, *first.body[1:]])
    return function.with_changes(body=body.with_changes(body=[kept, *body.body[1:]]))


def _bare(suite: libcst.BaseSuite) -> list[libcst.BaseSmallStatement]:
    """The statements that stand on the line of the `def`, without what parts them."""
    import libcst

    found = libcst.ensure_type(suite, libcst.SimpleStatementSuite).body
    return [s.with_changes(semicolon=libcst.MaybeSentinel.DEFAULT) for s in found]


def _docstring_of(function: libcst.FunctionDef) -> str | None:
    """The source of the docstring's literal; None where there is none."""
    import libcst

    first = next(iter(function.body.body), None)
    inner = first.body[0] if isinstance(first, libcst.SimpleStatementLine) else first
    if not isinstance(inner, libcst.Expr):
        return None
    match inner.value:
        case libcst.SimpleString(value=value) if not value.lower().startswith(("b", "rb", "br")):
            return value
        case libcst.ConcatenatedString():
            return ""
        case _:
            return None


def _literal(docstring: str, margin: str, old: str | None, told: str) -> str:
    """A literal for the docstring: the old one to the letter with lines below, or a new one.

    `told` is what the old one says.
    """
    found = _TRIPLE.match(old or "")
    if found is None:
        body = _indented(_escaped(docstring, '"""', raw=False), margin)
        return f'"""{_closed(body, margin)}"""'
    raw = "r" in found["prefix"].lower()
    more = docstring[len(told) :].strip("\n")
    kept = found["body"].rstrip()
    if not more:
        return old or ""
    inner = _own_margin(old or "", margin)
    added = _indented(f"\n\n{_escaped(more, found['quote'], raw)}", inner)
    return f"{found['prefix']}{found['quote']}{kept}{_closed(added, margin)}{found['quote']}"


def _closed(body: str, margin: str) -> str:
    """A body of several lines has its closing quotes on a line of their own."""
    return f"{body}\n{margin}" if "\n" in body else body


def _own_margin(literal: str, margin: str) -> str:
    """The indentation that `inspect.cleandoc` takes off what a docstring says already."""
    value = ast.literal_eval(literal)
    rest = [line for line in value.split("\n")[1:] if line.strip()]
    widths = [line[: len(line) - len(line.lstrip())] for line in rest]
    return min(widths, key=lambda w: len(w.expandtabs()), default=margin)


def _indented(text: str, margin: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{margin}{line}" if line.strip() else "" for line in rest)])


def _escaped(text: str, quote: str, raw: bool) -> str:
    if raw:
        return text
    safe = text.replace("\\", "\\\\")
    risky = quote in safe or safe.endswith(quote[0])
    return safe.replace(quote[0], f"\\{quote[0]}") if risky else safe
