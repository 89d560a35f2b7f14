"""A renaming tried on concrete inputs: the function and its callers under their contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from verify_agent.agent.repair.codebase import changed_copy, codebase_around
from verify_agent.agent.repair.rename.change import Surroundings
from verify_agent.agent.task_origin import Origin
from verify_agent.contracts.expressions import NotAnExpression
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.falsify.search import Budget, falsify
from verify_agent.verifier.frontend.load import Module, load, load_file
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.subject import Subject

TRIED = Budget(inputs=2_000, steps=500_000, seconds=5.0, more=0)
CALLERS = 8


def survives(origin: Origin, around: Surroundings, new: Mapping[str, str], seed: int) -> bool:
    """Whether no input is found on which the renamed function or a caller of it breaks its
    contract, and some input is allowed.

    A caller that can't be interpreted has no say; a function that can't be has not survived.
    """
    callers = [
        (file.path, call.within)
        for file, call in around.calls()
        if call.certain and {*new, *new.values()} & set(call.keywords)
    ]
    qualname, own = origin.subject.qualname, around.files[0].path
    with _modules(origin, around) as modules:
        if not _keeps(_of(modules[own], qualname), seed, silent=False):
            return False
        wanted = [c for c in dict.fromkeys(callers) if c != (own, qualname)]
        return all(_keeps(_of(modules[p], name), seed, silent=True) for p, name in wanted[:CALLERS])


@contextmanager
def _modules(origin: Origin, around: Surroundings) -> Iterator[Mapping[Path | None, Module]]:
    """The modules around with the renaming done."""
    if origin.path is None:
        yield {None: load(origin.start, "source")}
        return
    codebase = codebase_around(origin)
    changed = {Path(p): t for p, t in origin.renamed.others} if origin.renamed is not None else {}
    with changed_copy(codebase, {codebase.file: origin.start, **changed}) as root:
        paths = [f.path for f in around.files if f.path is not None]
        yield {path: load_file(root / codebase.relative(path)) for path in paths}


def _of(module: Module, qualname: str) -> Subject | None:
    return next((s for s in module.subjects if s.qualname == qualname), None)


def _keeps(subject: Subject | None, seed: int, silent: bool) -> bool:
    """Whether no input breaks it; `silent` where nothing can be said."""
    if subject is None or subject.unread:
        return silent
    try:
        found = falsify(lower(subject), seed, TRIED)
    except (Unsupported, BadSource, NotAnExpression):
        return silent
    return not found.refutations and (silent or found.allowed > 0)
