"""The generations that a new life may begin at."""

from pathlib import Path

import pytest

from verify_agent.agent.improve.archive import shipped_generation
from verify_agent.agent.improve.proposers.samples import templates
from verify_agent.agent.improve.setting import FLAT, SHIPPED, start_generation
from verify_agent.agent.skills.active import FILE, FOLDER, active_text
from verify_agent.agent.skills.registry import Skills
from verify_agent.verifier.errors import BadInput


def test_a_life_may_begin_at_the_shipped_generation() -> None:
    assert start_generation(SHIPPED) == shipped_generation()


def test_flat_costs_say_nothing() -> None:
    flat = start_generation(FLAT)
    skills = Skills(flat.sources)
    assert len({skills.call("component_cost", template) for template in templates()}) == 1
    prices = {skills.call("strategy_order", name, 100 * len(name)) for name in ("fold", "dict")}
    assert len(prices) == 1
    assert not skills.failures
    assert flat.number == 0
    assert flat.hash != shipped_generation().hash


def test_a_life_may_begin_where_another_ended(tmp_path: Path) -> None:
    flat = start_generation(FLAT)
    path = tmp_path / FOLDER / FILE
    path.parent.mkdir()
    path.write_text(active_text(flat.sources), encoding="utf-8")
    assert start_generation(str(tmp_path)).hash == flat.hash
    path.write_text("{", encoding="utf-8")
    with pytest.raises(BadInput, match="no generation to start from"):
        start_generation(str(tmp_path))


def test_a_folder_without_a_generation_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no generation to start from"):
        start_generation(str(tmp_path))
