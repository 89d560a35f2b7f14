"""The host's side of the sandbox."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from verify_agent.verifier.errors import SandboxTooWeak, ToolMissing
from verify_agent.verifier.sandbox import seccomp, supervisor, wire
from verify_agent.verifier.sandbox.policy import (
    BASE_LAYERS,
    Completed,
    Crashed,
    Layer,
    Policy,
    TimedOut,
)
from verify_agent.verifier.sandbox.runner import Sandbox, Zygote, probe

PROGRAMS = str(Path(__file__).parent / "programs")
ECHO = "verify_agent.verifier.sandbox.probe:echo"


def test_a_fresh_process_gives_the_value_back():
    outcome = Sandbox().call(ECHO, {"a": [1, None, "é"]})
    assert isinstance(outcome, Completed)
    assert outcome.value == {"a": [1, None, "é"]}
    assert set(outcome.layers) >= BASE_LAYERS


def test_the_probe_names_what_is_active():
    assert set(probe()) >= BASE_LAYERS
    assert all(name in list(Layer) for name in probe())


def test_too_weak_a_sandbox_runs_nothing(tmp_path):
    policy = Policy(required=BASE_LAYERS | {Layer.SECCOMP}, disabled=frozenset({Layer.SECCOMP}))
    with pytest.raises(SandboxTooWeak, match="seccomp"):
        Sandbox(policy).call(ECHO)


def test_disabled_layers_are_not_claimed():
    policy = Policy(disabled=frozenset({Layer.LANDLOCK, Layer.PID_NAMESPACE}))
    outcome = Sandbox(policy).call(ECHO)
    assert not {Layer.LANDLOCK, Layer.PID_NAMESPACE} & set(outcome.layers)


def test_an_interpreter_that_is_not_there():
    with pytest.raises(ToolMissing, match="can't start"):
        Sandbox(python="/nowhere/python").call(ECHO)


def test_a_preload_that_is_not_there():
    with (
        pytest.raises(ToolMissing, match="no_such_module"),
        Zygote(preload=["no_such_module"]) as z,
    ):
        z.start()


def test_an_exception_is_told():
    outcome = Sandbox().call("json:loads", "{")
    assert isinstance(outcome, Crashed)
    assert "JSONDecodeError" in outcome.text


def test_a_target_that_is_not_there():
    outcome = Sandbox().call("json:nothing")
    assert isinstance(outcome, Crashed)
    assert "AttributeError" in outcome.text


def test_jobs_of_one_zygote_run_side_by_side():
    with Zygote(Policy(wall_seconds=1)) as zygote:
        zygote.start()
        found = []

        def run():
            found.append(zygote.call("attacks:sleep", roots=[PROGRAMS]))

        threads = [threading.Thread(target=run) for _ in range(3)]
        before = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - before < 2.5
        assert [type(outcome) for outcome in found] == [TimedOut] * 3


def test_a_zygote_comes_back_after_its_keeper_died():
    with Zygote() as zygote:
        zygote.start()
        zygote._process.kill()
        zygote._process.wait()
        assert zygote.call(ECHO, 7).value == 7


def test_closing_ends_running_jobs():
    zygote = Zygote(Policy(wall_seconds=20))
    zygote.start()
    failed = []

    def run():
        try:
            zygote.call("attacks:sleep", roots=[PROGRAMS])
        except ToolMissing as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    zygote.close()
    thread.join(3)
    assert failed


def test_jobs_share_no_state():
    with Zygote() as zygote:
        assert [zygote.call("attacks:count", roots=[PROGRAMS]).value for _ in range(3)] == [1, 1, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_no_folder_is_left_behind(tmp_path):
    before = {p for p in os.listdir("/tmp") if p.startswith("verify-agent-")}
    with Zygote() as zygote:
        zygote.call("attacks:work_in_folder", roots=[PROGRAMS])
        after = {p for p in os.listdir("/tmp") if p.startswith("verify-agent-")}
    assert after <= before


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_whole(machine):
    program = seccomp.compile_filter(machine, 1, forking=False)
    for position, (code, if_true, if_false, _) in enumerate(program):
        if code == 0x15:
            assert position + 1 + max(if_true, if_false) < len(program)
    assert program[-1][0] == 0x06
    assert len(program) < 4_096


def test_the_filter_knows_its_machines():
    with pytest.raises(OSError, match="vax"):
        seccomp.compile_filter("vax", 1, forking=False)


@pytest.mark.parametrize(
    ("name", "x86_64", "aarch64"),
    [
        ("read", 0, 63),
        ("openat", 257, 56),
        ("clone", 56, 220),
        ("kill", 62, 129),
        ("fork", 57, None),
    ],
)
def test_system_call_numbers(name, x86_64, aarch64):
    assert seccomp.numbers("x86_64")[name] == x86_64
    assert seccomp.numbers("aarch64").get(name) == aarch64


_HOST = """
import sys
from verify_agent.verifier.sandbox.policy import Policy
from verify_agent.verifier.sandbox.runner import Zygote
with Zygote(Policy(wall_seconds=60, cpu_seconds=60)) as zygote:
    zygote.start()
    print("started", flush=True)
    zygote.call("attacks:sleep_as", sys.argv[2], roots=[sys.argv[1]])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_jobs_end_when_the_host_is_killed():
    name = f"vah{os.getpid()}"
    host = subprocess.Popen([sys.executable, "-c", _HOST, PROGRAMS, name], stdout=subprocess.PIPE)
    with host:
        assert host.stdout.readline() == b"started\n"
        assert _wait_until(lambda: name in _names())
        host.kill()
    assert _wait_until(lambda: name not in _names())


def _wait_until(holds):
    end = time.monotonic() + 5
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def _names():
    found = set()
    for file in Path("/proc").glob("[0-9]*/comm"):
        try:
            found.add(file.read_text().strip())
        except OSError:
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_descendants_are_found():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with child:
        assert supervisor._parent(Path(f"/proc/{child.pid}/stat")) == os.getpid()
        assert child.pid in supervisor.children()
        child.stdin.close()


@pytest.mark.parametrize(
    ("said", "forged"),
    [
        ([b'{"layers": []}', b'{"value": 1}'], False),
        ([b'{"layers": []}'], False),
        ([b'{"error": "it broke early"}'], False),
        ([], False),
        ([b'{"layers": []}', b'{"value": 1}', b'{"value": 2}'], True),
        ([b'{"layers": []}', b'{"value": 1, "error": ""}'], True),
        ([b'{"layers": []}', b"[]"], True),
        ([b'{"layers": []}', b"{"], True),
    ],
)
def test_what_a_job_may_say(said, forged):
    token = b"t" * wire.TOKEN_BYTES
    data = b"".join(wire.seal(token, body) for body in said)
    assert supervisor._read_records(token, data)["forged"] is forged
    assert supervisor._read_records(token, data + b"more")["forged"]
