"""The memory of runs: bounded, sound or set aside, shared by processes."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.memory.records import Damaged, Failure, Solved, from_text, to_text
from verify_agent.agent.memory.store import MOST_FAILURES, Memory
from verify_agent.agent.memory.transfer import export_to, import_from
from verify_agent.agent.run_store import FILE, Run, open_store
from verify_agent.verifier.errors import BadInput


def solved(key: str, program: str = "def f(p0): return p0", family: str = "int") -> Solved:
    return Solved(key, family, "form", program, "search", f"title of {key}", "proved", ("a1",))


def failure(key: str, program: str, inputs: str = "(1,)") -> Failure:
    return Failure(key, "int", program, inputs, "f(x)")


texts = st.text('ab "\\\n\u2028é\ud800\U0001f600', max_size=6)
calm = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(st.builds(Solved, *[texts] * 7, st.lists(texts).map(tuple), st.lists(texts).map(tuple)))
def test_a_record_comes_back_as_it_was(record: Solved) -> None:
    assert from_text(to_text(record)) == record


@calm
@given(st.integers(0, 200), st.sampled_from("abcxyz0189"))
def test_a_changed_record_is_noticed(place: int, new: str) -> None:
    text = to_text(solved("k"))
    changed = text[:place] + new + text[place + 1 :]
    if changed != text:
        with pytest.raises(Damaged):
            from_text(changed)


def test_what_is_kept_is_found(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    assert memory.keep(solved("a"), solved("b"), failure("a", "x"), failure("a", "y")) == 4
    memory.close()
    again = Memory(tmp_path)
    assert again.solved("a") == solved("a")
    assert again.solved("c") is None
    assert again.failures("a") == (failure("a", "y"), failure("a", "x"))
    assert [r.key for r in again.relatives("int")] == ["a", "b"]
    assert again.notes == []


def test_a_later_program_takes_the_place(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep(solved("a", "old"), solved("a", "new"))
    assert memory.everything() == (solved("a", "new"),)


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    one = len(to_text(solved("k0")).encode())
    memory = Memory(tmp_path, capacity=3 * one)
    memory.keep(solved("k0"), solved("k1"), solved("k2"))
    assert memory.solved("k0") is not None
    memory.keep(solved("k3"))
    assert {r.key for r in memory.everything()} == {"k0", "k2", "k3"}
    assert memory.size <= memory.capacity
    assert memory.keep(solved("huge", "x" * 4 * one)) == 0
    assert {r.key for r in memory.everything()} == {"k0", "k2", "k3"}


@calm
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 300)), max_size=20))
def test_the_bound_holds_whatever_comes(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]
) -> None:
    memory = Memory(tmp_path_factory.mktemp("m"), capacity=1500)
    for key, length in steps:
        memory.keep(solved(str(key), "x" * length))
        assert memory.size <= 1500
    memory.close()


def test_failures_of_one_contract_are_bounded(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep(*(failure("a", str(n)) for n in range(MOST_FAILURES + 10)), failure("b", "0"))
    kept = memory.failures("a")
    assert len(kept) == MOST_FAILURES
    assert kept[0].program == str(MOST_FAILURES + 9)
    assert len(memory.failures("b")) == 1


def test_forgetting(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep(solved("ab1"), solved("ab2"), solved("c"), failure("ab1", "x"), failure("c", "x"))
    assert memory.forget(key="ab", kind="solved") == 2
    assert memory.forget(kind="failed") == 2
    assert [r.key for r in memory.everything()] == ["c"]
    assert memory.forget() == 1
    assert memory.everything() == ()


def test_out_and_in_again(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "one")
    memory.keep(solved("a"), failure("a", "x"), solved("b"))
    path = tmp_path / "memory.jsonl"
    assert export_to(memory, path) == 3
    other = Memory(tmp_path / "two")
    assert import_from(other, path) == 3
    assert other.everything() == memory.everything()


def test_a_file_that_is_no_memory_changes_nothing(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "one")
    memory.keep(solved("a"))
    path = tmp_path / "memory.jsonl"
    export_to(memory, path)
    lines = path.read_text().splitlines()
    for wrong in (
        "",
        "{}",
        "[]",
        "nonsense",
        "\n".join([*lines, lines[1].replace("form", "norm")]),
    ):
        path.write_text(wrong)
        with pytest.raises(BadInput):
            import_from(memory, path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput):
        import_from(memory, path)
    with pytest.raises(BadInput):
        import_from(memory, tmp_path / "missing")
    assert memory.everything() == (solved("a"),)


@pytest.mark.parametrize("damage", ["garbage", "cut", "pages", "table"])
def test_a_damaged_file_is_set_aside(tmp_path: Path, damage: str) -> None:
    memory = Memory(tmp_path)
    memory.keep(*(solved(f"k{n}", "x" * 500) for n in range(200)))
    memory.close()
    path = tmp_path / FILE
    data = path.read_bytes()
    if damage == "garbage":
        path.write_bytes(b"no database at all, but long enough to be one" * 100)
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "pages":
        path.write_bytes(data[:8192] + b"\xff" * (len(data) - 16384) + data[-8192:])
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("drop table memory")
            connection.execute("create table memory (key text, program text)")
        connection.close()
    fresh = Memory(tmp_path)
    assert fresh.everything() == ()
    assert any("put aside" in note for note in fresh.notes)
    assert (tmp_path / f"{FILE}.damaged").exists()
    assert fresh.keep(solved("a")) == 1
    fresh.close()
    assert Memory(tmp_path).solved("a") == solved("a")


def test_a_record_that_was_changed_by_hand_is_dropped(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep(solved("a"), solved("b"), solved("c"))
    memory.close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("update memory set record = replace(record, 'p0', 'p1') where key = 'a'")
        connection.execute("update memory set key = 'd' where key = 'b'")
    connection.close()
    again = Memory(tmp_path)
    assert again.solved("a") is None
    assert again.solved("d") is None
    assert again.everything() == (solved("c"),)
    assert len(again.notes) == 2


def test_damage_that_shows_up_later_ends_its_use(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep(*(solved(f"k{n}", "x" * 500) for n in range(200)))
    memory.close()
    memory = Memory(tmp_path)
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))
    for number in range(200):
        assert memory.solved(f"k{number}") in (None, solved(f"k{number}", "x" * 500))
    memory.close()
    again = Memory(tmp_path)
    assert any("put aside" in note for note in again.notes)
    assert again.everything() == ()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "state")
    assert memory.keep(solved("a")) == 0
    assert memory.solved("a") is None
    assert memory.size == 0
    assert any("can't be used" in note for note in memory.notes)


def test_runs_stand_in_the_same_file(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    memory = Memory(tmp_path)
    store.begin(Run("r", "2026-01-01", "t.yaml", (), 0))
    memory.keep(solved("a"))
    store.close()
    assert memory.solved("a") == solved("a")
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("select id from runs").fetchall() == [("r",)]
    connection.close()


def _work(folder: Path, number: int) -> None:
    memory = Memory(folder)
    for step in range(10):
        memory.keep(solved(f"{number}-{step}"), failure("all", f"{number}-{step % 5}"))
        memory.solved(f"{(number + 1) % 4}-{step}")
    assert memory.notes == []
    memory.close()


def test_several_processes_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_work, args=(tmp_path, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [w.exitcode for w in workers] == [0] * 4
    memory = Memory(tmp_path)
    assert len([r for r in memory.everything() if r.kind == "solved"]) == 40
    assert len(memory.failures("all")) == 20
    assert memory.notes == []


def _open_damaged(folder: Path, number: int) -> None:
    memory = Memory(folder)
    memory.keep(solved(str(number)))
    memory.close()


def test_several_processes_meet_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database, whatever its name says" * 200)
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_open_damaged, args=(tmp_path, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    memory = Memory(tmp_path)
    assert {r.key for r in memory.everything()} == {"0", "1", "2", "3"}
    assert [p.name for p in tmp_path.glob("*.damaged*")] == [f"{FILE}.damaged"]
