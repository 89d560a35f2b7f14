"""The JSON record's shape as pydantic models, and the JSON Schema that is made from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Word = Literal[
    "error", "refuted", "vacuous", "candidate", "unknown", "tested", "confirmed", "proved"
]
Count = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Record(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Range(_Record):
    """A place in a source file; lines from 1, columns from 0."""

    line: Count
    column: Count
    end_line: int | None
    end_column: int | None


class AttemptRecord(_Record):
    """One engine's try at one obligation."""

    engine: str
    version: str
    outcome: Word
    reason: str
    seconds: float = Field(ge=0, description="Wall time.")
    limits: dict[str, int | float]
    seed: int | None
    cache: bool
    details: list[str]
    assumptions: list[str]
    vc_sha256: str


class CounterexampleRecord(_Record):
    """Calls from a fresh import that break an obligation."""

    setup: list[str] = Field(description="Statements to run first.")
    call: str = Field(description="The call that can be pasted.")
    outcome: str
    expected: str
    replayed: bool = Field(description="Whether a run of the real function showed it.")


class ObligationRecord(_Record):
    """One thing to show."""

    id: str
    kind: str
    text: str
    range: Range | None
    verdict: Word
    reason: str
    attempts: list[AttemptRecord]
    counterexample: CounterexampleRecord | None
    assumptions: list[str]
    depends_on: list[str]
    vc_sha256: str


class FunctionRecord(_Record):
    """All that is known about one function."""

    id: str = Field(description="`module:qualname`.")
    path: str
    line: Count
    verdict: Word = Field(description="The weakest of its obligations' verdicts.")
    under_assumptions: bool = Field(description="Proved, but not without assumptions of its own.")
    obligations: list[ObligationRecord]
    assumptions: list[str]
    notes: list[str]


class SkippedRecord(_Record):
    """A function that was not checked, and why."""

    id: str
    path: str
    line: Count
    reason: str


class WaivedRecord(_Record):
    """An obligation that a person takes on."""

    obligation: str = Field(description="`module:` and the obligation's id.")
    who: str
    why: str
    until: str = Field(description="ISO 8601 date, the last day on which it holds.")
    verdict: str = Field(description="What the run says; empty where there is no such obligation.")
    expired: bool


class ChangeRecord(_Record):
    """An obligation whose verdict is another one than in the baseline."""

    obligation: str
    before: str = Field(description="Empty for one that is new.")
    after: str = Field(description="Empty for one that is gone.")


class AssumptionRecord(_Record):
    """An assumption and the number of obligations that rest on it."""

    text: str
    obligations: Count


class SummaryRecord(_Record):
    """How many have which verdict."""

    functions: dict[Word, Count]
    obligations: dict[Word, Count]
    proved_under_assumptions: Count


class Run(_Record):
    """Where and how the report was made."""

    id: str
    started: str = Field(description="ISO 8601, UTC.")
    argv: list[str]
    options_digest: str
    seed: int
    python: str
    platform: str
    tools: dict[str, str] = Field(description="Tool to version.")
    sandbox: list[str] = Field(description="Active layers of isolation.")


Share = Annotated[float, Field(ge=0, le=1)]


class QualityRecord(_Record):
    """How good one function is by the usual measures."""

    function: str = Field(description="Its id.")
    when: Literal["before", "after"]
    complexity: int = Field(ge=1, description="Cyclomatic complexity.")
    maintainability: Share = Field(description="radon's index over 100.")
    coverage: Share = Field(description="Of statements and branches, by generated tests.")
    coverage_by: str = Field(description="What measured the coverage.")
    style: Share = Field(description="Lines without a complaint about PEP 8.")
    weights: list[Share] = Field(description="Of complexity, maintainability, coverage, style.")
    score: Share = Field(description="The weighted sum, with 1/complexity.")


class ReportRecord(_Record):
    """A report of verify-agent."""

    schema_version: Literal["1"]
    run: Run
    verdict: Word = Field(description="The weakest of the functions' verdicts.")
    complete: bool = Field(description="False where anything was skipped.")
    subjects: dict[str, Sha256] = Field(description="Path to digest of the text.")
    functions: list[FunctionRecord]
    assumptions: list[AssumptionRecord]
    summary: SummaryRecord
    quality: list[QualityRecord]
    notes: list[str]
    skipped: list[SkippedRecord] = []
    waived: list[WaivedRecord] = []
    changes: list[ChangeRecord] | None = None


def json_schema() -> dict[str, Any]:
    """The record's JSON Schema, draft 2020-12."""
    schema = ReportRecord.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "verify-agent report",
        **{key: value for key, value in schema.items() if key != "title"},
    }
