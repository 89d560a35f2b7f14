"""How large an edit of a repair counts: what is smaller is tried, and offered, first."""

from icontract import ensure


@ensure(lambda result: 1 <= result <= 200)
def edit_size(kind: str) -> int:
    """The size of an edit of a kind, in tenths."""
    if kind == "OPERATOR":
        return 10
    if kind == "CONSTANT":
        return 11
    if kind == "EARLIER":
        return 11
    if kind == "VARIABLE":
        return 12
    if kind == "OFF_BY_ONE":
        return 14
    if kind == "CONDITION":
        return 18
    if kind == "INITIAL":
        return 15
    if kind == "BRANCHES":
        return 20
    if kind == "ORDER":
        return 22
    if kind == "REMOVED":
        return 24
    if kind == "GUARD":
        return 28
    if kind == "UPDATE":
        return 26
    if kind == "EXPRESSION":
        return 30
    if kind == "BODY":
        return 90
    if kind == "PRECONDITION":
        return 80
    return 30
