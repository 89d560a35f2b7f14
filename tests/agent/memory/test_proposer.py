"""Memory as the first proposer: what is right saves the search, what is wrong changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from verify_agent.agent.abstraction import AbstractState, Stage
from verify_agent.agent.loop import Decision
from verify_agent.agent.memory.adapting import inputs_from_form, inputs_to_form
from verify_agent.agent.memory.normal import Normal
from verify_agent.agent.memory.noting import Noting
from verify_agent.agent.memory.proposer import EXACT, RELATED, Remembering, form_of
from verify_agent.agent.memory.records import Failure, Solved
from verify_agent.agent.memory.store import Memory
from verify_agent.agent.proposers import SearchProposer, arguments_of
from verify_agent.agent.state import Ending, State
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task, parse_task
from verify_agent.verifier.evidence import Counterexample, FunctionReport

DECISION = Decision(AbstractState(Stage.CANDIDATE), "check: properties")
CLAMP = """
name: clamp
signature: "clamp(x: int, lo: int, hi: int) -> int"
requires: ["lo <= hi"]
ensures:
  - lo <= result <= hi
  - result == x or (x < lo and result == lo) or (x > hi and result == hi)
forbid: [sorted]
"""
BOUND = """
name: bound
signature: "bound(top: int, v: int, bottom: int) -> int"
requires: ["not (bottom > top)"]
ensures:
  - not result > top
  - result >= bottom
  - (v > top and top == result) or (v < bottom and bottom == result) or v == result
