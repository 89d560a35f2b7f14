"""Batches: each query is in exactly one, equal ones are sent once, failures stay where they are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from verify_agent.agent.llm.provider import Message, ProviderError, Reply, Request, Trouble
from verify_agent.agent.llm.windows import Windows, side_by_side


def request(text: str) -> Request:
    return Request((Message("user", text),), "m", 0.0, 10, 0)


@dataclass
class Clock:
    """Time that moves when it is told to."""

    now: int = 0

    def __call__(self) -> int:
        return self.now


@dataclass
class Echo:
    """Says what it was asked; `bad` fails."""

    asked: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        text = request.messages[0].text
        self.asked.append(text)
        if text == "bad":
            raise ProviderError(Trouble.CUT, "echo")
        return Reply(text, 1, 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def windows(clock: Clock, echo: Echo) -> Iterator[Windows]:
    made = Windows(echo, width=10, milliseconds=clock)
    yield made
    made.close()


def test_a_query_at_a_border_is_in_the_later_window_only(windows: Windows, clock: Clock) -> None:
    asked = []
    for now in (0, 9, 10, 19, 20):
        clock.now = now
        asked.append(windows.ask(request(str(now))))
    clock.now = 30
    windows.ask(request("later"))
    windows.close()
    assert [a.result(30).text for a in asked] == ["0", "9", "10", "19", "20"]
    by_number: dict[int, int] = {}
    for batch in windows.sent:
        by_number[batch.number] = by_number.get(batch.number, 0) + batch.queries
    assert by_number == {0: 2, 1: 2, 2: 1, 3: 1}


def test_equal_queries_of_one_window_are_sent_once(windows: Windows, echo: Echo) -> None:
    asked = [windows.ask(request("same")) for _ in range(5)]
    asked.append(windows.ask(request("other")))
    windows.close()
    assert [a.result(30).text for a in asked] == ["same"] * 5 + ["other"]
    assert sorted(echo.asked) == ["other", "same"]
    ((queries, different),) = {(b.queries, b.different) for b in windows.sent}
    assert (queries, different) == (6, 2)


def test_a_failure_reaches_those_who_asked_it_alone(windows: Windows) -> None:
    bad, good = windows.ask(request("bad")), windows.ask(request("good"))
    windows.close()
    with pytest.raises(ProviderError):
        bad.result(30)
    assert good.result(30).text == "good"


def test_a_query_that_was_taken_back_is_not_sent(windows: Windows, echo: Echo) -> None:
    assert windows.ask(request("gone")).cancel()
    windows.close()
    assert echo.asked == []
    with pytest.raises(RuntimeError):
        windows.ask(request("late"))


def test_with_a_real_clock_every_query_of_many_threads_is_answered(echo: Echo) -> None:
    windows = Windows(echo, width=5)
    found: list[str] = []

    def work(name: str) -> None:
        for i in range(20):
            found.append(windows.ask(request(f"{name}{i}")).result(60).text)

    threads = [threading.Thread(target=work, args=(n,)) for n in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    windows.close()
    assert sorted(found) == sorted(f"{n}{i}" for n in "abcd" for i in range(20))
    assert sum(b.queries for b in windows.sent) == 80
    numbers = [b.number for b in windows.sent]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("texts", [[], ["a"], ["bad"], ["a", "bad", "b", "a"]])
def test_side_by_side_keeps_the_order_and_the_errors(texts: list[str], echo: Echo) -> None:
    found = side_by_side(echo, [request(text) for text in texts])
    told = ["bad" if isinstance(f, ProviderError) else f.text for f in found]
    assert told == texts
