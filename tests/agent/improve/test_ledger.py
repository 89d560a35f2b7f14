"""The writer of the ledger: appends survive being stopped, and no byte can be changed unseen."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from verify_agent.agent.audit import ledger as reader
from verify_agent.agent.audit.ledger import HEAD, LEDGER, MORE, Entry
from verify_agent.agent.improve.ledger import EVIDENCE, PENDING, Ledger, LedgerBroken
from verify_agent.agent.improve.signing import Ed25519, load_key, make_key
from verify_agent.proofs.independent_check import check_ledger
from verify_agent.verifier.errors import BadInput

STEPS = ("pending", "anchor", "head", "ledger")


class Stopped(Exception):
    """The process ends here."""


def entry(kind: str, quality: str = "2/5", level: str = "0", proof: str = "") -> Entry:
    more = {**dict.fromkeys(MORE, ""), "actor": "test", "proposal": "ab"}
    return Entry(
        kind, Fraction(quality), Fraction(1, 10), Fraction(level), Fraction(1, 20), proof, more
    )


def live(ledger: Ledger) -> None:
    """A life with one admission."""
    ledger.append(entry("start"))
    ledger.append(entry("rejected"))
    ledger.append(entry("committed", level="1/40"))
    ledger.append(entry("admitted", "3/5", proof=ledger.keep("{}")))
    ledger.append(entry("tripped", "3/5"))


@pytest.fixture
def place(tmp_path: Path) -> Ledger:
    ledger = Ledger(tmp_path / "state", tmp_path / "elsewhere" / "head")
    live(ledger)
    return ledger


def independent(ledger: Ledger) -> list[str]:
    files = {name: (ledger.folder / name).read_text() for name in (LEDGER, HEAD)}
    found = (ledger.folder / EVIDENCE).iterdir()
    return list(check_ledger({**files, **{f"evidence/{p.name}": p.read_text() for p in found}}))


def test_a_life_is_read_by_both_readers(place: Ledger) -> None:
    read = place.read()
    assert [e.kind for e in read.entries] == [
        "start",
        "rejected",
        "committed",
        "admitted",
        "tripped",
    ]
    assert independent(place) == []
    assert not (place.folder / PENDING).exists()


def test_each_flipped_byte_is_found_by_both_readers(tmp_path: Path) -> None:
    place = Ledger(tmp_path)
    place.append(entry("start"))
    place.append(entry("committed", level="1/40"))
    place.append(entry("admitted", "3/5", proof=place.keep("{}")))
    files = {name: (tmp_path / name).read_bytes() for name in (LEDGER, HEAD)}
    evidence = place.evidence()
    for name, whole in files.items():
        for at in range(len(whole)):
            flipped = whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :]
            texts = {n: d.decode("utf-8", "replace") for n, d in {**files, name: flipped}.items()}
            assert reader.check(texts[LEDGER], texts[HEAD], evidence).problems, (name, at)
            assert list(check_ledger({**texts, "evidence/x": "{}"})), (name, at)


@pytest.mark.parametrize("name", [LEDGER, HEAD])
def test_what_was_changed_is_never_written_on(place: Ledger, name: str) -> None:
    path = place.folder / name
    path.write_text(path.read_text().replace("2", "3", 1))
    with pytest.raises(LedgerBroken):
        place.append(entry("rejected", "3/5"))


def test_a_ledger_that_is_rewritten_as_a_whole_is_found_by_the_anchor(place: Ledger) -> None:
    text = reader.chained([entry("start"), entry("rejected")])
    (place.folder / LEDGER).write_text(text)
    (place.folder / HEAD).write_text(reader.head_of(text))
    with pytest.raises(LedgerBroken, match="the anchor says"):
        place.read()
    assert place.anchor is not None
    place.anchor.unlink()
    with pytest.raises(LedgerBroken, match="is gone"):
        place.read()


def test_a_signed_head_needs_the_key(tmp_path: Path) -> None:
    key = make_key(tmp_path / "key.pem")
    ledger = Ledger(tmp_path / "state", tmp_path / "head", key)
    live(ledger)
    public = load_key(tmp_path / "key.pem.pub")
    assert len(Ledger(ledger.folder, ledger.anchor, public).read().entries) == 5
    with pytest.raises(BadInput, match="public half"):
        Ledger(ledger.folder, ledger.anchor, public).append(entry("reset", "3/5"))
    forged = reader.chained([entry("start")])
    (ledger.folder / LEDGER).write_text(forged)
    (ledger.folder / HEAD).write_text(reader.head_of(forged))
    (tmp_path / "head").write_text(reader.head_of(forged) + "00" * 64 + "\n")
    with pytest.raises(LedgerBroken, match="signature"):
        ledger.read()
    assert isinstance(load_key(tmp_path / "key.pem"), Ed25519)


@pytest.mark.parametrize("anchored", [True, False])
@pytest.mark.parametrize("step", STEPS)
def test_an_append_that_is_stopped_is_whole_or_not_there(
    tmp_path: Path, step: str, anchored: bool
) -> None:
    def stop(reached: str) -> None:
        if reached == step:
            raise Stopped

    anchor = tmp_path / "head" if anchored else None
    ledger = Ledger(tmp_path / "state", anchor)
    live(ledger)
    if step == "anchor" and not anchored:
        return
    with pytest.raises(Stopped):
        Ledger(ledger.folder, anchor, stop=stop).append(entry("reset", "3/5"))
    assert len(ledger.read().entries) == (5 if step == "pending" else 6)
    ledger.append(entry("rejected", "3/5"))
    assert independent(ledger) == []


def test_no_other_line_is_finished_than_the_one_that_the_head_names(place: Ledger) -> None:
    (place.folder / PENDING).write_text(reader.chained([entry("start")]))
    assert len(place.read().entries) == 5
    assert not (place.folder / PENDING).exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (entry("admitted", "4/5"), "is not there"),
        (entry("rejected", "4/5"), "moved"),
        (entry("committed", "3/5", level="1/20"), "more than alpha"),
        (entry("promoted", "3/5"), "no kind"),
    ],
)
def test_an_entry_against_the_rules_is_not_written(place: Ledger, wrong: Entry, told: str) -> None:
    before = (place.folder / LEDGER).read_bytes()
    with pytest.raises(LedgerBroken, match=told):
        place.append(wrong)
    assert (place.folder / LEDGER).read_bytes() == before


def test_nothing_is_admitted_after_a_trip_or_uncommitted(place: Ledger) -> None:
    proof = place.keep("{}")
    place.append(entry("committed", "3/5", level="1/120"))
    with pytest.raises(LedgerBroken, match="breaker"):
        place.append(entry("admitted", "4/5", proof=proof))
    place.append(entry("reset", "3/5"))
    with pytest.raises(LedgerBroken, match="without a commitment"):
        place.append(entry("admitted", "4/5", proof=proof))
    place.append(entry("committed", "3/5", level="1/240"))
    place.append(entry("admitted", "4/5", proof=proof))


def test_evidence_that_was_changed_is_none(place: Ledger) -> None:
    (name,) = place.evidence()
    (place.folder / EVIDENCE / f"{name}.json").write_text("{} ")
    with pytest.raises(LedgerBroken, match="is not there"):
        place.read()


_KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from test_ledger import entry
from verify_agent.agent.improve.ledger import Ledger

left = int(sys.argv[2])

def stop(step):
    global left
    left -= 1
    if left == 0:
        os._exit(9)

ledger = Ledger(Path(sys.argv[1]), Path(sys.argv[1] + ".head"), stop=stop)
for _ in range(3):
    ledger.append(entry("rejected"))
"""


@pytest.mark.slow
def test_a_killed_process_leaves_a_ledger_that_goes_on(tmp_path: Path) -> None:
    for at in range(1, 13):
        folder = tmp_path / str(at)
        Ledger(folder, Path(f"{folder}.head")).append(entry("start"))
        script = _KILLED.format(here=os.path.dirname(__file__))
        done = subprocess.run([sys.executable, "-c", script, str(folder), str(at)], check=False)
        assert done.returncode == 9
        ledger = Ledger(folder, Path(f"{folder}.head"))
        assert len(ledger.read().entries) == 1 + at // 4 + (at % 4 >= 2)
        ledger.append(entry("rejected"))
