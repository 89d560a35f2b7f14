"""Random small functions under random contracts: facts seen in runs, some of them not true."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import product
from typing import Any

from clocks import no_collection

from verify_agent.verifier.harness.results import TimeUp, alarm

HEAD = "from icontract import ensure, require, snapshot\n\n\n"
NAMES = ("a", "b", "xs", "ys")
PRECONDITIONS = (
    "len(xs) > 0", "a >= 0", "b > 0", "a <= b", "len(xs) == len(ys)", "all(x >= 0 for x in xs)",
    "0 <= a < len(xs)", "len(xs) > 1", "all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1))",
)  # fmt: skip
FACTS = (
    "result >= 0", "result > 0", "result <= len(xs)", "result == len(xs)", "result == a",
    "result == sum(xs)", "result >= a", "result <= a", "result in xs", "result not in ys",
    "result == xs[0]", "result == xs[-1]", "result % 2 == 0", "result == xs.count(a)",
    "result == a + b", "result == a // b", "result == a % b", "result == max(a, b)",
    "result < b", "result == b", "result == len(xs) * a", "result == max(xs)",
    "result == min(xs)", "all(x <= result for x in xs)", "any(x == result for x in xs)",
    "xs == OLD.xs", "ys == OLD.ys", "len(xs) == len(OLD.xs)", "len(xs) == len(OLD.xs) + 1",
    "all(x == a for x in xs)", "all(x >= 0 for x in xs)", "xs == OLD.xs[::-1]",
    "sum(xs) == sum(OLD.xs)", "sorted(xs) == sorted(OLD.xs)", "xs is not ys",
    "all(xs[i] == OLD.xs[i] + 1 for i in range(len(xs)))", "xs == ys", "xs[0] == a",
    "all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1))", "a in xs",
    "result == len([x for x in OLD.xs if x > 0])", "result == sum(OLD.xs[1:])",
    "result == len(OLD.ys) + len(OLD.xs)", "xs[a] == b", "len(xs) <= 1", "result != 0",
    "result == (a > b)", "result == sum(x * x for x in xs)", "result == xs.index(a)",
    "all(OLD.xs[i] == xs[i] for i in range(min(len(xs), len(OLD.xs))))", "xs[-1] == b",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A function under contract, as source text."""

    source: str

    @property
    def text(self) -> str:
        """The whole module."""
        return HEAD + self.source


def cases(rng: random.Random) -> Iterator[Case]:
    """Functions with contracts that nearly always hold on samples, without end."""
    while True:
        body = _body(rng)
        requires = tuple(rng.sample(PRECONDITIONS, rng.choice((0, 0, 1, 1, 2))))
        ensures = _observed(rng, body, requires)
        if ensures:
            yield Case(_written(body, requires, ensures))


def _written(body: str, requires: tuple[str, ...], ensures: tuple[str, ...]) -> str:
    given = ", ".join(NAMES)
    lines = [f"@require(lambda {given}: {text})" for text in requires]
    lines += [f"@snapshot(lambda {n}: {n}[:], name='{n}')" for n in ("xs", "ys")]
    lines += [f"@ensure(lambda {given}, result, OLD: {text})" for text in ensures]
    return "\n".join([*lines, body])


def _observed(rng: random.Random, body: str, requires: tuple[str, ...]) -> tuple[str, ...]:
    """Facts that hold on all or on most samples."""
    function = _compiled(body)
    given = ", ".join((*NAMES, "result", "OLD"))
    samples = [_sample(rng) for _ in range(60)]
    try:
        # Programs that do not end on some sample are left out.
        with no_collection(), alarm(0.5):
            runs = [r for s in samples if (r := _run(function, s, requires)) is not None]
    except TimeUp:
        return ()
    if len(runs) < 8:
        return ()
    found = []
    for text in FACTS:
        holds = eval(f"lambda {given}: {text}")
        share = sum(_true(holds, run) for run in runs) / len(runs)
        if share == 1 or (share > 0.75 and rng.random() < 0.5):
            found.append(text)
    return tuple(rng.sample(found, min(len(found), rng.randint(1, 2))))


def _compiled(body: str) -> Callable[..., Any]:
    scope: dict[str, Any] = {}
    exec(body, scope)
    function: Callable[..., Any] = scope["f"]
    return function


class _Old:
    def __init__(self, args: list[Any]) -> None:
        self.xs, self.ys = list(args[2]), list(args[3])


def _run(
    function: Callable[..., Any], args: list[Any], requires: tuple[str, ...]
) -> list[Any] | None:
    given = ", ".join(NAMES)
    try:
        if not all(eval(f"lambda {given}: {text}")(*args) for text in requires):
            return None
        old = _Old(args)
        result = function(*args)
    except Exception:
        return None
    return [*args, result, old]


def _true(holds: Callable[..., Any], run: list[Any]) -> bool:
    try:
        return bool(holds(*run))
    except Exception:
        return False


def _sample(rng: random.Random) -> list[Any]:
    lists = [[rng.randint(-2, 4) for _ in range(rng.randint(0, 5))] for _ in range(2)]
    if rng.random() < 0.15:
        lists[1] = lists[0]
    return [rng.randint(-3, 5), rng.randint(-3, 5), *lists]


