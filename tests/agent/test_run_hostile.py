"""Candidates that misbehave are contained, reported, and the run goes on to the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.run import Options, run_task
from verify_agent.agent.run_bench import RunBench
from verify_agent.agent.state import Ending
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import parse_task

TASK = """
name: double
signature: "double(x: int) -> int"
ensures: ["result == x + x"]
"""
HEAD = "def double(x: int) -> int:\n"
RIGHT = f"{HEAD}    return x + x\n"
HOSTILE = {
    "memory": "    held = [0] * (10 ** 10)\n    return 2 * x + 0 * len(held)\n",
    "write": "    open({place!r}, 'w').write('x')\n    return 2 * x\n",
    "loop": "    while True:\n        pass\n",
    "fork": "    import os\n    while True:\n        os.fork()\n",
    "socket": "    import socket\n    socket.create_connection(('::1', 9))\n    return x\n",
    "kill": "    import os\n    os.kill(os.getppid(), 9)\n    return 2 * x\n",
    "print": "    for _ in range(10 ** 6):\n        print('x' * 100)\n    return 2 * x\n",
}
QUICK = ("write",)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in HOSTILE]
)
def test_a_hostile_candidate_is_set_aside(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "escaped"
    wrong = HEAD + HOSTILE[name].replace("{place!r}", repr(str(place)))
    offered = [Candidate(wrong, "hostile", 9), Candidate(RIGHT, "right", 9)]
    monkeypatch.setattr(RunBench, "propose", lambda self, known, seconds: offered.pop(0))
    monkeypatch.setattr(RunBench, "simplify", lambda self, candidate: candidate)
    done = run_task(parse_task(TASK, tmp_path / "double.yaml"), Options(folder=tmp_path / "state"))
    assert done.ending is Ending.DELIVERED
    assert not place.exists()
    assert len(done.state.rejections) == 1
    assert any("a candidate was" in note for note in done.report.notes)
    assert "x + x" in (tmp_path / "double.py").read_text()
