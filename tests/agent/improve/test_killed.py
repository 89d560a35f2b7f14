"""A cycle that is killed at any moment: nothing broken, no admission lost, the chain whole."""

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

sys.path.append(str(Path(__file__).parent))
from cycle_world import hasty

from verify_agent.agent.audit.ledger import ADMITTED as ENTRY_ADMITTED
from verify_agent.agent.improve.archive import ADMITTED
from verify_agent.agent.skills.active import read_active

PROGRAM = Path(__file__).parent / "cycle_world.py"
A_LIFE = 12
"""Proposals after which a life is over and another begins."""

LINES = 40
"""Things that a cycle says, at most, before it is killed: some four proposals."""


def killed(folder: Path, lines: int, seconds: float) -> None:
    """Run a cycle in a process, and kill it so long after it said so many things."""
    command = [sys.executable, str(PROGRAM), str(folder), str(A_LIFE)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    begun = process.stdout.readline()
    for _ in range(lines):
        process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    _, said = process.communicate()
    assert begun == "begun\n", said
    assert "Traceback" not in said, said


def check(folder: Path, before: set[str]) -> tuple[set[str], bool]:
    """What is on the disk is whole; the admissions, and whether the life is over."""
    raw = hasty(folder)
    assert raw.life.ledger.read().problems == ()
    admissions = {e.more["proposal"] for e in raw.life.entries if e.kind == ENTRY_ADMITTED}
    assert before <= admissions
    assert not read_active(folder).notes
    raw.begin()
    records = raw.archive.records()
    assert {r.proposal.hash for r in records if r.status == ADMITTED} == admissions
    assert len(raw.archive.generations()) >= len(admissions) + 1
    assert read_active(folder).sources == raw.current.sources
    assert raw.current.number == len(admissions)
    assert raw.life.quality >= raw.life.entries[0].quality + len(admissions) * raw.life.delta
    return admissions, len(records) >= A_LIFE


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param(10, marks=pytest.mark.slow),
        pytest.param(200, marks=pytest.mark.nightly),
    ],
)
def test_killed_at_random_moments(tmp_path: Path, moments: int) -> None:
    rng = Random(moments)
    life, admissions, ever = 0, set[str](), 0
    for _ in range(moments):
        folder = tmp_path / str(life)
        killed(folder, rng.randrange(LINES), rng.uniform(0.0, 0.1))
        admissions, over = check(folder, admissions)
        if over:
            life, ever, admissions = life + 1, ever + len(admissions), set()
    assert ever + len(admissions) > 0
