"""C10, C11, C12: the project's own code, proved by the project's own prover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verify_agent.proofs.model import Finding, Table
from verify_agent.verifier.evidence import Report, Verdict

if TYPE_CHECKING:
    from verify_agent.verifier.smt.store import Proved

#: Claim to the file, below the folder of the agent, whose functions must all be proved.
FILES = {
    "C10": "llm/batching.py",
    "C11": "llm/lru.py",
    "C12": "llm/termination.py",
}
#: For a function, at most; a second or so is enough on a machine that is not busy.
SECONDS = 240.0


@dataclass(frozen=True)
class CodeProofs:
    """The reports by claim, and every proof that stands behind them."""

    reports: dict[str, Report]
    proofs: tuple[Proved, ...]


def prove_code(files: Mapping[str, str] = FILES) -> CodeProofs:
    """Prove every function of the files; nothing of them is imported or run."""
    from verify_agent.verifier.frontend.load import load
    from verify_agent.verifier.options import Options
    from verify_agent.verifier.session.module import check_modules

    folder = Path(__file__).resolve().parents[1]
    options = Options(engines=("deductive",), seconds=SECONDS, jobs=1, keep_proofs=True)
    reports: dict[str, Report] = {}
    proofs: list[Proved] = []
    for claim, name in files.items():
        source = (folder / name).read_text(encoding="utf-8")
        module = load(source, f"agent/{name}", f"agent.{Path(name).stem}", ())
        reports[claim] = check_modules([module], options=options, on_proofs=proofs.extend, argv=())
    return CodeProofs(reports, tuple(proofs))


def finding(report: Report) -> Finding:
    """Whether every obligation of every function was proved, with a row for each."""
    rows = [
        (f.id.rpartition(":")[2], o.text, o.verdict.value)
        for f in report.functions
        for o in f.obligations
    ]
    proved = sum(verdict == Verdict.PROVED.value for *_, verdict in rows)
    holds = bool(rows) and proved == len(rows) and report.complete
    files = ", ".join(report.subjects)
    says = (
        f"{proved} of {len(rows)} obligations of {files} are proved by the project's prover, with "
        "both solvers."
    )
    return Finding(holds, says, Table(("function", "obligation", "verdict"), tuple(rows)))
