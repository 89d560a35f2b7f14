"""Proved obligations as SMT-LIB files that anyone can check again, with solvers alone.

A folder holds one file an obligation and `SHA256SUMS`, which `sha256sum -c` understands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.verifier.smt.portfolio import default_portfolio
from verify_agent.verifier.smt.query import Answer, Budget, Cause, Query, Solver, Status

SUMS = "SHA256SUMS"
_CONTROL = re.compile(r"[^ -\x7e]+")


@dataclass(frozen=True)
class Proved:
    """A query that was proved, the obligation that it belongs to, and who proved it."""

    obligation: str
    text: str
    function: str
    query: Query
    agreed: tuple[str, ...]


@dataclass(frozen=True)
class Replayed:
    """One file checked again: it `holds` if its hash fits and each prover of old says `unsat`."""

    file: str
    holds: bool
    reason: str = ""
    answers: tuple[Answer, ...] = ()


def write(directory: Path, proofs: Sequence[Proved]) -> list[Path]:
    """Write one file a proof and the list of their hashes; returns the files' paths."""
    directory.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    sums: list[str] = []
    for i, proof in enumerate(proofs):
        text = file_text(proof)
        path = directory / f"{i:04d}-{_file_name(proof.obligation)}.smt2"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
        sums.append(f"{_hash(text)}  {path.name}\n")
    (directory / SUMS).write_text("".join(sums), encoding="utf-8")
    return paths


def file_text(proof: Proved) -> str:
    """The file of a proof: a header of comments, then the script."""
    header = {
        "obligation": proof.obligation,
        "states": proof.text,
        "function": proof.function,
        "query": proof.query.name,
        "query-sha256": proof.query.sha256,
        "expected": "unsat",
        "proved-by": " ".join(proof.agreed),
    }
    lines = [f"; {key}: {_one_line(value)}\n" for key, value in header.items()]
    # No `(set-info :status unsat)`: told what to expect, cvc5 hides an answer that differs.
    return "".join(lines) + proof.query.text


def replay(
    directory: Path, budget: Budget | None = None, seed: int = 0, solvers: Sequence[Solver] = ()
) -> list[Replayed]:
    """Check every file of a folder again with both solvers (or those given).

    A file that is listed and gone, or there and not listed, does not hold. Neither does one
    where a solver that proved it says anything but `unsat`, or where any solver says `sat` or
    is missing.
    """
    if not solvers:
        pair = default_portfolio()
        solvers = (pair.first, pair.second)
    sums = _sums(directory)
    if sums is None:
        return [Replayed(SUMS, False, "the list of hashes is missing or broken")]
    names = sorted({path.name for path in directory.glob("*.smt2")} | set(sums))
    return [
        _replay(directory / name, sums.get(name), budget or Budget(), seed, solvers)
        for name in names
    ]


def _replay(
    path: Path, wanted: str | None, budget: Budget, seed: int, solvers: Iterable[Solver]
) -> Replayed:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Replayed(path.name, False, f"can't be read: {error}")
    answers = tuple(solver.solve_text(text, budget, seed) for solver in solvers)
    provers = _provers(text)
    problems = [p for answer in answers if (p := _problem(answer, provers))]
    absent = sorted(provers.difference(answer.solver for answer in answers))
    problems += [f"{solver}, which proved it, was not asked" for solver in absent]
    if wanted is None:
        problems.insert(0, "the file is not in the list of hashes")
    elif _hash(text) != wanted:
        problems.insert(0, "the file was changed: its hash is another")
    if not any(answer.status is Status.UNSAT for answer in answers):
        problems.append("no solver proves it")
    return Replayed(path.name, not problems, "; ".join(problems), answers)


def _problem(answer: Answer, provers: frozenset[str]) -> str:
    if answer.status is Status.UNSAT:
        return ""
    if answer.status is Status.SAT:
        return f"{answer.solver} says sat"
    if answer.solver in provers or answer.cause is Cause.MISSING:
        return f"{answer.solver}: {answer.reason}"
    return ""


def _provers(text: str) -> frozenset[str]:
    found = re.search(r"^; proved-by: (.*)$", text, re.MULTILINE)
    return frozenset(found[1].split()) if found else frozenset()


def _sums(directory: Path) -> dict[str, str] | None:
    try:
        lines = (directory / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    pairs = [line.split("  ", 1) for line in lines]
    if any(len(pair) != 2 for pair in pairs):
        return None
    return {name: digest for digest, name in pairs}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _one_line(text: str) -> str:
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _file_name(obligation: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", obligation)[:80].strip(".-") or "obligation"
