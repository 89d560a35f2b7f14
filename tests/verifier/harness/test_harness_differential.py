"""The harness and icontract itself agree on what a call is."""

import icontract
import pytest

from verify_agent.verifier.frontend.load import subject as from_source
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import NotAllowed, Passed, Violation

HEAD = "import icontract\nfrom icontract import require, ensure, snapshot\n"
NUMBERS = [{"x": x, "y": y} for x in (-2, -1, 0, 1, 3) for y in (-1, 0, 2)]
LISTS = [{"xs": xs} for xs in ([], [0], [1, 2], [2, 1], [3, 3, 3])]

PROGRAMS = [
    (
        """
@require(lambda x: x >= 0)
@require(lambda y, x: x // y > -9)
@ensure(lambda result, x: result * 2 >= x)
def f(x: int, y: int) -> int:
    return x // y if y > 0 else x
""",
        NUMBERS,
    ),
    (
        """
@ensure(lambda result: result != 3)
@ensure(lambda x, result: 6 // x == result)
def f(x: int, y: int) -> int:
    x = 6 // x
    return x
""",
        NUMBERS,
    ),
    (
        """
@snapshot(lambda xs: xs[:], name="before")
@ensure(lambda xs, OLD: sorted(OLD.before) == xs)
@ensure(lambda xs, OLD, result: len(xs) == len(OLD.before) and (result is None or xs[result]))
def f(xs: list[int]) -> int | None:
    xs.sort()
    return xs[0] - 1 if xs else None
""",
        LISTS,
    ),
    (
        """
@require(lambda xs: xs)
@ensure(lambda xs, result: all(x <= result for x in xs))
@ensure(lambda xs, result: result in xs)
def f(xs: list[int]) -> int:
    best = 0
    for x in xs:
        if x > best:
            best = x
    return best if len(xs) != 3 else 4
""",
        LISTS,
    ),
    (
        """
@require(lambda xs: len(xs) < 3, "short")
@ensure(lambda result: result)
def f(xs: list[int]) -> list[int]:
    if xs == [2, 1]:
        raise KeyError("no")
    return xs
""",
        LISTS,
    ),
]


def by_icontract(function, args):
    """(what it was, text of the condition's line) by icontract's own behaviour."""
    try:
        function(**args)
    except icontract.ViolationError as error:
        frame = error.__traceback__
        while frame.tb_next is not None:
            frame = frame.tb_next
        after = "result" in frame.tb_frame.f_locals
        return "ensure" if after else "not allowed"
    except Exception as error:
        frames = []
        trace = error.__traceback__
        while trace is not None:
            frames.append(trace.tb_frame.f_code.co_name)
            trace = trace.tb_next
        return "no-exception" if frames[-1] == "f" else "defined"
    return "passed"


def by_harness(harness, args):
    match harness.check_call(args):
        case Passed():
            return "passed"
        case NotAllowed():
            return "not allowed"
        case Violation(kind=kind):
            return kind
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(("source", "calls"), PROGRAMS)
def test_the_harness_agrees_with_icontract(source, calls, tmp_path):
    import importlib.util

    file = tmp_path / "program.py"
    file.write_text(HEAD + source)
    spec = importlib.util.spec_from_file_location("program", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    harness = Harness(from_source(HEAD + source, "f"))
    seen = set()
    for args in calls:
        copies = [{k: list(v) if isinstance(v, list) else v for k, v in args.items()}] * 1
        ours = {k: list(v) if isinstance(v, list) else v for k, v in args.items()}
        wanted = by_icontract(module.f, copies[0])
        assert by_harness(harness, ours) == wanted, args
        seen.add(wanted)
    assert len(seen) >= 2
