"""An admission's document, audited: its numbers are computed again, its checks run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify_agent.agent.audit import admissions, bundle, ledger
from verify_agent.agent.audit.of_ledger import look
from verify_agent.agent.cli import run_command_line
from verify_agent.agent.improve.gate import quality_after
from verify_agent.agent.improve.model import Skill, StepVerdict
from verify_agent.proofs.independent_check import check_ledger
from verify_agent.verifier.errors import BadInput

if TYPE_CHECKING:
    from conftest import Place


@pytest.fixture
def admitted(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A life with one admission and one rejection; canaries and proof are left out for speed."""
    from verify_agent.agent.improve import gate
    from verify_agent.agent.improve.model import StepOutcome

    def quick(self: object, proposal: Any, current: Any) -> Any:
        yield "scope", lambda: StepOutcome("scope", StepVerdict.PASSED)

    monkeypatch.setattr(gate.Gate, "_static", quick)
    good = place.proposal(("return 60", "return 30"))
    decision = place.gate.decide(good, place.current)
    child = place.current.replaced(Skill.read("cost", good.source), 1)
    place.life.admit(good, decision, child, quality_after(decision))
    bad = place.proposal(("return 60", "return 90"))
    place.life.reject(bad, place.gate.decide(bad, place.current), place.current)
    return place


def documents(place: Place) -> dict[str, str]:
    folder = place.life.ledger.folder / "evidence"
    return {path.stem: path.read_text() for path in folder.iterdir()}


def test_an_honest_admission_holds(admitted: Place) -> None:
    entries = admitted.life.entries
    assert [e.kind for e in entries] == ["start", "committed", "admitted", "rejected"]
    assert admissions.problems(entries, documents(admitted)) == []


def changed_document(place: Place, change: Any) -> list[str]:
    """What is found where a document was changed, and the ledger with it."""
    entries = list(place.life.entries)
    raw = json.loads(documents(place)[entries[2].proof])
    change(raw)
    return admissions.problems(entries, {entries[2].proof: json.dumps(raw)})


def step(raw: Any, name: str) -> Any:
    return next(s for s in raw["decision"]["steps"] if s["step"] == name)["evidence"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda raw: raw["proposal"].update(source="x = 1"), "another proposal"),
        (lambda raw: step(raw, "quality")["costs"].update(a=[1, 1]), "by its costs"),
        (lambda raw: step(raw, "quality").update(before="1/3"), "held against"),
        (lambda raw: step(raw, "fresh")["outcomes"].pop(), "shows nothing"),
        (lambda raw: step(raw, "fresh").update(level="1/2"), "level that was committed"),
        (lambda raw: step(raw, "scope").update(x=1), "not those that were decided on"),
        (lambda raw: raw["decision"].pop("steps"), "can't be read"),
    ],
)
def test_a_changed_document_is_found(admitted: Place, change: Any, told: str) -> None:
    assert told in "; ".join(changed_document(admitted, change))


def test_a_bundle_carries_the_evidence(admitted: Place) -> None:
    inputs = bundle.inputs_of_project(admitted.life.ledger.folder, {})
    assert inputs.ledger is not None
    files = {"ledger.jsonl": inputs.ledger, "ledger.head": inputs.head or ""}
    files |= {f"evidence/{name}": text for name, text in inputs.evidence.items()}
    assert list(check_ledger(files)) == []
    assert bundle.inputs_of_bundle(files).evidence == inputs.evidence
    checked = ledger.check(inputs.ledger, inputs.head or "", frozenset(documents(admitted)))
    assert checked.problems == ()


def test_the_ledger_alone_is_audited(
    admitted: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["audit", "ledger", "--state", str(tmp_path / "state")]
    arguments += ["--anchor", str(tmp_path / "anchor")]
    assert run_command_line(arguments) == 0
    out = capsys.readouterr().out
    assert "admitted" in out
    assert "4 entries: everything holds" in out
    (tmp_path / "anchor").write_text("0 " + "0" * 64 + "\n")
    assert run_command_line(arguments) == 1
    assert "the anchor" in capsys.readouterr().out


@pytest.mark.slow
def test_the_checks_of_an_entry_are_run_again(place: Place, tmp_path: Path) -> None:
    good = place.proposal(("return 60", "return 30"))
    decision = place.gate.decide(good, place.current)
    child = place.current.replaced(Skill.read("cost", good.source), 1)
    place.life.admit(good, decision, child, quality_after(decision))
    bad = place.proposal(("size >= 0", "size >= 5"))
    place.life.reject(bad, place.gate.decide(bad, place.current), place.current)
    said: list[str] = []
    state, anchor = tmp_path / "state", tmp_path / "anchor"
    assert look(state, anchor, number=2, say=said.append).problems == ()
    assert [line.split(":")[0] for line in said] == ["critic", "typing", "proof", "refinement"]
    assert look(state, anchor, number=3, say=said.append).problems == ()
    with pytest.raises(BadInput, match="no entry 9"):
        look(state, anchor, number=9)
