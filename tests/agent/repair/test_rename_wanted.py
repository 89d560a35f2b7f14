"""Who asks for a parameter to be renamed: the task, the contract, the callers; and the callee."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.repair.proposer import RepairProposer
from verify_agent.agent.repair.rename.keywords import mended_calls
from verify_agent.agent.task import Task, load_task
from verify_agent.agent.task_origin import Renamed
from verify_agent.verifier.errors import BadInput

BOUNDED = (
    "from icontract import ensure, require\n\n\n"
    "@require(lambda low, high: low <= high)\n"
    "@ensure(lambda low, high, result: low <= result <= high)\n"
    "@ensure(lambda x, low, high, result: not low <= x <= high or result == x)\n"
    "def bounded(x: int, lo: int, hi: int) -> int:\n"
    "    return max(lo, min(x, hi))\n"
)
USE = (
    "from icontract import ensure\n\nfrom .bounds import bounded as within\n\n\n"
    "@ensure(lambda result: 0 <= result <= 9)\n"
    "def digit(x: int) -> int:\n    return within(x, lo=0, hi=9)\n"
)


def task(folder: Path, keys: str, **files: str) -> Task:
    package = folder / "acc"
    package.mkdir(exist_ok=True)
    for name, text in {"__init__": "", **files}.items():
        (package / f"{name}.py").write_text(text)
    (folder / "t.yaml").write_text(f"name: t\nkind: repair\n{keys}\n")
    return load_task(folder / "t.yaml")


def inline(text: str) -> str:
    lines = "".join(f"  {line}\n" for line in text.splitlines())
    return f"source: |\n{lines}"


def renamed(made: Task) -> Renamed:
    assert made.origin is not None
    assert made.origin.renamed is not None
    return made.origin.renamed


def test_the_contract_says_so_and_inputs_decide(tmp_path: Path) -> None:
    made = task(tmp_path, "target: acc/bounds.py::bounded", bounds=BOUNDED, use=USE)
    change = renamed(made)
    assert made.signature.names == ("x", "low", "high")
    assert made.origin is not None
    assert made.origin.text == BOUNDED
    assert "def bounded(x: int, low: int, high: int) -> int:" in change.text
    ((path, text),) = change.others
    assert path == str((tmp_path / "acc" / "use.py").resolve())
    assert "within(x, low=0, high=9)" in text
    assert change.told == "`lo` of `bounded` is called `low` and `hi` of `bounded` is called `high`"


def test_inline_too(tmp_path: Path) -> None:
    caller = "def two() -> int:\n    return bounded(1, lo=2, hi=3)\n"
    made = task(tmp_path, inline(f"{BOUNDED}\n\n{caller}") + "function: bounded")
    assert renamed(made).text.endswith("return bounded(1, low=2, high=3)\n")


def test_several_that_hold_are_named(tmp_path: Path) -> None:
    text = (
        "from icontract import ensure\n\n\n"
        "@ensure(lambda a, b, result: result == a + b)\n"
        "def add(x: int, y: int) -> int:\n    return x + y\n"
    )
    with pytest.raises(BadInput) as caught:
        task(tmp_path, inline(text))
    told = str(caught.value)
    assert "it may be that `x` is `a` and `y` is `b`; or `x` is `b` and `y` is `a`" in told
    assert "a `signature` with the names that are meant" in told
    made = task(tmp_path, inline(text) + 'signature: "add(b: int, a: int) -> int"')
    assert "def add(b: int, a: int) -> int:\n    return b + a" in renamed(made).text


def test_no_free_parameter_is_refused_as_before(tmp_path: Path) -> None:
    text = (
        "from icontract import ensure\n\n\n"
        "@ensure(lambda a, x, result: result == a + x)\n"
        "def same(x: int) -> int:\n    return x\n"
    )
    with pytest.raises(BadInput, match="a condition over `a`, no parameter"):
        task(tmp_path, "target: acc/m.py::same", m=text)


@pytest.mark.parametrize(
    ("signature", "told"),
    [
        ("bounded(x: int, lo: int, hi: int) -> int", "the code has a signature already"),
        ("bounded(x: int, low: int) -> int", "the code has a signature already"),
        ("bounded(x: int, low: str, high: int) -> int", "the code has a signature already"),
        ("bounded(x: int, low: int, high: int) -> str", "the code has a signature already"),
        ("bound(x: int, low: int, high: int) -> int", "the code has a signature already"),
        ("bounded(lo: int, x: int, hi: int) -> int", "for other parameters"),
    ],
)
def test_a_signature_may_only_rename(tmp_path: Path, signature: str, told: str) -> None:
    code = BOUNDED.replace("low", "lo").replace("high", "hi")
    with pytest.raises(BadInput) as caught:
        task(tmp_path, f'target: acc/m.py::bounded\nsignature: "{signature}"', m=code)
    assert told in str(caught.value)
    assert ": signature:" in str(caught.value)


def test_a_signature_renames_conditions_too(tmp_path: Path) -> None:
    code = BOUNDED.replace("low", "lo").replace("high", "hi")
    keys = 'target: acc/m.py::bounded\nsignature: "bounded(x: int, least: int, hi: int) -> int"'
    made = task(tmp_path, keys, m=code)
    assert "@require(lambda least, hi: least <= hi)" in renamed(made).text
    assert [c.text for c in made.contract.requires] == ["least <= hi"]


def test_a_method_by_signature(tmp_path: Path) -> None:
    text = (
        "from icontract import ensure\n\n\nclass A:\n"
        "    @ensure(lambda n, result: result > n)\n"
        "    def up(self, n: int) -> int:\n        return n + 1\n\n\n"
        "def two(a: A) -> int:\n    return a.up(n=1)\n"
    )
    keys = 'target: acc/m.py::A.up\nsignature: "up(number: int) -> int"'
    change = renamed(task(tmp_path, keys, m=text))
    assert "def up(self, number: int) -> int:\n        return number + 1" in change.text
    assert "lambda number, result: result > number" in change.text
    assert "a.up(number=1)" in change.text


def test_all_callers_use_another_name(tmp_path: Path) -> None:
    code = BOUNDED.replace("low", "lo").replace("high", "hi")
    use = USE.replace("lo=", "low=").replace("hi=", "high=")
    change = renamed(task(tmp_path, "target: acc/bounds.py::bounded", bounds=code, use=use))
    assert "def bounded(x: int, low: int, high: int) -> int:" in change.text
    assert change.others == ()


@pytest.mark.parametrize("more", ["within(1, lo=0, hi=9)", "within(1, **{'lo': 0, 'hi': 9})"])
def test_callers_that_do_not_agree_rename_nothing(tmp_path: Path, more: str) -> None:
    code = BOUNDED.replace("low", "lo").replace("high", "hi")
    use = USE.replace("lo=", "low=").replace("hi=", "high=") + f"\n\nz = {more}\n"
    made = task(tmp_path, "target: acc/bounds.py::bounded", bounds=code, use=use)
    assert made.origin is not None
    assert made.origin.renamed is None


def test_a_name_that_is_handed_on_through_a_package(tmp_path: Path) -> None:
    files = {
        "__init__": "from .bounds import bounded\n",
        "bounds": BOUNDED,
        "use": "import acc\nfrom acc import bounded as b\n\n"
        "x = acc.bounded(1, lo=0, hi=b(1, lo=2, hi=3))\n",
    }
    change = renamed(task(tmp_path, "target: acc/bounds.py::bounded", **files))
    ((_, text),) = change.others
    assert text.endswith("x = acc.bounded(1, low=0, high=b(1, low=2, high=3))\n")


def test_a_keyword_is_renamed_in_the_caller(tmp_path: Path) -> None:
    code = BOUNDED.replace("low", "lo").replace("high", "hi")
    use = USE.replace("lo=0", "high=9").replace("hi=9", "low=0")
    made = task(tmp_path, "target: acc/use.py::digit", bounds=code, use=use)
    assert made.origin is not None
    assert made.origin.renamed is None
    proposer = RepairProposer(made, lambda: 0.0)
    first = proposer.propose((), 60.0)
    proposer.close()
    assert first is not None
    assert first.strategy == "keyword"
    assert first.source == use.replace("high=9, low=0", "hi=9, lo=0")
    assert "the keyword `low` of the call of `within` is `lo`" in first.summary


def test_inputs_decide_between_keywords(tmp_path: Path) -> None:
    text = (
        "from icontract import ensure\n\n\n"
        "@ensure(lambda a, b, result: result == a - b)\n"
        "def minus(a: int, b: int) -> int:\n    return a - b\n\n\n"
        "@ensure(lambda n, result: result == n - 1)\n"
        "def less(n: int) -> int:\n    return minus(aa=1, bb=n)\n"
    )
    made = task(tmp_path, inline(text) + "function: less")
    proposer = RepairProposer(made, lambda: 0.0)
    first = proposer.propose((), 60.0)
    proposer.close()
    assert first is not None
    assert first.source.endswith("    return minus(b=1, a=n)\n")


def test_a_body_is_repaired_after_renaming(tmp_path: Path) -> None:
    broken = BOUNDED.replace("min(x, hi)", "max(x, hi)")
    made = task(
        tmp_path, inline(broken) + 'signature: "bounded(x: int, low: int, high: int) -> int"'
    )
    proposer = RepairProposer(made, lambda: 0.0)
    first = proposer.propose((), 60.0)
    proposer.close()
    assert first is not None
    assert first.source == BOUNDED.replace("lo:", "low:").replace("hi:", "high:").replace(
        "max(lo, min(x, hi))", "max(low, min(x, high))"
    )
    assert first.summary.startswith("`lo` of `bounded` is called `low`")
    assert first.gone is not None


def test_a_decorated_callee_may_take_more(tmp_path: Path) -> None:
    text = (
        "from icontract import ensure\n\n\ndef often(f): return f\n\n\n"
        "@often\ndef one(a: int, b: int) -> int:\n    return a\n\n\n"
        "@ensure(lambda n, result: result == n)\n"
        "def same(n: int) -> int:\n    return one(n, times=3)\n"
    )
    made = task(tmp_path, inline(text) + "function: same")
    assert mended_calls(made, text) == []
    plain = text.replace("@often\n", "")
    assert [m.text for m in mended_calls(made, plain)] == [plain.replace("times", "b")]


def test_calls_of_an_override_ask_for_nothing(tmp_path: Path) -> None:
    text = (
        "from icontract import ensure\n\n\nclass A:\n"
        "    @ensure(lambda n, result: result > n)\n"
        "    def up(self, n: int) -> int:\n        return n + 1\n\n\n"
        "class B(A):\n    def up(self, n: int) -> int:\n        return n + 2\n\n\n"
        "def two(a: A) -> int:\n    return a.up(number=1)\n"
    )
    made = task(tmp_path, "target: acc/m.py::A.up", m=text)
    assert made.origin is not None
    assert made.origin.renamed is None
