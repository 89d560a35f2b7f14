"""Functions of the codebase as candidates: put under the signature, filtered, never trusted."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import icontract
import pytest

from verify_agent.agent.proposers import SearchProposer, proposer_for
from verify_agent.agent.repair.others import others_like
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.similar.gather import functions_in
from verify_agent.agent.similar.offering import offers
from verify_agent.agent.similar.proposer import STRATEGY
from verify_agent.agent.task import Task, load_task
from verify_agent.contracts.model import Parameter, Signature
from verify_agent.verifier.frontend.load import subject

OTHERS = '''\
import os


def scaled(by: int, words: str) -> str:
    """Says it so often."""
    return words * by


def wrong(n: int, s: str) -> str:
    return s


def reads(n: int, s: str) -> str:
    return os.sep + s * n


def untyped(n, s):
    return s * n


def three(n: int, m: int, s: str) -> str:
    return s * n


class C:
    def method(self, n: int, s: str) -> str:
        return s * n
'''
MODULE = """\
from icontract import ensure, require


@require(lambda times: 0 <= times <= 9)
@ensure(lambda result, text, times: result == text * times)
def repeated(text: str, times: int) -> str:
    {}
"""
ASKED = Signature("repeated", (Parameter("text", "str"), Parameter("times", "int")), "str")


def task(folder: Path, body: str, kind: str) -> Task:
    (folder / "others.py").write_text(OTHERS)
    (folder / "m.py").write_text(MODULE.format(body))
    (folder / "t.yaml").write_text(f"name: t\nkind: {kind}\ntarget: m.py::repeated\n")
    return load_task(folder / "t.yaml")


def test_functions_with_the_types_in_another_order_come_under_the_names_asked_for(tmp_path) -> None:
    path = tmp_path / "others.py"
    path.write_text(OTHERS)
    found = offers(ASKED, list(functions_in(path)), (path, "wrong"), None, 10)
    assert {o.function.qualname for o in found} == {"scaled", "reads"}
    assert found[0].text == "def repeated(text: str, times: int) -> str:\n    return text * times\n"


def test_the_nearest_comes_first_and_no_more_than_asked_for(tmp_path) -> None:
    path = tmp_path / "others.py"
    path.write_text(OTHERS)
    like = ast.parse("def f(a: str, b: int) -> str:\n    return a").body[0]
    assert isinstance(like, ast.FunctionDef)
    found = offers(ASKED, list(functions_in(path)), (path, "-"), like, 1)
    assert [o.function.qualname for o in found] == ["wrong"]
    with pytest.raises(icontract.ViolationError):
        offers(ASKED, [], (path, "-"), None, -1)


def test_a_function_of_the_codebase_is_proposed_to_implement_and_the_search_comes_after(
    tmp_path, monkeypatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(SearchProposer, "propose", lambda *a: asked.append(a))
    proposer = proposer_for(task(tmp_path, "...", "implement"), time.monotonic, folder=tmp_path)
    found = proposer.propose((), time.monotonic() + 20)
    assert found is not None
    assert (found.strategy, found.remembered) == (STRATEGY, True)
    assert found.source.endswith("return text * times\n")
    assert not asked
    assert proposer.propose((), time.monotonic() + 20) is None
    assert asked
    proposer.close()


def test_a_repair_may_take_another_functions_body_that_survives(tmp_path) -> None:
    broken = task(tmp_path, "return text", "repair")
    text = MODULE.format("return text")
    trial = Trial(subject(text, "repeated"))
    ((made, place),) = others_like(broken, text, trial)
    assert made == MODULE.format("return text * times")
    assert place == "others.py::scaled"
