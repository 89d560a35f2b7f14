"""A task file whose shape is right -> Task, or everything else that is wrong with it."""

from __future__ import annotations

import keyword
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from verify_agent.agent.task import IMPLEMENT, OPTIMIZE, REPAIR, Budget, Task
from verify_agent.agent.task_check import Checker
from verify_agent.agent.task_model import TaskFile
from verify_agent.agent.task_origin import (
    Origin,
    find_node,
    inline_origin,
    is_hole,
    split_target,
    target_origin,
)
from verify_agent.agent.task_yaml import Complaint, Document, key_text
from verify_agent.contracts.model import Contract, Signature
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.evidence import Verdict

_LEVELS = {v.value: v for v in (Verdict.TESTED, Verdict.CONFIRMED, Verdict.PROVED)}
_NEEDED = frozenset({"icontract", "hypothesis", "pytest"})


def build(
    file: TaskFile, document: Document, path: Path
) -> tuple[Task | None, tuple[Complaint, ...]]:
    """The task, or `None` and the complaints."""
    checker = Checker(file, document)
    _check_keys(checker)
    _check_name(checker)
    checker.check_forbid()
    checker.read_definitions()
    origin = _origin(checker, path.parent)
    signature = checker.read_signature(origin.names if origin is not None else frozenset())
    if origin is not None:
        origin = _renamed(checker, origin, signature)
        signature = origin.subject.signature
    if signature is None:
        return None, tuple(checker.complaints)
    reference = _reference(checker, signature, path.parent)
    contract = _contract(checker, signature, origin)
    if checker.complaints:
        return None, tuple(checker.complaints)
    task = _task(file, path, signature, contract, origin, reference)
    lines = {key_text(key): place.line for key, place in document.places.items() if key}
    return replace(task, lines=MappingProxyType(lines)), ()


def _task(
    file: TaskFile,
    path: Path,
    signature: Signature,
    contract: Contract,
    origin: Origin | None,
    reference: Path | None,
) -> Task:
    providers = (file.provider,) if isinstance(file.provider, str) else tuple(file.provider)
    module = file.name.replace("-", "_")
    budget = Budget(file.budget.seconds, file.budget.tokens, file.budget.candidates)
    return Task(
        name=file.name,
        kind=file.kind,
        path=path,
        signature=signature,
        contract=contract,
        evidence=_evidence(file, contract),
        output=path.parent / (file.output or f"{module}.py"),
        qualname=origin.subject.qualname if origin else signature.name,
        description=file.description.strip(),
        forbid=tuple(dict.fromkeys(file.forbid)),
        expose=tuple(dict.fromkeys(file.expose)),
        origin=origin,
        objective=file.objective,
        providers=tuple(dict.fromkeys(providers)),
        model=file.model or "",
        temperature=file.temperature,
        max_tokens=file.max_tokens,
        samples=file.samples,
        budget=budget,
        seed=file.seed,
        memory=file.memory,
        reference=reference,
    )


def _evidence(file: TaskFile, contract: Contract) -> Verdict:
    """The least evidence: as given, else by what there is to show.

    A contract of other parts (`raises` alone) is not "only examples or properties": proved.
    """
    if file.evidence is not None:
        return _LEVELS[file.evidence]
    stated = (
        contract.requires and (file.source or file.target),
        contract.ensures,
        contract.invariants,
        contract.reference,
        contract.raises,
    )
    if file.kind in ("optimize", "specify") or any(stated):
        return Verdict.PROVED
    return Verdict.TESTED


def _check_keys(checker: Checker) -> None:
    """Which keys go together."""
    file = checker.file
    if file.kind == IMPLEMENT:
        if file.source is not None:
            checker.complain(("source",), "`implement` takes no `source`", "`kind: repair` or such")
        if file.signature is None and file.target is None:
            expected = "`signature`, or `target` for a function in a codebase"
            checker.complain(("signature",), "the key is missing", expected)
    elif file.source is None and file.target is None:
        expected = "`source` or `target`"
        checker.complain(("kind",), f"`{file.kind}` needs code to start from", expected)
    coded = file.target is not None or file.source is not None
    if file.signature is not None and coded and file.kind != REPAIR:
        checker.complain(("signature",), "the code has a signature already", "no `signature`")
    if file.source is not None and file.target is not None:
        checker.complain(("target",), "there is a `source` too", "one of the two")
    if file.function is not None and file.source is None:
        checker.complain(("function",), "there is no `source`", "`function` only with `source`")
    if file.target is not None:
        _check_beside_target(checker)
    elif file.kind == IMPLEMENT:
        _check_demand(checker)


def _check_beside_target(checker: Checker) -> None:
    for key in ("requires", "ensures", "definitions"):
        if getattr(checker.file, key):
            found = f"`{key}` does not go with `target`"
            checker.complain((key,), found, "decorators in the codebase")


