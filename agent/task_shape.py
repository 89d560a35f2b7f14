"""pydantic's complaints in the words of the task format."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from verify_agent.agent.task_model import BudgetEntry, PropertyEntry, TaskFile
from verify_agent.agent.task_yaml import Complaint, Document, Path, key_text

_MODELS: dict[str, type[BaseModel]] = {"budget": BudgetEntry, "properties": PropertyEntry}
_EXPECTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "int_type": "a whole number",
    "float_type": "a number",
    "string_too_short": "text that is not empty",
    "too_short": "at least one entry",
}
_TYPE_NAMES = {
    bool: "a truth value",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
    type(None): "nothing",
}


def shape_complaint(error: Mapping[str, Any], document: Document) -> Complaint:
    """One of pydantic's errors as a complaint with its place."""
    path = _real_path(tuple(error["loc"]), document)
    place = document.place(path)
    key = key_text(path)
    context = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            known = _keys(path)
            close = difflib.get_close_matches(str(path[-1]), known, 1, 0.6)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            return Complaint(place, key, f"the key is not known{hint}", f"one of {_some(known)}")
        case "missing":
            where = (*path, str(error["loc"][-1])) if error["loc"] else path
            return Complaint(place, key_text(where), "the key is missing", "it to be there")
        case "string_pattern_mismatch":
            found = f"`{error['input']}` is no slug"
            return Complaint(place, key, found, "letters, digits, `_` and `-`, a letter first")
        case "literal_error":
            found = f"{_shown(error['input'])} is not known"
            return Complaint(place, key, found, f"one of {_literal(context)}")
        case "greater_than" | "greater_than_equal" | "less_than_equal":
            found = f"{error['input']} is out of range"
            return Complaint(place, key, found, str(error["msg"]).partition("should be ")[2])
        case kind:
            expected = _EXPECTED.get(kind, str(error["msg"]))
            return Complaint(place, key, _is(error["input"]), expected)


def _real_path(location: tuple[str | int, ...], document: Document) -> Path:
    """The part of pydantic's location that the document has; unions add words of their own."""
    path: Path = ()
    for part in location:
        if (*path, part) in document.places:
            path = (*path, part)
    return path


def _keys(path: Path) -> list[str]:
    model = _MODELS.get(str(path[0]), TaskFile) if len(path) > 1 else TaskFile
    return list(model.model_fields)


def _some(names: list[str]) -> str:
    return ", ".join(f"`{n}`" for n in names)


def _literal(context: Mapping[str, Any]) -> str:
    return str(context.get("expected", "")).replace("'", "`")


def _shown(value: object) -> str:
    return f"`{value}`" if isinstance(value, str) else _is(value).removeprefix("it is ")


def _is(value: object) -> str:
    kind = _TYPE_NAMES.get(type(value), f"a {type(value).__name__}")
    shown = f" ({value!r})" if isinstance(value, bool | int | float) else ""
    return f"it is {kind}{shown}"
