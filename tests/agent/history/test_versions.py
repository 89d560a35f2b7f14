"""What is read of a function's history, and what is said where it can't be."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from verify_agent.agent.history import git, versions
from verify_agent.agent.history.versions import history_of

FIRST = "def f(x: int) -> int:\n    return x + 1\n"
SECOND = "def f(x: int) -> int:\n    return x - 1\n"
THIRD = "import icontract\n\n\n@icontract.require(lambda x: x > 0)\n" + SECOND
OTHER = "\n\ndef g() -> int:\n    return 1\n"


def test_the_commits_that_changed_the_function_with_who_and_what(repository) -> None:
    first = repository.commit("Write f", m=FIRST, tests__test_m="")
    repository.commit("Add g", m=FIRST + OTHER)
    second = repository.commit("Count down", m=SECOND + OTHER)
    third = repository.commit("Ask for more", m=THIRD + OTHER)
    found = history_of(repository.folder / "m.py", "f").versions
    assert [(v.commit, v.subject, v.author) for v in found] == [
        (third, "Ask for more", "Ada"),
        (second, "Count down", "Ada"),
        (first, "Write f", "Ada"),
    ]
    assert [(v.tests, v.contract) for v in found] == [(False, True), (False, False), (True, False)]
    assert [v.text for v in found] == [THIRD + OTHER, SECOND + OTHER, FIRST]
    assert found[2].told.endswith("Ada: Write f, with tests)")


def test_a_renamed_file_is_followed(repository) -> None:
    repository.commit("Write f", old=FIRST + OTHER * 4)
    (repository.folder / "pack").mkdir()
    repository.git("mv", "old.py", "pack/new.py")
    repository.commit("Move it")
    repository.commit("Change it", pack__new=SECOND + OTHER * 4)
    found = history_of(repository.folder / "pack" / "new.py", "f")
    assert [v.subject for v in found.versions] == ["Change it", "Write f"]
    assert found.notes == ("history: the file was old.py before",)


def test_a_method_and_a_file_name_that_is_a_pattern(repository) -> None:
    text = "class A:\n    def f(self) -> int:\n        return 1\n"
    (repository.folder / ":(top)*.py").write_text(text)
    repository.commit("One", m=FIRST)
    (repository.folder / ":(top)*.py").write_text(text.replace("1", "2"))
    repository.commit("Two")
    found = history_of(repository.folder / ":(top)*.py", "A.f")
    assert [v.subject for v in found.versions] == ["Two", "One"]


@pytest.mark.parametrize("what", ["no repository", "no commit", "unknown file", "no git"])
def test_nothing_to_read_is_said(what, repository, tmp_path, monkeypatch) -> None:
    folder = repository.folder
    match what:
        case "no repository":
            folder = tmp_path / "plain"
            folder.mkdir()
            monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
            expected = "not a git repository"
        case "no commit":
            expected = "does not have any commits yet"
        case "unknown file":
            repository.commit("Other", other=FIRST)
            expected = "it has no commit of m.py"
        case _:
            repository.commit("Write f", m=FIRST)
            monkeypatch.setenv("PATH", str(tmp_path))
            expected = "git is not installed"
    (folder / "m.py").write_text(FIRST)
    found = history_of(folder / "m.py", "f")
    assert found.versions == ()
    (note,) = found.notes
    assert note.startswith("history: not read: ")
    assert expected in note


def test_a_shallow_clone_says_so(repository, tmp_path) -> None:
    repository.commit("Write f", m=FIRST)
    repository.commit("Change f", m=SECOND)
    repository.git(
        "clone", "-q", "--depth", "1", f"file://{repository.folder}", str(tmp_path / "c")
    )
    found = history_of(tmp_path / "c" / "m.py", "f")
    assert [v.subject for v in found.versions] == ["Change f"]
    assert found.notes == ("history: the clone is shallow: older commits are not here",)


def test_a_submodule_has_its_own_history(repository, tmp_path) -> None:
    repository.commit("Write f", m=FIRST)
    repository.commit("Change f", m=SECOND)
    outer = type(repository)(tmp_path / "outer")
    outer.folder.mkdir()
    outer.git("init", "-q")
    outer.git("submodule", "add", "-q", str(repository.folder), "inner")
    outer.commit("Take it in")
    found = history_of(outer.folder / "inner" / "m.py", "f")
    assert [v.subject for v in found.versions] == ["Change f", "Write f"]


def test_broken_and_missing_versions_are_passed_over(repository) -> None:
    repository.commit("Write f", m=FIRST)
    repository.commit("Break it", m="def f(:\n")
    repository.commit("Bytes", m="# coding: no-such-code\n" + SECOND)
    repository.commit("Mend it", m=SECOND)
    gone = repository.git("rev-parse", "HEAD~3:m.py")
    (repository.folder / ".git" / "objects" / gone[:2] / gone[2:]).unlink()
    found = history_of(repository.folder / "m.py", "f")
    assert [v.subject for v in found.versions] == ["Mend it"]
    assert found.notes == ("history: 1 versions of the file are not here or too large",)


def test_bounds_are_kept_and_said(repository, monkeypatch) -> None:
    for number in range(5):
        repository.commit(f"Change {number}", m=FIRST.replace("1", str(number)))
    monkeypatch.setattr(versions, "MOST_COMMITS", 3)
    found = history_of(repository.folder / "m.py", "f")
    assert [v.subject for v in found.versions] == ["Change 4", "Change 3", "Change 2"]
    assert found.notes == ("history: the oldest commits of m.py were left out",)
    monkeypatch.setattr(versions, "MOST_BYTES", 3)
    found = history_of(repository.folder / "m.py", "f")
    assert found.versions == ()
    assert "history: 3 versions of the file are not here or too large" in found.notes


def test_a_git_that_hangs_is_left_behind(repository, tmp_path, monkeypatch) -> None:
    repository.commit("Write f", m=FIRST)
    real = shutil.which("git")
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f'#!/bin/sh\ncase "$*" in *" log "*) exec sleep 60;; esac\nexec {real} "$@"\n')
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}{os.pathsep}{os.environ['PATH']}")
    found = history_of(repository.folder / "m.py", "f", seconds=0.3)
    assert found.notes == ("history: not read: not all was read in 0 s",)


def test_control_characters_do_not_come_through(repository) -> None:
    repository.commit("Red \x1b[31m\x01 alert", m=FIRST)
    (version,) = history_of(repository.folder / "m.py", "f").versions
    assert version.told.isprintable()


def hostile(folder: Path, program: Path) -> None:
    """Every setting that could start a program when history is read."""
    settings = {
        "core.fsmonitor": program,
        "core.hooksPath": program.parent,
        "core.pager": program,
        "core.sshCommand": program,
        "core.askPass": program,
        "core.gitProxy": program,
        "core.alternateRefsCommand": program,
        "pager.log": program,
        "diff.external": program,
        "diff.bad.command": program,
        "diff.bad.textconv": program,
        "filter.bad.clean": program,
        "filter.bad.smudge": program,
        "filter.bad.process": program,
        "gpg.program": program,
        "log.showSignature": "true",
        "alias.log": f"!{program}",
        "alias.cat-file": f"!{program}",
        "alias.rev-parse": f"!{program}",
        "credential.helper": program,
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
    }
    for name, value in settings.items():
        subprocess.run(["git", "config", name, str(value)], cwd=folder, check=True)
    (folder / ".git" / "info" / "attributes").write_text("*.py diff=bad filter=bad\n")


def test_nothing_of_the_repositorys_configuration_is_run(repository, tmp_path, monkeypatch) -> None:
    marker = tmp_path / "ran"
    program = tmp_path / "bin" / "post-index-change"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {marker}\nexit 1\n')
    program.chmod(0o755)
    repository.commit("Write f", m=FIRST)
    repository.commit("Change f", m=SECOND)
    head, _, rest = repository.git("cat-file", "commit", "HEAD").partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----"
    signed = f"{head}\n{signature}\n\n{rest}\n"
    made = repository.git("hash-object", "-t", "commit", "-w", "--stdin", data=signed)
    repository.git("update-ref", "HEAD", made)
    gone = repository.git("rev-parse", "HEAD~1:m.py")
    (repository.folder / ".git" / "objects" / gone[:2] / gone[2:]).unlink()
    hostile(repository.folder, program)
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH", "GIT_ASKPASS", "GIT_EDITOR"):
        monkeypatch.setenv(name, str(program))
    plain = subprocess.run(
        ["git", "log", "-p", "--", "m.py"],
        cwd=repository.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert marker.exists(), plain  # the settings do run programs where nothing stops them
    marker.unlink()
    found = history_of(repository.folder / "m.py", "f")
    assert [v.subject for v in found.versions] == ["Change f"]
    assert not marker.exists(), marker.read_text()


def test_the_repository_is_the_folders_whatever_the_environment_says(
    repository, tmp_path, monkeypatch
) -> None:
    repository.commit("Write f", m=FIRST)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert git.asked(repository.folder, ("rev-parse", "HEAD"), 5.0).problem == ""
