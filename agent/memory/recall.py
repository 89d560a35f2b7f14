"""Evidence of earlier runs on the very same text, by tools of the very same versions.

A key is the digest of all that an engine's word can depend on: the module's text, the contract, the
reference, the seed, this verifier's own text, the tools and the interpreter (as in
`verifier.cache.key`). Only words that are positive throughout are kept. A module that imports more
than the standard library and icontract is not looked up, nor is one of a codebase.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from verify_agent.agent.task import IMPLEMENT, Task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.cache.entry import attempt_of, plain_attempt
from verify_agent.verifier.cache.key import environment, key_of
from verify_agent.verifier.cache.store import Local
from verify_agent.verifier.subject import Subject

#: In a note that says what could not be done this time.
MISSING = "not measured"
_KNOWN = sys.stdlib_module_names | {"icontract"}


@dataclass
class Recall:
    """What is known of one task's modules; `folder` is the folder of state."""

    task: Task
    folder: Path
    _local: Local | None = field(default=None, init=False)

    @property
    def used(self) -> bool:
        """Whether anything is looked up or kept for this task."""
        return self.task.memory and self.task.kind == IMPLEMENT and not self.task.in_codebase

    def said(self, engine: str, subject: Subject) -> Said | None:
        """An engine's whole positive word on a module; None where none is known."""
        body = self._found(self._key(engine, subject))
        if body is None:
            return None
        try:
            record = json.loads(body)
            pairs = [(str(o), replace(attempt_of(a), cache=True)) for o, a in record["attempts"]]
            said = Said(tuple(pairs), tuple(map(str, record["notes"])))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return said if _whole(said) else None

    def keep(self, engine: str, subject: Subject, said: Said) -> None:
        """Keep an engine's word if it is positive throughout."""
        if not _whole(said):
            return
        record = {
            "attempts": [[o, plain_attempt(replace(a, cache=False))] for o, a in said.attempts],
            "notes": list(said.notes),
        }
        self._put(self._key(engine, subject), json.dumps(record))

    def feasible(self, stub: Subject) -> bool:
        """Whether an earlier run looked for a defect of this contract and found none."""
        return self._found(self._key("feasible", stub)) == "no defect found"

    def keep_feasible(self, stub: Subject) -> None:
        """The contract was examined, and no defect was found."""
        self._put(self._key("feasible", stub), "no defect found")

    def notes(
        self, about: str, subject: Subject, measure: Callable[[], Sequence[str]]
    ) -> list[str]:
        """Remarks that depend on a module's text alone: those of an earlier run, or made now."""
        key = self._key(about, subject)
        body = self._found(key)
        if body is not None:
            return [str(note) for note in json.loads(body)]
        made = list(measure())
        if not any(MISSING in note for note in made):
            self._put(key, json.dumps(made))
        return made

    def close(self) -> None:
        """Close the file."""
        if self._local is not None:
            self._local.close()
            self._local = None

    def _key(self, about: str, subject: Subject) -> str:
        """Empty where nothing may be recalled."""
        if not self.used or not _alone(subject.source):
            return ""
        try:
            reference = (
                self.task.reference.read_text(encoding="utf-8") if self.task.reference else ""
            )
        except (OSError, UnicodeDecodeError):
            return ""
        named = (subject.module, subject.qualname, subject.source)
        stated = (repr(subject.contract), repr(subject.signature), repr(subject.asserts))
        return key_of(
            f"run {about}", environment(), str(self.task.seed), reference, *named, *stated
        )

    def _found(self, key: str) -> str | None:
        if not key:
            return None
        text = self._opened().get([key]).get(key, "")
        checksum, _, body = text.partition("\n")
        return body if checksum == _checksum(key, body) else None

    def _put(self, key: str, body: str) -> None:
        if key:
            self._opened().put(key, f"{_checksum(key, body)}\n{body}")

    def _opened(self) -> Local:
        if self._local is None:
            self._local = Local(self.folder)
        return self._local


def _whole(said: Said) -> bool:
    positive = all(a.outcome.positive for _, a in said.attempts)
    return bool(said.attempts) and positive and not said.unsupported


def _alone(source: str) -> bool:
    """Whether a module's text is all that it rests on, beside libraries whose version is known."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                named = {a.name.partition(".")[0] for a in names}
            case ast.ImportFrom(module=str(name), level=0):
                named = {name.partition(".")[0]}
            case ast.ImportFrom():
                return False
            case _:
                continue
        if not named <= _KNOWN:
            return False
    return True


def _checksum(key: str, body: str) -> str:
    return hashlib.sha256(f"{key}\n{body}".encode()).hexdigest()
