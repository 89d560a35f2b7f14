"""How much a strategy's answers count when the smallest of them is offered."""

from icontract import ensure


@ensure(lambda result: 1 <= result <= 100)
def candidate_rank(strategy: str) -> int:
    """The factor of their size, in twentieths; less is preferred."""
    if strategy == "definition":
        return 15
    if strategy == "recursion":
        return 50
    if strategy == "weighted sum":
        return 16
    return 20
