"""From a model's answer to one function, or to the reason why there is none that may be tried.

The sandbox and the engines stand behind this; it is here so that what is wrong is named.
"""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from verify_agent.contracts.model import Signature

MOST_CHARACTERS = 20_000
MOST_NODES = 2_000
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[ \t]*([\w+-]*)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
_BEGIN = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]", re.M)
_OPEN = re.compile(r"^[ \t]*(?:```+|~~~+)[ \t]*[\w+-]*[^\n]*\n", re.M)


class Flaw(enum.Enum):
    """Why an answer is no candidate."""

    EMPTY = "the answer is empty"
    PROSE = "there is no code in the answer"
    TOO_LONG = "the answer is too long"
    NOT_PYTHON = "the code does not parse"
    NO_FUNCTION = "there is no function of the wanted name"
    SEVERAL = "there are several functions of the wanted name"
    SIGNATURE = "the parameters are not those of the task"
    DECORATED = "the function brings decorators: the contract is the task's"
    ASYNCHRONOUS = "the function is asynchronous or a generator"
    STATEMENT = "there is code outside of functions"
    IMPORT = "it imports"
    STATE = "it reaches for state outside of the function"
    NAME = "it uses a name that a candidate may not use"
    ATTRIBUTE = "it uses an attribute that a candidate may not use"
    CHARACTERS = "it has characters that look like others or change the reading order"


@dataclass(frozen=True)
class Refused:
    """An answer that is no candidate; `detail` names what in it."""

    flaw: Flaw
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.flaw.value}: {self.detail}" if self.detail else self.flaw.value


#: What a candidate may read besides its parameters, its locals and what the task exposes.
ALLOWED = frozenset(
    "abs all any bool chr dict divmod enumerate filter float frozenset int isinstance iter len "  # noqa: SIM905
    "list map max min next ord pow range repr reversed round set slice sorted str sum tuple zip "
    "True False None ArithmeticError AssertionError Exception IndexError KeyError LookupError "
    "OverflowError StopIteration TypeError ValueError ZeroDivisionError".split()
)


#: The public methods of the builtin types; `format` reads attributes by name.
METHODS = frozenset(
    name
    for kind in (int, float, str, list, dict, set, frozenset, tuple, bool, range)
    for name in dir(kind)
    if not name.startswith("_")
) - {"format", "format_map"}


@dataclass(frozen=True)
class Vocabulary:
    """What a candidate may read beyond builtins and its own: names, and attributes of objects."""

    names: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()


NOTHING_MORE = Vocabulary()


def function_in(
    answer: str, signature: Signature, more: Vocabulary = NOTHING_MORE
) -> str | Refused:
    """The text of the function that an answer gives, without its docstring; or why there is none.

    The function comes with the task's own annotations, and with the functions that it calls.

    >>> from verify_agent.contracts.model import Parameter
    >>> wanted = Signature("f", (Parameter("x", "int"),), "int")
    >>> function_in("Sure!\\n```python\\ndef f(x):\\n    return x + 1\\n```", wanted)
    'def f(x: int) -> int:\\n    return x + 1'
    >>> print(function_in("I can't do that.", wanted))
    there is no code in the answer
    """
    if not answer.strip():
        return Refused(Flaw.EMPTY)
    if len(answer) > MOST_CHARACTERS:
        return Refused(Flaw.TOO_LONG, f"{len(answer)} characters")
    found: Refused | None = None
    for code in codes(answer):
        judged = _judged(code, signature, more)
        if isinstance(judged, str):
            return judged
        if found is None or found.flaw in (Flaw.NO_FUNCTION, Flaw.NOT_PYTHON):
            found = judged
    return found or Refused(Flaw.PROSE)


def codes(answer: str) -> Iterator[str]:
    """The pieces of an answer that may be code: fenced blocks, else what follows a fence or all."""
    fenced = [match[3] for match in _FENCE.finditer(answer)]
    if fenced:
        yield from fenced
        return
    half = _OPEN.search(answer)
    text = answer[half.end() :] if half else answer
    begin = _BEGIN.search(text)
    if begin:
        yield text
        yield _block(text[begin.start() :])


def _block(text: str) -> str:
    """A function with prose after it: its lines up to the first one that leaves it."""
    first, *rest = text.splitlines()
    margin = len(first) - len(first.lstrip())
    kept = [first]
    for line in rest:
        if line.strip() and len(line) - len(line.lstrip()) <= margin:
            break
        kept.append(line)
    return "\n".join(kept)


