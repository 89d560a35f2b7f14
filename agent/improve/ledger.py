"""The ledger of self-improvement, written: append-only, chained, its head anchored elsewhere.

The format and its rules are `agent.audit.ledger`'s, which only reads. An entry is appended in four
steps, each of which is whole or not done: the line is put in a file of its own, the head that will
be is anchored (outside of the folder too, signed where there is a key) and written, the ledger
is replaced, the file of the line is removed. Whatever happens in between, the head says which of
the two ledgers counts, and opening the ledger finishes what was begun. What is not explained by
that is damage, and is never repaired in silence.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from verify_agent.agent.audit import ledger as format_
from verify_agent.agent.audit.ledger import HEAD, LEDGER, Entry, LedgerCheck
from verify_agent.agent.improve.durable import locked, remove, write_whole
from verify_agent.verifier.errors import VerifyAgentError

PENDING, LOCK = "ledger.pending", "ledger.lock"
EVIDENCE = "evidence"


class LedgerBroken(VerifyAgentError):
    """The ledger and its head do not belong together, or an entry was changed."""

    code = "VA030"


class Signer(Protocol):
    """Signs heads; the key is not in the folder."""

    def sign(self, text: str) -> str:
        """The signature of a text, in hexadecimal."""

    def verifies(self, text: str, signature: str) -> bool:
        """Whether a signature is this key's of the text."""


@dataclass(frozen=True)
class Ledger:
    """A ledger in a folder. `anchor` is a file elsewhere that holds its head and signature.

    `stop` is called between the steps of an append (tests end the process there).
    """

    folder: Path
    anchor: Path | None = None
    signer: Signer | None = None
    stop: Callable[[str], None] = lambda step: None

    def read(self) -> LedgerCheck:
        """All entries, after what was begun is finished; raises `LedgerBroken` for damage."""
        with locked(self.folder / LOCK):
            return self._read()

    def append(self, entry: Entry) -> str:
        """Append an entry; its hash. Raises `LedgerBroken` where it would break a rule."""
        with locked(self.folder / LOCK):
            known = self._read()
            text = self._text(LEDGER)
            number = len(known.entries)
            previous = format_.head_of(text).split()[1]
            line, hash_ = format_.line_of(number, previous, entry)
            after = format_.check(text + line, format_.head_of(text + line), self.evidence())
            if after.problems:
                raise LedgerBroken("; ".join(after.problems), where=str(self.folder / LEDGER))
            write_whole(self.folder / PENDING, line)
            self.stop("pending")
            self._finish(text, line)
            return hash_

    def keep(self, document: str) -> str:
        """Keep a document of evidence under its SHA-256, which is returned."""
        name = hashlib.sha256(document.encode()).hexdigest()
        write_whole(self.folder / EVIDENCE / f"{name}.json", document)
        return name

    def evidence(self) -> frozenset[str]:
        """The SHA-256 sums of the documents at hand, of those whose text has that sum."""
        found = (self.folder / EVIDENCE).glob("*.json")
        sums = ((path.stem, hashlib.sha256(path.read_bytes()).hexdigest()) for path in found)
        return frozenset(name for name, sum_ in sums if name == sum_)

    def _read(self) -> LedgerCheck:
        text, head = self._text(LEDGER), self._text(HEAD)
        line = self._text(PENDING)
        anchored = self._anchored()
        if line and format_.head_of(text + line) == (head if anchored is None else anchored):
            self._finish(text, line)
            text, head, anchored = text + line, self._text(HEAD), self._anchored()
        else:
            remove(self.folder / PENDING)
        if not text and not head and anchored is None:
            return LedgerCheck((), ())
        checked = format_.check(text, head, self.evidence())
        problems = list(checked.problems)
        if anchored is not None and anchored != head:
            problems.append(f"the anchor says `{anchored.strip()}`, the head `{head.strip()}`")
        if self.anchor is not None and anchored is None:
            problems.append("the anchor of the head is gone")
        if problems:
            raise LedgerBroken("; ".join(problems), where=str(self.folder / LEDGER))
        return checked

    def _finish(self, text: str, line: str) -> None:
        head = format_.head_of(text + line)
        if self.anchor is not None:
            signature = self.signer.sign(head) + "\n" if self.signer else ""
            write_whole(self.anchor, head + signature)
            self.stop("anchor")
        write_whole(self.folder / HEAD, head)
        self.stop("head")
        write_whole(self.folder / LEDGER, text + line)
        self.stop("ledger")
        remove(self.folder / PENDING)

    def _anchored(self) -> str | None:
        """The head that the anchor holds; raises where its signature is not the key's."""
        if self.anchor is None or not self.anchor.is_file():
            return None
        head, _, signature = self.anchor.read_text(encoding="utf-8").partition("\n")
        if self.signer and not self.signer.verifies(head + "\n", signature.strip()):
            raise LedgerBroken("the head's signature is not the key's", where=str(self.anchor))
        return head + "\n"

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def default_anchor(folder: Path) -> Path:
    """Where a folder's head is anchored unless a person says otherwise: the user's own state."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:32]
    return Path(base) / "verify-agent" / "anchors" / f"{name}.head"
