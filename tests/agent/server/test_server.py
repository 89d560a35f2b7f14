"""The server itself: one a project, robust against what comes, and it knows when to go."""

import contextlib
import os
import signal
import socket
import stat
import struct
import subprocess
import time
from pathlib import Path

import pytest

from verify_agent.agent.cli.check_settings import project_of
from verify_agent.agent.server import wire
from verify_agent.agent.server.attend import read
from verify_agent.agent.server.fingerprint import fingerprint
from verify_agent.agent.server.identity import difference, identity
from verify_agent.agent.server.place import is_private, project_root, socket_path


def connection(project) -> socket.socket:
    channel = socket.socket(socket.AF_UNIX)
    channel.settimeout(200)
    channel.connect(socket_path(str(project.root)))
    return channel


def ended(server: subprocess.Popen) -> str:
    assert server.wait(timeout=300) == 0
    return server.stdout.read().strip()


def test_the_socket_is_the_users_alone(in_project):
    project = in_project()
    project.served()
    path = Path(socket_path(str(project.root)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_that_others_can_enter_is_not_used(in_project):
    project = in_project()
    folder = Path(socket_path(str(project.root))).parent
    folder.mkdir(mode=0o755)
    server = project.serve()
    assert server.wait(timeout=300) == 1
    assert "no folder that only you can enter" in server.stderr.read()
    assert not is_private(str(folder))


def test_of_servers_that_race_one_wins(project):
    racing = [project.serve() for _ in range(4)]
    until = time.monotonic() + 200
    while sum(s.poll() is not None for s in racing) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    (winner,) = [s for s in racing if s.poll() is None]
    for loser in racing:
        if loser is not winner:
            assert "running already" in loser.stderr.read()
    assert winner.stdout.readline() == "ready\n"
    assert project.ask("exit", "5")[0] == 5


def test_the_socket_of_a_killed_server_is_taken_over(project):
    first = project.served()
    first.kill()
    first.wait()
    assert project.ask("exit", "5") == (0, "", "alone\n")
    project.served()
    assert project.ask("exit", "5")[0] == 5


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff" * 600,
        b"",
        struct.pack(">Q", 50 << 20) + b"x" * 4096,
        struct.pack(">Q", 2) + b"[]",
        struct.pack(">Q", 2) + b"{}",
        struct.pack(">Q", 5) + b"{\xff\xfe}\x00",
        struct.pack(">Q", 40_000) + b"[" * 40_000,
        struct.pack(">Q", 100) + b"half",
    ],
    ids=["noise", "nothing", "50 MB", "a list", "empty", "no text", "deep", "half"],
)
def test_garbage_harms_nobody(in_project, data):
    project = in_project()
    server = project.served()
    with connection(project) as channel:
        hello, _ = wire.receive(channel)
        assert hello["protocol"] == wire.PROTOCOL
        channel.sendall(data)
        channel.shutdown(socket.SHUT_WR)
        answer = bytearray()
        with contextlib.suppress(ConnectionResetError):  # it left some of it unread
            while part := channel.recv(65536):
                answer += part
        assert b"accepted" not in answer
    assert project.ask("exit", "5")[0] == 5
    assert server.poll() is None


def test_fifty_megabytes_are_not_even_read(in_project):
    project = in_project()
    project.served()
    with connection(project) as channel:
        wire.receive(channel)
        channel.sendall(struct.pack(">Q", 50 << 20))
        answer, _ = wire.receive(channel)
    assert "52428800 bytes is refused" in answer["refused"]


@pytest.mark.slow
def test_clients_that_say_nothing_do_not_hold_it_up_for_long(in_project):
    project = in_project()
    project.served()
    silent = [connection(project) for _ in range(3)]
    assert project.ask("exit", "5")[0] == 5
    for channel in silent:
        channel.close()


def test_a_request_must_be_whole():
    own = identity("/")
    whole = {
        "identity": own, "argv": ["p"], "first": [], "environment": {}, "umask": 0, "nice": 0,
        "cores": [0], "ignored": [],
    }  # fmt: skip
    assert read(whole, own, 4).argv == ("p",)
    wrong = [
        {**whole, "argv": []},
        {**whole, "argv": [1]},
        {**whole, "argv": ["a\0b"]},
        {**whole, "environment": {"a": 1}},
        {**whole, "cores": ["0"]},
        {**whole, "umask": "0"},
        {**whole, "identity": {**own, "python": "another"}},
        {k: v for k, v in whole.items() if k != "nice"},
    ]
    for message in wrong:
        with pytest.raises(wire.BadMessage):
            read(message, own, 4)
    with pytest.raises(wire.BadMessage):
        read(whole, own, 3)


def test_identities_differ_by_name():
    assert difference({"a": "1"}, {"a": "1"}) == ""
    assert difference({"a": "1"}, {"a": "1", "b": "2"}) == "b"


def test_it_ends_when_nobody_asks(project):
    assert ended(project.served("0.2", "100")) == "IDLE"
    assert project.ask("exit", "5") == (0, "", "alone\n")


def test_it_ends_after_its_share_of_jobs(project):
    server = project.served("60", "2")
    assert [project.ask("exit", str(n))[0] for n in (1, 2)] == [1, 2]
    assert ended(server) == "WORN"


def test_it_retires_when_the_settings_change(project):
    server = project.served()
    assert project.ask("exit", "5")[0] == 5
    (project.root / "pyproject.toml").write_text("[tool.verify-agent]\nseed = 3\n")
    assert project.ask("exit", "5") == (0, "", "alone\n")
    assert ended(server) == "CHANGED"


def test_it_ends_when_it_is_told_and_a_job_goes_on(project, tmp_path):
    server = project.served()
    client = project.start("wait", str(tmp_path / "pid"))
    while not (tmp_path / "pid").exists():
        time.sleep(0.01)
    server.send_signal(signal.SIGTERM)
    assert ended(server) == "TOLD"
    assert client.poll() is None
    client.send_signal(signal.SIGINT)
    assert client.communicate(timeout=200)[0] == "interrupted\n"


def test_it_ends_when_its_socket_is_taken_away(in_project):
    project = in_project()
    server = project.served()
    os.unlink(socket_path(str(project.root)))
    assert ended(server) == "GONE"


def test_the_fingerprint_sees_code_and_settings(tmp_path):
    before = fingerprint(str(tmp_path))
    assert before == fingerprint(str(tmp_path))
    (tmp_path / "pyproject.toml").write_text("")
    assert before != fingerprint(str(tmp_path))
    package = Path(__file__).resolve().parents[3] / "agent"
    assert any(name.endswith("agent/server/fingerprint.py") for name, *_ in before), package


@pytest.mark.parametrize("inner", [".", "a", "a/b", "a/b/c"])
def test_the_project_is_the_one_of_the_settings(tmp_path, inner):
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a" / "setup.cfg").write_text("")
    folder = tmp_path / inner
    assert project_root(str(folder)) == str(project_of(folder))
    wanted = tmp_path.resolve() / "a"
    if inner != ".":
        assert project_root(str(folder)) == str(wanted)
