"""`[tool.verify-agent]` of the project's pyproject.toml: what `check` does where nobody says."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from verify_agent.agent.server.place import project_root
from verify_agent.verifier.errors import BadInput

TABLE = "verify-agent"
LEVELS = ("tested", "confirmed", "proved")


@dataclass(frozen=True)
class Override:
    """Other settings for the files that a pattern names, relative to the project."""

    path: str
    values: Mapping[str, Any]

    def meant(self, path: Path, root: Path) -> bool:
        """Whether the file is meant."""
        inside = path.resolve()
        name = inside.relative_to(root).as_posix() if inside.is_relative_to(root) else str(path)
        return fnmatch.fnmatch(name, self.path) or name.startswith(self.path.rstrip("/") + "/")


@dataclass(frozen=True)
class Settings:
    """The table, checked. `root` is the project's folder; an absent key has its default.

    `timeout` is in seconds a function, `per_query_ms` in milliseconds, `memory_mb` in mebibytes.
    """

    root: Path
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    evidence: str = ""
    strict: bool | None = None
    timeout: float | None = None
    seed: int | None = None
    jobs: int | None = None
    python: str = ""
    cache: str = ""
    baseline: str = ""
    waivers: str = ""
    per_query_ms: int | None = None
    rlimit: int | None = None
    examples: int | None = None
    memory_mb: int | None = None
    overrides: tuple[Override, ...] = field(default=())

    def of_file(self, path: Path) -> Settings:
        """The settings for one file, overrides put in; a later one wins."""
        values: dict[str, Any] = {}
        for override in self.overrides:
            if override.meant(path, self.root):
                values.update(override.values)
        return replace(self, **values) if values else self


_EVERYWHERE = ("paths", "exclude", "roots", "jobs", "python", "cache", "baseline", "waivers")


def project_of(path: Path) -> Path:
    """The folder of the project that a path belongs to: the nearest one with a mark, or its own."""
    resolved = path.resolve()
    return Path(project_root(str(resolved if resolved.is_dir() else resolved.parent)))


def settings_of(root: Path) -> Settings:
    """The settings of the project in this folder; `BadInput` that names the key that is wrong."""
    file = root / "pyproject.toml"
    if not file.is_file():
        return Settings(root)
    import tomllib

    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get(TABLE, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadInput(f"it is no TOML: {problem}", where=str(file)) from problem
    if not isinstance(table, dict):
        raise BadInput(f"`tool.{TABLE}` is no table", where=str(file))
    return Settings(root, **_values(table, file, over=False), overrides=_overrides(table, file))


def _overrides(table: Mapping[str, Any], file: Path) -> tuple[Override, ...]:
    found = table.get("overrides", [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _wrong("overrides", found, "a list of tables", file)
    return tuple(_override(one, file) for one in found)


def _override(table: Mapping[str, Any], file: Path) -> Override:
    path = table.get("path")
    if not isinstance(path, str):
        raise _wrong("overrides.path", path, "a pattern of files", file)
    rest = {key: value for key, value in table.items() if key != "path"}
    return Override(path, MappingProxyType(_values(rest, file, over=True)))


def _values(table: Mapping[str, Any], file: Path, *, over: bool) -> dict[str, Any]:
    known = [f.name.replace("_", "-") for f in fields(Settings) if f.name != "root"]
    if over:
        known = [k for k in known if k not in (*_EVERYWHERE, "overrides")]
    made: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise BadInput(
                f"there is no setting `{key}` in `tool.{TABLE}{'.overrides' if over else ''}`",
                expected=f"one of {', '.join(known)}",
                where=str(file),
            )
        if key != "overrides":
            name = key.replace("-", "_")
            made[name] = _checked(name, value, file)
    return made


def _checked(name: str, value: Any, file: Path) -> Any:
    match name:
        case "paths" | "exclude" | "roots":
            return _texts(name, value, file)
        case "engines":
            return _chosen(name, _texts(name, value, file), _engines(), file)
        case "evidence":
            return _chosen(name, (value,), LEVELS, file)[0]
        case "python" | "cache" | "baseline" | "waivers":
            return _is(name, value, "a text", lambda v: isinstance(v, str), file)
        case "strict":
            return _is(name, value, "true or false", lambda v: isinstance(v, bool), file)
        case "timeout":
            return float(_is(name, value, "a number above 0", _positive, file))
        case "seed":
            return _is(name, value, "a whole number from 0 on", _counts, file)
        case _:
            return _is(name, value, "a whole number above 0", lambda v: _counts(v) and v > 0, file)


def _engines() -> tuple[str, ...]:
    from verify_agent.verifier.options import ENGINES

    return ENGINES


def _texts(name: str, value: Any, file: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _wrong(name, value, "a list of texts", file)
    return tuple(value)


def _chosen(name: str, values: Sequence[Any], known: Sequence[str], file: Path) -> tuple[str, ...]:
    wrong = [v for v in values if v not in known]
    if wrong:
        raise _wrong(name, wrong[0], f"one of {', '.join(known)}", file)
    return tuple(values)


def _is(name: str, value: Any, expected: str, right: Callable[[Any], bool], file: Path) -> Any:
    if not right(value):
        raise _wrong(name, value, expected, file)
    return value


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _wrong(name: str, value: Any, expected: str, file: Path) -> BadInput:
    key = f"`tool.{TABLE}.{name.replace('_', '-')}`"
    return BadInput(f"{key} is {value!r}", expected=expected, where=str(file))
