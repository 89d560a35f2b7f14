"""Better numbers in a patience, chosen by what traces say of waits that were never measured.

A trace tells when each answer was there. So it tells which answer a shorter wait would deliver, and
about how many candidates it would try: no search is run. The descent goes along one number of the
text at a time (Wright, "Coordinate descent algorithms", Mathematical Programming 2015).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from verify_agent.agent.improve.evaluate import Outcome
from verify_agent.agent.improve.model import Generation, Proposal
from verify_agent.agent.improve.proposers.analysis import Analysis
from verify_agent.agent.improve.proposers.parameters import Number, numbers, with_numbers
from verify_agent.agent.improve.proposers.samples import behaviour
from verify_agent.agent.skills.registry import SkillFailed, Skills, skill
from verify_agent.agent.synth.synthesizer import Kept

NAME = "traces"
PATIENCE = "patience"
FACTORS = (Fraction(0), Fraction(1, 8), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(2))
SWEEPS = 4
GROWTHS = (Fraction(103, 100), Fraction(1))
"""How much longer all answers together may get, at most: first a little, then not at all."""
SLACK = Fraction(7, 5)
"""How many times as long one answer may get, where the wait is a part of what is proposed."""
MARGIN = Fraction(1, 2)
"""That part: other tasks are not quite the same."""


@dataclass(frozen=True)
class Waits:
    """What waits of a text come to on solved tasks: `tried` is predicted, `size` is of all answers.

    `longest` is the largest growth of one answer at a part of the waits.
    """

    tried: float
    size: int
    longest: Fraction


def tuned_patience(generation: Generation, analysis: Analysis) -> Iterator[Proposal]:
    """The patience of the same form with the fewest predicted candidates, within each growth."""
    solved = [o for o in analysis.measured.outcomes.values() if o.solved and o.kept]
    old = generation.skill(PATIENCE).source
    seen = {old}
    for growth in GROWTHS:
        text = descended(old, solved, growth)
        if text not in seen:
            seen.add(text)
            yield Proposal(PATIENCE, text, analysis.aims[PATIENCE], NAME, generation.hash)


def descended(old: str, solved: list[Outcome], growth: Fraction) -> str:
    """The best text of the descent; the old one where nothing is better."""
    now = waits(old, old, solved)
    places = numbers(PATIENCE, old)
    best, least = {n: n.value for n in places}, now
    if now is None or least is None:
        return old
    most, longest = growth * now.size, max(SLACK, now.longest)
    for _ in range(SWEEPS):
        before = least
        for place in places:
            for value in _values(place, best):
                tried = {**best, place: value}
                text = with_numbers(old, tried)
                told = waits(old, text, solved)
                if told is None or told.size > most or told.longest > longest:
                    continue
                if told.tried < least.tried and None not in behaviour(PATIENCE, text):
                    best, least = tried, told
        if least is before:
            break
    return with_numbers(old, best)


def _values(place: Number, best: Mapping[Number, int]) -> tuple[int, ...]:
    """Other values of a number: parts and multiples of what it is now and was at first."""
    found = {int(f * v) for f in FACTORS for v in (best[place], place.value)}
    return tuple(sorted(found - {best[place]}))


def waits(old: str, new: str, solved: Iterable[Outcome]) -> Waits | None:
    """What the waits of a new text come to; None where it fails as a skill, or waits longer."""
    present, skills = Skills({PATIENCE: old}), Skills({PATIENCE: new})
    tried, size, longest = 0.0, 0, Fraction(0)
    for outcome in solved:
        try:
            end = stop_of(present, outcome.kept, Fraction(1))
            stop = stop_of(skills, outcome.kept, Fraction(1))
            early = stop_of(skills, outcome.kept, MARGIN)
        except SkillFailed:
            return None
        if stop > end:
            return None
        first = min(outcome.kept, key=lambda k: k.spent)
        # What comes after an answer is tried at an even rate.
        rate = (outcome.cost - first.tried) / max(1, end - first.spent)
        tried += first.tried + rate * (stop - first.spent)
        size += delivered(outcome.kept, stop)
        longest = max(longest, Fraction(delivered(outcome.kept, early), outcome.size))
    return None if skills.failures else Waits(tried, size, longest)


def stop_of(skills: Skills, kept: Iterable[Kept], part: Fraction) -> int:
    """When a search ends that waits a part of what a patience says."""
    found = (k.spent + int(part * skills.call(PATIENCE, k.size, k.loops, k.spent)) for k in kept)
    return min(found)


def delivered(kept: Iterable[Kept], stop: int) -> int:
    """The size of the answer that a search delivers which ends then."""
    there = (k for k in kept if k.spent <= stop)
    return min(there, key=lambda k: k.size * skill("candidate_rank", k.strategy)).size
