"""Which change of a skill is proposed next: the improver's own part that can be improved."""

from icontract import ensure, require


@require(lambda tried: tried >= 0)
@require(lambda admitted: admitted >= 0)
@require(lambda admitted, tried: admitted <= tried)
@ensure(lambda result: result >= 1)
def proposal_weight(operator: str, skill: str, tried: int, admitted: int) -> int:
    """The weight of an operator on a skill that was tried and admitted so often."""
    if operator == "traces":
        return 1 + 400 * (1 + admitted) // (2 + tried)
    return 1 + 100 * (1 + admitted) // (2 + tried)
