"""Module variables that functions read and write: any value on entry, the new one after."""

from icontract import ensure, require, snapshot

tickets = 0
open_now = False


@snapshot(lambda: tickets, name="before")
@ensure(lambda result, OLD: result == tickets == OLD.before + 1)
def ticket() -> int:  # expect: proved
    global tickets
    tickets += 1
    return tickets


@snapshot(lambda: tickets, name="before")
@ensure(lambda result, OLD: result == OLD.before + 1)
def ticket_broken() -> int:  # expect: refuted
    global tickets
    tickets += 1
    return 1


@require(lambda n: n >= 0)
@snapshot(lambda: tickets, name="before")
@ensure(lambda n, OLD: tickets == OLD.before + n)
def sell(n: int) -> None:  # expect: proved
    global tickets
    if n > 0:
        ticket()
        tickets += n - 1


@require(lambda n: n >= 0)
@snapshot(lambda: tickets, name="before")
@ensure(lambda n, OLD: tickets == OLD.before + n)
def sell_broken(n: int) -> None:  # expect: refuted
    global tickets
    ticket()
    tickets += n - 1
    if n == 0:
        ticket()


@snapshot(lambda: open_now, name="before")
@ensure(lambda OLD, result: result == open_now and open_now != OLD.before)
def turn() -> bool:  # expect: proved
    global open_now
    open_now = not open_now
    return open_now


@snapshot(lambda: open_now, name="before")
@ensure(lambda OLD: open_now != OLD.before)
def turn_broken() -> bool:  # expect: refuted
    global open_now
    open_now = True
    return open_now
