"""The benchmark's own arithmetic, and how it reads a corpus."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).parents[3] / "benchmarks" / "similarity"
TWO = '''# Time: O(n)
class Solution(object):
    def twoSum(self, nums, target):
        """
        :type nums: List[int]
        :type target: int
        :rtype: int
        """
        return sum(nums[i] for i in xrange(len(nums))) + target  # all of them


class Solution2(object):
    def twoSum(self, nums, target):
        """
        :type nums: List[int]
        :type target: TreeNode
        """
        return self.twoSum(nums, target)
'''


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in ("corpus", "run"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module("run")
    for name in ("corpus", "run"):
        sys.modules.pop(name, None)


def test_map_at_r(benchmark: Any) -> None:
    scores = np.array([[9, 3, 2, 1], [3, 9, 1, 2], [1, 3, 9, 2], [3, 2, 1, 9]], dtype=np.float32)
    problems = ["a", "a", "a", "b"]
    # Of `a` each has R = 2: both hits; a hit and a miss; a hit and a miss at the second place.
    found = benchmark.precisions(scores[:3, :3], problems[:3])
    assert found == [1.0, 1.0, 1.0]
    labels = ["a", "b", "a", "b"]
    assert benchmark.precisions(scores, labels) == [0.0, 0.0, 0.0, 0.0]
    swapped = scores[:, [0, 2, 1, 3]]
    assert benchmark.precisions(swapped, labels)[0] == 1.0


def test_the_interval_holds_the_mean(benchmark: Any) -> None:
    values = [0.0, 1.0, 0.5, 0.5, 1.0, 0.0]
    mean, low, high = benchmark.interval(values, ["a", "a", "b", "b", "c", "c"])
    assert low <= mean == 0.5 <= high
    spread = benchmark.interval([0.0, 0.0, 1.0, 1.0], ["a", "a", "b", "b"])
    assert spread == (0.5, 0.0, 1.0)


def test_a_corpus_is_read_from_a_folder_and_from_a_git_directory(
    benchmark: Any, tmp_path: Path
) -> None:
    corpus = sys.modules["corpus"].corpus
    (tmp_path / "Python").mkdir()
    (tmp_path / "Python" / "two-sum.py").write_text(TWO)
    (tmp_path / "Python" / "one.py").write_text(TWO.partition("class Solution2")[0])
    (tmp_path / "Python" / "old.py").write_text("print 'no'")
    found = corpus(tmp_path, 9)
    assert [s.problem for s in found] == ["two-sum", "two-sum"]
    assert found[0].runnable.types == ("list[int]", "int")
    assert found[1].runnable is None
    for solution in found:
        assert "twoSum" not in solution.text
        assert "Solution" not in solution.text
        assert "type" not in solution.text
        assert "xrange" not in solution.text
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@x"]
    for argv in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *argv], check=True)
    (tmp_path / "Python" / "two-sum.py").unlink()
    again = corpus(tmp_path / ".git", 9)
    assert [s.text for s in again] == [s.text for s in found]
