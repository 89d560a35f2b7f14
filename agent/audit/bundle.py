"""An audit's folder: written with a manifest, read back (also from a tar file) as plain text."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verify_agent.agent.audit import ledger
from verify_agent.agent.audit.derive import EVIDENCE, PROOFS, RUNS, Derived, Inputs, read_files
from verify_agent.agent.audit.record import sha256
from verify_agent.agent.audit.render_html import html
from verify_agent.agent.audit.render_markdown import markdown
from verify_agent.agent.audit.simulation import Step, recorded_steps
from verify_agent.verifier.errors import BadInput

MANIFEST, MARKDOWN, HTML = "manifest.json", "report.md", "report.html"
_MOST_BYTES = 200 << 20


def inputs_of_project(state: Path, proofs: Mapping[str, Path]) -> Inputs:
    """What a project's folder of state holds, and folders of stored proofs by name.

    Raises `BadInput` where the recorded runs are damaged.
    """
    life = ledger.folder_of(state)
    path, head = life / ledger.LEDGER, life / ledger.HEAD
    try:
        runs = recorded_steps(state)
    except sqlite3.Error as error:
        raise BadInput(f"the recorded runs can't be read: {error}", where=str(state)) from error
    return Inputs(
        _text(path.read_bytes()) if path.is_file() else None,
        _text(head.read_bytes()) if head.is_file() else None,
        runs,
        {name: read_files(folder) for name, folder in proofs.items()},
        evidence=read_files(life / EVIDENCE) if (life / EVIDENCE).is_dir() else {},
    )


def contents(derived: Derived) -> dict[str, str]:
    """All files of the audit's folder: what was derived, the reports, and the manifest."""
    files = dict(derived.files)
    figures = {path: text for path, text in files.items() if path.endswith(".svg")}
    files[MARKDOWN] = markdown(derived.record)
    files[HTML] = html(derived.record, figures)
    files[MANIFEST] = manifest(files)
    return files


def manifest(files: Mapping[str, str]) -> str:
    """The hashes of all files but the manifest itself."""
    sums = {path: sha256(text) for path, text in sorted(files.items()) if path != MANIFEST}
    return json.dumps({"format": 1, "files": sums}, indent=1) + "\n"


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files into a folder that is empty or holds an older audit, which is replaced."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise BadInput(
            "`--output` would write over what is there",
            expected="a new or empty folder, or one with an older audit",
            where=str(folder),
        )
    if (folder / MANIFEST).is_file():
        _remove(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"])
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def _remove(folder: Path, listed: Mapping[str, str]) -> None:
    """Remove what the older audit listed, and nothing else."""
    root = folder.resolve()
    for path in listed:
        place = (root / path).resolve()
        if place.is_relative_to(root):
            place.unlink(missing_ok=True)


def write_tar(path: Path, files: Mapping[str, str]) -> None:
    """Write the files as a compressed tar file, the same bytes for the same files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, text in sorted(files.items()):
            data = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def read(path: Path) -> dict[str, str]:
    """The files of a bundle, folder or tar; raises `BadInput` where it is neither."""
    if path.is_dir():
        found = [p for p in sorted(path.rglob("*")) if p.is_file()]
        return {p.relative_to(path).as_posix(): _text(p.read_bytes()) for p in found}
    try:
        with tarfile.open(path, "r:*") as archive:
            return dict(_members(archive))
    except (OSError, tarfile.TarError, EOFError) as error:
        raise BadInput(
            f"it can't be read as a bundle: {error}",
            expected="a folder or a tar file that `verify-agent audit export` wrote",
            where=str(path),
        ) from error


def _members(archive: tarfile.TarFile) -> list[tuple[str, str]]:
    """Regular files only, nothing is unpacked to the disk, and not without a limit."""
    found, size = [], 0
    for member in archive:
        stream = archive.extractfile(member) if member.isreg() else None
        if stream is None:
            continue
        size += member.size
        if size > _MOST_BYTES:
            raise BadInput(f"the bundle holds more than {_MOST_BYTES >> 20} MiB")
        found.append((member.name.removeprefix("./"), _text(stream.read())))
    return found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def inputs_of_bundle(files: Mapping[str, str]) -> Inputs:
    """A run's own records out of a bundle, as far as they can be read; nothing is trusted."""
    proofs: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        parts = path.split("/")
        if parts[0] == PROOFS and len(parts) == 3:
            proofs.setdefault(parts[1], {})[parts[2]] = text
    evidence = {
        path.partition("/")[2]: text
        for path, text in files.items()
        if path.startswith(f"{EVIDENCE}/")
    }
    return Inputs(
        files.get(ledger.LEDGER),
        files.get(ledger.HEAD),
        _runs(files.get(RUNS, "{}")),
        proofs,
        evidence=evidence,
    )


def _runs(text: str) -> dict[str, list[Step]]:
    try:
        raw: Any = json.loads(text)
        return {
            str(run): [(str(s), str(a), str(t)) for s, a, t in steps] for run, steps in raw.items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}  # the comparison of files names it
