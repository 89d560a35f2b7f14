"""Which batch a query belongs to: half-open, consecutive windows of one width.

Formula (3) of the paper has closed sliding windows, which put a query into several batches; here
each query is in exactly one (claim C10). Times are whole milliseconds since some start.
"""

from __future__ import annotations

from icontract import ensure, require


@require(lambda width: width > 0)
@ensure(lambda arrival, width, result: result * width <= arrival < (result + 1) * width)
def batch_of(arrival: int, width: int) -> int:
    """The number k of the window [k * width, (k + 1) * width) that holds a time of arrival."""
    return arrival // width


@require(lambda width: width > 0)
@ensure(lambda arrival, width, first, second, result: not result or first == second)
def in_both(arrival: int, width: int, first: int, second: int) -> bool:
    """Whether two windows hold one time: then they are one window."""
    in_first = first * width <= arrival < (first + 1) * width
    in_second = second * width <= arrival < (second + 1) * width
    return in_first and in_second


@require(lambda width: width > 0)
@ensure(lambda arrival, width, result: result > arrival)
@ensure(lambda arrival, width, result: result - arrival <= width)
def closes_at(arrival: int, width: int) -> int:
    """When the batch of a query is sent off: after it came, and at most one width later."""
    return (arrival // width + 1) * width
