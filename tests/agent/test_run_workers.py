"""Worker processes answer, break, are late and are killed, and the run goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_agent.agent.run_worker import Request
from verify_agent.agent.run_workers import WARM_UPS, Interrupted, Workers
from verify_agent.agent.state import ENGINES

WARM = {"a": "os:getpid", "b": "os:getpid"}


def test_there_is_a_process_for_each_engine() -> None:
    assert sorted(WARM_UPS) == sorted(ENGINES)


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(WARM)
    yield made
    made.close()


def pid_of(workers: Workers, label: str) -> int:
    value = workers.call({label: Request("os:getpid", ())}, 10, lambda _: None)[label].value
    assert isinstance(value, int)
    return value


def gone_now(pid: int) -> bool:
    """Whether there is no such process, or only its exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def gone(pid: int) -> bool:
    for _ in range(100):
        if gone_now(pid):
            return True
        time.sleep(0.02)
    return False


def test_two_answer_side_by_side_and_stay_warm(workers: Workers) -> None:
    heard: list[str] = []
    requests = {"a": Request("os:getpid", ()), "b": Request("math:factorial", (5,))}
    answers = workers.call(requests, 10, heard.append)
    assert answers["b"].value == 120
    assert sorted(heard) == ["a", "b"]
    assert pid_of(workers, "a") == answers["a"].value != os.getpid()


def test_what_a_call_raises_comes_back_in_words(workers: Workers) -> None:
    answer = workers.call({"a": Request("math:sqrt", (-1,))}, 10, lambda _: None)["a"]
    assert answer.value is None
    assert answer.problem.startswith("ValueError: ")


def test_an_answer_that_cannot_be_sent_is_a_problem(workers: Workers) -> None:
    answer = workers.call({"a": Request("threading:Lock", ())}, 10, lambda _: None)["a"]
    assert "can't be sent" in answer.problem


def test_a_worker_that_ends_is_told_and_started_anew(workers: Workers) -> None:
    first = pid_of(workers, "a")
    answer = workers.call({"a": Request("os:_exit", (3,))}, 10, lambda _: None)["a"]
    assert answer.problem == "its process ended"
    assert pid_of(workers, "a") != first


def test_a_late_worker_is_killed_and_the_others_count(workers: Workers) -> None:
    first = pid_of(workers, "a")
    requests = {"a": Request("time:sleep", (60,)), "b": Request("os:getpid", ())}
    answers = workers.call(requests, 1.5, lambda _: None)
    assert answers["a"].problem == "timeout"
    assert isinstance(answers["b"].value, int)
    assert gone(first)


def test_ctrl_c_keeps_what_was_answered(workers: Workers) -> None:
    requests = {"a": Request("time:sleep", (60,)), "b": Request("os:getpid", ())}
    pid_of(workers, "b")
    main = os.getpid()
    timer = threading.Timer(1.0, os.kill, (main, signal.SIGINT))
    timer.start()
    with pytest.raises(Interrupted) as stopped:
        workers.call(requests, 30, lambda _: None)
    assert list(stopped.value.answers) == ["b"]


def test_closing_kills_the_whole_group(workers: Workers) -> None:
    spawn = Request("subprocess:getoutput", ("sleep 60 >/dev/null 2>&1 & echo $!",))
    answer = workers.call({"a": spawn}, 10, lambda _: None)["a"]
    child = int(str(answer.value))
    assert not gone_now(child)
    workers.close()
    assert gone(child)


def test_what_was_asked_ahead_is_taken_by_the_same_request(workers: Workers) -> None:
    pid_of(workers, "a"), pid_of(workers, "b")
    request = Request("time:monotonic", ())
    workers.ahead("a", request)
    workers.ahead("a", Request("math:factorial", (3,)))  # busy: it is not asked
    answers: dict[str, object] = {}
    workers.call({"b": Request("time:sleep", (0.5,))}, 10, lambda _: None)
    waited = time.monotonic()
    workers.call({"a": request}, 10, lambda _: None, lambda n, a: answers.update({n: a.value}))
    assert isinstance(answers["a"], float)
    assert answers["a"] < waited
    again = workers.call({"a": Request("math:factorial", (5,))}, 10, lambda _: None)
    assert again["a"].value == 120


def test_an_answer_that_nobody_takes_is_not_another_request_s(workers: Workers) -> None:
    workers.ahead("a", Request("math:factorial", (3,)))
    asked = {"a": Request("math:factorial", (5,))}
    assert workers.call(asked, 10, lambda _: None)["a"].value == 120
    workers.ahead("a", Request("time:sleep", (60,)))
    assert workers.call(asked, 10, lambda _: None)["a"].value == 120


def test_several_are_asked_ahead_and_taken_in_any_order(workers: Workers) -> None:
    first, second, third = (Request("math:factorial", (n,)) for n in (3, 4, 5))
    workers.ahead("a", first, second, third)
    for request, value in ((second, 24), (first, 6), (third, 120)):
        assert workers.call({"a": request}, 10, lambda _: None)["a"].value == value
    workers.ahead("a", first, Request("os:_exit", (3,)), second)
    assert workers.call({"a": first}, 10, lambda _: None)["a"].value == 6
    gone = workers.call({"a": second}, 10, lambda _: None)["a"]
    assert gone.problem == "its process ended"
