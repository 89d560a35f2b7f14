"""What is known of functions from earlier runs: looked up before engines are asked, kept after."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from verify_agent.verifier.cache import alike
from verify_agent.verifier.cache.entry import (
    Damaged,
    Entry,
    attempt_of,
    from_text,
    plain_attempt,
    to_text,
    words_of,
    worth_keeping,
)
from verify_agent.verifier.cache.key import environment, key_of
from verify_agent.verifier.cache.store import Local, Remote, Store
from verify_agent.verifier.evidence import Attempt, FunctionReport, Verdict
from verify_agent.verifier.frontend.load import Module
from verify_agent.verifier.frontend.reach import Reach
from verify_agent.verifier.options import Options
from verify_agent.verifier.subject import TYPES, Subject, types_obligation

_PROOF = "proof"
_TESTS = "tests"
_KIND = {"deductive": _PROOF, "symbolic": _PROOF, "properties": _TESTS, "typing": TYPES}


def place_of(subject: Subject) -> str:
    """A name for a function that no other one of a run has: files may share a module's name."""
    return f"{subject.path}::{subject.id}"


@dataclass(frozen=True)
class Done:
    """A function that a run which was cut had finished: its words and remarks."""

    attempts: Mapping[str, tuple[Attempt, ...]]
    notes: tuple[str, ...]


@dataclass
class Cache:
    """The cache of one run. `local` keeps the run's journal, `remote` is behind it.

    `fresh` looks nothing up and still keeps the journal: what `--no-cache` means. Without
    `resume` the journal of a run that was cut is thrown away.
    """

    local: Local
    options: Options
    remote: Remote | None = None
    fresh: bool = False
    resume: bool = True
    notes: list[str] = field(default_factory=list)
    _modules: tuple[Module, ...] = ()
    _keys: dict[str, dict[str, str]] = field(default_factory=dict)
    _reaches: dict[str, Reach] = field(default_factory=dict)
    _module_forms: dict[str, str] = field(default_factory=dict)
    _base: str = ""
    _run: str = ""

    def open(self, modules: Sequence[Module]) -> None:
        """Say what this run is about: everything else speaks of these modules' functions."""
        self._modules = tuple(modules)
        self._name(modules)

    def recall(self) -> Mapping[str, Entry]:
        """What is known of the functions, by their places."""
        if self.fresh:
            return {}
        wanted = dict.fromkeys(key for keys in self._keys.values() for key in keys.values())
        texts = self._texts(wanted)
        entries = {key: e for key, text in texts.items() if (e := self._read(key, text))}
        entries |= self._alike(entries)
        found: dict[str, Entry] = {}
        for module in self._modules:
            for subject in module.subjects:
                entry = self._entry(subject, entries)
                if entry is not None:
                    found[place_of(subject)] = entry
        return found

    def keep(self, subject: Subject, report: FunctionReport) -> None:
        """Keep what was found out anew, and that the function is done in this run."""
        place = place_of(subject)
        keys = self._keys[place]
        self.local.note_done(self._run, place, _done_text(keys[_PROOF], report))
        if self.fresh or subject.unread:
            return
        made = _entries(subject, report)
        if not made:
            return
        forms = self._forms(subject, made)
        for kind, entry in made.items():
            self._put(keys[kind], entry)
            form = alike.to_form(subject, entry)
            if form is not None and kind in forms:
                self._put(forms[kind], form)

    def resumed(self) -> Mapping[str, Done]:
        """The functions that the same run, cut before its end, had finished."""
        found: dict[str, Done] = {}
        if not self.resume:
            self.local.end(self._run)
        for function, text in self.local.journal(self._run).items():
            record = json.loads(text)
            if record["key"] == self._keys.get(function, {}).get(_PROOF):
                attempts = {
                    o: tuple(attempt_of(a) for a in made) for o, made in record["attempts"].items()
                }
                found[function] = Done(attempts, tuple(record["notes"]))
        return found

    def end(self, *, cut: bool) -> tuple[str, ...]:
        """Close; a run that was not cut leaves nothing to resume. Remarks for people."""
        if not cut:
            self.local.end(self._run)
        told = [*self.notes, *self.local.notes, *(self.remote.notes if self.remote else ())]
        for store in self._stores():
            store.close()
        return tuple(dict.fromkeys(told))

    def _put(self, key: str, entry: Entry) -> None:
        """Keep an entry, joined with what is under the key already."""
        text = self.local.get([key]).get(key)
        known = self._read(key, text) if text else None
        whole = to_text(known.merged(entry) if known else entry)
        for store in self._stores():
            store.put(key, whole)

    def _alike(self, entries: Mapping[str, Entry]) -> Mapping[str, Entry]:
        """What is known of programs of the same form, for functions that are not known as they are.

        It is kept under the text's own key too, so that the next run need not look again.
        """
        asked: dict[str, list[tuple[str, Subject]]] = {}
        for module in self._modules:
            for subject in module.subjects:
                keys = self._keys[place_of(subject)]
                unknown = [kind for kind, key in keys.items() if key not in entries]
                if len(unknown) < len(keys) - (TYPES in unknown):
                    # The text is known: what was not asked of it was not asked of its like.
                    unknown = [kind for kind in unknown if kind == TYPES]
                for kind, form in self._forms(subject, unknown).items() if unknown else ():
                    asked.setdefault(form, []).append((keys[kind], subject))
        found: dict[str, Entry] = {}
        for form, text in self._texts(asked).items():
            entry = self._read(form, text)
            for key, subject in asked[form]:
                made = entry and alike.from_form(subject, entry)
                if made is not None and key not in found:
                    found[key] = made
                    self.local.put(key, to_text(made))
        return found

    def _forms(self, subject: Subject, kinds: Iterable[str]) -> Mapping[str, str]:
        """The keys of the program's form by kind; none where the code may look at its own text."""
        reach = self._reaches[place_of(subject)]
        tests = f"{self.options.examples} {self.options.seed}"
        shape = alike.shape(subject)
        made: dict[str, str] = {}
        for kind in kinds:
            if kind == TYPES:
                if subject.path not in self._module_forms:
                    made_of = reach.form_of_module(subject.module, subject.roots)
                    self._module_forms[subject.path] = made_of
                form = self._module_forms[subject.path]
                about: tuple[str, ...] = (self._base, subject.module)
            else:
                form = reach.form_of_function(subject.module, subject.qualname, subject.roots)
                about = (self._base, subject.module, subject.qualname, *shape)
            if form:
                of_tests = (tests,) if kind == _TESTS else ()
                made[kind] = key_of(f"form of {kind}", *of_tests, form, *about)
        return made

    def _name(self, modules: Sequence[Module]) -> None:
        """Make the keys of all functions, and the name of the run."""
        base = self._base = environment(self.options.python)
        tests = f"{self.options.examples} {self.options.seed}"
        reaches: dict[tuple[str, tuple[str, ...]], Reach] = {}
        shared = Reach()
        for module in modules:
            place = (module.name, module.roots)
            # Of two files with one name under the same roots each is read for itself.
            reaches[place] = shared if place not in reaches else Reach()
            reaches[place].enter(module.name, module.path, module.source, module.roots)
            self._name_module(module, reaches[place], base, tests)
        self._run = key_of("run", self.options.digest, str(self.options.stop_at), *self._keys)

    def _name_module(self, module: Module, reach: Reach, base: str, tests: str) -> None:
        types = key_of(TYPES, base, module.name, reach.of_module(module.name, module.roots))
        for s in module.subjects:
            self._reaches[place_of(s)] = reach
            text = reach.of_function(module.name, s.qualname, module.roots)
            about = (base, s.module, s.qualname, text)
            self._keys[place_of(s)] = {
                _PROOF: key_of(_PROOF, *about),
                _TESTS: key_of(_TESTS, tests, *about),
                TYPES: types,
            }

    def _texts(self, wanted: Iterable[str]) -> Mapping[str, str]:
        found = dict(self.local.get(wanted))
        if self.remote is not None:
            further = self.remote.get([key for key in wanted if key not in found])
            for key, text in further.items():
                if self._read(key, text) is not None:
                    self.local.put(key, text)
                    found[key] = text
        return found

    def _read(self, key: str, text: str) -> Entry | None:
        try:
            return from_text(text)
        except Damaged as problem:
            self.notes.append(f"an entry of the cache was damaged and is made anew: {problem}")
            for store in self._stores():
                store.drop(key)
            return None

    def _entry(self, subject: Subject, entries: Mapping[str, Entry]) -> Entry | None:
        """All that is known of a function, under its ids and at its line, marked as known."""
        made: Entry | None = None
        for kind, key in self._keys[place_of(subject)].items():
            entry = entries.get(key)
            if entry is None:
                continue
            if kind == TYPES:
                about = types_obligation(subject).id
                entry = Entry(subject.line, {about: entry.attempts.get(TYPES, ())}, entry.whole)
            entry = entry.at(subject.line)
            made = made.merged(entry) if made else entry
        return _recalled(made) if made else None

    def _stores(self) -> list[Store]:
        return [self.local, *([self.remote] if self.remote else [])]


