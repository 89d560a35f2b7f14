"""Source text -> the module's functions under contract. The text is read, never imported."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from verify_agent.contracts.functions import ContractedFunction, functions_of
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.subject import Subject


@dataclass(frozen=True)
class Module:
    """A module's text and its functions; `contracted` are the names of those under contract.

    `sha256` is the digest of the text as UTF-8.
    """

    name: str
    path: str
    source: str
    roots: tuple[str, ...]
    functions: tuple[Subject, ...]
    contracted: frozenset[str]

    @property
    def sha256(self) -> str:
        """The digest of the source text."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The functions under contract, in source order."""
        return tuple(f for f in self.functions if f.qualname in self.contracted)


def load(
    source: str,
    path: str = "<candidate>",
    module: str = "candidate",
    roots: tuple[str, ...] = (),
) -> Module:
    """The module of a text; `BadSource` with the place where it does not parse.

    >>> text = "from icontract import ensure\\n@ensure(lambda result: result)\\ndef f(): ..."
    >>> [s.qualname for s in load(text).subjects]
    ['f']
    """
    found = _functions(source, path)
    functions = tuple(_subject(f, source, path, module, roots) for f in found)
    contracted = frozenset(f.qualname for f in found if f.contracted)
    return Module(module, path, source, roots, functions, contracted)


def load_file(path: Path) -> Module:
    """The module in a file, under the dotted name by which it is imported."""
    source = read_source(path)
    name, root = module_name(path)
    return load(source, str(path), name, (str(root),))


def read_source(path: Path) -> str:
    """The text of a Python file; `BadSource` where it can't be read or decoded."""
    import tokenize

    if path.exists() and not (path.is_file() or path.is_dir()):
        # Reading a pipe would wait for whoever writes to it.
        raise BadSource("it is no regular file", expected="a Python file", where=str(path))
    try:
        with tokenize.open(path) as file:
            return file.read()
    except FileNotFoundError:
        raise BadSource("there is no such file", where=str(path)) from None
    except IsADirectoryError:
        raise BadSource("it is a folder", expected="a Python file", where=str(path)) from None
    except OSError as problem:
        raise BadSource(f"it can't be read: {problem.strerror}", where=str(path)) from problem
    except (UnicodeDecodeError, SyntaxError) as problem:
        raise BadSource(f"it can't be decoded: {problem}", where=str(path)) from problem


def subjects(
    source: str,
    *,
    path: str = "<candidate>",
    module: str = "candidate",
    roots: tuple[str, ...] = (),
    everything: bool = False,
) -> tuple[Subject, ...]:
    """The functions under contract (or all of them) of a text, in source order."""
    found = load(source, path, module, roots)
    return found.functions if everything else found.subjects


def subject(
    source: str,
    qualname: str,
    *,
    path: str = "<candidate>",
    module: str = "candidate",
    roots: tuple[str, ...] = (),
) -> Subject:
    """One function of a text, under contract or not; `BadSource` where it is not there."""
    return named(load(source, path, module, roots), qualname)


def named(module: Module, qualname: str) -> Subject:
    """The function of that qualified name; `BadSource` that says which there are."""
    for function in module.functions:
        if function.qualname == qualname:
            return function
    import difflib

    names = [f.qualname for f in module.functions]
    close = difflib.get_close_matches(qualname, names, 1)
    advice = f"did you mean `{close[0]}`?" if close else ""
    raise BadSource(
        f"there is no function `{qualname}`",
        expected=f"one of {', '.join(names[:8])}" if names else "a module with functions",
        where=module.path,
        advice=advice,
    )


def module_name(path: Path) -> tuple[str, Path]:
    """The dotted import name of a file and the folder from which it is imported.

    Folders with an `__init__.py` are packages, so the root is the first one above without
    (`src/` in the usual layout).
    """
    resolved = path.resolve()
    parts = [] if resolved.stem == "__init__" else [resolved.stem]
    folder = resolved.parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) or resolved.parent.name, folder


def _functions(source: str, path: str) -> tuple[ContractedFunction, ...]:
    try:
        return functions_of(source)
    except SyntaxError as problem:
        line = problem.lineno or 1
        found = f"this is not Python: {problem.msg}"
        raise BadSource(found, where=f"{path}:{line}:{problem.offset or 1}") from problem
    except (ValueError, RecursionError, MemoryError) as problem:
        raise BadSource(f"this is not Python: {problem}", where=f"{path}:1") from problem


def _subject(
    function: ContractedFunction, source: str, path: str, module: str, roots: tuple[str, ...]
) -> Subject:
    return Subject(
        source=source,
        qualname=function.qualname,
        signature=function.signature,
        contract=function.contract,
        module=module,
        path=path,
        roots=roots,
        line=function.node.lineno,
        asserts=_asserts(function.node),
        unread=function.unread,
    )


def _asserts(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[tuple[str, int], ...]:
    """The function's own asserts, those of functions inside of it left out."""
    found: list[tuple[str, int]] = []
    pending: list[ast.AST] = list(reversed(function.body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Assert):
            found.append((ast.unparse(node.test), node.lineno))
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))
    return tuple(found)
