"""C14 on the shipped classifier; one that can't tell has no radius and does not hold."""

from __future__ import annotations

from dataclasses import replace

from verify_agent.agent.audit.intents import classifier
from verify_agent.agent.intent.classifier import shipped


def test_the_shipped_classifier_has_a_radius_at_every_held_out_query() -> None:
    found = classifier()
    assert found.holds
    assert found.table is not None
    assert len(found.table.rows) == 8
    assert all(float(row[3]) > 0 for row in found.table.rows)


def test_one_that_cannot_tell_does_not_hold() -> None:
    known = shipped()
    same = replace(known, rows=(known.rows[0],) * 8, biases=(0,) * 8)
    assert not classifier(same).holds
