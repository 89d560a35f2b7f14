"""What an admission rests on, looked at again: its document, its hashes, its numbers, its checks.

The document of a decision holds the proposal's text and every step of the gate. From it the
quality is recomputed from the costs of each task, and the betting test is played again from its
outcomes; `again` takes the steps that look at the text anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from verify_agent.agent.audit.ledger import ADMITTED, COMMITTED, PROPOSER_ADMITTED, Entry
from verify_agent.agent.improve.model import Decision, Proposal, Skill, StepOutcome, StepVerdict


def problems(entries: Sequence[Entry], documents: Mapping[str, str]) -> list[str]:
    """What is wrong with the documents of all admissions of a full ledger, by their hashes."""
    found = []
    for number, entry in enumerate(entries):
        if entry.kind in (ADMITTED, PROPOSER_ADMITTED) and entry.more and entry.proof in documents:
            before = entries[number - 1] if number else entry
            told = _document(entry, before, documents[entry.proof])
            found += [f"entry {number}: {problem}" for problem in told]
    return found


def _document(entry: Entry, before: Entry, text: str) -> Iterator[str]:
    try:
        raw = json.loads(text)
        proposal = proposal_of(raw)
        decision = Decision(proposal.hash, True, tuple(map(_step, raw["decision"]["steps"])))
        steps = {s.step: s.evidence for s in decision.steps}
        if proposal.hash != entry.more["proposal"]:
            yield "its document is about another proposal"
        if decision.hash != entry.more["evidence"]:
            yield "its document's steps are not those that were decided on"
        if entry.more["skill"] != proposal.skill:
            yield "its document is about another skill"
        if entry.kind == ADMITTED:
            yield from _quality(entry, before, steps["quality"])
        else:
            yield from _rehearsed(entry, steps["quality"])
        yield from _fresh(before, steps["fresh"])
    except (KeyError, ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
        yield f"its document can't be read: {type(error).__name__}: {error}"


def proposal_of(raw: Mapping[str, Any]) -> Proposal:
    """The proposal of a document."""
    told = raw["proposal"]
    fields = {key: str(told[key]) for key in ("skill", "source", "aim", "proposer", "parent")}
    return Proposal(**fields)


def _step(raw: Mapping[str, Any]) -> StepOutcome:
    return StepOutcome(raw["step"], StepVerdict(raw["verdict"]), raw["reason"], raw["evidence"])


def _recomputed(told: Mapping[str, Any], side: int) -> Fraction:
    """Q of one side of each pair of costs, 0 where a task is not solved after the change."""
    shipped, solved = told["shipped"], set(told["solved"])
    parts = [
        1 / (1 + Fraction(pair[side], shipped[name]))
        for name, pair in told["costs"].items()
        if name in solved
    ]
    return sum(parts, Fraction(0)) / len(shipped)


def _rehearsed(entry: Entry, told: Mapping[str, Any]) -> Iterator[str]:
    """The gain of a proposer on its rehearsals, recomputed from what each life cost."""
    if told["shipped"].keys() != told["costs"].keys() or not told["shipped"]:
        yield "its costs are not those of one suite"
        return
    old, new = _recomputed(told, 0), _recomputed(told, 1)
    if Fraction(told["after"]) != new:
        yield f"its rehearsals come to {new} by their costs, not {told['after']}"
    if set(told["solved"]) == set(told["costs"]) and Fraction(told["before"]) != old:
        yield f"the old proposer's rehearsals come to {old}, not {told['before']}"
    if new < Fraction(told["before"]) + entry.delta:
        yield f"the gain on its rehearsals is below {entry.delta}"


def _quality(entry: Entry, before: Entry, told: Mapping[str, Any]) -> Iterator[str]:
    """Q recomputed from each task's cost."""
    if told["shipped"].keys() != told["costs"].keys() or not told["shipped"]:
        yield "its costs are not those of one suite"
        return
    quality = _recomputed(told, 1)
    if quality != entry.quality or Fraction(told["after"]) != quality:
        yield f"its quality is {quality} by its costs, not {entry.quality}"
    if Fraction(told["before"]) != before.quality:
        yield f"it was held against the quality {told['before']}, which was {before.quality}"


def _fresh(before: Entry, told: Mapping[str, Any]) -> Iterator[str]:
    """The betting test played again from its outcomes, at the level that was committed."""
    from verify_agent.agent.improve.betting import play

    level, seen = Fraction(told["level"]), [Fraction(x) for _, x in told["outcomes"]]
    game = play(level, int(told["horizon"]), seen)
    if before.kind != COMMITTED or before.level != level:
        yield "its test was not played at the level that was committed"
    if len({name for name, _ in told["outcomes"]}) != len(seen):
        yield "a fresh task occurs twice in its test"
    if not game.rejects or game.count != len(seen) or str(game.wealth) != told["wealth"]:
        yield f"played again its test has the wealth {float(game.wealth):.4g} and shows nothing"


def is_of(text: str, entry: Entry) -> bool:
    """Whether a document is that of an entry's decision."""
    try:
        raw = json.loads(text)
        same = raw["decision"]["hash"] == entry.more["evidence"]
        return bool(same and proposal_of(raw).hash == entry.more["proposal"])
    except (KeyError, ValueError, TypeError):
        return False


def again(text: str, say: Callable[[str], None] = lambda line: None) -> list[str]:
    """Take the steps that look at the text anew, from a document; what does not pass any more.

    Works for rejections too: what was refused by such a step must be refused again.
    """
    from verify_agent.agent.improve.gate_critic import critic
    from verify_agent.agent.improve.gate_engines import Engines
    from verify_agent.agent.improve.gate_refine import REFINEMENT, refinement
    from verify_agent.verifier.sandbox.runner import Sandbox

    raw = json.loads(text)
    proposal = proposal_of(raw)
    told = {s["step"]: s for s in raw["decision"]["steps"]}
    before = told.get(REFINEMENT, {"evidence": {}})["evidence"].get("before")
    engines = Engines(Sandbox())
    steps: list[tuple[str, Callable[[], StepOutcome]]] = [("critic", lambda: critic(proposal))]
    if set(told) - {"breaker", "scope", "duplicate", "critic"}:
        skill = Skill.read(proposal.skill, proposal.source)
        steps += engines.reads(skill)
        if before is not None:
            old = Skill.read(skill.name, before)
            steps.append((REFINEMENT, lambda: refinement(skill, old)))
        steps += engines.runs(skill)
    found = []
    for name, run in steps:
        if name in told:
            now = run()
            say(f"{name}: {now.verdict}, then {told[name]['verdict']}")
            if str(now.verdict) != told[name]["verdict"]:
                found.append(f"{name} says {now.verdict} now and said {told[name]['verdict']}")
    return found
