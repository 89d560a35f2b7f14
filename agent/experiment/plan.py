"""plan.yaml -> Plan: a question, what is compared, when to stop, what threatens the answer."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from verify_agent.verifier.errors import BadInput

Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Policies(_Strict):
    """Policies of tool selection on recorded runs: the solved one and its rivals."""

    kind: Literal["policies"]
    evidence: Literal["proved", "tested"] = "proved"
    orders: int = Field(default=150, ge=1, le=150, description="Fixed orders that are searched.")


class Sources(_Strict):
    """Sources of loop invariants, each left out in turn."""

    kind: Literal["invariant sources"]
    folder: Text = Field(description="Programs with contracts, from the plan's folder on.")
    seconds: float = Field(default=10.0, gt=0, description="For each function.")
    sources: list[Text] = Field(default=[], description="Those to leave out; all where empty.")


class Strategies(_Strict):
    """Strategies of the synthesizer, each left out in turn."""

    kind: Literal["strategies"]
    folder: Text = Field(description="Task files, from the plan's folder on.")
    seconds: float = Field(default=10.0, gt=0, description="For each task.")
    strategies: list[Text] = Field(default=[], description="Those to leave out; all where empty.")


class Deltas(_Strict):
    """Least gains of the gate of self-improvement, on simulated lives."""

    kind: Literal["least gain"]
    deltas: list[Annotated[float, Field(ge=0, lt=1)]] = Field(
        min_length=2, description="The first is the one that the others are compared with."
    )
    proposals: int = Field(default=60, ge=1, description="Of a life.")
    fresh: int = Field(default=200, ge=1, description="Fresh tasks for a proposal at most.")


class Stop(_Strict):
    """The sequential rule: enough draws, and every interval clear of zero or narrow."""

    alpha: float = Field(default=0.05, gt=0, lt=1, description="Shared by all comparisons.")
    half_width: float = Field(gt=0, description="In the unit of what is measured.")
    least: int = Field(default=10, ge=1)
    most: int = Field(ge=1)


class Plan(_Strict):
    """What an experiment asks and how it is run."""

    question: Text
    study: Annotated[Policies | Sources | Strategies | Deltas, Field(discriminator="kind")]
    stop: Stop
    seed: int = 0
    threats: list[Text] = []

    @property
    def sha256(self) -> str:
        """The hash of what the plan says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def load_plan(path: Path) -> Plan:
    """The plan in a file; `BadInput` with every complaint and its line."""
    from verify_agent.agent.task_shape import shape_complaint
    from verify_agent.agent.task_yaml import Complaint, read_document

    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput("there is no such file", expected="a plan", where=str(path)) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"it can't be read: {problem}", where=str(path)) from problem
    document = read_document(text)
    complaints: list[Complaint] = list(document.complaints)
    if not complaints and not isinstance(document.value, dict):
        raise BadInput("it is no mapping", expected="a mapping of a plan's keys", where=str(path))
    try:
        plan = Plan.model_validate(document.value) if document.value is not None else None
    except ValidationError as problem:
        complaints += [shape_complaint(error, document) for error in problem.errors()]
        plan = None
    if complaints or plan is None:
        lines = (
            f"{path}:{c.place.line}: {c.key}: {c.found}"
            + (f"; expected {c.expected}" if c.expected else "")
            for c in dict.fromkeys(complaints)
        )
        raise BadInput("\n".join(lines))
    if plan.stop.least > plan.stop.most:
        raise BadInput(f"`stop.least` {plan.stop.least} is over `stop.most`", where=str(path))
    return plan