def _recalled(entry: Entry) -> Entry:
    """The attempts as this run may use them: a counterexample is a claim until it is run again."""
    attempts = {o: tuple(_one(a) for a in made) for o, made in entry.attempts.items()}
    return replace(entry, attempts=attempts)


def _one(attempt: Attempt) -> Attempt:
    if attempt.outcome is not Verdict.REFUTED:
        return replace(attempt, cache=True)
    assert attempt.counterexample is not None
    claimed = replace(attempt.counterexample, replayed=False)
    return replace(attempt, cache=True, outcome=Verdict.CANDIDATE, counterexample=claimed)


def _entries(subject: Subject, report: FunctionReport) -> dict[str, Entry]:
    """What of a report is worth keeping, by kind of key; what came from the cache is there."""
    kept: dict[str, list[tuple[str, Attempt]]] = {}
    whole: dict[str, set[str]] = {}
    for engine, pairs in _by_engine(report).items():
        kind = _KIND.get(engine)
        fresh = [(o, a) for o, a in pairs if not a.cache]
        if kind is None or not fresh:
            continue
        sure = [(TYPES if kind == TYPES else o, a) for o, a in fresh if worth_keeping(a)]
        if len(sure) == len(fresh):
            whole.setdefault(kind, set()).add(engine)
        kept.setdefault(kind, []).extend(sure)
    return {
        kind: Entry(subject.line, words_of(pairs), frozenset(whole.get(kind, ())))
        for kind, pairs in kept.items()
        if pairs
    }


def _by_engine(report: FunctionReport) -> dict[str, list[tuple[str, Attempt]]]:
    found: dict[str, list[tuple[str, Attempt]]] = {}
    for obligation in report.obligations:
        for attempt in obligation.attempts:
            found.setdefault(attempt.engine, []).append((obligation.id, attempt))
    return found


def _done_text(key: str, report: FunctionReport) -> str:
    record: dict[str, Any] = {
        "key": key,
        "notes": list(report.notes),
        "attempts": {o.id: [plain_attempt(a) for a in o.attempts] for o in report.obligations},
    }
    return json.dumps(record)
