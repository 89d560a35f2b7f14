"""What is remembered, as values, and as lines of text that show when they were changed.

A record is trusted with nothing. Its checksum tells damage from what was written; what a whole
record says is still only a proposal.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


class Damaged(ValueError):
    """A record that does not fit its checksum or can't be read."""


@dataclass(frozen=True)
class Solved:
    """A contract that was met once.

    `key` is the digest of its normal form and `form` that form as text; `program` is the function
    under the names of the normal form. `verdict` is the evidence that it had, `proofs` are the
    digests of the formulas that were proved, `invariants` the loop invariants of the proofs.
    """

    kind: ClassVar[str] = "solved"
    key: str
    family: str
    form: str
    program: str
    strategy: str
    title: str
    verdict: str
    proofs: tuple[str, ...] = ()
    invariants: tuple[str, ...] = ()

    @property
    def item(self) -> str:
        """One program a contract: the later takes the place of the earlier."""
        return ""


@dataclass(frozen=True)
class Failure:
    """A candidate that a run refuted: `inputs` is a Python tuple, the arguments that did it.

    `program` and `inputs` are in the names and the order of the normal form.
    """

    kind: ClassVar[str] = "failed"
    key: str
    family: str
    program: str
    inputs: str
    title: str

    @property
    def item(self) -> str:
        """What tells two failures of one contract apart."""
        return hashlib.sha256(self.program.encode()).hexdigest()[:16]


Record = Solved | Failure
_KINDS: dict[str, type[Solved] | type[Failure]] = {"solved": Solved, "failed": Failure}


def to_text(record: Record) -> str:
    """The record as one line of JSON, its checksum in front.

    >>> from_text(to_text(Failure("k", "f", "def f(p0): ...", "(1,)", "f(x)"))).inputs
    '(1,)'
    """
    body = json.dumps({"kind": record.kind, **asdict(record)}, sort_keys=True)
    return f"{_checksum(body)} {body}"


def from_text(text: str) -> Record:
    """The record in a line; `Damaged` where it is not what was written."""
    checksum, _, body = text.partition(" ")
    if checksum != _checksum(body):
        raise Damaged("the checksum does not fit")
    try:
        values: dict[str, Any] = json.loads(body)
        made = _KINDS[values.pop("kind")]
        return made(**{name: _plain(value) for name, value in values.items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise Damaged(f"it is no record: {problem}") from problem


def _plain(value: object) -> Any:
    match value:
        case str():
            return value
        case list() if all(isinstance(v, str) for v in value):
            return tuple(value)
    raise TypeError(f"no text: {value!r}")


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:32]
