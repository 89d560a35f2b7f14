"""In which order the sources of candidates for a loop's invariant are asked."""

from icontract import ensure


@ensure(lambda result: 1 <= result <= 200)
def source_rank(source: str) -> int:
    """The rank of a source; what is smaller is asked first."""
    if source == "asserts_at_head":
        return 10
    if source == "linear":
        return 20
    if source == "bounds":
        return 30
    if source == "postcondition":
        return 40
    if source == "tables":
        return 50
    if source == "folds":
        return 60
    if source == "nested":
        return 70
    if source == "elementwise":
        return 80
    if source == "order":
        return 90
    if source == "divisors":
        return 100
    if source == "polynomial":
        return 110
    return 120
