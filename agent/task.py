"""task.yaml -> Task, a frozen value; every error says file, line, key and what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from verify_agent.agent.task_origin import Origin
from verify_agent.agent.task_subject import in_place, specified, standing_alone, subject_in
from verify_agent.contracts.model import Contract, Signature
from verify_agent.verifier.errors import BadTask, NotBuiltYet
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.agent.task_yaml import Complaint, Document

IMPLEMENT = "implement"
SYNTH = "synth"
TEST, DOCUMENT = "test", "document"
#: Kinds whose function stays as it is; something is written about it.
ABOUT_GIVEN = frozenset({TEST, DOCUMENT})
REPAIR, OPTIMIZE, SPECIFY = "repair", "optimize", "specify"
#: Kinds whose candidates are the text of the whole module, with the given function in it.
WHOLE_MODULE = ABOUT_GIVEN | {REPAIR, OPTIMIZE, SPECIFY}
BUILT_KINDS = frozenset({IMPLEMENT}) | WHOLE_MODULE


@dataclass(frozen=True)
class Budget:
    """How much a run may spend; `seconds` is wall time."""

    seconds: float = 60.0
    tokens: int = 20_000
    candidates: int = 100_000


@dataclass(frozen=True)
class Task:
    """One task, checked.

    `evidence` is the least verdict to accept. `output` is the file to write. `path` is the task
    file (its folder is where `reference` and `target` start from). `origin` is the code that
    exists already (`source` or `target`). `qualname` names the function in its module.
    `lines` has the line of each key and entry in the task file (`ensures[0]`).
    """

    name: str
    kind: str
    path: Path
    signature: Signature
    contract: Contract
    evidence: Verdict
    output: Path
    qualname: str
    description: str = ""
    forbid: tuple[str, ...] = ()
    expose: tuple[str, ...] = ()
    origin: Origin | None = None
    objective: str = "time"
    providers: tuple[str, ...] = (SYNTH,)
    model: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    samples: int = 1
    budget: Budget = Budget()
    seed: int = 0
    memory: bool = True
    reference: Path | None = None
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def module(self) -> str:
        """The import name of the module that is delivered."""
        return self.name.replace("-", "_")

    @property
    def in_codebase(self) -> bool:
        """Whether the function stands in a file of a codebase (`target`)."""
        return self.origin is not None and self.origin.path is not None

    def require_built(self) -> None:
        """`NotBuiltYet` for a kind of task that this version can't run."""
        if self.kind not in BUILT_KINDS:
            raise NotBuiltYet(
                f"tasks of the kind `{self.kind}` are not built yet",
                expected=" or ".join(f"`kind: {kind}`" for kind in sorted(BUILT_KINDS)),
                where=str(self.path),
            )

    def module_text(self, candidate: str) -> str:
        """The text of the module with the candidate in it, under its contract.

        `BadSource` where the candidate is not one undecorated function of the task's name and
        parameters (with helpers and imports beside it where the module stands alone). Where the
        kind changes a given module in place the candidate is its whole text already.
        """
        if self.kind in WHOLE_MODULE:
            return candidate
        if self.origin is not None and self.in_codebase:
            return in_place(self.origin.text, self.qualname, candidate)
        return standing_alone(self.contract, self.signature, candidate, "", self.description)

    def subject(self, candidate: str) -> Subject:
        """What is to be checked: the candidate in its module, under the task's contract."""
        text = self.module_text(candidate)
        module, path = self.module, f"{self.module}.py"
        roots: tuple[str, ...] = (str(self.path.parent),)
        if self.origin is not None and self.in_codebase:
            base = self.origin.subject
            module, path = base.module, base.path
            roots = tuple(dict.fromkeys((*base.roots, *roots)))
        if self.kind == SPECIFY:
            return specified(text, self.qualname, self.contract, module, path, roots)
        return subject_in(text, self.qualname, self.contract, module=module, path=path, roots=roots)


def load_task(path: Path) -> Task:
    """The task in a file; `BadTask` with every complaint about it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadTask("there is no such file", expected="a task file", where=str(path)) from None
    except IsADirectoryError:
        raise BadTask("it is a folder", expected="a task file", where=str(path)) from None
    except OSError as problem:
        raise BadTask(f"it can't be read: {problem.strerror}", where=str(path)) from problem
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise BadTask("it is not UTF-8 text", where=f"{path}:{line}") from problem
    return parse_task(text, path)


def parse_task(text: str, path: Path) -> Task:
    """The task in a text; `path` is where it is taken to stand."""
    from verify_agent.agent.task_yaml import Complaint, read_document

    document = read_document(text)
    if not document.complaints and not isinstance(document.value, dict):
        found = Complaint(document.place(()), "", "it is no mapping", "a mapping of a task's keys")
        raise _refusal(path, [found])
    if document.value is None:
        raise _refusal(path, document.complaints)
    return _checked(document, path)


def _checked(document: Document, path: Path) -> Task:
    from pydantic import ValidationError

    from verify_agent.agent.task_build import build
    from verify_agent.agent.task_model import TaskFile

    try:
        file = TaskFile.model_validate(document.value)
    except ValidationError as problem:
        shape = [_complaint(e, document) for e in problem.errors()]
        raise _refusal(path, [*document.complaints, *shape]) from problem
    task, complaints = build(file, document, path)
    if document.complaints or complaints or task is None:
        raise _refusal(path, [*document.complaints, *complaints])
    return task


def _complaint(error: Any, document: Document) -> Complaint:
    from verify_agent.agent.task_shape import shape_complaint

    return shape_complaint(error, document)


def _refusal(path: Path, complaints: Any) -> BadTask:
    """One error for all complaints: a line each, in the order of the file."""
    ordered = sorted(dict.fromkeys(complaints), key=lambda c: (c.place.line, c.place.column))
    lines = []
    for complaint in ordered:
        key = f"{complaint.key}: " if complaint.key else ""
        expected = f"; expected {complaint.expected}" if complaint.expected else ""
        lines.append(f"{path}:{complaint.place.line}: {key}{complaint.found}{expected}")
    return BadTask("\n".join(lines))


def with_output(task: Task, output: Path) -> Task:
    """The same task with another file to write."""
    return replace(task, output=output)
