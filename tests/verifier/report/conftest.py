"""Reports of every kind of verdict, made by Hypothesis and by hand."""

import pytest
from hypothesis import strategies as st

from verify_agent.verifier.evidence import (
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Report,
    RunRecord,
    Span,
    Verdict,
)

RUN = RunRecord("id", "2026-01-01T00:00:00+00:00", ("check",), 3, "3.11", "linux", {"z3": "4"})


def _attempt(engine, outcome, reason, assumptions, text):
    shown = outcome in (Verdict.REFUTED, Verdict.CANDIDATE)
    found = Counterexample(text, text, (text,), text, outcome is Verdict.REFUTED) if shown else None
    return Attempt(
        engine, outcome, reason, "1", 0.5, {"seconds": 2}, 3, False, (text,), found, assumptions
    )


_words = st.text(max_size=12)
_attempts = st.builds(
    _attempt,
    st.sampled_from(["deductive", "symbolic", "properties"]),
    st.sampled_from(Verdict),
    _words,
    st.sampled_from([(), ("terminates",), ("enough stack and memory", "terminates")]),
    _words,
)
_obligations = st.builds(
    Obligation,
    _words,
    st.sampled_from(["ensure", "frame"]),
    _words,
    st.one_of(st.none(), st.builds(Span, st.integers(1, 99))),
    st.lists(_attempts, max_size=3).map(tuple),
)
_functions = st.builds(
    FunctionReport,
    _words,
    _words,
    st.integers(1, 99),
    st.lists(_obligations, max_size=3).map(tuple),
    st.lists(_words, max_size=1).map(tuple),
)


@pytest.fixture(scope="session")
def reports():
    """A strategy for reports."""
    many = st.lists(_functions, max_size=3).map(tuple)
    digests = st.just({"a.py": "0" * 64})
    return st.builds(Report, st.just(RUN), many, digests, st.booleans(), st.just(("note",)))


@pytest.fixture
def run_record():
    return RUN
