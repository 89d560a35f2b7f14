"""The ledger of a project alone: its chain, anchor and rules, and any entry looked at again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.audit import admissions, ledger
from verify_agent.verifier.errors import BadInput


@dataclass(frozen=True)
class Looked:
    """The entries in words, and everything that does not hold."""

    lines: tuple[str, ...]
    problems: tuple[str, ...]


def look(
    state: Path,
    anchor: Path | None = None,
    key: Path | None = None,
    number: int | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Looked:
    """Derive the chain again; of the entry with a number, its checks too.

    `anchor` is the file that holds the head outside of the folder, by default where improvement
    puts it; `key` is the public key of its signature. `BadInput` without a ledger or such an entry.
    """
    from verify_agent.agent.improve.ledger import default_anchor

    folder = ledger.folder_of(state)
    text, head = _text(folder / ledger.LEDGER), _text(folder / ledger.HEAD)
    if text is None:
        raise BadInput(
            "there is no ledger", expected="a project that was improved", where=str(state)
        )
    documents = _documents(folder)
    checked = ledger.check(text, head or "", frozenset(documents))
    problems = [*checked.problems, *admissions.problems(checked.entries, documents)]
    problems += _anchored(anchor or default_anchor(folder), head or "", key, asked=bool(anchor))
    if number is not None:
        if not 0 <= number < len(checked.entries):
            raise BadInput(
                f"there is no entry {number}", expected=f"0 to {len(checked.entries) - 1}"
            )
        problems += [f"entry {number}: {p}" for p in _again(checked, number, documents, say)]
    lines = tuple(_line(n, entry) for n, entry in enumerate(checked.entries))
    return Looked(lines, tuple(problems))


def _again(
    checked: ledger.LedgerCheck,
    number: int,
    documents: dict[str, str],
    say: Callable[[str], None],
) -> list[str]:
    entry = checked.entries[number]
    if entry.kind not in (ledger.ADMITTED, ledger.PROPOSER_ADMITTED, ledger.REJECTED):
        say(f"entry {number} ({entry.kind}) decided nothing: its hash and rules were checked")
        return []
    for text in documents.values():
        if admissions.is_of(text, entry):
            return admissions.again(text, say)
    return ["its document is not there"]


def _anchored(anchor: Path, head: str, key: Path | None, *, asked: bool) -> Iterator[str]:
    text = _text(anchor)
    if text is None:
        if asked or key:
            yield f"there is no anchor {anchor}"
        return
    line, _, signature = text.partition("\n")
    if line + "\n" != head:
        yield f"the anchor {anchor} says `{line}`, the head `{head.strip()}`"
    if key is not None:
        from verify_agent.agent.improve.signing import load_key

        if not load_key(key).verifies(line + "\n", signature.strip()):
            yield "the signature of the head is not the key's"


def _documents(folder: Path) -> dict[str, str]:
    found = sorted((folder / "evidence").glob("*.json"))
    texts = (path.read_bytes().decode("utf-8", "replace") for path in found)
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}


def _line(number: int, entry: ledger.Entry) -> str:
    more = entry.more
    told = [f"{number:>4}  {entry.kind:<12} Q = {float(entry.quality):.4f}"]
    told += [f"level {float(entry.level):.3g}"] if entry.level else []
    told += [more["skill"]] if more.get("skill") else []
    told += [more["proposal"][:12]] if more.get("proposal") else []
    told += [more["reason"]] if more.get("reason") else []
    return "  ".join(told)


def _text(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None
