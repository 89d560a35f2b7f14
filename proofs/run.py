"""All claims, each with what came of its evidence.

`python -m verify_agent.proofs.run [FOLDER]` prints one line a claim and writes the obligations
as SMT-LIB below the folder.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.proofs.model import Claim, Exhibit, Finding, Lemma, OnProject, Witness
from verify_agent.proofs.solve import Checked, Statement, check, statement
from verify_agent.verifier.smt.portfolio import Portfolio, default_portfolio

OnProjectCheck = Callable[[], Finding]


@dataclass(frozen=True)
class Shown:
    """An exhibit or a check on the project, and what it found."""

    evidence: Exhibit | OnProject
    finding: Finding
    seconds: float

    @property
    def id(self) -> str:
        """Of the evidence."""
        return self.evidence.id

    @property
    def needed(self) -> bool:
        """Whether the claim's outcome depends on it."""
        return isinstance(self.evidence, Exhibit) or self.evidence.needed


@dataclass(frozen=True)
class Result:
    """A claim and what came of every piece of its evidence."""

    claim: Claim
    checked: tuple[Checked, ...]
    shown: tuple[Shown, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Every piece of evidence that did not hold, and why."""
        solved = [f"{c.statement.id}: {p}" for c in self.checked for p in c.problems]
        return (
            *solved,
            *(f"{s.id}: {s.finding.says}" for s in self.shown if _contradicts(s)),
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """What could not be checked because there was nothing to check, and why."""
        return tuple(f"{s.id}: {s.finding.missing}" for s in self.shown if s.finding.missing)

    @property
    def established(self) -> bool:
        """Whether the declared outcome was earned: nothing failed, and what it needs was there."""
        return not self.problems and not any(s.needed and s.finding.missing for s in self.shown)

    @property
    def verdict(self) -> str:
        """The outcome in words, or that it was not established."""
        if self.established:
            return self.claim.outcome.value
        word = "NOT ESTABLISHED" if self.problems else "incomplete"
        return f"{word} (declared: {self.claim.outcome.value})"


def _contradicts(shown: Shown) -> bool:
    return not shown.finding.holds and not shown.finding.missing


def all_claims() -> tuple[Claim, ...]:
    """Every claim, C1 first; each file of `claims/` holds one."""
    from verify_agent.proofs import claims

    names = sorted(m.name for m in pkgutil.iter_modules(claims.__path__))
    modules = (importlib.import_module(f"{claims.__name__}.{name}") for name in names)
    return tuple(module.claim() for module in modules)


def statements(claims: Sequence[Claim]) -> Iterator[Statement]:
    """Every obligation of some claims as a file."""
    for claim in claims:
        for evidence in claim.evidence:
            if isinstance(evidence, Lemma | Witness):
                yield statement(claim.id, evidence)


def run_claim(claim: Claim, solvers: Portfolio, on_project: Mapping[str, OnProjectCheck]) -> Result:
    """Check all evidence of a claim; `on_project` has the checks on the project by id."""
    checked, shown = [], []
    for evidence in claim.evidence:
        match evidence:
            case Lemma() | Witness():
                checked.append(check(claim.id, evidence, solvers))
            case Exhibit():
                shown.append(_shown(evidence, evidence.compute))
            case OnProject():
                look = on_project.get(f"{claim.id}.{evidence.id}", _not_supplied)
                shown.append(_shown(evidence, look))
    return Result(claim, tuple(checked), tuple(shown))


def _shown(evidence: Exhibit | OnProject, look: OnProjectCheck) -> Shown:
    started = time.perf_counter()
    finding = look()
    seconds = time.perf_counter() - started
    return Shown(evidence, finding, seconds)


def _not_supplied() -> Finding:
    return Finding(False, "", missing="not looked at here; `verify-agent audit` does")


def run_claims(
    claims: Sequence[Claim],
    solvers: Portfolio | None = None,
    on_project: Mapping[str, OnProjectCheck] | None = None,
    progress: Callable[[Result], None] = lambda result: None,
) -> tuple[Result, ...]:
    """Check all claims, in their order; `progress` hears of each when it is done."""
    solvers = solvers or default_portfolio()
    results = []
    for claim in claims:
        results.append(run_claim(claim, solvers, on_project or {}))
        progress(results[-1])
    return tuple(results)


def write_statements(folder: Path, made: Sequence[Statement]) -> None:
    """Write the obligations as files below a folder."""
    for one in made:
        path = folder / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.text, encoding="utf-8")


def line(result: Result) -> str:
    """One line for people: the claim, its verdict and what it rests on."""
    number = len(result.checked)
    held = sum(c.holds for c in result.checked)
    head = f"{result.claim.id:<4} {result.verdict:<24} {held}/{number} obligations by both solvers"
    return "\n".join([f"{head}  {result.claim.title}", *(f"     {p}" for p in result.problems)])


def main(arguments: Sequence[str]) -> int:
    """Run all claims; 0 where every outcome was earned or had nothing to be checked on."""
    claims = all_claims()
    if arguments:
        write_statements(Path(arguments[0]), list(statements(claims)))
    results = run_claims(claims, progress=lambda result: print(line(result), flush=True))
    return 0 if not any(r.problems for r in results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
