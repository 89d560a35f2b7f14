"""The memory of answers: two levels by bytes, and what becomes of a damaged file."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.llm.answers import DAMAGED, MOST_SET_ASIDE, Answers
from verify_agent.agent.llm.memory import Memory, memory_over
from verify_agent.agent.llm.provider import Message, Reply, Request


def request(text: str) -> Request:
    return Request((Message("user", text),), "m", 0.0, 10, 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 40),
    st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef"), st.integers(0, 50)), max_size=30),
)
def test_it_does_what_a_list_by_last_use_does(
    capacity: int, steps: list[tuple[bool, str, int]]
) -> None:
    memory = Memory(capacity)
    model: list[tuple[str, int]] = []  # the most recent last
    for keeps, key, size in steps:
        known = next((e for e in model if e[0] == key), None)
        if keeps:
            model = [e for e in model if e[0] != key]
            assert memory.keep(key, Reply(key, 1, 1), size) == (size <= capacity)
            if size <= capacity:
                while sum(s for _, s in model) + size > capacity:
                    model.pop(0)
                model.append((key, size))
        else:
            found = memory.find(key)
            assert (found is None) == (known is None)
            if known:
                assert found is not None
                assert found.text == key
                model = [*(e for e in model if e != known), known]
        assert memory.used == sum(s for _, s in model) <= capacity


def test_threads_may_share_it() -> None:
    memory = Memory(1_000)

    def work(name: str) -> None:
        for i in range(300):
            memory.keep(f"{name}{i % 20}", Reply("x", 1, 1), 30)
            memory.find(f"{name}{i % 7}")

    threads = [threading.Thread(target=work, args=(n,)) for n in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < memory.used <= 1_000


def test_the_upper_level_answers_without_the_disk(tmp_path: Path) -> None:
    answers = Answers(tmp_path, memory=Memory())
    answers.keep(request("a"), 0, Reply("said", 3, 4))
    (path,) = tmp_path.iterdir()
    path.unlink()
    found = answers.find(request("a"), 0)
    assert found == Reply("said", 3, 4, cached=True)
    assert found.tokens == 0
    assert path.exists(), "a replay needs it there"
    path.unlink()
    assert replace(answers, memory=Memory()).find(request("a"), 0) is None


def test_the_lower_level_fills_the_upper_one(tmp_path: Path) -> None:
    Answers(tmp_path).keep(request("a"), 0, Reply("said", 3, 4))
    memory = Memory()
    answers = Answers(tmp_path, memory=memory)
    assert answers.find(request("a"), 0) is not None
    assert memory.used == 4
    assert memory_over(tmp_path) is memory_over(tmp_path)
    assert memory_over(tmp_path) is not memory_over(tmp_path / "other")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"\x00\xff" * 40,
        lambda data: data.replace(b"said", b"evil"),
        lambda data: b"[1, 2]",
        lambda data: data.replace(b'"reply"', b'"nothing"'),
    ],
    ids=["empty", "cut", "binary", "changed", "list", "key"],
)
def test_a_damaged_file_is_noticed_and_set_aside(damage: object, tmp_path: Path) -> None:
    heard: list[str] = []
    answers = Answers(tmp_path, heard=heard.append)
    answers.keep(request("a"), 0, Reply("said", 3, 4))
    (path,) = tmp_path.iterdir()
    assert callable(damage)
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    assert answers.find(request("a"), 0) is None
    (aside,) = tmp_path.iterdir()
    assert aside.suffix == DAMAGED
    assert aside.read_bytes() == damaged
    assert len(heard) == 1
    assert "set aside" in heard[0]
    answers.keep(request("a"), 0, Reply("said", 3, 4))
    assert answers.find(request("a"), 0) is not None


def test_only_so_many_are_set_aside(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    for number in range(MOST_SET_ASIDE + 4):
        answers.keep(request(str(number)), 0, Reply("said", 3, 4))
        (path,) = tmp_path.glob("*.json")
        path.write_text("{")
        assert answers.find(request(str(number)), 0) is None
    assert len(list(tmp_path.iterdir())) == MOST_SET_ASIDE


def test_another_format_is_left_alone(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    answers.keep(request("a"), 0, Reply("said", 3, 4))
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text().replace('"format": 2', '"format": 99'))
    assert answers.find(request("a"), 0) is None
    assert path.exists()