def _check_demand(checker: Checker) -> None:
    file = checker.file
    demands = (file.ensures, file.examples, file.properties, file.reference, file.raises)
    if not any(demands):
        found = "the task demands nothing of the result"
        checker.complain((), found, "`ensures`, `examples`, `properties`, `raises` or `reference`")


def _check_name(checker: Checker) -> None:
    file = checker.file
    module = file.name.replace("-", "_")
    if keyword.iskeyword(module):
        checker.complain(("name",), f"`{module}` is a word of Python", "another name")
    hides = module in sys.stdlib_module_names or module in _NEEDED
    if hides and file.output is None:
        found = f"a module `{module}` would hide Python's own"
        checker.complain(("name",), found, "another name, or an `output`")
    if file.output is not None and not file.output.endswith(".py"):
        checker.complain(("output",), f"`{file.output}` is no Python file", "a name with `.py`")


def _origin(checker: Checker, folder: Path) -> Origin | None:
    file = checker.file
    try:
        if file.target is not None:
            return target_origin(file.target, folder)
        if file.source is not None and file.kind != IMPLEMENT:
            return inline_origin(file.source, file.function)
    except BadSource as problem:
        _complain_of_source(checker, problem)
    return None


def _renamed(checker: Checker, origin: Origin, signature: Signature | None) -> Origin:
    """The function, of a repair with the parameters renamed that the task or the code asks for."""
    file = checker.file
    code = "target" if file.target is not None else "source"
    if file.kind == REPAIR and (file.signature is None or signature is not None):
        from verify_agent.agent.repair.rename.wanted import renamed_origin

        try:
            origin = renamed_origin(origin, signature, file.seed)
        except BadSource as problem:
            key = "signature" if signature is not None else code
            checker.complain((key,), problem.found, problem.expected or "another name")
            return origin
    if file.target is not None:
        _check_hole(checker, origin)
    return origin


def _complain_of_source(checker: Checker, problem: BadSource) -> None:
    key = "target" if checker.file.target is not None else "source"
    if key == "source" and problem.found.startswith("there is no function"):
        key = "function"
    where = f"{problem.where}: " if problem.where and problem.where != "source" else ""
    advice = f"; {problem.advice}" if problem.advice else ""
    expected = problem.expected or ("Python source" if key == "source" else "`path.py::function`")
    checker.complain((key,), f"{where}{problem.found}{advice}", expected)


def _check_hole(checker: Checker, origin: Origin) -> None:
    unread = origin.subject.unread
    if unread:
        found = f"{unread[0].construct} at line {unread[0].line} is not supported yet"
        checker.complain(("target",), found, "a plain function or method")
    if checker.file.kind != IMPLEMENT:
        return
    node = find_node(origin.text, origin.subject.qualname)
    if not is_hole(node):
        found = f"`{origin.subject.qualname}` has a body already"
        expected = "`...` or `raise NotImplementedError` as its body (or `kind: repair`)"
        checker.complain(("target",), found, expected)
    if origin.subject.contract.empty and not (checker.file.examples or checker.file.properties):
        found = f"`{origin.subject.qualname}` has no postcondition to meet"
        checker.complain(("target",), found, "an `@ensure` on it, or `examples` in the task")


def _reference(checker: Checker, signature: Signature, folder: Path) -> Path | None:
    text = checker.file.reference
    if text is None:
        return None
    if checker.file.kind == OPTIMIZE:
        found = "`optimize` takes the function itself as its reference"
        checker.complain(("reference",), found, "no `reference`")
        return None
    try:
        path, _ = split_target(text)
        origin = target_origin(text, folder)
    except BadSource as problem:
        expected = problem.expected or "`path.py::function`, relative to the task file"
        checker.complain(("reference",), problem.found, expected)
        return None
    if origin.subject.signature.names != signature.names:
        names = ", ".join(origin.subject.signature.names)
        expected = f"the parameters of the task ({', '.join(signature.names)})"
        checker.complain(("reference",), f"the reference takes ({names})", expected)
    return folder / path


def _contract(checker: Checker, signature: Signature, origin: Origin | None) -> Contract:
    known = origin.names if origin else frozenset()
    own = checker.read_contract(signature, known)
    if origin is None:
        return own
    base = origin.subject.contract
    # A name of a snapshot that the code and the task both use would be ambiguous.
    for name in {s.name for s in base.snapshots} & {s.name for s in own.snapshots}:
        checker.complain(
            ("ensures",), f"the code has a snapshot `{name}`", "decorators in the code"
        )
    if checker.file.kind == OPTIMIZE:
        place = origin.path.name if origin.path else "source"
        named = f"{place}::{origin.subject.qualname}"
        own = replace(own, reference=named, reference_source=origin.text)
    given = bool(checker.file.modifies) or checker.file.kind == IMPLEMENT
    return replace(
        own,
        requires=(*base.requires, *own.requires),
        ensures=(*base.ensures, *own.ensures),
        snapshots=(*base.snapshots, *own.snapshots),
        invariants=base.invariants,
        modifies=own.modifies if given else None,
    )
