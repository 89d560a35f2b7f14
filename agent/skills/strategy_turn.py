"""How long a strategy works before the next one has its turn."""

from icontract import ensure


@ensure(lambda result: 1000 <= result <= 100000)
def strategy_turn(strategy: str) -> int:
    """The units of work of one turn."""
    return 5000
