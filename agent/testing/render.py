"""The examples as test functions, each with the mutants that it is there for."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.agent.documenting.examples import looked_at
from verify_agent.agent.testing.kills import assertion
from verify_agent.verifier.engines.observations import RAISED, Observation

_SHOWN = 8


def example_test(number: int, name: str, seen: Observation, mutants: Sequence[str]) -> str:
    """One test function; `mutants` are the ones that it kills and no earlier example does."""
    lines = [f"# kills {mutant}" for mutant in mutants[:_SHOWN]]
    if len(mutants) > _SHOWN:
        lines.append(f"# kills {len(mutants) - _SHOWN} more")
    lines += seen.input.setup
    if seen.outcome.kind == RAISED:
        lines += [f"with pytest.raises({seen.outcome.text}):", f"    {seen.input.call}"]
    else:
        lines.append(assertion(seen.input.call, seen.outcome.text))
    lines += [assertion(looked_at(seen, place), value) for place, value in seen.outcome.after]
    body = "\n".join(f"    {line}" for line in lines)
    return f"def test_{name}_example_{number}():\n{body}"
