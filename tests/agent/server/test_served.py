"""A command in the server is what it is alone: streams, folder, environment, signals, exit code."""

import json
import os
import signal
import time
from pathlib import Path

import pytest


def pid_in(path: Path) -> int:
    until = time.monotonic() + 200
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < until
        time.sleep(0.01)
    return int(path.read_text())


def gone(pid: int) -> bool:
    until = time.monotonic() + 200
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def test_what_a_client_has_the_job_has(project):
    project.served()
    inner = project.root / "inner"
    inner.mkdir()
    environment = {**project.environment, "OWN": "mine ä \udcff"}
    code, out, err = project.ask(
        "show", "a b", "", text="typed", cwd=inner, env=environment, umask=0o027
    )
    seen = json.loads(out)
    assert seen == {
        "argv": ["show", "a b", ""],
        "cwd": str(inner),
        "own": "mine ä \udcff",
        "input": "typed",
        "umask": 0o027,
        "sockets": [],
    }
    assert (code, err) == (0, "to the errors\nserved 0\n")


@pytest.mark.parametrize("code", [0, 1, 3, 130])
def test_the_exit_code_comes_back(project, code):
    project.served()
    assert project.ask("exit", str(code)) == (code, "", f"served {code}\n")


def test_a_job_that_a_signal_ends_ends_the_client_so(project):
    project.served()
    assert project.ask("die", str(int(signal.SIGTERM)))[0] == -signal.SIGTERM


def test_ctrl_c_reaches_the_job(project, tmp_path):
    project.served()
    client = project.start("wait", str(tmp_path / "pid"))
    pid = pid_in(tmp_path / "pid")
    client.send_signal(signal.SIGINT)
    assert client.communicate(timeout=200)[0] == "interrupted\n"
    assert client.returncode == 130
    assert gone(pid)


def test_a_job_ends_with_its_client(project, tmp_path):
    project.served()
    client = project.start("wait", str(tmp_path / "pid"))
    pid = pid_in(tmp_path / "pid")
    client.kill()
    client.communicate()
    assert gone(pid)
    assert project.ask("exit", "7")[0] == 7


def test_nothing_is_left_of_a_job(project, tmp_path):
    project.served()
    assert project.ask("leave", str(tmp_path / "pid"))[0] == 0
    assert gone(pid_in(tmp_path / "pid"))


def test_a_worker_of_a_job_is_a_fork(project):
    project.served()
    assert project.ask("fork")[1].split() == ["Forked", "7", "False", "True", "0"]


def test_many_at_a_time(project):
    project.served()
    clients = [project.start("exit", str(n)) for n in range(12)]
    for n, client in enumerate(clients):
        _, told = client.communicate(timeout=300)
        assert (client.returncode, told) == (n, f"served {n}\n")


def test_nothing_runs_for_a_client_that_does_not_say_go(project, tmp_path):
    """It may do the work itself, and twice would be once too often."""
    project.served()
    trace = tmp_path / "pid"
    _, _, err = project.ask("leave", str(trace), mode="hesitate")
    assert "VA008" in err
    assert not trace.exists()


def test_without_a_server_the_client_is_alone(project):
    assert project.ask("exit", "3") == (0, "", "alone\n")


def test_no_server_is_asked_for(project):
    project.served()
    assert project.ask("exit", "3", "--no-server") == (0, "", "alone\n")


def test_what_python_reads_at_its_start_must_agree(project):
    project.served()
    environment = {**project.environment, "PYTHONHASHSEED": "5"}
    assert project.ask("exit", "3", env=environment) == (0, "", "alone\n")


def test_a_server_that_is_killed_in_the_middle_is_told(project, tmp_path):
    project.served()
    client = project.start("wait", str(tmp_path / "pid"))
    pid = pid_in(tmp_path / "pid")
    attending = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(attending, signal.SIGKILL)
    _, err = client.communicate(timeout=200)
    assert client.returncode == 4
    assert "error[VA008]: the warm server ended before the command did" in err
    assert gone(pid)
