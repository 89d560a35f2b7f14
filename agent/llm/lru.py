"""Which entries of a cache must go: the least recently used, until the new one fits.

Formula (4) of the paper evicts one key, which may not be enough (claim C11). Entries stand in
the order of their last access, the most recent first; sizes are bytes.
"""

from __future__ import annotations

from icontract import ensure, require


@require(lambda capacity, incoming: 0 <= incoming <= capacity)
@ensure(lambda sizes, result: 0 <= result <= len(sizes))
@ensure(lambda sizes, capacity, incoming, result: sum(sizes[:result]) + incoming <= capacity)
@ensure(
    lambda sizes, capacity, incoming, result: (
        result == len(sizes) or sum(sizes[: result + 1]) + incoming > capacity
    )
)
def entries_kept(sizes: list[int], capacity: int, incoming: int) -> int:
    """How many of the entries stay when `incoming` bytes are to fit: the most that can.

    All others, the least recently used, are evicted.
    """
    used = 0
    count = 0
    while count < len(sizes) and used + sizes[count] + incoming <= capacity:
        used += sizes[count]
        count += 1
    return count


@ensure(lambda size, capacity, result: result == (0 <= size <= capacity))
def may_enter(size: int, capacity: int) -> bool:
    """Whether an item can be kept at all: one that is larger than the cache is refused."""
    return 0 <= size <= capacity


@require(lambda stamps: len(stamps) > 0)
@ensure(lambda stamps, result: 0 <= result < len(stamps))
@ensure(lambda stamps, result: all(stamps[result] <= s for s in stamps))
def least_recent(stamps: list[int]) -> int:
    """The place of the smallest time of last access."""
    best = 0
    for i in range(1, len(stamps)):
        if stamps[i] < stamps[best]:
            best = i
    return best
