"""Options: partial to total, refused where wrong, digested where they matter."""

from __future__ import annotations

from typing import Any

import pytest

from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.options import ENGINES, Options, total


def test_what_is_not_given_stays() -> None:
    assert total({}) == Options()
    assert total({"seconds": None}, Options(seconds=3.0)).seconds == 3.0


def test_engines_stand_in_the_order_of_their_cost() -> None:
    assert total({"engines": reversed(ENGINES)}).engines == ENGINES


def test_evidence_is_named_by_its_word() -> None:
    assert total({"stop_at": "proved"}).stop_at is Verdict.PROVED


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"second": 1}, "there is no option second"),
        ({"engines": ["mypy"]}, "there is no engine mypy"),
        ({"engines": []}, "no engine is chosen"),
        ({"seconds": 0}, "seconds is 0"),
        ({"examples": True}, "examples is True"),
        ({"stop_at": "refuted"}, "'refuted' is no evidence"),
    ],
)
def test_what_is_wrong_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        total(given)


def test_the_digest_is_of_what_can_change_a_verdict() -> None:
    assert total({"jobs": 7}).digest == Options().digest
    assert total({"seed": 7}).digest != Options().digest
