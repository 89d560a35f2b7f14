"""Compiled modules are kept in a folder of our own, and only where Python keeps none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verify_agent.verifier.own_folders import own_folder

PRINTED = (
    "import sys\n"
    "from verify_agent.verifier.own_folders import keep_bytecode\n"
    "keep_bytecode()\n"
    "import verify_agent.verifier.evidence\n"
    "print(sys.pycache_prefix)\n"
)


def started(folder: Path, **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", PRINTED],
        env={**kept, "XDG_CACHE_HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_where_python_keeps_none_they_are_kept_in_a_folder_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "verify-agent" / "bytecode"
    assert started(tmp_path, PYTHONDONTWRITEBYTECODE="1") == str(folder)
    assert [p.name for p in folder.rglob("evidence*.pyc")]
    assert folder.stat().st_mode & 0o077 == 0


def test_where_python_is_told_where_to_keep_them_nothing_changes(tmp_path: Path) -> None:
    told = str(tmp_path / "told")
    assert started(tmp_path, PYTHONPYCACHEPREFIX=told, PYTHONDONTWRITEBYTECODE="1") == told
    assert not (tmp_path / "verify-agent").exists()


def test_where_python_keeps_them_nothing_changes(tmp_path: Path) -> None:
    assert started(tmp_path) == "None"
    assert not (tmp_path / "verify-agent").exists()


def test_a_folder_that_others_can_write_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = own_folder("bytecode")
    assert folder
    os.chmod(folder, 0o777)
    assert own_folder("bytecode") == ""


def test_where_no_folder_can_be_made_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert own_folder("bytecode") == ""
