"""Many requests in a row, eight at a time: the same verdicts, no leak, nothing that stays."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

AT_ONCE = 8
MODULE = """from icontract import ensure


@ensure(lambda x, result: result > x)
def following(x: int) -> int:
    return x + {step}
"""


def of(pid: int) -> int:
    """Resident memory of a process in pages."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def children(pid: int) -> set[int]:
    """Processes whose parent it is."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.add(int(stat.parent.name))
    return found


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


@pytest.mark.parametrize(
    "count",
    [24, pytest.param(200, marks=pytest.mark.slow), pytest.param(1000, marks=pytest.mark.nightly)],
)
def test_the_server_itself_keeps_nothing(project, count):
    server = project.served("60", "100000")
    codes = [(n * 7) % 100 for n in range(count)]
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def asked(code: int) -> tuple[int, str, str]:
            return project.ask("exit", str(code))

        warm = list(pool.map(asked, codes[:8]))
        memory, handles = of(server.pid), descriptors(server.pid)
        rest = list(pool.map(asked, codes[8:]))
    assert [*warm, *rest] == [(c, "", f"served {c}\n") for c in codes]
    assert of(server.pid) <= 1.2 * memory
    # The last processes that looked after a client may not be reaped yet.
    assert descriptors(server.pid) <= handles + 2
    assert len(children(server.pid)) <= 2


@pytest.mark.parametrize(
    "count",
    [pytest.param(40, marks=pytest.mark.slow), pytest.param(1000, marks=pytest.mark.nightly)],
)
def test_real_requests_have_the_same_verdicts(project, count):
    command = [sys.executable, "-m", "verify_agent", "serve"]
    given = {"cwd": project.root, "env": project.environment, "text": True}
    server = subprocess.Popen([*command, "--jobs", "100000"], stdout=subprocess.PIPE, **given)
    project.servers.append(server)
    assert server.stdout.readline().startswith(f"serving {project.root}")
    kept = children(server.pid)

    def asked(number: int) -> tuple[int, object]:
        """Every third function is wrong: its step is zero."""
        name = f"m{number}"
        (project.root / f"{name}.py").write_text(MODULE.format(step=number % 3))
        report = project.root / f"{name}.json"
        argv = ("check", f"{name}.py", "--quiet", "--no-cache", "--report", f"json={report}")
        code, _, _ = project.ask(*argv)
        (function,) = json.loads(report.read_text())["functions"]
        return code, {o["text"]: o["verdict"] for o in function["obligations"]}

    alone = {kind: asked(kind) for kind in range(3)}
    memory = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, count, 100):
            numbers = range(start, min(count, start + 100))
            for number, seen in zip(numbers, pool.map(asked, numbers), strict=True):
                assert seen == alone[number % 3]
            memory = memory or of(server.pid)
    assert of(server.pid) <= 1.2 * memory
    assert len(children(server.pid) - kept) <= 2
    assert server.poll() is None
