"""How long a search goes on for a smaller answer once it has one."""

from icontract import ensure, require


@require(lambda size: size >= 0)
@require(lambda spent: spent >= 0)
@ensure(lambda result: result >= 1000)
def patience(size: int, loops: bool, spent: int) -> int:
    """The units of work to go on, after an answer of so many nodes that took `spent` units.

    The whole search is bounded: an answer that came late is hardly ever followed by a smaller one.
    """
    whole = 25000 + 1500 * size - spent
    if loops:
        return max(1000, min(40000 + 18000 * size + spent // 2, whole))
    return max(1000, min(40000 + 6000 * size + spent // 2, whole))
