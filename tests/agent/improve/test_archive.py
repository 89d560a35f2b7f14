"""The archive: all generations and proposals, byte for byte, duplicates known."""

from dataclasses import replace
from pathlib import Path

import pytest

from verify_agent.agent.improve.archive import (
    ADMITTED,
    REJECTED,
    Archive,
    ArchiveBroken,
    Record,
    shipped_generation,
)
from verify_agent.agent.improve.model import Generation, Proposal, Skill
from verify_agent.agent.improve.proposers.samples import behaviour
from verify_agent.agent.skills.active import FILE, FOLDER, active_text, read_active
from verify_agent.agent.skills.registry import shipped_source
from verify_agent.verifier.errors import BadInput

OLD = shipped_source("leaf_cost")
NEW = OLD.replace("return 1\n", "return 3\n", 1)


def proposal(source: str = NEW, skill: str = "leaf_cost") -> Proposal:
    """A proposal for the shipped generation."""
    return Proposal(skill, source, "an aim", "a test", shipped_generation().hash)


def child(source: str = NEW) -> Generation:
    """The generation that it makes."""
    return shipped_generation().replaced(Skill.read("leaf_cost", source), 1)


def record(source: str = NEW, status: str = REJECTED, number: int = 1) -> Record:
    """What became of it."""
    shown = behaviour("leaf_cost", source)
    made = child(source).hash
    return Record(number, proposal(source), status, "no gain", made, shown, ({"step": "scope"},))


def test_a_generation_comes_back_byte_for_byte(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    hash_ = archive.keep(child())
    again = Archive(tmp_path).generation(hash_)
    assert (again, again.hash) == (child(), hash_)
    assert again.sources["leaf_cost"] == NEW
    assert archive.generation(shipped_generation().hash) == shipped_generation()
    assert archive.full_hash("1") == archive.full_hash(hash_[:9]) == hash_


def test_a_changed_generation_is_noticed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    hash_ = archive.keep(child())
    path = tmp_path / "generations" / f"{hash_}.json"
    path.write_text(path.read_text().replace("return 3", "return 4"))
    with pytest.raises(ArchiveBroken, match="its texts have the hash"):
        archive.generation(hash_)


def test_unknown_and_ambiguous_names_are_refused(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with pytest.raises(BadInput, match="no generation"):
        archive.generation("0" * 64)
    with pytest.raises(BadInput, match="names 0 generations"):
        archive.full_hash("zz")


def test_records_come_back_in_order(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    second = record(NEW.replace("return 3", "return 4"), ADMITTED, 2)
    for one in (second, record()):
        archive.record(one)
    assert archive.records() == (record(), second)
    (tmp_path / "proposals" / f"{'0' * 64}.json").write_text(record().text)
    with pytest.raises(ArchiveBroken, match="another proposal"):
        archive.records()


def test_duplicates_are_recognised_without_running_a_task(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(record())
    assert archive.duplicate(proposal()) == record()
    assert archive.duplicate(proposal(NEW + "\n# the same\n")) == record()
    spelled = NEW.replace('kind == "parameter"', '"parameter" == kind')
    assert archive.duplicate(proposal(spelled)) == record()
    assert archive.duplicate(proposal(NEW.replace("<= 9", "<= 8"))) is None
    assert archive.duplicate(proposal(NEW.replace("return 3", "return 4"))) is None
    assert archive.duplicate(replace(proposal(), parent="other")) is None


def test_the_tree_holds_admitted_and_rejected_children(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(record())
    tree = archive.tree()
    assert list(tree.edges) == [(shipped_generation().hash, child().hash)]
    assert tree.nodes[child().hash]["status"] == REJECTED


def test_the_active_generation_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    assert read_active(tmp_path).sources == {}
    path = tmp_path / FOLDER / FILE
    path.parent.mkdir()
    path.write_text(active_text(child().sources))
    assert read_active(tmp_path).sources == child().sources
    assert read_active(tmp_path).call("leaf_cost", "parameter") == 3
    for damaged in (path.read_text()[:-30], path.read_text().replace("return 3", "return 5"), "{}"):
        path.write_text(damaged)
        skills = read_active(tmp_path)
        assert skills.call("leaf_cost", "parameter") == 1
        assert "is damaged" in skills.notes[0]
