"""The shared ladder and semantics programs: no wrong word from an engine that executes."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.module import check_modules

SUITES = Path(__file__).parents[4] / "shared" / "suites" / "verify"
LEAST_REFUTED = 0.95


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["properties", "symbolic"])
def test_no_wrong_verdict(engine: str) -> None:
    if not SUITES.is_dir():
        pytest.skip(f"the shared suites are not at {SUITES}")
    paths = sorted(SUITES.glob("*/*.py"))
    modules = [load(p.read_text(), str(p), p.stem) for p in paths]
    options = Options(engines=(engine,), seconds=3.0, jobs=2)
    report = check_modules(modules, options=options)
    assert report.complete
    words: dict[str, set[Verdict]] = {p.stem: set() for p in paths}
    for function in report.functions:
        words[Path(function.path).stem] |= {o.verdict for o in function.obligations}
    refuted = [name for name, found in words.items() if Verdict.REFUTED in found]
    assert not [name for name in refuted if name.endswith("__holds")]
    wrong = [name for name, found in words.items() if found == {Verdict.CONFIRMED}]
    assert not [name for name in wrong if not name.endswith("__holds")]
    violated = [name for name in words if name.endswith("__violated")]
    if engine == "properties":
        assert len(set(refuted) & set(violated)) >= LEAST_REFUTED * len(violated)
