"""How large a step the search for better parameters takes: part of the proposer of changes."""

from icontract import ensure, require


@require(lambda failures: failures >= 0)
@ensure(lambda result: 1 <= result <= 20)
def step_size(skill: str, failures: int) -> int:
    """How many constants of a skill change at once, after so many failures in a row."""
    if failures >= 8:
        return 1
    return 3
