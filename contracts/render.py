"""Contract -> icontract decorators, and a module that stands alone with them."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable

from verify_agent.contracts.model import Condition, Contract, Signature

_ABSTRACT = frozenset(
    {
        "Callable",
        "Collection",
        "Hashable",
        "Iterable",
        "Iterator",
        "Mapping",
        "MutableMapping",
        "MutableSequence",
        "Sequence",
    }
)
_TYPING = frozenset(
    {"Any", "Dict", "FrozenSet", "List", "Literal", "Optional", "Set", "Tuple", "Union"}
)


def decorators(contract: Contract, parameters: tuple[str, ...]) -> tuple[str, ...]:
    """The decorator lines of a function, top to bottom; the lowest is evaluated first.

    >>> contract = Contract(requires=(Condition("x > 0"), Condition("10 // x > 1")))
    >>> for line in decorators(contract, ("x",)):
    ...     print(line)
    @icontract.require(lambda x: 10 // x > 1)
    @icontract.require(lambda x: x > 0)
    """
    requires = (_decorator("require", c, parameters, ()) for c in contract.requires)
    ensures = [_decorator("ensure", c, parameters, ("result", "OLD")) for c in contract.ensures]
    snapshots = [
        f'@icontract.snapshot({_function(_captured(s.text, s.deep), parameters)}, name="{s.name}")'
        for s in contract.snapshots
    ]
    # A snapshot must stand above a postcondition, and is taken after the preconditions.
    lowest_first = [*ensures, *(snapshots if ensures else ()), *requires]
    return tuple(reversed(lowest_first))


def class_decorators(contract: Contract) -> tuple[str, ...]:
    """The decorator lines of a class for its invariants, top to bottom."""
    return tuple(_decorator("invariant", c, ("self",), ()) for c in reversed(contract.invariants))


def _captured(text: str, deep: bool) -> str:
    return f"copy.deepcopy({text})" if deep else text


def _decorator(
    kind: str, condition: Condition, parameters: tuple[str, ...], extra: tuple[str, ...]
) -> str:
    parts = [_function(condition.text, (*parameters, *extra))]
    if condition.description:
        parts.append(repr(condition.description))
    if condition.error:
        parts.append(f"error={condition.error}")
    return f"@icontract.{kind}({', '.join(parts)})"


def _function(text: str, names: tuple[str, ...]) -> str:
    """A lambda over those of the names that the text reads from outside."""
    from verify_agent.contracts.expressions import free_names

    taken = free_names(text)
    arguments = ", ".join(n for n in names if n in taken)
    return f"lambda {arguments}: {text}" if arguments else f"lambda: {text}"


def render_function(contract: Contract, function: str) -> str:
    """The function's source with its contract's decorators and what they can't say in its
    docstring. The function must bear no decorators yet.
    """
    node = _only_function(function)
    names = tuple(a.arg for a in (*node.args.posonlyargs, *node.args.args))
    lines = decorators(contract, names)
    return "\n".join([*lines, with_docstring(function, unsaid(contract))]) + "\n"


def render_module(
    contract: Contract,
    function: str,
    *,
    docstring: str = "",
    description: str = "",
    helpers: str = "",
) -> str:
    """A module that stands alone: docstring, imports, definitions, the function in decorators.

    `function` and `helpers` are source text; `description` goes into the function's docstring.
    Imports of the definitions and helpers come first.
    """
    imports, definitions = _split_imports(contract.definitions)
    more, helpers = _split_imports(helpers)
    text = (description, unsaid(contract))
    described = with_docstring(function, "\n\n".join(t for t in text if t))
    node = _only_function(function)
    names = tuple(a.arg for a in (*node.args.posonlyargs, *node.args.args))
    marks = decorators(contract, names)
    whole = "\n".join([*marks, described])
    pieces = [definitions, helpers, whole]
    head = _imports(pieces, [*imports, *more])
    top = [f'"""{_escaped(docstring)}"""'] if docstring else []
    blocks = ["\n".join(top), "\n".join(head), *(p.strip("\n") for p in pieces)]
    return "\n\n\n".join(b for b in blocks if b.strip()) + "\n"


def unsaid(contract: Contract) -> str:
    """What icontract can't say, as text for a docstring; empty where there is nothing."""
    lines: list[str] = []
    if contract.raises:
        lines.append("Raises:")
        lines += [f"    {r.exception}: exactly when {r.condition.display}" for r in contract.raises]
    if contract.modifies:
        lines.append(f"Changes: {', '.join(contract.modifies)}")
    if contract.reference:
        lines.append(f"Equals: {contract.reference}")
    if contract.properties:
        lines.append("Properties:")
        for item in contract.properties:
            given = ", ".join(f"{name}: {annotation}" for name, annotation in item.given)
            when = f" with {item.when}" if item.when else ""
            lines.append(f"    {item.then} for all {given}{when}")
    if contract.examples:
        lines.append("Examples:")
        lines += [f"    {example}" for example in contract.examples]
    return "\n".join(lines)


def with_docstring(function: str, text: str) -> str:
    """The function's source with the text as its docstring, in place of one that it has.

    All else stays as it was written. An empty text changes nothing.
    """
    if not text.strip():
        return function.strip("\n")
    node = _only_function(function)
    lines = function.strip("\n").splitlines()
    body = node.body
    first = body[0]
    if first.lineno == node.lineno:
        # `def f(x): return x` has no line for a docstring.
        return with_docstring(ast.unparse(node), text)
    indent = " " * first.col_offset
    doc = _docstring_lines(text, indent)
    start = _first_line(first)
    if ast.get_docstring(node) is not None:
        assert first.end_lineno is not None
        rest = lines[first.end_lineno :]
        rest = rest if len(body) > 1 else [f"{indent}...", *rest]
        return "\n".join([*lines[: start - 1], *doc, *rest])
    return "\n".join([*lines[: start - 1], *doc, *lines[start - 1 :]])


def _first_line(statement: ast.stmt) -> int:
    marks = getattr(statement, "decorator_list", [])
    lines: list[int] = [statement.lineno, *(d.lineno for d in marks)]
    return min(lines)


def _docstring_lines(text: str, indent: str) -> list[str]:
    escaped = _escaped(text).splitlines()
    if len(escaped) == 1:
        return [f'{indent}"""{escaped[0]}"""']
    inner = textwrap.indent("\n".join(escaped[1:]), indent).splitlines()
    return [f'{indent}"""{escaped[0]}', *inner, f'{indent}"""']


def _escaped(text: str) -> str:
    told = text.strip()
    head = told.rstrip('"')
    safe = head.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return safe + '\\"' * (len(told) - len(head))


def _only_function(source: str) -> ast.FunctionDef:
    match ast.parse(source.strip("\n")).body:
        case [ast.FunctionDef() as node]:
            return node
        case _:
            raise ValueError("expected the source of exactly one function")


def _split_imports(source: str) -> tuple[list[str], str]:
    """The import statements at a text's own level, and the text without them."""
    if not source.strip():
        return [], ""
    lines = source.splitlines()
    imports: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(ast.unparse(node))
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    return imports, "\n".join(lines).strip("\n")


def _imports(pieces: Iterable[str], given: list[str]) -> list[str]:
    """The import lines that the pieces need, sorted, those given included."""
    tree = ast.parse("\n".join(pieces))
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    bound = {s.name for s in ast.walk(tree) if isinstance(s, ast.FunctionDef | ast.ClassDef)}
    known = {
        (alias.asname or alias.name).partition(".")[0]
        for line in given
        for node in ast.parse(line).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    wanted = read - bound - known
    abstract = sorted(wanted & _ABSTRACT)
    typing = sorted(wanted & _TYPING)
    standard = ["import copy"] if "copy" in wanted else []
    standard += [f"from collections.abc import {', '.join(abstract)}"] if abstract else []
    standard += [f"from typing import {', '.join(typing)}"] if typing else []
    standard = sorted({*standard, *given})
    own = ["", "import icontract"] if "icontract" in wanted else []
    return [*standard, *own] if standard else own[1:]


def annotation_imports() -> frozenset[str]:
    """Names that an annotation may use without saying where they come from."""
    return _TYPING | _ABSTRACT


def stub(signature: Signature) -> str:
    """The head of a function with `...` for a body.

    >>> from verify_agent.contracts.model import Parameter
    >>> stub(Signature("f", (Parameter("x", "int", "0"),), "int"))
    'def f(x: int = 0) -> int:\\n    ...\\n'
    """
    parts = []
    for parameter in signature.parameters:
        annotated = f": {parameter.annotation}" if parameter.annotation else ""
        equals = " = " if parameter.annotation else "="
        default = f"{equals}{parameter.default}" if parameter.default else ""
        parts.append(f"{parameter.name}{annotated}{default}")
    returns = f" -> {signature.returns}" if signature.returns else ""
    return f"def {signature.name}({', '.join(parts)}){returns}:\n    ...\n"
