"""The host's side of the sandbox."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from verify_agent.verifier.errors import SandboxTooWeak, ToolMissing
from verify_agent.verifier.sandbox import seccomp
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
