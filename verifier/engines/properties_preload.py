"""Import Hypothesis and use it once: what its first campaign finds out, every later one needs.

A sandbox's keeper does this, so that its forks begin with Hypothesis's tables filled (the
modules that are a project's own, the constants to draw from, the plugins). Nothing of a subject
is run here.
"""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, given, seed, settings

from verify_agent.verifier.engines import properties_job

_EXAMPLES = 12


@seed(0)
@settings(
    max_examples=_EXAMPLES,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(
    st.tuples(
        st.integers(),
        st.text(),
        st.floats(),
        st.lists(st.booleans()),
        st.dictionaries(st.integers(), st.text()),
        st.one_of(st.none(), st.sampled_from((1, 2))),
    )
)
def _campaign(values: object) -> None:
    """Draw, and look at nothing."""


_campaign()

#: The job that forks of the keeper will run, so that its import is not an unused one.
JOB = properties_job.job.__name__
