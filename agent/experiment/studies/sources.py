"""What does each source of loop invariants contribute? Each is left out in turn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.experiment.plan import Sources
from verify_agent.agent.experiment.studies.choose import chosen, files
from verify_agent.agent.experiment.study import Draw
from verify_agent.verifier.subject import Subject

ALL = "all sources"
WITHOUT = "without "
#: A corpus marks what is known of a function behind its head; broken ones are left out.
BROKEN = re.compile(r"#\s*expect:\s*(refuted|violated|vacuous|diverges)")


@dataclass
class SourceStudy:
    """Functions with contracts, proved with and without a source."""

    subjects: Mapping[str, Subject]
    seconds: float
    arms: Sequence[str]
    measure: str = "share of functions proved (more is better)"
    bound: float = 1.0
    more_is_better: bool = True
    census: bool = True
    threats: Sequence[str] = (
        "A share within a time limit depends on the machine's speed near the limit.",
        "A source whose facts another one finds too shows no loss when it alone is left out.",
        "The functions are those of one folder, written by the people who wrote the sources.",
    )

    @classmethod
    def of(cls, wanted: Sources, folder: Path) -> SourceStudy:
        """The functions with contracts in the plan's folder that are not marked as broken."""
        from verify_agent.verifier.frontend.load import load_file
        from verify_agent.verifier.invariants.candidates import sources

        names = chosen(wanted.sources, tuple(sources()), "source of invariants")
        subjects = {}
        for path in files(folder / wanted.folder, "*.py"):
            lines = path.read_text(encoding="utf-8").splitlines()
            for subject in load_file(path).subjects:
                head = "\n".join(line for line in lines if f"def {subject.qualname}(" in line)
                if not BROKEN.search(head):
                    subjects[f"{path.stem}::{subject.qualname}"] = subject
        return cls(subjects, wanted.seconds, (ALL, *(WITHOUT + name for name in names)))

    @property
    def units(self) -> Sequence[str]:
        """The functions."""
        return sorted(self.subjects)

    @property
    def method(self) -> str:
        """For the report."""
        return (
            f"{len(self.subjects)} functions with contracts, each proved by the deductive engine "
            f"with at most {self.seconds:g} s, once with all sources and once without each."
        )

    def values(self, draw: Draw, order: Sequence[str]) -> Mapping[str, float]:
        """1 where the function is proved, else 0."""
        from verify_agent.verifier.engines.base import Limits
        from verify_agent.verifier.engines.deductive import Proved, prove

        limits = Limits(seconds=self.seconds)
        subject = self.subjects[draw.unit]
        return {
            arm: float(isinstance(prove(subject, limits, 0, _left_out(arm)), Proved))
            for arm in order
        }


def _left_out(arm: str) -> frozenset[str]:
    return frozenset() if arm == ALL else frozenset({arm.removeprefix(WITHOUT)})
