"""The proofs that `check` keeps in its cache, made again: a cached `proved` must be found again.

The cache holds words and hashes, not formulas. So each function that is looked at is proved
afresh, without the cache; its obligations come as a folder of stored proofs, which is replayed by
both solvers like any other. Nothing of the project's state is written.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.verifier.cache.entry import Entry
from verify_agent.verifier.evidence import DEDUCTIVE, Verdict
from verify_agent.verifier.frontend.load import Module
from verify_agent.verifier.smt.store import Proved
from verify_agent.verifier.subject import Subject

FOLDER = "cache"
#: For each function: what was proved once may take longer on a busy machine.
SECONDS = 120.0


@dataclass(frozen=True)
class CachedProofs:
    """What came of the cached proofs: files of the proofs made again, and what does not hold.

    `total` is the number of functions with a cached proof, `looked_at` of those proved again.
    """

    total: int
    looked_at: int
    files: Mapping[str, str]
    problems: tuple[str, ...]


def cached_proofs(
    state: Path,
    modules: Sequence[Module],
    sample: int | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> CachedProofs:
    """Prove again what the cache in a folder of state says is proved of these modules.

    With `sample` about so many functions are looked at, every so many-th of them.
    """
    known, notes = _known(state, modules)
    step = 1 if not sample else max(1, -(-len(known) // sample))
    chosen = known[::step]
    problems = list(notes)
    proofs: list[Proved] = []
    for subject, entry in chosen:
        found = _again(subject)
        for obligation in _proved(entry):
            word = found.words.get(obligation)
            if word is not Verdict.PROVED:
                told = word.value if word is not None else "no word on it"
                problems.append(f"{subject.path}::{obligation}: cached as proved, now {told}")
        proofs += found.proofs
        progress(f"cached proof of {subject.id} made again")
    return CachedProofs(len(known), len(chosen), _files(proofs), tuple(problems))


@dataclass(frozen=True)
class _Again:
    words: Mapping[str, Verdict]
    proofs: Sequence[Proved]


def _again(subject: Subject) -> _Again:
    from verify_agent.verifier.engines.base import Limits
    from verify_agent.verifier.engines.deductive import Deductive

    findings = Deductive(keep_proofs=True).check(subject, Limits(seconds=SECONDS), 0)
    words = {obligation: attempt.outcome for obligation, attempt in findings.attempts.items()}
    return _Again(words, findings.proofs)


def _known(
    state: Path, modules: Sequence[Module]
) -> tuple[list[tuple[Subject, Entry]], tuple[str, ...]]:
    """The functions with a cached proof, and what is wrong with the cache (read from a copy)."""
    from verify_agent.verifier.cache.cache import Cache, place_of
    from verify_agent.verifier.cache.store import FILE, Local
    from verify_agent.verifier.options import Options

    with tempfile.TemporaryDirectory() as scratch:
        for path in state.glob(FILE + "*"):
            shutil.copy(path, scratch)
        cache = Cache(Local(Path(scratch)), Options())
        cache.open(modules)
        entries = cache.recall()
        notes = cache.end(cut=True)
    subjects = [s for module in modules for s in module.subjects]
    found = [(s, entries[place_of(s)]) for s in subjects if place_of(s) in entries]
    return [(s, e) for s, e in found if _proved(e)], tuple(f"the cache: {note}" for note in notes)


def _proved(entry: Entry) -> list[str]:
    return [
        obligation
        for obligation, attempts in entry.attempts.items()
        if any(a.engine == DEDUCTIVE and a.outcome is Verdict.PROVED for a in attempts)
    ]


def _files(proofs: Sequence[Proved]) -> dict[str, str]:
    from verify_agent.agent.audit.derive import read_files
    from verify_agent.verifier.smt.store import write

    if not proofs:
        return {}
    with tempfile.TemporaryDirectory() as scratch:
        write(Path(scratch), proofs)
        return read_files(Path(scratch))
