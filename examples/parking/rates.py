"""Rates in cents."""

from icontract import ensure, require


@require(lambda minutes: minutes >= 0)
@ensure(lambda result, minutes: (result - 1) * 60 < minutes <= result * 60)
def started_hours(minutes: int) -> int:
    """Hours that have to be paid: every hour that was begun."""
    ...


@require(lambda hours: hours >= 0)
@ensure(lambda result: 0 <= result <= 1500)
@ensure(lambda result, hours: result == 200 * hours or result == 1500)
def capped(hours: int) -> int:
    """Two a hour, and never more than the price of a day."""
    # the first seven hours are below the price of a day
    return 200 * hours if hours <= 7 else 1500
