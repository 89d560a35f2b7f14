"""What need not be asked again: functions known from the cache or from a run that was cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verify_agent.verifier.cache.cache import Cache, Done, place_of
from verify_agent.verifier.cache.entry import Entry
from verify_agent.verifier.evidence import FunctionReport, Verdict
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.plan import enough, report_of
from verify_agent.verifier.subject import Subject

_TYPING = "typing"


@dataclass(frozen=True)
class Known:
    """What is known of a function: its report if that is all, else an entry to start from."""

    report: FunctionReport | None
    entry: Entry | None
    engines: tuple[str, ...]


@dataclass(frozen=True)
class Recalled:
    """What the cache and the journal have to say in a run."""

    entries: Mapping[str, Entry]
    done: Mapping[str, Done]
    options: Options

    @classmethod
    def of(cls, cache: Cache | None, options: Options) -> Recalled:
        """All that is known; nothing without a cache."""
        if cache is None:
            return cls({}, {}, options)
        return cls(cache.recall(), cache.resumed(), options)

    def of_job(self, subject: Subject, *, types: bool) -> Known:
        """What is known of a function, and which engines are still to be asked."""
        wanted = tuple(e for e in self.options.engines if types or e != _TYPING)
        if subject.unread:
            # No engine has a word about a contract that could not be read.
            return Known(report_of(subject, {}, (), types=False), None, ())
        done = self.done.get(place_of(subject))
        if done is not None:
            return Known(report_of(subject, done.attempts, done.notes, types=types), None, wanted)
        entry = self.entries.get(place_of(subject))
        if entry is None:
            return Known(None, None, wanted)
        entry = self._limited(entry, subject, wanted)
        report = report_of(subject, entry.attempts, (), types=types and _TYPING in wanted)
        missing = self._missing(entry, report, wanted)
        return Known(None if missing else report, entry, missing)

    def _limited(self, entry: Entry, subject: Subject, wanted: tuple[str, ...]) -> Entry:
        """Only what the engines of this run said."""
        attempts = {
            obligation: tuple(a for a in made if a.engine in wanted)
            for obligation, made in entry.attempts.items()
        }
        return Entry(entry.line, {o: made for o, made in attempts.items() if made}, entry.whole)

    def _missing(
        self, entry: Entry, report: FunctionReport, wanted: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The engines to ask: none where nothing stronger can come of it."""
        types = next((o for o in report.obligations if o.kind == "types"), None)
        typing = types is not None and types.verdict is not Verdict.PROVED
        rest = tuple(e for e in wanted if e != _TYPING and e not in entry.whole)
        claimed = any(o.verdict is Verdict.CANDIDATE for o in report.obligations)
        if claimed or enough(report, self.options.stop_at or Verdict.PROVED):
            rest = rest if claimed else ()
        missing = (*((_TYPING,) if typing else ()), *rest)
        if claimed and not missing:
            return wanted
        return missing
