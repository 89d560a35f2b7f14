"""Makes a real module of a subject's source text. Only ever called inside the sandbox."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import linecache
import os
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import icontract

from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.subject import Subject

_ICONTRACT = os.path.dirname(icontract.__file__)
_SUFFIX = "_under_check"


class _TextFinder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds one module, in memory; all others are found as usual."""

    def __init__(self, name: str, subject: Subject) -> None:
        self.name = name
        self.subject = subject
        self.filename = subject.path

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        is_package = os.path.basename(self.subject.path) == "__init__.py"
        spec = importlib.machinery.ModuleSpec(
            fullname, self, origin=self.filename, is_package=is_package
        )
        if is_package:
            spec.submodule_search_locations = [os.path.dirname(self.subject.path)]
        return spec

    def get_source(self, fullname: str) -> str:
        return self.subject.source

    def exec_module(self, module: types.ModuleType) -> None:
        source = self.subject.source
        module.__file__ = self.filename
        # `inspect.getsource` must see this text, not what may stand on the disk.
        lines = source.splitlines(keepends=True)
        linecache.cache[self.filename] = (len(source), None, lines, self.filename)
        exec(compile(source, self.filename, "exec", dont_inherit=True), module.__dict__)


def load(subject: Subject) -> types.ModuleType:
    """The subject's module, imported afresh, with all modules from the subject's roots.

    Its imports are found in the subject's roots. Raises what the module's own code raises.
    """
    for root in reversed([os.path.abspath(root) for root in subject.roots]):
        if root not in sys.path:
            sys.path.insert(0, root)
    name = _free_name(subject)
    _forget(subject, name)
    finder = _TextFinder(name, subject)
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module(name)
    finally:
        sys.meta_path.remove(finder)


def _free_name(subject: Subject) -> str:
    """The module's own name, or another where that would hide a module of Python or this tool."""
    top = subject.module.partition(".")[0]
    present = sys.modules.get(subject.module)
    if top in sys.stdlib_module_names or (
        present is not None and not _is_foreign(present, _folders(subject))
    ):
        return subject.module.replace(".", "_") + _SUFFIX
    return subject.module


def _forget(subject: Subject, name: str) -> None:
    folders = _folders(subject)
    for other, module in list(sys.modules.items()):
        if other == name or _is_foreign(module, folders):
            del sys.modules[other]
    importlib.invalidate_caches()


def _is_foreign(module: types.ModuleType, folders: tuple[str, ...]) -> bool:
    if isinstance(getattr(module, "__loader__", None), _TextFinder):
        return True
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or "site-packages" in file or module.__name__ == "__main__":
        return False
    if module.__name__.startswith("verify_agent"):
        return False
    path = os.path.abspath(file)
    return any(path.startswith(folder) for folder in folders)


def _folders(subject: Subject) -> tuple[str, ...]:
    return tuple(os.path.join(os.path.abspath(root), "") for root in subject.roots)


@dataclass(frozen=True)
class Target:
    """The function under test. `original` is undecorated; `owner` is its class, if any;
    `attribute` says that it is a property."""

    original: Callable[..., Any]
    name: str
    owner: type | None = None
    bound_class: bool = False
    decorated: bool = False
    static: bool = False
    attribute: bool = False

    @property
    def has_receiver(self) -> bool:
        """Whether the first parameter is the object that it is called on."""
        return self.owner is not None and not (self.static or self.bound_class)


def target_of(module: types.ModuleType, qualname: str) -> Target:
    """The function of that name, out of icontract's decorators; `BadSource` where there is none."""
    holder: Any = module
    *path, name = qualname.split(".")
    for part in path:
        holder = getattr(holder, part, None)
    owner = holder if isinstance(holder, type) else None
    found: Any = vars(holder).get(name) if holder is not None else None
    if found is None and owner is not None:
        found = next((vars(base)[name] for base in owner.__mro__ if name in vars(base)), None)
    bound, static = isinstance(found, classmethod), isinstance(found, staticmethod)
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    read = isinstance(found, property)
    if isinstance(found, property):
        found = found.fget
    if not callable(found):
        raise BadSource(f"there is no function {qualname}", where=module.__name__)
    original = unwrapped(found)
    return Target(original, name, owner, bound, original is not found, static, read)


def unwrapped(function: Any) -> Any:
    """The function beneath icontract's own decorators, other decorators left on."""
    while is_contract_wrapper(function):
        function = function.__wrapped__
    return function


def is_contract_wrapper(function: Any) -> bool:
    """Whether this is a wrapper that icontract put around a function."""
    code = getattr(function, "__code__", None)
    return (
        code is not None
        and hasattr(function, "__wrapped__")
        and os.path.dirname(code.co_filename) == _ICONTRACT
    )


def callee_promise(error: BaseException) -> str | None:
    """Which promise of a callee icontract found broken: `pre`, `post`, or `None` for neither.

    Read from icontract's own frames: a violation raised after the callee's body is not the
    caller's fault.
    """
    if not isinstance(error, icontract.ViolationError):
        return None
    found = None
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if os.path.dirname(frame.f_code.co_filename) == _ICONTRACT:
            if frame.f_code.co_name == "wrapper" and "resolved_kwargs" in frame.f_locals:
                found = "post" if "result" in frame.f_locals else "pre"
            elif frame.f_code.co_name == "_assert_invariant":
                found = "post"
        trace = trace.tb_next
    return found or "post"


def broken_promise(error: BaseException) -> str:
    """What icontract says of a violation, in one line: the condition, then the values."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if line and not line.startswith("File ")]
    condition, *values = told or ["a condition"]
    said = f"a callee's condition failed: {condition.rstrip(':')}"
    return f"{said} ({', '.join(values)})" if values else said


def in_progress(instance: object) -> Callable[[], None]:
    """Tell icontract that this object's invariants are suspended, as within its own call.

    Returns what undoes it. Without it a method called through its undecorated original would
    have invariants checked halfway, which icontract itself does not do.
    """
    variable = getattr(icontract._checkers, "_IN_PROGRESS", None)
    if variable is None:
        return lambda: None
    running = variable.get()
    if running is None:
        running = set()
        variable.set(running)
    running.add(id(instance))
    return lambda: running.discard(id(instance))
