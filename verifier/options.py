"""Options of a check: what a person may set, what it becomes, and which of it changes verdicts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.evidence import Verdict

#: All engines, cheapest first: the order in which they are started.
ENGINES = ("typing", "properties", "deductive", "symbolic")
_MATTER = ("engines", "seconds", "per_query_ms", "rlimit", "examples", "memory_mb", "seed")


@dataclass(frozen=True)
class Options:
    """Everything that a check needs to know; `seconds` and the rest are per function.

    With `stop_at` a function's other engines are stopped as soon as every obligation has that
    evidence or one is refuted; without it all engines run to their end. `jobs` functions are
    checked side by side, each by engines of its own; with `keep_proofs` the session holds what
    was proved.
    """

    engines: tuple[str, ...] = ENGINES
    seconds: float = 20.0
    per_query_ms: int = 5_000
    rlimit: int = 40_000_000
    examples: int = 200
    memory_mb: int = 2_048
    seed: int = 0
    jobs: int = 2
    stop_at: Verdict | None = None
    python: str = ""
    keep_proofs: bool = False

    @property
    def limits(self) -> Limits:
        """The limits that an engine is given."""
        return Limits(self.seconds, self.per_query_ms, self.rlimit, self.examples, self.memory_mb)

    @property
    def digest(self) -> str:
        """A digest of the options that can change a verdict."""
        every = asdict(self)
        chosen = {name: every[name] for name in _MATTER}
        return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()[:16]


def total(partial: Mapping[str, Any], base: Options = Options()) -> Options:
    """The options with those of `partial` that are not `None` put in; `BadInput` for a bad one.

    >>> total({"seconds": 3, "seed": None}).seconds
    3.0
    """
    known = {f.name for f in fields(Options)}
    unknown = sorted(set(partial) - known)
    if unknown:
        raise BadInput(f"there is no option {unknown[0]}", expected=", ".join(sorted(known)))
    given = {name: _checked(name, v) for name, v in partial.items() if v is not None}
    return replace(base, **given)


def _checked(name: str, value: Any) -> Any:
    match name:
        case "engines":
            chosen = tuple(value)
            wrong = [e for e in chosen if e not in ENGINES]
            if wrong or not chosen:
                found = f"there is no engine {wrong[0]}" if wrong else "no engine is chosen"
                raise BadInput(found, expected=f"some of {', '.join(ENGINES)}")
            return tuple(e for e in ENGINES if e in chosen)
        case "seconds":
            return float(_positive(name, value))
        case "stop_at":
            return value if isinstance(value, Verdict) else _verdict(value)
        case "seed":
            return int(value)
        case "keep_proofs":
            return bool(value)
        case "python":
            return str(value)
        case _:
            return int(_positive(name, value))


def _positive(name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise BadInput(f"{name} is {value!r}", expected="a number above 0")
    return value


def _verdict(text: str) -> Verdict:
    positive = [v for v in Verdict if v.positive]
    for verdict in positive:
        if verdict.value == text:
            return verdict
    raise BadInput(
        f"{text!r} is no evidence", expected=f"one of {', '.join(v.value for v in positive)}"
    )