def inputs(rng: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """Arguments: all small ones, then random ones; the lists may be one object."""
    short = [list(x) for size in range(3) for x in product((-1, 0, 2), repeat=size)]
    for a, b in product((-1, 0, 1, 2), repeat=2):
        for xs in short:
            shared = list(xs)
            yield dict(zip(NAMES, (a, b, shared, shared), strict=True))
            yield dict(zip(NAMES, (a, b, list(xs), list(rng.choice(short))), strict=True))
    for _ in range(count):
        yield dict(zip(NAMES, deepcopy(_sample(rng)), strict=True))


# -- bodies ------------------------------------------------------------------------------------


def _body(rng: random.Random) -> str:
    pick = rng.choice
    annotation = ", ".join(f"{n}: {'int' if n in 'ab' else 'list[int]'}" for n in NAMES)
    lines = [f"def f({annotation}) -> int:"]
    lines.append(f"    n = {pick(('0', 'a', '1', 'len(xs)', 'b', 'xs[0]', '-1'))}")
    if rng.random() < 0.25:
        lines.append(f"    {_statement(rng, ())}")
    if rng.random() < 0.8:
        lines += _loop(rng)
    if rng.random() < 0.3:
        lines += _guarded(rng)
    lines.append(f"    return {pick(('n', 'n', 'n', 'len(xs)', 'n + a', 'sum(xs)', 'n // b'))}")
    return "\n".join(lines) + "\n"


def _loop(rng: random.Random) -> list[str]:
    heads = (
        ("for i in range(len(xs)):", ("i",)), ("for x in xs:", ("x",)),
        ("for i in range(a):", ("i",)),
        ("for i, x in enumerate(xs):", ("i", "x")), ("for x in reversed(xs):", ("x",)),
        ("for i in range(a, b):", ("i",)), ("for x, y in zip(xs, ys):", ("x", "y")),
        ("for i in range(len(xs) - 1, -1, -1):", ("i",)), ("for x in xs[1:]:", ("x",)),
        ("for i in range(0, len(xs), 2):", ("i",)), ("for x in ys + xs:", ("x",)),
        ("for i in range(b, a, -1):", ("i",)), ("for x in xs[::-1]:", ("x",)),
    )  # fmt: skip
    if rng.random() < 0.25:
        head, names = f"while {rng.choice(('k < len(xs)', 'k < a', 'k <= b'))}:", ("k",)
        lines = ["    k = 0", f"    {head}"]
        body = _block(rng, names)
        return [*lines, *body, "        k += 1"]
    head, names = rng.choice(heads)
    lines = [f"    {head}", *_block(rng, names)]
    if rng.random() < 0.15:
        lines += ["    else:", f"        {_statement(rng, ())}"]
    return lines


def _block(rng: random.Random, names: tuple[str, ...]) -> list[str]:
    lines = []
    for _ in range(rng.randint(1, 2)):
        if rng.random() < 0.45:
            jump = "k" not in names and rng.random() < 0.35
            inner = rng.choice(("break", "continue")) if jump else _statement(rng, names)
            lines += [f"        if {_test(rng, names)}:", f"            {inner}"]
        else:
            lines.append(f"        {_statement(rng, names)}")
    return lines


def _guarded(rng: random.Random) -> list[str]:
    handler = rng.choice(("IndexError", "ZeroDivisionError", "ValueError", "LookupError"))
    return [
        "    try:",
        f"        {_statement(rng, ())}",
        f"    except {handler}:",
        f"        {rng.choice(('n = 0', 'return a', 'n += 1', 'xs.append(a)'))}",
    ]


def _number(rng: random.Random, names: tuple[str, ...]) -> str:
    return str(rng.choice(("a", "b", "n", "0", "1", "2", "len(xs)", *names, *names)))


def _test(rng: random.Random, names: tuple[str, ...]) -> str:
    one, other = _number(rng, names), _number(rng, names)
    forms = (
        f"{one} {rng.choice(('<', '<=', '==', '!=', '>'))} {other}",
        f"{one} % 2 == {rng.choice('01')}",
        f"{one} in {rng.choice(('xs', 'ys'))}",
        f"xs[{one}] > {other}",
        f"0 <= {one} < {other}",
        f"{one} and {other}",
    )
    return rng.choice(forms)


def _statement(rng: random.Random, names: tuple[str, ...]) -> str:
    one, other = _number(rng, names), _number(rng, names)
    forms = (
        f"n += {one}", "n += 1", f"n = {one}", f"n -= {one}", f"n = max(n, {one})",
        f"n = {one} - {other}", f"n = {one} // {other}", f"n = {one} % {other}",
        f"n = {one} or {other}", f"xs[{one}] = {other}", f"xs[{one}] += 1", f"n += xs[{one}]",
        f"xs.append({one})", f"n = xs.pop({rng.choice(('', '0', '-1'))})", f"n += {one} * {other}",
        f"ys[{one}] = {other}", "xs.reverse()", f"xs = xs + [{one}]", f"n = ys[{one}]",
        f"a, b = b, {one}", "ys = xs", f"n = len(xs[{one}:{other}])",
        "xs[0], xs[-1] = xs[-1], xs[0]",
        f"xs.insert({one}, {other})", f"n = xs.index({one})", f"n += {one} > {other}", "ys = xs[:]",
        f"ys.append({one})", f"del xs[{one}]", "xs.sort()", f"n = sum(xs[{one}:])", "xs += [n]",
    )  # fmt: skip
    return rng.choice(forms)
