"""A real dask scheduler with two workers on loopback, one of which is killed in the middle."""

import json
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_agent.verifier.errors import BadInput, ToolMissing
from verify_agent.verifier.evidence import Attempt, FunctionReport, Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.elsewhere import fulfil, order, reports
from verify_agent.verifier.session.module import check_modules
from verify_agent.verifier.subject import obligations_of

FUNCTION = """
@ensure(lambda x, result: result {relation} x)
def f{number}(x: int) -> int:
    return x + {number}
"""
SOURCE = "from icontract import ensure\n\n" + "\n".join(
    FUNCTION.format(number=i, relation=">" if i % 3 else "<") for i in range(1, 13)
)
OPTIONS = Options(engines=("deductive",), seconds=20.0, stop_at=Verdict.PROVED)


def started(*arguments: str, ready: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        found = re.search(ready, line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, found[0]
    raise AssertionError("".join(seen))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The scheduler's address and the workers."""
    scheduler, address = started(
        *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"),
        "--no-dashboard",
        ready=r"tcp://127\.0\.0\.1:\d+",
    )
    processes = [scheduler]
    try:
        for number in range(2):
            worker, _ = started(
                *("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"),
                *("--no-dashboard", "--host", "127.0.0.1"),
                *("--local-directory", str(tmp_path / str(number))),
                ready=r"Starting established connection",
            )
            processes.append(worker)
        yield address.replace("tcp", "dask"), processes[1:]
    finally:
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def verdicts(functions: tuple[FunctionReport, ...]) -> dict[str, str]:
    return {o.id: o.verdict.value for f in functions for o in f.obligations}


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing(
    cluster: tuple[str, list[subprocess.Popen[str]]],
) -> None:
    url, workers = cluster
    done: list[str] = []

    def killing(report: FunctionReport) -> None:
        done.append(report.id)
        if len(done) == 2:
            os.kill(workers[0].pid, signal.SIGKILL)

    module = load(SOURCE, "m.py", "m")
    found = check_modules([module], options=OPTIONS, executor=url, on_report=killing)
    assert workers[0].wait(10) == -signal.SIGKILL
    assert found.complete
    assert len(done) == 12
    here = check_modules([module], options=OPTIONS)
    assert verdicts(found.functions) == verdicts(here.functions)
    assert [f.id for f in found.functions] == [f.id for f in here.functions]


def test_what_goes_over_the_wire_comes_back() -> None:
    subject = load(SOURCE, "m.py", "m").subjects[0]
    ids = [o.id for o in obligations_of(subject)]
    known = {ids[0]: (Attempt("deductive", Verdict.PROVED, limits={"seconds": 2}),)}
    given = order(subject, Options(engines=()), (), known)
    answer = json.loads(fulfil(given))
    assert list(answer["attempts"]) == ids
    assert answer["attempts"][ids[0]][0]["outcome"] == "proved"
    assert pickle.loads(pickle.dumps(given)) == given


@pytest.mark.parametrize("url", ["dask://", "ray://x:1", "x"])
def test_a_wrong_address_is_refused(url: str) -> None:
    subject = load(SOURCE, "m.py", "m").subjects[0]
    with pytest.raises(BadInput, match="--executor"):
        list(reports([order(subject, OPTIONS, (), None)], url, threading.Event()))


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_told() -> None:
    subject = load(SOURCE, "m.py", "m").subjects[0]
    with pytest.raises(ToolMissing, match="no scheduler"):
        list(reports([order(subject, OPTIONS, (), None)], "dask://127.0.0.1:9", threading.Event()))
