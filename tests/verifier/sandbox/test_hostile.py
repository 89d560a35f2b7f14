"""Hostile candidates are contained and reported, and the next job works."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from verify_agent.verifier.sandbox.policy import (
    Completed,
    Crashed,
    Forbidden,
    Killed,
    Layer,
    OutOfMemory,
    Policy,
    TimedOut,
    TooMuchOutput,
)
from verify_agent.verifier.sandbox.runner import Zygote, probe

PROGRAMS = Path(__file__).parent / "programs"
POLICY = Policy(wall_seconds=3, cpu_seconds=3, memory_mb=256)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="attacks on Linux's layers")


def needs(*layers):
    missing = sorted(set(layers) - set(probe()))
    if missing:
        pytest.skip(f"this machine lacks the layers {', '.join(missing)}")


@pytest.fixture(scope="module")
def zygote():
    with Zygote(POLICY) as warm:
        yield warm


@pytest.fixture
def attack(zygote):
    def run(name, payload=None, **options):
        outcome = zygote.call(f"attacks:{name}", payload, roots=[str(PROGRAMS)], **options)
        after = zygote.call("attacks:work_in_folder", roots=[str(PROGRAMS)])
        assert isinstance(after, Completed)
        assert after.value == ["fine", ["note"], True]
        return outcome

    return run


@pytest.fixture
def canary(tmp_path):
    # Where the job's user may go by permissions alone: only the layers can stop it.
    for folder in (tmp_path, *tmp_path.parents):
        if os.access(folder, os.W_OK) and folder != Path("/tmp") and str(folder) != "/":
            folder.chmod(0o777)
    file = tmp_path / "canary"
    file.write_text("alive")
    file.chmod(0o666)
    return file


def contained(outcome):
    return isinstance(outcome, Completed) and outcome.value.startswith("contained")


@pytest.mark.parametrize("name", ["loop", "ignore_signals_and_loop", "sleep"])
def test_endless(attack, name):
    before = time.monotonic()
    outcome = attack(name, wall_seconds=0.5)
    assert isinstance(outcome, TimedOut)
    assert time.monotonic() - before < 3


def test_processor_time_is_limited_too():
    with Zygote(Policy(wall_seconds=10, cpu_seconds=1)) as zygote:
        outcome = zygote.call("attacks:loop", roots=[str(PROGRAMS)])
    assert isinstance(outcome, TimedOut)
    assert outcome.clock == "cpu"


def test_memory(attack):
    assert isinstance(attack("eat_memory"), OutOfMemory)


def test_shared_memory(attack):
    assert contained(attack("eat_shared_memory"))


def test_fork_bomb(attack):
    needs(Layer.SECCOMP)
    assert contained(attack("fork_bomb"))


def test_fork_bomb_against_the_limit_of_processes_alone():
    needs(Layer.OWN_USER)
    policy = Policy(wall_seconds=5, threads=0, processes=8, disabled=frozenset({Layer.SECCOMP}))
    with Zygote(policy) as zygote:
        outcome = zygote.call("attacks:fork_bomb", roots=[str(PROGRAMS)])
    assert contained(outcome)
    assert outcome.value.endswith("after 7")


@pytest.mark.parametrize(
    "disabled",
    [set(), {Layer.PID_NAMESPACE}, {Layer.PID_NAMESPACE, Layer.SECCOMP, Layer.LANDLOCK}],
    ids=["all layers", "no namespace", "hardly any layer"],
)
def test_a_daemon_does_not_outlive_its_job(disabled):
    name = f"va{os.getpid()}"
    policy = Policy(processes=8, disabled=frozenset(disabled))
    with Zygote(policy) as zygote:
        outcome = zygote.call("attacks:daemonize", name, roots=[str(PROGRAMS)])
        assert isinstance(outcome, Completed)
        assert outcome.value == "daemon started"
        assert name not in _process_names()


def _process_names():
    found = []
    for file in Path("/proc").glob("[0-9]*/comm"):
        try:
            found.append(file.read_text().strip())
        except OSError:
            continue
    return found


@pytest.mark.parametrize("name", ["open_socket", "open_unix_socket", "run_program", "raise_limits"])
def test_denied_calls(attack, name):
    needs(Layer.SECCOMP)
    assert contained(attack(name))


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "/etc/hostname"])
def test_files_outside_are_not_read(attack, path):
    needs(Layer.LANDLOCK)
    assert contained(attack("read_file", path))
    assert contained(attack("read_through_symlink", path))


@pytest.mark.parametrize("path", ["/", "/etc", "/proc", "/tmp"])
def test_folders_outside_are_not_listed(attack, path):
    needs(Layer.LANDLOCK)
    assert contained(attack("list_folder", path))


@pytest.mark.parametrize(
    "name",
    [
        "read_file",
        "write_file",
        "delete_file",
        "read_through_symlink",
        "write_through_symlink",
        "hard_link",
        "change_mode",
    ],
)
def test_a_file_that_anybody_may_write(attack, canary, name):
    needs(Layer.LANDLOCK)
    assert contained(attack(name, str(canary)))
    assert canary.read_text() == "alive"


def test_nothing_is_written_beside_the_folder(attack, canary):
    needs(Layer.LANDLOCK)
    assert contained(attack("write_file", str(canary.parent / "new")))
    assert [file.name for file in canary.parent.iterdir()] == ["canary"]


def test_a_file_is_limited(attack):
    assert contained(attack("fill_disk"))


def test_all_files_together_are_limited():
    needs(Layer.FOLDER_QUOTA)
    with Zygote(Policy(folder_bytes=5_000_000)) as zygote:
        assert contained(zygote.call("attacks:fill_folder", roots=[str(PROGRAMS)]))


@pytest.mark.parametrize(
    ("layer", "name", "payload"),
    [
        (Layer.LANDLOCK, "read_file", "/etc/passwd"),
        (Layer.LANDLOCK, "list_folder", "/"),
        (Layer.SECCOMP, "open_socket", None),
        (Layer.SECCOMP, "open_unix_socket", None),
        (Layer.FOLDER_QUOTA, "fill_folder", None),
    ],
)
def test_it_is_the_layer_that_stops_it(layer, name, payload):
    """Without the layer the same attack gets through: the tests above can fail."""
    needs(layer)
    policy = Policy(disabled=frozenset({layer}))
    with Zygote(policy) as zygote:
        outcome = zygote.call(f"attacks:{name}", payload, roots=[str(PROGRAMS)])
    assert isinstance(outcome, Completed)
    assert outcome.value.startswith("escaped")


def test_other_processes_are_not_signalled(attack):
    needs(Layer.SECCOMP, Layer.OWN_USER)
    assert contained(attack("send_signal", os.getpid()))
    assert contained(attack("send_signal", 0))
    assert contained(attack("kill_everyone"))


def test_printing_without_end(attack):
    outcome = attack("print_much")
    assert isinstance(outcome, TooMuchOutput)
    assert len(outcome.output) <= 64_000


def test_results_without_end(attack):
    assert isinstance(attack("return_much"), TooMuchOutput)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("leave_quietly", "exit status 0"),
        ("exit_politely", "SystemExit"),
        ("interrupt", "KeyboardInterrupt"),
        ("return_object", "JSON can't carry"),
    ],
)
def test_ways_to_end_without_a_result(attack, name, said):
    outcome = attack(name)
    assert isinstance(outcome, Crashed)
    assert said in outcome.text


def test_a_forged_result(attack):
    outcome = attack("forge")
    assert isinstance(outcome, Forbidden)
    assert set(outcome.layers) == set(probe())


def test_no_descriptor_but_the_standard_ones_and_the_result(attack):
    assert len(attack("descriptors").value) == 4


def test_the_environment_is_rebuilt(monkeypatch):
    monkeypatch.setenv("CEREBRAS_API_KEY", "secret")
    with Zygote(POLICY) as zygote:
        outcome = zygote.call("attacks:environment", roots=[str(PROGRAMS)])
    assert set(outcome.value) <= {"HOME", "TMPDIR", "PATH", "LC_ALL", "LC_CTYPE", "PYTHONHASHSEED"}


@pytest.mark.parametrize("name", ["trace_parent", "read_parent_memory"])
def test_looking_into_other_processes(attack, name):
    needs(Layer.SECCOMP)
    assert isinstance(attack(name, os.getpid()), Forbidden)


def test_threads_work(attack):
    assert attack("use_threads", 8).value == 8


def test_a_signal_is_reported(zygote):
    outcome = zygote.call("ctypes:string_at", 0)
    assert isinstance(outcome, Killed)
    assert outcome.signal == signal.SIGSEGV
