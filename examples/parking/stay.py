"""What one stay costs."""

from icontract import ensure, require

from .rates import capped, started_hours


@require(lambda entered: entered >= 0)
@require(lambda entered, left: entered <= left)
@ensure(lambda result: 0 <= result <= 1500)
def price(entered: int, left: int) -> int:
    """Cents for a stay between two times in minutes."""
    return capped(started_hours(left - entered))
