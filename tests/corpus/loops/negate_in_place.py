"""Element-wise change of the argument."""

from icontract import ensure, snapshot


@snapshot(lambda xs: xs[:], name="old")
@ensure(lambda xs, OLD: len(xs) == len(OLD.old))
@ensure(lambda xs, OLD: all(xs[i] == -OLD.old[i] for i in range(len(xs))))
def negate_in_place(xs: list[int]) -> None:  # expect: proved
    for i in range(len(xs)):
        xs[i] = -xs[i]


@snapshot(lambda xs: xs[:], name="old")
@ensure(lambda xs, OLD: len(xs) == len(OLD.old))
@ensure(lambda xs, OLD: all(xs[i] == -OLD.old[i] for i in range(len(xs))))
def negate_in_place_broken(xs: list[int]) -> None:  # expect: refuted
    for i in range(len(xs) - 1):
        xs[i] = -xs[i]
