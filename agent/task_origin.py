"""The code that a task speaks of: inline `source`, a `target` in a codebase, a `reference`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import load, module_name, named
from verify_agent.verifier.subject import Subject

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Renamed:
    """Texts in which parameters of a function are called otherwise.

    `text` is the function's own module, `others` are the further files that change with it, by
    absolute path. `told` says what was done and `why`; `notes` name what may have to change too
    and was left alone. Where nothing changes, `told` is empty.
    """

    text: str
    others: tuple[tuple[str, str], ...] = ()
    told: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """A function that exists already.

    `text` is its module byte for byte as decoded by `encoding` (line ends kept), `path` its
    file, or `None` for inline source; `names` are what its module binds at its own level. Of a
    repair that renames parameters, `renamed` is the change, and `subject` the function after it.
    """

    subject: Subject
    text: str
    path: Path | None
    encoding: str
    names: frozenset[str]
    renamed: Renamed | None = None

    @property
    def start(self) -> str:
        """The module's text from which a repair starts: with the parameters renamed."""
        return self.text if self.renamed is None else self.renamed.text


def inline_origin(source: str, function: str | None) -> Origin:
    """The function of a task's `source`; `BadSource` where it is not clear which."""
    module = load(source, "source")
    if function is not None:
        subject = named(module, function)
    elif len(module.functions) == 1:
        subject = module.functions[0]
    else:
        names = ", ".join(f.qualname for f in module.functions) or "none"
        raise BadSource(f"`source` has several functions or none ({names}); say which `function`")
    return Origin(subject, source, None, "utf-8", _bound(source))


def target_origin(target: str, folder: Path) -> Origin:
    """The function that `path.py::qualname` names, relative to a folder."""
    path, qualname = split_target(target)
    file = folder / path
    text, encoding = read_exactly(file)
    name, root = module_name(file)
    module = load(text, str(file), name, (str(root),))
    return Origin(named(module, qualname), text, file, encoding, _bound(text))


def split_target(target: str) -> tuple[str, str]:
    """The file and the qualified name of `path.py::name`; `BadSource` for another form."""
    path, separator, qualname = target.partition("::")
    if not (separator and path.endswith(".py") and qualname):
        raise BadSource(f"`{target}` names no function", expected="`path.py::function`")
    if not all(part.isidentifier() for part in qualname.split(".")):
        raise BadSource(f"`{qualname}` is no name", expected="`function` or `Class.method`")
    return path, qualname


def read_exactly(path: Path) -> tuple[str, str]:
    """A file's text with its line ends as they are, and its encoding."""
    import io
    import tokenize

    try:
        data = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding), encoding
    except FileNotFoundError:
        raise BadSource(f"there is no file `{path}`") from None
    except OSError as problem:
        raise BadSource(f"`{path}` can't be read: {problem.strerror}") from problem
    except (UnicodeDecodeError, SyntaxError, LookupError) as problem:
        raise BadSource(f"`{path}` can't be decoded: {problem}") from problem


def is_hole(node: Function) -> bool:
    """Whether the body is yet to be written: `...` or `raise NotImplementedError`."""
    match body_without_docstring(node):
        case [ast.Expr(value=ast.Constant(value=value))]:
            return value is ...
        case [ast.Raise(exc=ast.Name(id="NotImplementedError"), cause=None)]:
            return True
        case [ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")), cause=None)]:
            return True
        case _:
            return False


def body_without_docstring(node: Function) -> list[ast.stmt]:
    """The statements after the docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def find_node(source: str, qualname: str) -> Function:
    """The syntax tree of a function that is known to be there."""
    from verify_agent.contracts.functions import functions_of

    return next(f.node for f in functions_of(source) if f.qualname == qualname)


def _bound(source: str) -> frozenset[str]:
    from verify_agent.contracts.spelling import own_level

    found: set[str] = set()
    for statement in own_level(ast.parse(source).body):
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                found |= {(a.asname or a.name).partition(".")[0] for a in aliases}
            case _:
                found |= {
                    n.id
                    for n in ast.walk(statement)
                    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                }
    return frozenset(found)
