"""The cache keeps what is sure, notices damage, and can be shared."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from verify_agent.verifier.cache.cache import Cache
from verify_agent.verifier.cache.entry import Damaged, Entry, from_text, to_text
from verify_agent.verifier.cache.store import FILE, Local, Remote
from verify_agent.verifier.evidence import Attempt, Counterexample, FunctionReport, Verdict
from verify_agent.verifier.frontend.load import Module, load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.plan import report_of
from verify_agent.verifier.subject import obligations_of

SOURCE = """\
from icontract import ensure


@ensure(lambda x, result: result > x)
def f(x: int) -> int:
    return x + 1
"""
OPTIONS = Options()


def module(source: str = SOURCE) -> Module:
    return load(source, "m.py", "m")


def report(made: Module, *attempts: Attempt) -> FunctionReport:
    (subject,) = made.subjects
    words = {o.id: list(attempts) for o in obligations_of(subject)}
    return report_of(subject, words, (), types=False)


def opened(folder: Path, made: Module, options: Options = OPTIONS, **settings: object) -> Cache:
    cache = Cache(Local(folder), options, **settings)  # type: ignore[arg-type]
    cache.open([made])
    return cache


def kept(folder: Path, made: Module, *attempts: Attempt) -> None:
    cache = opened(folder, made)
    cache.keep(made.subjects[0], report(made, *attempts))
    assert cache.end(cut=False) == ()


def recalled(folder: Path, made: Module, options: Options = OPTIONS) -> Entry | None:
    cache = opened(folder, made, options)
    try:
        return cache.recall().get("m.py::m:f")
    finally:
        cache.end(cut=False)


def words(entry: Entry | None) -> set[tuple[str, str]]:
    assert entry is not None
    return {(a.engine, a.outcome.value) for made in entry.attempts.values() for a in made}


PROVED = Attempt("deductive", Verdict.PROVED, details=("loop at line 5 keeps: x",))
TESTED = Attempt("properties", Verdict.TESTED)
UNKNOWN = Attempt("symbolic", Verdict.UNKNOWN, "timeout")


def test_what_is_sure_is_kept_and_nothing_unknown(tmp_path: Path) -> None:
    kept(tmp_path, module(), PROVED, TESTED, UNKNOWN)
    entry = recalled(tmp_path, module())
    assert words(entry) == {("deductive", "proved"), ("properties", "tested")}
    assert entry is not None
    assert entry.whole == {"deductive", "properties"}
    assert all(a.cache for made in entry.attempts.values() for a in made)
    with sqlite3.connect(tmp_path / FILE) as connection:
        texts = [text for (text,) in connection.execute("SELECT text FROM entries")]
    assert texts
    assert not any("unknown" in text for text in texts)


def test_a_counterexample_is_a_claim_until_it_is_run_again(tmp_path: Path) -> None:
    shown = Counterexample("f(1)", "returned 1", replayed=True)
    kept(tmp_path, module(), Attempt("properties", Verdict.REFUTED, counterexample=shown))
    assert words(recalled(tmp_path, module())) == {("properties", "candidate")}


@pytest.mark.parametrize(
    ("source", "options", "found"),
    [
        (SOURCE, OPTIONS, {"deductive", "properties"}),
        (SOURCE.replace("x + 1", "x + 2"), OPTIONS, set()),
        (SOURCE.replace("result > x", "result >= x"), OPTIONS, set()),
        (SOURCE, replace(OPTIONS, seconds=1.0, jobs=7), {"deductive", "properties"}),
        (SOURCE, replace(OPTIONS, seed=5), {"deductive"}),
        (SOURCE, replace(OPTIONS, examples=5), {"deductive"}),
        ("# moved\n" + SOURCE, OPTIONS, {"deductive", "properties"}),
    ],
    ids=["same", "body", "contract", "time", "seed", "examples", "moved"],
)
def test_the_key_is_all_that_a_word_can_depend_on(
    source: str, options: Options, found: set[str], tmp_path: Path
) -> None:
    kept(tmp_path, module(), PROVED, TESTED)
    entry = recalled(tmp_path, module(source), options)
    assert {e for e, _ in words(entry)} == found if found else entry is None


def test_lines_in_remarks_move_with_the_function(tmp_path: Path) -> None:
    kept(tmp_path, module(), PROVED)
    entry = recalled(tmp_path, module("# one\n# two\n" + SOURCE))
    assert entry is not None
    details = {a.details for made in entry.attempts.values() for a in made}
    assert details == {("loop at line 7 keeps: x",)}


@pytest.mark.parametrize("damage", [b"no database at all", b"SQLite format 3\x00" + b"x" * 4000])
def test_a_damaged_file_is_noticed_and_begun_anew(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(damage)
    cache = opened(tmp_path, module())
    cache.keep(module().subjects[0], report(module(), PROVED))
    (told,) = cache.end(cut=False)
    assert "damaged" in told
    assert (tmp_path / f"{FILE}.damaged").read_bytes() == damage
    assert words(recalled(tmp_path, module())) == {("deductive", "proved")}


def test_a_damaged_entry_is_noticed_and_made_anew(tmp_path: Path) -> None:
    kept(tmp_path, module(), PROVED)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("UPDATE entries SET text = replace(text, 'deductive', 'symbolic')")
    cache = opened(tmp_path, module())
    assert cache.recall() == {}
    (told,) = cache.end(cut=False)
    assert "an entry of the cache was damaged" in told
    kept(tmp_path, module(), PROVED)
    assert words(recalled(tmp_path, module())) == {("deductive", "proved")}


@pytest.mark.parametrize("text", ["", "x\ny", to_text(Entry(1, {})).replace("line", "lime")])
def test_an_entry_that_is_not_what_was_written_is_damaged(text: str) -> None:
    with pytest.raises(Damaged):
        from_text(text)


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_a_cache_is_shared_through_a_url(scheme: str, tmp_path: Path) -> None:
    url = f"{scheme}://{tmp_path}/shared"
    first = opened(tmp_path / "a", module(), remote=Remote(url))
    first.keep(module().subjects[0], report(module(), PROVED, UNKNOWN))
    assert first.end(cut=False) == ()
    second = opened(tmp_path / "b", module(), remote=Remote(url))
    assert words(second.recall().get("m.py::m:f")) == {("deductive", "proved")}
    assert second.end(cut=False) == ()
    assert words(recalled(tmp_path / "b", module())) == {("deductive", "proved")}


def test_a_shared_entry_that_is_damaged_is_not_used(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/shared"
    first = opened(tmp_path / "a", module(), remote=Remote(url))
    first.keep(module().subjects[0], report(module(), PROVED))
    first.end(cut=False)
    for file in (tmp_path / "shared").rglob("*.json"):
        file.write_text(file.read_text().replace("deductive", "symbolic"))
    second = opened(tmp_path / "b", module(), remote=Remote(url))
    assert second.recall() == {}
    assert any("damaged" in told for told in second.end(cut=False))


def test_no_cache_looks_nothing_up_and_still_can_be_resumed(tmp_path: Path) -> None:
    kept(tmp_path, module(), PROVED)
    cache = opened(tmp_path, module(), fresh=True)
    assert cache.recall() == {}
    cache.keep(module().subjects[0], report(module(), UNKNOWN))
    cache.end(cut=True)
    again = opened(tmp_path, module(), fresh=True)
    (done,) = again.resumed().values()
    assert {a.outcome for made in done.attempts.values() for a in made} == {Verdict.UNKNOWN}
    again.end(cut=False)
    assert opened(tmp_path, module(), fresh=True).resumed() == {}


def test_a_run_that_was_cut_is_resumed_only_where_the_text_is_the_same(tmp_path: Path) -> None:
    cache = opened(tmp_path, module())
    cache.keep(module().subjects[0], report(module(), UNKNOWN))
    cache.end(cut=True)
    assert set(opened(tmp_path, module()).resumed()) == {"m.py::m:f"}
    assert opened(tmp_path, module(SOURCE.replace("+ 1", "+ 2"))).resumed() == {}
    assert opened(tmp_path, module(), resume=False).resumed() == {}


def test_files_that_share_a_name_share_no_evidence(tmp_path: Path) -> None:
    other = load(SOURCE.replace("x + 1", "x"), "other/m.py", "m")
    cache = Cache(Local(tmp_path), OPTIONS)
    cache.open([module(), other])
    cache.keep(module().subjects[0], report(module(), PROVED))
    cache.end(cut=True)
    again = Cache(Local(tmp_path), OPTIONS)
    again.open([module(), other])
    assert set(again.recall()) == {"m.py::m:f"}
    assert set(again.resumed()) == {"m.py::m:f"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = opened(tmp_path / "file", module())
    cache.keep(module().subjects[0], report(module(), PROVED))
    assert cache.recall() == {}
    (told,) = cache.end(cut=False)
    assert "nothing is kept" in told
