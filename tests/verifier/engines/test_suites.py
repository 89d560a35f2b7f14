"""The shared ladder and semantics programs: no wrong word from an engine that executes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from verify_agent.verifier.engines.base import Engine
from verify_agent.verifier.evidence import Obligation, Verdict
from verify_agent.verifier.frontend.load import load

SUITES = Path(__file__).parents[4] / "shared" / "suites" / "verify"
LEAST_REFUTED = 0.95


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["properties", "symbolic"])
def test_no_wrong_verdict(
    engine_name: str,
    properties_engine: Engine,
    symbolic_engine: Engine,
    judge: Callable[..., dict[str, Obligation]],
) -> None:
    if not SUITES.is_dir():
        pytest.skip(f"the shared suites are not at {SUITES}")
    engine = properties_engine if engine_name == "properties" else symbolic_engine
    refuted = violated = 0
    for path in sorted(SUITES.glob("*/*.py")):
        words = set()
        for subject in load(path.read_text(), path.name).subjects:
            words |= {o.verdict for o in judge(engine, subject, seconds=3.0).values()}
        if path.stem.endswith("__holds"):
            assert Verdict.REFUTED not in words, path.name
        else:
            assert Verdict.REFUTED in words or words != {Verdict.CONFIRMED}, path.name
            violated += path.stem.endswith("__violated")
            refuted += Verdict.REFUTED in words
    if engine_name == "properties":
        assert refuted >= LEAST_REFUTED * violated
