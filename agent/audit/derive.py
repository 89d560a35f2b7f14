"""Derive everything that an audit says, from the project and a run's own records.

The result is a set of files: obligations, the policy's certificate, the data and the figures
behind each number, stored proofs, and the record that reports are rendered from.
"""

from __future__ import annotations

import json
import platform
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from verify_agent.agent.audit import (
    admissions,
    code_proofs,
    intents,
    ledger,
    policy_checks,
    policy_record,
    timings,
)
from verify_agent.agent.audit import record as records
from verify_agent.agent.audit.quality import bound, lipschitz
from verify_agent.agent.audit.simulation import Step, not_steps, simulation
from verify_agent.proofs.figures import svg
from verify_agent.proofs.model import Claim, Finding
from verify_agent.proofs.run import Result, all_claims, run_claims
from verify_agent.verifier.smt.store import Replayed, replay
from verify_agent.verifier.smt.store import write as write_proofs

RECORD, POLICY, RUNS = "report.json", "policy.json", "runs.json"
OBLIGATIONS, DATA, FIGURES, PROOFS, CODE = "obligations", "data", "figures", "proofs", "code"
EVIDENCE = "evidence"

MEASURED = frozenset(f"{DATA}/{name}" for name in records.MEASURED)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Inputs:
    """What a run left behind: nothing of it is trusted, and any of it may be absent.

    `proofs` are the files of folders of stored proofs, by folder and name; `problems` is what was
    found wrong while all this was gathered; `evidence` are the documents that a ledger's
    admissions rest on, by file name.
    """

    ledger: str | None = None
    head: str | None = None
    runs: Mapping[str, Sequence[Step]] = field(default_factory=dict)
    proofs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Derived:
    """The files by their path, the record among them, and everything that does not hold."""

    files: Mapping[str, str]
    record: Mapping[str, Any]
    problems: tuple[str, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True)
class Groundwork:
    """What does not depend on a run's ledger and stored proofs: policy, code, claims."""

    used: policy_record.PolicyInUse
    code: code_proofs.CodeProofs
    results: tuple[Result, ...]


def derive(
    inputs: Inputs,
    progress: Progress = lambda line: None,
    sample: int | None = None,
    now: datetime | None = None,
) -> Derived:
    """Run all claims and check all records; `sample` limits how many stored proofs of each
    folder are checked again (all by default)."""
    return with_records(groundwork(inputs.runs, progress), inputs, progress, sample, now)


def groundwork(
    runs: Mapping[str, Sequence[Step]],
    progress: Progress = lambda line: None,
    claims: Sequence[Claim] | None = None,
    code_files: Mapping[str, str] = code_proofs.FILES,
) -> Groundwork:
    """Certify the policy, prove the code and run the claims (all, unless some are given)."""
    used = policy_record.policy_in_use()
    progress("policy certified")
    code = code_proofs.prove_code(code_files)
    progress("code of C10 to C12 proved")
    results = run_claims(
        all_claims() if claims is None else claims,
        on_project=_checks(used, code, runs),
        progress=lambda r: progress(_line(r)),
    )
    return Groundwork(used, code, results)


def _checks(
    used: policy_record.PolicyInUse,
    code: code_proofs.CodeProofs,
    runs: Mapping[str, Sequence[Step]],
) -> dict[str, Callable[[], Finding]]:
    """The checks on the project, by claim and id."""
    checks: dict[str, Callable[[], Finding]] = {
        "C5.certificate": partial(policy_checks.certificate, used),
        "C5.worth": partial(policy_checks.worth, used),
        "C6.span": partial(policy_checks.span_rule, used),
        "C14.classifier": intents.classifier,
        "C15.sweep": timings.sweep,
        "C15.policy-iteration": timings.policy_iteration,
        "C16.automaton": partial(policy_checks.automaton, used),
        "C16.simulation": partial(simulation, used, runs),
    }
    proved = {f"{c}.code": partial(code_proofs.finding, r) for c, r in code.reports.items()}
    return {**checks, **proved}


def with_records(
    ground: Groundwork,
    inputs: Inputs,
    progress: Progress = lambda line: None,
    sample: int | None = None,
    now: datetime | None = None,
) -> Derived:
    """Check a run's own records, and put everything into files."""
    files = _files(ground.results)
    files[POLICY] = policy_record.to_text(ground.used)
    files[RUNS] = json.dumps({k: [list(s) for s in v] for k, v in inputs.runs.items()}) + "\n"
    stored = _stored(inputs, ground.code, files, sample, progress)
    if inputs.ledger is not None:
        files |= {f"{EVIDENCE}/{name}": text for name, text in inputs.evidence.items()}
    evidence = frozenset(records.sha256(text) for text in files.values())
    life = _life(inputs, evidence, files)
    progress("ledger absent" if inputs.ledger is None else "ledger checked")
    moment = now or datetime.now(UTC)
    record = records.record(ground.results, ground.used, life, stored, moment, platform.platform())
    files[RECORD] = json.dumps(record, indent=1) + "\n"
    found = (
        *inputs.problems,
        *_problems(ground.results, life, stored),
        *_impossible(ground, inputs),
    )
    return Derived(files, record, found, ground.results)