forbid: [sorted]
"""
#: HI, X and LO stand for what the form calls the parameters.
HEAD = "def f(p0: int, p1: int, p2: int) -> int:\n"
RIGHT = f"{HEAD}    return min(HI, max(X, LO))\n"
POISON = {
    "a constant": f"{HEAD}    return 0\n",
    "off by one": f"{HEAD}    return min(HI, max(X, LO)) + 1\n",
    "the wrong parameter": f"{HEAD}    return max(HI, X)\n",
    "wrong on one input": f"{HEAD}    return min(HI, max(X, LO)) if X != 123456789 else 0\n",
    "it raises": f"{HEAD}    raise ValueError\n",
    "it raises at times": f"{HEAD}    return min(HI, max(X, LO)) // (X - 77) * (X - 77)\n",
    "an endless loop": f"{HEAD}    while True:\n        pass\n",
    "endless recursion": f"{HEAD}    return f(HI, X, LO)\n",
    "it imports": f"{HEAD}    import os\n    os.system('touch /tmp/never')\n    return HI\n",
    "it reads modules": f"{HEAD}    return __import__('sys').maxsize\n",
    "it evaluates text": f"{HEAD}    return eval('HI')\n",
    "it opens a file": f"{HEAD}    open('x', 'w').write('x')\n    return min(HI, max(X, LO))\n",
    "a forbidden builtin": f"{HEAD}    return sorted([HI, X, LO])[1]\n",
    "another arity": "def f(p0: int, p1: int) -> int:\n    return HI\n",
    "another name": "def g(p0: int, p1: int, p2: int) -> int:\n    return HI\n",
    "defaults": "def f(p0: int, p1: int, p2: int = 0) -> int:\n    return HI\n",
    "a decorator": f"@print\n{RIGHT}",
    "a second function": f"{RIGHT}\n\ndef g() -> None:\n    pass\n",
    "a class": "class f:\n    pass\n",
    "a generator": f"{HEAD}    yield HI\n",
    "None": f"{HEAD}    pass\n",
    "a text": f"{HEAD}    return 'HI'\n",
    "no Python": "this is (no Python",
    "nothing": "",
    "very deep": f"{HEAD}    return {'(' * 80}HI{')' * 80}\n",
    "very long": f"{HEAD}    return {' + '.join(['HI'] * 3000)}\n",
}


@pytest.fixture(scope="module")
def clamp() -> Task:
    return parse_task(CLAMP, Path("clamp.yaml"))


@pytest.fixture(scope="module")
def search(clamp: Task) -> SearchProposer:
    return SearchProposer(clamp, time.monotonic)


@dataclass
class Next:
    """The proposer behind memory: says one candidate, and what it was told."""

    told: list[tuple[Counterexample, ...]] = field(default_factory=list)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        self.told.append(counterexamples)
        return Candidate("def clamp(): ...", "search", 1)

    def simplify(self, candidate: Candidate) -> Candidate:
        return replace(candidate, cost=0)

    def close(self) -> None:
        pass


Remembers = Callable[..., Remembering]


@pytest.fixture
def remembering(clamp: Task, search: SearchProposer, tmp_path: Path) -> Remembers:
    def made(*records: Solved | Failure) -> Remembering:
        memory = Memory(tmp_path)
        memory.keep(*records)
        memory.close()
        return Remembering(clamp, Next(), lambda: search.searching().context, tmp_path)

    return made


def solved(task: Task, program: str, **changes: str) -> Solved:
    asked = form_of(task)
    assert asked is not None
    text = in_form(asked, program)
    made = Solved(asked.key, asked.family, asked.form, text, "search", "it", "proved")
    return replace(made, **changes)


def in_form(asked: Normal, program: str) -> str:
    """The program with the names that the form has for the bounds and the value."""
    for name, own in (("HI", ("hi", "top")), ("X", ("x", "v")), ("LO", ("lo", "bottom"))):
        (known,) = (asked.names[o] for o in own if o in asked.names)
        program = program.replace(name, known)
    return program


def test_a_contract_that_was_solved_under_other_names(clamp: Task, remembering: Remembers) -> None:
    bound = parse_task(BOUND, Path("bound.yaml"))
    proposer = remembering(solved(bound, RIGHT))
    found = proposer.propose((), 1e9)
    assert found is not None
    assert found.strategy == EXACT
    assert found.remembered
    assert found.source.split("\n")[1].strip() == "return min(hi, max(x, lo))"
    assert proposer.simplify(found) is found
    after = proposer.propose((), 1e9)
    assert after is not None
    assert after.strategy == "search"
    assert proposer.simplify(after).cost == 0


def test_a_related_contract_is_tried_in_every_arrangement(
    clamp: Task, remembering: Remembers
) -> None:
    turned = f"{HEAD}    return min(X, max(LO, HI))\n"
    found = remembering(solved(clamp, turned, key="another")).propose((), 1e9)
    assert found is not None
    assert found.strategy == RELATED
    assert "min(hi, max(x, lo))" in found.source or "min(hi, max(lo, x))" in found.source


@pytest.mark.parametrize("kind", POISON)
def test_a_wrong_program_is_not_proposed_or_once(
    kind: str, clamp: Task, remembering: Remembers
) -> None:
    proposer = remembering(solved(clamp, POISON[kind]), solved(clamp, POISON[kind], key="other"))
    first = proposer.propose((), 1e9)
    if kind == "wrong on one input":  # no known case shows it: the engines must
        assert first is not None
        assert first.remembered
        first = proposer.propose((), 1e9)
        if first is not None and first.remembered:
            first = proposer.propose((), 1e9)
    assert first is not None
    assert first.strategy == "search"
    assert not first.remembered


def test_inputs_that_refuted_candidates_come_first(clamp: Task, remembering: Remembers) -> None:
    asked = form_of(clamp)
    assert asked is not None
    kept = [
        Failure(asked.key, asked.family, program, inputs, "clamp")
        for program, inputs in (("a", "(9, 7, 3)"), ("b", "(1, 10**9, 0)"), ("c", "nonsense"))
    ]
    proposer = remembering(*kept)
    own = Counterexample("clamp(1, 2, 3)", "1")
    proposer.propose((own,), 1e9)
    assert isinstance(proposer.inner, Next)
    remembered, fresh = proposer.inner.told[0]
    assert inputs_to_form(arguments_of(remembered) or (), asked) == "(9, 7, 3)"
    assert fresh is own


def test_a_damaged_memory_is_told_and_not_used(
    clamp: Task, search: SearchProposer, tmp_path: Path
) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"no database, however long this text may be" * 90)
    proposer = Remembering(clamp, Next(), lambda: search.searching().context, tmp_path)
    found = proposer.propose((), 1e9)
    assert found is not None
    assert found.strategy == "search"
    assert any("put aside" in note for note in proposer.notes)


def test_what_a_run_found_out_is_kept(clamp: Task, start: State, tmp_path: Path) -> None:
    wrong = Candidate("def clamp(x: int, lo: int, hi: int) -> int:\n    return lo\n", "search", 1)
    right = replace(wrong, source=wrong.source.replace("lo\n", "min(hi, max(x, lo))\n"))
    before = replace(start, task=clamp, candidate=wrong)
    shown = Counterexample("clamp(2, 0, 3)", "0", replayed=True)
    known = (FunctionReport("clamp:clamp", "clamp.py", 1, ()),)
    after = replace(before, candidate=None, counterexamples=(shown,), rejections=known)
    noting = Noting(clamp, tmp_path)
    noting.happened(1, DECISION, before, after)
    noting.ended(replace(after, candidate=right, ending=Ending.DELIVERED))
    asked = form_of(clamp)
    assert asked is not None
    memory = Memory(tmp_path)
    kept = memory.solved(asked.key)
    assert kept is not None
    assert kept.program == in_form(asked, RIGHT).rstrip()
    (inputs,) = (f.inputs for f in memory.failures(asked.key))
    assert inputs_from_form(inputs, asked) == (2, 0, 3)
    memory.close()
    again = Noting(clamp, tmp_path)
    remembered = replace(before, candidate=replace(right, strategy=EXACT))
    again.happened(1, DECISION, remembered, after)
    again.ended(replace(after, ending=Ending.NONE_FOUND))
    assert Memory(tmp_path).solved(asked.key) is None


def verdicts(folder: Path, text: str, *options: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit code and the obligations' verdicts; time is no matter."""
    (folder / "task.yaml").write_text(text)
    argv = ["run", "task.yaml", "--output", "out.py", "--report", "json=r.json", "--quiet"]
    argv += ["--budget-seconds", "900"]
    done = subprocess.run(
        [sys.executable, "-m", "verify_agent", *argv, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=1000,
        check=False,
    )
    record = json.loads((folder / "r.json").read_text())
    found = sorted((o["text"], o["verdict"]) for f in record["functions"] for o in f["obligations"])
    return done.returncode, found


@pytest.mark.slow
def test_the_same_evidence_with_memory_poisoned_wiped_or_off(clamp: Task, tmp_path: Path) -> None:
    folder = tmp_path / ".verify-agent"
    without = verdicts(tmp_path, CLAMP, "--no-memory")
    assert Memory(folder).everything() == ()
    assert without[0] == 0
    for kind in ("wrong on one input", "it raises at times", "an endless loop"):
        memory = Memory(folder)
        memory.forget()
        memory.keep(solved(clamp, POISON[kind]))
        memory.close()
        assert verdicts(tmp_path, CLAMP) == without, kind
    assert verdicts(tmp_path, BOUND)[:1] == without[:1]
    kept = Memory(folder).everything()
    asked = form_of(clamp)
    assert asked is not None
    (program,) = (r.program for r in kept if isinstance(r, Solved) and r.key == asked.key)
    assert program not in {in_form(asked, text).rstrip() for text in POISON.values()}
