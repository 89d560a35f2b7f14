"""The task file's format as pydantic models; the JSON Schema is made from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

Kind = Literal["implement", "repair", "optimize", "specify", "test", "document"]
Level = Literal["tested", "confirmed", "proved"]
Provider = Literal["synth", "cerebras", "openai", "replay"]
_Several = Annotated[list[Provider], Field(min_length=1), Tag("several")]
Providers = Annotated[
    Annotated[Provider, Tag("one")] | _Several,
    Discriminator(lambda value: "several" if isinstance(value, list) else "one"),
]
Text = Annotated[str, Field(min_length=1)]
Expressions = list[Text]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class PropertyEntry(_Strict):
    """A statement that may call the function more than once."""

    given: Text = Field(description="The variables with their types: `x: int, y: int`.")
    when: str = Field(default="", description="A condition on the variables; empty for none.")
    then: Text = Field(description="What holds then: `f(x) <= f(y)`.")


class BudgetEntry(_Strict):
    """How much a run may spend."""

    seconds: float = Field(
        default=60.0, gt=0, description="Wall time of the whole run, in seconds."
    )
    tokens: int = Field(default=20_000, ge=0, description="Tokens of a language model, both ways.")
    candidates: int = Field(
        default=100_000, gt=0, description="Candidates that a search may look at."
    )


class TaskFile(_Strict):
    """One task for verify-agent: what a function must do, and how sure one must be of it."""

    name: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", description="A slug; it names the output module."
    )
    kind: Kind = Field(default="implement", description="What is to be done.")
    signature: Text | None = Field(
        default=None,
        description="`f(x: int, xs: list[int]) -> int`; needed to implement without `target`. Of a "
        "repair: other names for the parameters of the code.",
    )
    description: str = Field(
        default="", description="Plain words, for people and for a language model; never evidence."
    )
    requires: Expressions = Field(
        default_factory=list, description="Preconditions: Python expressions over the parameters."
    )
    ensures: Expressions = Field(
        default_factory=list,
        description="Postconditions: Python expressions over the parameters, `result` and "
        "`old(expr)`; they speak of normal return only.",
    )
    modifies: Expressions = Field(
        default_factory=list,
        description="Parameters that may be mutated; without it no argument may change.",
    )
    raises: dict[str, Text] = Field(
        default_factory=dict,
        description="Exception to condition: raised exactly when it holds on entry.",
    )
    definitions: str = Field(
        default="", description="Python source of pure helper functions that the contract uses."
    )
    expose: Expressions = Field(
        default_factory=list,
        description="Names out of `definitions` that an implementation may call.",
    )
    examples: Expressions = Field(
        default_factory=list, description="Boolean expressions that call the function."
    )
    properties: list[PropertyEntry] = Field(
        default_factory=list, description="Statements about several calls."
    )
    reference: Text | None = Field(
        default=None,
        description="`path.py::function`, a slow trusted version, relative to this file.",
    )
    forbid: Expressions = Field(
        default_factory=list,
        description="Names and operators that the implementation may not use.",
    )
    source: Text | None = Field(
        default=None, description="Python source that already has the function."
    )
    target: Text | None = Field(
        default=None, description="`path.py::function` or `path.py::Class.method` in a codebase."
    )
    function: Text | None = Field(default=None, description="Which function in `source`.")
    objective: Literal["time", "size", "complexity"] = Field(
        default="time", description="What an optimised version must be better at."
    )
    evidence: Level | None = Field(
        default=None,
        description="The least evidence to accept. Without it: `tested` where there are only "
        "examples or properties, else `proved`.",
    )
    provider: Providers = Field(
        default="synth", description="Who proposes code, or a list in order of preference."
    )
    model: Text | None = Field(default=None, description="A language model provider's model.")
    temperature: float | None = Field(default=None, ge=0, le=2, description="Of a language model.")
    max_tokens: int | None = Field(
        default=None, gt=0, description="Of one answer of a language model."
    )
    samples: int = Field(
        default=1,
        ge=1,
        le=8,
        description="Answers that a language model is asked for at a time; what most of them "
        "agree on is tried first.",
    )
    budget: BudgetEntry = Field(
        default_factory=lambda: BudgetEntry(), description="How much a run may spend."
    )
    seed: int = Field(default=0, ge=0, description="Makes a run repeatable.")
    memory: bool = Field(
        default=True,
        description="Whether what solved the contract before is proposed first, and a repair reads "
        "the function's history in git.",
    )
    output: Text | None = Field(
        default=None, description="The file to write, relative to this one; `<name>.py` without it."
    )


def json_schema() -> dict[str, Any]:
    """The task file's JSON Schema, draft 2020-12."""
    schema = TaskFile.model_json_schema()
    # pydantic leaves out what is said beside a reference to another model.
    for name, field in TaskFile.model_fields.items():
        schema["properties"][name].setdefault("description", field.description)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "verify-agent task",
        **{key: value for key, value in schema.items() if key != "title"},
    }
