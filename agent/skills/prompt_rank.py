"""Where a part of a prompt stands: what is smaller comes first."""

from icontract import ensure


@ensure(lambda result: 1 <= result <= 200)
def prompt_rank(part: str) -> int:
    """The rank of a part of the prompt."""
    if part == "description":
        return 10
    if part == "stub":
        return 20
    if part == "requires":
        return 30
    if part == "ensures":
        return 40
    if part == "raises":
        return 50
    if part == "properties":
        return 60
    if part == "examples":
        return 70
    if part == "modifies":
        return 80
    if part == "forbid":
        return 90
    if part == "definitions":
        return 100
    return 110