def _judged(code: str, signature: Signature, more: Vocabulary) -> str | Refused:
    odd = next((c for c in code if not (c.isascii() or c.isalpha() or c.isprintable())), "")
    if odd:
        return Refused(Flaw.CHARACTERS, f"U+{ord(odd):04X}")
    try:
        tree = ast.parse(_dedented(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        return Refused(Flaw.NOT_PYTHON, str(problem))
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        return Refused(Flaw.TOO_LONG, f"more than {MOST_NODES} nodes")
    odd = next((n for n in _names(tree) if not n.isascii()), "")
    if odd:
        return Refused(Flaw.CHARACTERS, odd)
    return _chosen(tree, signature, more)


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.keyword(arg=str(name)):
                yield name


def _dedented(code: str) -> str:
    import textwrap

    return textwrap.dedent(code).strip("\n")


def _chosen(tree: ast.Module, signature: Signature, more: Vocabulary) -> str | Refused:
    for statement in tree.body:
        match statement:
            case ast.Import() | ast.ImportFrom():
                return Refused(Flaw.IMPORT, ast.unparse(statement))
            case ast.FunctionDef() | ast.Expr(value=ast.Constant()):
                continue
            case ast.AsyncFunctionDef():
                return Refused(Flaw.ASYNCHRONOUS, statement.name)
            case _:
                first = ast.unparse(statement).splitlines()[0]
                return Refused(Flaw.STATEMENT, first)
    functions = [s for s in tree.body if isinstance(s, ast.FunctionDef)]
    named = [f for f in functions if f.name == signature.name]
    if not named:
        return Refused(Flaw.NO_FUNCTION, ", ".join(f.name for f in functions))
    if len(named) > 1:
        return Refused(Flaw.SEVERAL)
    known = Vocabulary(more.names | {f.name for f in functions}, more.attributes)
    refused = _mistaken(named[0], signature)
    for function in functions:
        refused = refused or _forbidden(function, known)
    if refused:
        return refused
    others = [f for f in functions if f is not named[0]]
    return "\n\n\n".join(ast.unparse(f) for f in (*others, _typed(named[0], signature)))


def _mistaken(node: ast.FunctionDef, signature: Signature) -> Refused | None:
    given = node.args
    names = tuple(a.arg for a in given.args)
    odd = given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs or given.defaults
    if names != signature.names or odd:
        return Refused(Flaw.SIGNATURE, f"({ast.unparse(given)})")
    return None


def _typed(node: ast.FunctionDef, signature: Signature) -> ast.FunctionDef:
    """The function with the task's own annotations and without a docstring."""
    for argument, parameter in zip(node.args.args, signature.parameters, strict=True):
        argument.annotation = (
            ast.parse(parameter.annotation, mode="eval").body if parameter.annotation else None
        )
    node.returns = ast.parse(signature.returns, mode="eval").body if signature.returns else None
    match node.body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest] if rest:
            node.body = rest
    return node


def _forbidden(node: ast.FunctionDef, more: Vocabulary) -> Refused | None:
    """What in a function a candidate may not use."""
    bound = {a.arg for n in ast.walk(node) if isinstance(n, ast.arguments) for a in _arguments(n)}
    bound |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not _loads(n)}
    bound |= {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef)}
    bound |= {n.name for n in ast.walk(node) if isinstance(n, ast.ExceptHandler) and n.name}
    known = Vocabulary(ALLOWED | more.names | bound, METHODS | more.attributes)
    found = [r for part in ast.walk(node) if (r := _forbidden_node(part, known))]
    found.sort(key=lambda refused: refused.flaw is Flaw.ATTRIBUTE)
    return found[0] if found else None


def _forbidden_node(node: ast.AST, known: Vocabulary) -> Refused | None:
    match node:
        case ast.FunctionDef(decorator_list=[first, *_]):
            return Refused(Flaw.DECORATED, ast.unparse(first))
        case ast.Import() | ast.ImportFrom():
            return Refused(Flaw.IMPORT, ast.unparse(node))
        case ast.Global() | ast.Nonlocal():
            return Refused(Flaw.STATE, ast.unparse(node))
        case ast.ClassDef(name=name):
            return Refused(Flaw.STATEMENT, f"class {name}")
        case ast.AsyncFunctionDef() | ast.Await() | ast.Yield() | ast.YieldFrom():
            return Refused(Flaw.ASYNCHRONOUS)
        case ast.Name(id=name, ctx=ast.Load()) if name not in known.names or name.startswith("__"):
            return Refused(Flaw.NAME, name)
        case ast.Attribute(attr=attribute) if attribute not in known.attributes:
            return Refused(Flaw.ATTRIBUTE, attribute)
    return None


def _arguments(node: ast.arguments) -> Iterator[ast.arg]:
    yield from (*node.posonlyargs, *node.args, *node.kwonlyargs)
    yield from (a for a in (node.vararg, node.kwarg) if a)


def _loads(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)
