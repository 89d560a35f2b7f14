"""Runs generated tests under coverage.py. Runs in the sandbox."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from verify_agent.verifier.harness.module import load
from verify_agent.verifier.harness.results import TimeUp, alarm
from verify_agent.verifier.harness.wire import unpack


def covered(payload: Mapping[str, Any]) -> dict[str, Any]:
    """`{"covered": n, "all": n, "red": [...]}`: statements and branches of the function.

    `payload` has `subject` (packed), `tests` (the text of a test module without the import of
    the module under test), `file` (where that would stand) and `seconds`. `red` are the tests
    that do not pass, `late` whether the time was up before all had run.
    """
    import coverage

    subject = unpack(payload["subject"])
    path = Path.cwd() / f"{subject.module.rpartition('.')[2]}.py"
    path.write_text(subject.source, encoding="utf-8")
    module = load(replace(subject, path=str(path)))
    space = {**vars(module), "__file__": payload["file"], "__name__": "generated_tests"}
    watch = coverage.Coverage(branch=True, data_file=None, include=[str(path)], config_file=False)
    red, late = _run(payload["tests"], space, watch, payload["seconds"])
    report = Path.cwd() / "coverage.json"
    watch.json_report(outfile=str(report))
    found = json.loads(report.read_text(encoding="utf-8"))
    (measured,) = found["files"].values()
    summary = measured["functions"][subject.qualname]["summary"]
    return {
        "covered": summary["covered_lines"] + summary["covered_branches"],
        "all": summary["num_statements"] + summary["num_branches"],
        "red": red,
        "late": late,
    }


def _run(text: str, space: dict[str, Any], watch: Any, seconds: float) -> tuple[list[str], bool]:
    red: list[str] = []
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.getcwd())
    exec(compile(text, "<tests>", "exec", dont_inherit=True), space)
    tests = [(n, t) for n, t in space.items() if n.startswith("test_") and callable(t)]
    watch.start()
    try:
        with alarm(seconds):
            for name, test in tests:
                try:
                    test()
                except TimeUp:
                    raise
                except BaseException:
                    # A test may fail in any way: which did is the answer.
                    red.append(name)
    except TimeUp:
        return red, True
    finally:
        watch.stop()
    return red, False
