"""What a leaf of an enumerated term costs: a parameter, a constant, a piece of the contract."""

from icontract import ensure


@ensure(lambda result: 1 <= result <= 9)
def leaf_cost(kind: str) -> int:
    """The cost of one use of a leaf of a kind."""
    if kind == "parameter":
        return 1
    if kind == "constant":
        return 1
    if kind == "spare constant":
        return 2
    if kind == "contract term":
        return 2
    return 2