def _impossible(ground: Groundwork, inputs: Inputs) -> list[str]:
    """Recorded steps that the process in use can't take."""
    return [
        f"{RUNS}: {run} goes from `{before}` by {action} to `{after}`"
        for run, steps in inputs.runs.items()
        for before, action, after in not_steps(ground.used.model, steps)
    ]


def _line(result: Result) -> str:
    return f"{result.claim.id}: {result.verdict}"


def _files(results: Sequence[Result]) -> dict[str, str]:
    files = {}
    for result in results:
        for checked in result.checked:
            files[f"{OBLIGATIONS}/{checked.statement.path}"] = checked.statement.text
        for shown in result.shown:
            name = f"{result.claim.id}.{shown.id}"
            files[f"{DATA}/{name}.json"] = records.data_text(shown.finding)
            if shown.finding.plot is not None:
                files[f"{FIGURES}/{name}.svg"] = svg(shown.finding.plot)
    return files


@dataclass(frozen=True)
class StoredProofs:
    """A folder of stored proofs, checked again; `total` counts those that were not, too."""

    folder: str
    total: int
    replayed: tuple[Replayed, ...]


def _stored(
    inputs: Inputs,
    code: code_proofs.CodeProofs,
    files: dict[str, str],
    sample: int | None,
    progress: Progress,
) -> list[StoredProofs]:
    folders = {name: dict(content) for name, content in inputs.proofs.items()}
    with tempfile.TemporaryDirectory() as scratch:
        if CODE not in folders:
            made = write_proofs(Path(scratch) / CODE, code.proofs)
            folders[CODE] = {
                p.name: p.read_text(encoding="utf-8") for p in made[0].parent.iterdir()
            }
        stored = []
        for name, content in sorted(folders.items()):
            files |= {f"{PROOFS}/{name}/{file}": text for file, text in content.items()}
            stored.append(_replayed(Path(scratch) / f"{name}-again", name, content, sample))
            progress(f"{len(stored[-1].replayed)} of {stored[-1].total} proofs of {name} replayed")
    return stored


def read_files(folder: Path) -> dict[str, str]:
    """The files of a folder by name; what is no text is read with replacements."""
    return {
        path.name: path.read_bytes().decode("utf-8", "replace")
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


def _replayed(
    folder: Path, name: str, content: Mapping[str, str], sample: int | None
) -> StoredProofs:
    """Replay a folder; of more than `sample` files every so many-th, but always the whole list."""
    from verify_agent.verifier.smt.store import SUMS

    names = sorted(n for n in content if n.endswith(".smt2"))
    step = 1 if not sample else max(1, -(-len(names) // sample))
    chosen = set(names[::step]) | {SUMS}
    folder.mkdir()
    for file, text in content.items():
        if file in chosen:
            kept = text if file != SUMS or step == 1 else _only(text, chosen)
            (folder / file).write_text(kept, encoding="utf-8")
    return StoredProofs(name, len(names), tuple(replay(folder)))


def _only(sums: str, chosen: set[str]) -> str:
    return "".join(line for line in sums.splitlines(True) if line.rstrip("\n")[66:] in chosen)


@dataclass(frozen=True)
class Life:
    """What the ledger says, or why there is none."""

    present: bool
    says: str
    entries: int = 0
    problems: tuple[str, ...] = ()
    findings: Mapping[str, Finding] = field(default_factory=dict)


def _life(inputs: Inputs, evidence: frozenset[str], files: dict[str, str]) -> Life:
    if inputs.ledger is None:
        says = (
            "There is no ledger: no self-improvement was recorded here, so Q_t, its bound, the "
            "levels spent and the Lipschitz constant of a run were not checked. This is no success."
        )
        return Life(False, says, problems=("a head without a ledger",) if inputs.head else ())
    files[ledger.LEDGER], files[ledger.HEAD] = inputs.ledger, inputs.head or ""
    checked = ledger.check(inputs.ledger, inputs.head or "", evidence)
    problems, findings = list(checked.problems), dict[str, Finding]()
    documents = {records.sha256(text): text for text in inputs.evidence.values()}
    problems += admissions.problems(checked.entries, documents)
    if checked.entries and checked.entries[0].kind == ledger.START:
        findings = {"bound": bound(checked.entries), "lipschitz": lipschitz(checked.entries)}
        problems += [f.says for f in findings.values() if not f.holds and not f.missing]
    for name, finding in findings.items():
        files[f"{DATA}/ledger.{name}.json"] = records.data_text(finding)
        if finding.plot is not None:
            files[f"{FIGURES}/ledger.{name}.svg"] = svg(finding.plot)
    says = f"{len(checked.entries)} entries; {len(problems)} problems."
    return Life(True, says, len(checked.entries), tuple(problems), findings)


def _problems(
    results: Sequence[Result], life: Life, stored: Sequence[StoredProofs]
) -> tuple[str, ...]:
    found = [f"{r.claim.id}: {p}" for r in results for p in r.problems]
    found += [f"{r.claim.id}: {r.verdict}" for r in results if not (r.established or r.problems)]
    found += [f"ledger: {p}" for p in life.problems]
    for folder in stored:
        wrong = (r for r in folder.replayed if not r.holds)
        found += [f"{PROOFS}/{folder.folder}/{r.file}: {r.reason}" for r in wrong]
    return tuple(found)
