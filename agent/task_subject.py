"""A candidate put where the task wants it: a module's text, and the subject in it."""

from __future__ import annotations

import ast
from dataclasses import replace

from verify_agent.agent.task_origin import Function, body_without_docstring, find_node
from verify_agent.contracts.functions import signature_of
from verify_agent.contracts.model import Condition, Contract, Signature
from verify_agent.contracts.render import render_module
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import subject as load_subject
from verify_agent.verifier.subject import Subject


def split_candidate(source: str, name: str) -> tuple[str, str]:
    """The text of the function of that name, and of all else; `BadSource` without the first.

    >>> split_candidate("import math\\ndef f(x):\\n    return x", "f")
    ('def f(x):\\n    return x', 'import math')
    """
    node = candidate_node(source, name)
    lines = source.splitlines()
    assert node.end_lineno is not None
    function = "\n".join(lines[node.lineno - 1 : node.end_lineno])
    rest = "\n".join([*lines[: node.lineno - 1], *lines[node.end_lineno :]])
    return function, rest.strip("\n")


def candidate_node(source: str, name: str) -> ast.FunctionDef:
    """The candidate's function; `BadSource` where there is not exactly one, undecorated."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise BadSource(f"the candidate is not Python: {problem}") from problem
    found = [s for s in body if isinstance(s, ast.FunctionDef) and s.name == name]
    if len(found) != 1:
        raise BadSource(f"the candidate has {len(found)} functions `{name}`", expected="one")
    if found[0].decorator_list:
        raise BadSource(f"the candidate's `{name}` has decorators", expected="none")
    return found[0]


def check_signature(node: ast.FunctionDef, signature: Signature) -> None:
    """`BadSource` where a candidate's parameters are not those of the task."""
    names = signature_of(node).names
    odd = node.args.vararg or node.args.kwarg or node.args.kwonlyargs or node.args.posonlyargs
    if names != signature.names or odd:
        raise BadSource(
            f"the candidate takes ({', '.join(names)})", expected=f"({', '.join(signature.names)})"
        )


def standing_alone(
    contract: Contract, signature: Signature, candidate: str, docstring: str, description: str
) -> str:
    """The text of a module with the candidate under its contract."""
    check_signature(candidate_node(candidate, signature.name), signature)
    function, helpers = split_candidate(candidate, signature.name)
    return render_module(
        contract, function, docstring=docstring, description=description, helpers=helpers
    )


def in_place(text: str, qualname: str, candidate: str) -> str:
    """The module's text with the function's body replaced and every other byte kept."""
    node = find_node(text, qualname)
    name = qualname.rpartition(".")[2]
    new = candidate_node(candidate, name)
    if len(ast.parse(candidate).body) != 1:
        raise BadSource("the candidate has more than the function", expected="only the function")
    signature = signature_of(node)
    check_signature(new, signature)
    newline = "\r\n" if "\r\n" in text else "\n"
    return _spliced(text, node, _body_lines(candidate, new), newline)


def _body_lines(candidate: str, node: ast.FunctionDef) -> list[str]:
    """The body's lines without its docstring and indentation; blank lines inside kept.

    Lines inside of a text that spans several are left alone: their blanks are its content.
    """
    body = body_without_docstring(node) or node.body
    if body[0].lineno == node.lineno:
        return [line for s in body for line in ast.unparse(s).splitlines()]
    lines = candidate.splitlines()
    assert body[-1].end_lineno is not None
    first = min([body[0].lineno, *(d.lineno for d in getattr(body[0], "decorator_list", []))])
    kept = _inside_texts(node)
    return [
        f"\0{lines[number - 1]}" if number in kept else lines[number - 1][body[0].col_offset :]
        for number in range(first, body[-1].end_lineno + 1)
    ]


def _inside_texts(node: ast.AST) -> set[int]:
    return {
        number
        for n in ast.walk(node)
        if (isinstance(n, ast.Constant) and isinstance(n.value, str | bytes))
        or isinstance(n, ast.JoinedStr)
        for number in range(n.lineno + 1, (n.end_lineno or n.lineno) + 1)
    }


def _spliced(text: str, node: Function, body: list[str], newline: str) -> str:
    lines = text.split("\n")
    old = body_without_docstring(node)
    start, end = old[0], old[-1]
    assert end.end_lineno is not None
    head = lines[: start.lineno - 1]
    before = _cut(lines[start.lineno - 1], start.col_offset)[0]
    after = _cut(lines[end.end_lineno - 1], end.end_col_offset or 0)[1]
    if before.strip():
        # The body stands on the line of the `def`.
        head.append(before.rstrip() + newline.rstrip("\n"))
        before = " " * (node.col_offset + 4)
    keep_after = after.strip() and not after.lstrip().startswith("#")
    tail = [after] if keep_after else []
    put = [
        line[1:] if line.startswith("\0") else f"{before}{line}" if line.strip() else ""
        for line in body
    ]
    ended = [f"{line}{newline[:-1]}" for line in put]
    rest = [*tail, *lines[end.end_lineno :]]
    if not rest:
        ended[-1] = put[-1]
    return "\n".join([*head, *ended, *rest])


def _cut(line: str, column: int) -> tuple[str, str]:
    """The line in two at a column of `ast`, which counts bytes of UTF-8."""
    encoded = line.encode()
    return encoded[:column].decode(), encoded[column:].decode()


def placed(contract: Contract, read: Contract) -> Contract:
    """The contract with the positions at which its decorators stand in a text that was read.

    `ValueError` where the text does not say exactly what the contract says.
    """
    for kind in ("requires", "ensures"):
        wanted: tuple[Condition, ...] = getattr(contract, kind)
        found: tuple[Condition, ...] = getattr(read, kind)
        if [_meaning(c.text) for c in wanted] != [_meaning(c.text) for c in found]:
            raise ValueError(f"the module's text says something else in `{kind}`")
    saved, kept = (
        [(s.name, _meaning(s.text), s.deep) for s in c.snapshots] for c in (contract, read)
    )
    if contract.ensures and saved != kept:
        raise ValueError("the module's text says something else in its snapshots")
    return replace(
        contract,
        requires=_moved(contract.requires, read.requires),
        ensures=_moved(contract.ensures, read.ensures),
    )


def _meaning(expression: str) -> str:
    """The expression without its layout, which a formatter may change (`2 ** n`, `2**n`)."""
    return ast.dump(ast.parse(expression.strip(), mode="eval"))


def _moved(wanted: tuple[Condition, ...], found: tuple[Condition, ...]) -> tuple[Condition, ...]:
    pairs = zip(wanted, found, strict=True)
    return tuple(replace(w, line=f.line, column=f.column) for w, f in pairs)


def specified(
    text: str, qualname: str, contract: Contract, module: str, path: str, roots: tuple[str, ...]
) -> Subject:
    """The function under the contract that its module's text states, and what that can't say."""
    found = load_subject(text, qualname, path=path, module=module, roots=roots)
    stated = found.contract
    whole = replace(
        contract,
        requires=stated.requires,
        ensures=stated.ensures,
        snapshots=stated.snapshots,
    )
    return replace(found, contract=whole)


def subject_in(
    text: str,
    qualname: str,
    contract: Contract,
    *,
    module: str,
    path: str,
    roots: tuple[str, ...],
) -> Subject:
    """The function of a composed module, under the task's contract."""
    found = load_subject(text, qualname, path=path, module=module, roots=roots)
    return replace(found, contract=placed(contract, found.contract))
