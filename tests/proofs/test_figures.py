"""Figures are well-formed SVG and depend on nothing but their data."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from verify_agent.proofs.figures import svg
from verify_agent.proofs.model import Exhibit, Line, Plot
from verify_agent.proofs.run import all_claims

PLOT = Plot("a < b & c", "x", "y", (Line("l", ((0.0, 1.0), (1.0, 2.0)), "steps"),))


def test_it_is_well_formed_and_repeatable() -> None:
    root = ElementTree.fromstring(svg(PLOT))
    assert root.tag.endswith("svg")
    assert svg(PLOT) == svg(PLOT)


def test_other_data_make_another_picture() -> None:
    other = replace(PLOT, lines=(Line("l", ((0.0, 1.0), (1.0, 9.0)), "steps"),))
    assert svg(other) != svg(PLOT)


def test_a_flat_line_and_no_points_can_be_drawn() -> None:
    for points in ((), ((0.0, 1.0),), ((0.0, 1.0), (1.0, 1.0))):
        ElementTree.fromstring(svg(replace(PLOT, lines=(Line("l", points),))))


def test_every_claim_with_a_picture_draws() -> None:
    drawn = [
        e.compute().plot
        for c in all_claims()
        if c.id in {"C2", "C3", "C4", "C9"}
        for e in c.evidence
        if isinstance(e, Exhibit)
    ]
    assert len(drawn) == 4
    for plot in drawn:
        assert plot is not None
        ElementTree.fromstring(svg(plot))
