"""Outcomes that were measured, kept in a folder: a cycle that was killed measures nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from verify_agent.agent.improve.durable import write_whole
from verify_agent.agent.improve.evaluate import Outcome
from verify_agent.agent.synth.synthesizer import Kept


@dataclass
class KeptOutcomes(MutableMapping[str, Outcome]):
    """The outcomes in a folder, one file each, whole or not there. `core` names the code that
    measured them: another version of it knows nothing of them."""

    folder: Path
    core: str
    _known: dict[str, Outcome] = field(default_factory=dict, init=False)

    def __getitem__(self, key: str) -> Outcome:
        if key not in self._known:
            try:
                raw = json.loads(self._path(key).read_text(encoding="utf-8"))
                raw["failed"] = tuple(raw["failed"])
                raw["kept"] = tuple(Kept(**k) for k in raw["kept"])
                self._known[key] = Outcome(**raw)
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise KeyError(key) from error
        return self._known[key]

    def __setitem__(self, key: str, value: Outcome) -> None:
        write_whole(self._path(key), json.dumps(asdict(value)))
        self._known[key] = value

    def __delitem__(self, key: str) -> None:
        self._path(key).unlink()
        self._known.pop(key, None)

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in (self.folder / self.core[:16]).glob("*.json"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _path(self, key: str) -> Path:
        return self.folder / self.core[:16] / f"{key}.json"
