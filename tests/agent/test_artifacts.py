"""What is delivered stands alone, and its tests tell right code from wrong code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verify_agent.agent.artifacts import delivered_module, delivery, write, write_atomically
from verify_agent.agent.task import load_task
from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.evidence import Report, RunRecord

REPORT = Report(RunRecord("r", "2026-01-01T00:00:00+00:00", (), 0, "3.11", "linux", {}), ())

SHOP = '''\
"""A shop."""
from dataclasses import dataclass

from icontract import ensure, invariant

from .money import times


@invariant(lambda self: all(n > 0 for n in self.lines))
@dataclass
class Order:
    lines: list[int]

    @ensure(lambda self, result: result == sum(self.lines))
    def total(self) -> int:
        """Cents."""
        ...
'''

SLOW = "def weighted(xs):\n    return sum(sum(xs[: i + 1]) for i in range(len(xs)))\n"

#: task, right candidate, wrong candidates
CASES = {
    "in_place": (
        'signature: "in_place(xs: list[int]) -> None"\nmodifies: [xs]\n'
        'ensures: ["xs == sorted(old(xs))"]\n',
        "def in_place(xs: list[int]) -> None:\n    xs.sort()\n",
        ["def in_place(xs: list[int]) -> None:\n    xs.clear()\n"],
    ),
    "ratio": (
        'signature: "ratio(a: int, b: int) -> int"\nraises: {ValueError: "b == 0"}\n'
        'ensures: ["result == a // b"]\n',
        "def ratio(a: int, b: int) -> int:\n    if b == 0:\n        raise ValueError\n"
        "    return a // b\n",
        [
            "def ratio(a: int, b: int) -> int:\n    return a // b\n",
            "def ratio(a: int, b: int) -> int:\n    if b in (0, 1):\n        raise ValueError\n"
            "    return a // b\n",
        ],
    ),
    "dot": (
        'signature: "dot(xs: list[int], ys: list[int]) -> int"\n'
        'requires: ["len(xs) == len(ys)"]\n'
        'ensures: ["result == sum(xs[i] * ys[i] for i in range(len(xs)))"]\n',
        "def dot(xs: list[int], ys: list[int]) -> int:\n"
        "    return sum(x * y for x, y in zip(xs, ys))\n",
        [
            "def dot(xs: list[int], ys: list[int]) -> int:\n"
            "    total = sum(x * y for x, y in zip(xs, ys))\n    ys.append(1)\n    return total\n",
            "def dot(xs: list[int], ys: list[int]) -> int:\n"
            "    return 0 if xs is ys and xs else sum(x * y for x, y in zip(xs, ys))\n",
        ],
    ),
    "weighted": (
        'signature: "weighted(xs: list[int]) -> int"\nreference: lib/slow.py::weighted\n',
        "def weighted(xs: list[int]) -> int:\n"
        "    return sum(x * (len(xs) - i) for i, x in enumerate(xs))\n",
        ["def weighted(xs: list[int]) -> int:\n    return sum(xs)\n"],
    ),
    "step": (
        'signature: "step(x: int) -> int"\nexamples: ["step(12) == 10"]\nensures: '
        '["result % 10 == 0"]\nproperties: [{given: "x: int, y: int", when: "x <= y", '
        'then: "step(x) <= step(y)"}]\n',
        "def step(x: int) -> int:\n    return x - x % 10\n",
        [
            "def step(x: int) -> int:\n    return x - x % 10 + (10 if x % 10 == 3 else 0)\n",
            "def step(x: int) -> int:\n    return 0\n",
        ],
    ),
    "year": (
        'signature: "year(y: int) -> int"\nrequires: ["1900 <= y < 1910"]\n'
        "definitions: |\n  def last(y: int) -> int:\n      return y % 10\n"
        'ensures: ["result == last(y)"]\n',
        "def year(y: int) -> int:\n    return y - 1900\n",
        ["def year(y: int) -> int:\n    return 3\n"],
    ),
    "filled": (
        "target: shop/orders.py::Order.total\n",
        "def total(self) -> int:\n    return sum(self.lines)\n",
        [
            "def total(self) -> int:\n    return len(self.lines)\n",
            "def total(self) -> int:\n    t = sum(self.lines)\n    self.lines.clear()\n"
            "    return t\n",
        ],
    ),
}


def prepared(folder, name):
    folder.mkdir()
    (folder / "lib").mkdir()
    (folder / "lib" / "slow.py").write_text(SLOW)
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").touch()
    (folder / "shop" / "orders.py").write_text(SHOP)
    (folder / "shop" / "money.py").write_text(
        "def times(a: int, b: int) -> int:\n    return a * b\n"
    )
    path = folder / f"{name}.yaml"
    path.write_text(f"name: {name}\n{CASES[name][0]}")
    return load_task(path)


def run_tests(folder):
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "."]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=environment, timeout=120
    )


#: The others start many processes for what these show already.
QUICK = ("year",)


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in CASES]
)
def test_the_delivered_tests_are_green_for_right_and_red_for_wrong_code(name, tmp_path):
    _, right, wrong = CASES[name]
    for number, candidate in enumerate([right, *wrong]):
        folder = tmp_path / str(number)
        write(delivery(prepared(folder, name), candidate, REPORT))
        done = run_tests(folder)
        assert done.returncode == (1 if number else 0), f"{candidate}\n{done.stdout}"


def test_the_module_stands_alone_and_carries_the_contract(tmp_path):
    task = prepared(tmp_path / "a", "year")
    text = delivered_module(task, CASES["year"][1])
    (tmp_path / "year.py").write_text(text)
    code = "import year, sys; print(year.year(1903)); year.year(3)"
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.'); {code}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "3\n"
    assert "ViolationError" in done.stderr
    assert "@icontract.require(lambda y: 1900 <= y < 1910)" in text
    assert "@icontract.ensure(lambda y, result: result == last(y))" in text


def test_what_is_written(tmp_path):
    task = prepared(tmp_path / "a", "in_place")
    paths = write(delivery(task, CASES["in_place"][1], REPORT))
    assert [p.name for p in paths] == [
        "in_place.py",
        "test_in_place.py",
        "in_place.report.json",
        "in_place.report.txt",
    ]
    assert all(p.is_file() for p in paths)


def test_a_target_gets_a_patch_that_applies(tmp_path):
    task = prepared(tmp_path / "a", "filled")
    made = delivery(task, CASES["filled"][1], REPORT)
    write(made)
    folder = tmp_path / "a"
    assert (folder / "shop" / "orders.py").read_text() == SHOP
    assert "-        ...\n+        return sum(self.lines)\n" in made.diff
    subprocess.run(["git", "apply", "filled.diff"], cwd=folder, check=True)
    assert (folder / "shop" / "orders.py").read_text() == (folder / "filled.py").read_text()


def test_writing_is_all_or_nothing_and_keeps_permissions(tmp_path):
    path = tmp_path / "deep" / "f.py"
    write_atomically(path, "one")
    path.chmod(0o640)
    write_atomically(path, "two\r\n")
    assert path.read_bytes() == b"two\r\n"
    assert path.stat().st_mode & 0o777 == 0o640
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "ü", "ascii")
    assert path.read_bytes() == b"two\r\n"
    assert [p.name for p in path.parent.iterdir()] == ["f.py"]
    with pytest.raises(BadInput, match="can't be written"):
        write_atomically(Path(path, "below"), "x")
