"""Evidence of earlier runs on the same text up to names, by tools of the very same versions.

A key is the digest of all that an engine's word can depend on: the module's text, the contract, the
reference, the seed, this verifier's own text, the tools and the interpreter (as in
`verifier.cache.key`). Only words that are positive throughout are kept. A module that imports more
than the standard library and icontract is not looked up, nor is one of a codebase. What was said of
a function holds for those that are like it in all but names (`verifier.cache.likeness`).
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
from verify_agent.verifier.cache.likeness import Likeness, likeness_of
from verify_agent.verifier.cache.store import Local
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.subject import Subject, obligations_of

#: In a note that says what could not be done this time.
MISSING = "not measured"
IN_VAIN = "asked in vain by an earlier run"
SOUND = "no defect found"
ALIKE = "shown for the same function with other names, or its parameters in another order"
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
        said = _read(self._found(self._key(engine, subject)))
        return said or self._said_of_one_alike(engine, subject)

    def _said_of_one_alike(self, engine: str, subject: Subject) -> Said | None:
        """The word on a function with other names, about this one's obligations."""
        alike = likeness_of(subject) if self.used else None
        if alike is None:
            return None
        said = _read(self._found(self._key(engine, subject, alike)))
        places = [str(i) for i in range(len(alike.obligations))]
        if said is None or not {o for o, _ in said.attempts} <= set(places):
            return None
        ids = dict(zip(places, alike.obligations, strict=True))
        return Said(tuple((ids[o], replace(a, details=(ALIKE,))) for o, a in said.attempts))

    def keep(self, engine: str, subject: Subject, said: Said) -> None:
        """Keep an engine's word if it is positive throughout."""
        if not (self.used and _whole(said)):
            return
        self._put(self._key(engine, subject), _text(said))
        alike = likeness_of(subject)
        told = [t for _, a in said.attempts for t in (a.reason, *a.assumptions)]
        if alike is None or alike.speaks_of((*told, *said.notes)):
            return
        places = {o: str(i) for i, o in enumerate(alike.obligations)}
        if {o for o, _ in said.attempts} <= places.keys():
            pairs = tuple((places[o], replace(a, details=())) for o, a in said.attempts)
            self._put(self._key(engine, subject, alike), _text(Said(pairs)))

    def silent(self, engine: str, subject: Subject, seconds: float) -> Said | None:
        """What an engine said that had at least so long, and shown nothing: unknown is unknown.

        For engines whose word is not needed any more: it saves asking in vain again.
        """
        for key in self._keys(f"{engine} in vain", subject):
            told = _silence(self._found(key))
            if told is not None and told[0] >= seconds:
                return Said(tuple((o.id, told[1]) for o in obligations_of(subject)))
        return None

    def keep_silent(self, engine: str, subject: Subject, said: Said, seconds: float) -> None:
        """Keep that an engine had so long for a module, and said nothing for or against it."""
        attempts = [a for _, a in said.attempts]
        if not attempts or any(a.outcome is not Verdict.UNKNOWN or a.cache for a in attempts):
            return
        attempt = replace(attempts[0], reason=IN_VAIN, details=())
        for key in self._keys(f"{engine} in vain", subject):
            self._put(key, json.dumps({"seconds": seconds, "attempt": plain_attempt(attempt)}))

    def feasible(self, stub: Subject) -> bool:
        """Whether an earlier run looked for a defect of this contract and found none."""
        return any(self._found(key) == SOUND for key in self._keys("feasible", stub))

    def keep_feasible(self, stub: Subject) -> None:
        """The contract was examined, and no defect was found."""
        for key in self._keys("feasible", stub):
            self._put(key, SOUND)

    def notes(
        self, about: str, subject: Subject, measure: Callable[[], Sequence[str]]
    ) -> list[str]:
        """Remarks that depend on a module's text alone: those of an earlier run, or made now."""
        keys = self._keys(about, subject)
        for key in keys:
            if (body := self._found(key)) is not None:
                return [str(note) for note in json.loads(body)]
        made = list(measure())
        if not any(MISSING in note for note in made):
            alike = likeness_of(subject)
            general = alike is not None and not alike.speaks_of(made)
            for key in keys if general else keys[:1]:
                self._put(key, json.dumps(made))
        return made

    def close(self) -> None:
        """Close the file."""
        if self._local is not None:
            self._local.close()
            self._local = None

    def _keys(self, about: str, subject: Subject) -> list[str]:
        """The key of the very same text, and that of all that are alike."""
        alike = likeness_of(subject) if self.used else None
        return [self._key(about, subject), *([self._key(about, subject, alike)] if alike else [])]

    def _key(self, about: str, subject: Subject, alike: Likeness | None = None) -> str:
        """Empty where nothing may be recalled; with a likeness the key of all that are alike."""
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
        parts = (*named, *stated) if alike is None else ("alike", alike.form)
        return key_of(f"run {about}", environment(), str(self.task.seed), reference, *parts)

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


def _text(said: Said) -> str:
    pairs = [[o, plain_attempt(replace(a, cache=False))] for o, a in said.attempts]
    return json.dumps({"attempts": pairs, "notes": list(said.notes)})


def _read(text: str | None) -> Said | None:
    """A word that was kept; None where it is damaged, or not positive throughout."""
    try:
        record = json.loads(text or "")
        pairs = [(str(o), replace(attempt_of(a), cache=True)) for o, a in record["attempts"]]
        said = Said(tuple(pairs), tuple(map(str, record["notes"])))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return said if _whole(said) else None


def _silence(text: str | None) -> tuple[float, Attempt] | None:
    """Seconds and word of an engine that was asked in vain."""
    try:
        record = json.loads(text or "")
        attempt = replace(attempt_of(record["attempt"]), cache=True)
        return (float(record["seconds"]), attempt) if attempt.outcome is Verdict.UNKNOWN else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


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
